"""The page of all post."""

import pytest

from dialogues.post.models import Message
from dialogues.post.rules import Channel, Kind, MessageState
from dialogues.staff.rules import Role
from tests.make import make_commune, make_message, make_staff
from tests.post.letters import reread

S = MessageState


@pytest.fixture
def office(sign_in):
    staff = make_staff(Role.OFFICE)
    sign_in(staff)
    return staff


def test_without_a_mail_server_the_page_says_so_and_shows_the_text_to_copy(client, office):
    message = make_message(text="Mai 7 giờ 30 tại hội trường.")
    assert "SMTP_URL" in client.get("/office/post").text
    page = client.get(f"/office/post/{message.id}")
    assert "Mai 7 giờ 30 tại hội trường." in page.text
    assert "/resend" not in page.source


def test_the_list_says_what_failed_and_why(client, office):
    make_message(state=S.FAILED, last_error="550 No such person")
    make_message(state=S.DROPPED, drop_reason="Buổi đối thoại đã bị hủy.")
    page = client.get("/office/post")
    assert "550 No such person" in page.text
    assert "Buổi đối thoại đã bị hủy." in page.text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"one", "two"}), ("?state=failed", {"one"}), ("?state=nonsense", {"one", "two"}),
        ("?kind=invitation", {"two"}),
        ("?q=le+thi", {"one"}), ("?q=%25", set()), ("?thing=guest:7", {"two"}), ("?page=99", {"one", "two"}),
        ("?state=sent&kind=invitation&q=" + "x" * 5000, set()),
    ],
)  # fmt: skip
def test_filters(client, office, query, seen):
    make_message(subject="Thư one", state=S.FAILED, recipient_name="Le Thi Bé")
    make_message(subject="Thư two", state=S.SENT, kind=Kind.INVITATION, thing="guest:7")
    page = client.get("/office/post" + query)
    assert {word for word in ("one", "two") if f"Thư {word}" in page.text} == seen


def test_an_overseer_sees_counts_and_nothing_personal(client, sign_in):
    message = make_message(recipient="ba-con@minh-tam.example", subject="Tin riêng")
    sign_in(make_staff(Role.OVERSEER))
    page = client.get("/office/post")
    assert "ba-con" not in page.text
    assert "Tin riêng" not in page.text
    assert "ba-con" not in client.get("/office/post?q=ba-con&state=waiting").text
    client.get(f"/office/post/{message.id}", status=403)


def test_a_failed_letter_is_sent_again_as_if_it_was_new(client, office):
    message = make_message(state=S.FAILED, tries=9, last_error="550")
    client.post(f"/office/post/{message.id}/resend")
    again = reread(message)
    assert (again.state, again.tries, again.message_id) == (S.WAITING, 0, message.message_id)


def test_a_letter_of_the_trial_data_promises_nothing(client, office, monkeypatch):
    """The worker leaves it alone, so no button says that it goes out."""
    monkeypatch.setattr("dialogues.post.office._ways", lambda: dict.fromkeys(Channel, True))
    waiting, failed = make_message(is_demo=True), make_message(is_demo=True, state=S.FAILED)
    for one in (waiting, failed):
        page = client.get(f"/office/post/{one.id}")
        assert "dữ liệu dùng thử" in page.text
        assert "/resend" not in page.source
        client.post(f"/office/post/{one.id}/resend")
    client.post("/office/post/resend-failed")
    assert reread(failed).state is S.FAILED


def test_a_sent_letter_is_never_sent_again(client, office):
    message = make_message(state=S.SENT)
    page = client.post(f"/office/post/{message.id}/resend")
    assert reread(message).state is S.SENT
    client.post(f"/office/post/{message.id}/by-hand")
    assert reread(message).state is S.SENT
    assert page.status == 303


def test_all_failed_letters_of_the_own_commune_are_sent_again(client, office):
    mine, sent = make_message(state=S.FAILED), make_message(state=S.SENT)
    foreign = make_message(commune=make_commune(), state=S.FAILED)
    client.post("/office/post/resend-failed")
    assert [reread(one).state for one in (mine, sent, foreign)] == [S.WAITING, S.SENT, S.FAILED]


def test_what_the_office_passed_on_by_hand_is_not_sent(client, office):
    message = make_message()
    client.post(f"/office/post/{message.id}/by-hand")
    assert reread(message).state is S.BY_HAND


def test_letters_of_another_commune_do_not_exist(client, office):
    foreign = make_message(commune=make_commune(), subject="Việc của xã khác")
    assert "Việc của xã khác" not in client.get("/office/post").text
    client.get(f"/office/post/{foreign.id}", status=404)
    for act in ("resend", "by-hand"):
        client.post(f"/office/post/{foreign.id}/{act}", status=404)
    assert reread(foreign).state is S.WAITING


def test_a_text_with_markup_is_shown_as_text(client, office):
    message = make_message(subject="<b>Tin</b>", text="</textarea><script>alert(1)</script>")
    assert "<script>alert(1)" not in client.get(f"/office/post/{message.id}").source
    assert "<b>Tin</b>" not in client.get("/office/post").source


def test_the_link_that_only_its_reader_may_use_is_hidden(app, client, office, monkeypatch):
    link = "https://doithoai.example/minh-tam/news/abcdefghijklmnopqrstuvwx"
    message = make_message(kind=Kind.SUBSCRIBER_CONFIRM, text=f"Bấm vào đây: {link}")
    assert link in client.get(f"/office/post/{message.id}").text, "a trial computer shows it"
    monkeypatch.setattr(type(app.config["SETTINGS"]), "on_loopback", property(lambda self: False))
    assert link not in client.get(f"/office/post/{message.id}").text


def test_many_letters_cost_no_more_queries_than_few(client, office, queries):
    def cost():
        with queries() as seen:
            client.get("/office/post")
        return seen.count

    make_message()
    few = cost()
    for _ in range(35):
        make_message()
    assert cost() == few


def test_the_model_has_an_index_for_what_the_worker_and_the_pages_ask():
    names = {index.name for index in Message.__table__.indexes}
    assert names == {"ix_message_due", "ix_message_list", "ix_message_thing"}
