"""The worker with a real mail server on this machine."""

import threading
from datetime import timedelta
from email.utils import parseaddr

import pytest

from dialogues import clock
from dialogues.extensions import db
from dialogues.post import delivery, mime, service
from dialogues.post.delivery import Counts, Deliverer
from dialogues.post.rules import Channel, MessageState
from dialogues.post.smtp import MailServer
from tests.make import make_commune, the_commune
from tests.post.letters import letter, put, reread
from tests.post.mailbox import free_port

S = MessageState


def test_a_letter_goes_out_once_from_the_address_of_the_commune(app, box, worker):
    message = put(recipient_name="Lê Thị Bé", reply_to="can-bo@minh-tam.example")
    assert worker.round().sent == 1
    assert worker.round() == Counts()
    (mail,) = box.mails
    assert parseaddr(mail["From"]) == ("Xã Minh Tâm", the_commune().office_email)
    assert mail["Message-ID"] == message.message_id
    assert reread(message).state is S.SENT
    assert reread(message).ended_at is not None


def test_the_same_letter_is_put_only_once(app, session):
    assert put() is not None
    assert put() is None
    assert put(version=2) is not None
    assert put(commune=make_commune()) is None
    assert len(reread()) == 2


def test_a_letter_is_part_of_the_transaction_of_its_cause(app):
    commune = the_commune()
    service.put(commune=commune, letter=letter())
    db.session.rollback()
    assert reread() == []


def test_five_thousand_letters_are_put_in_a_few_statements(app, queries):
    commune = the_commune()
    put(3)
    with queries() as seen:
        assert service.put_many(commune=commune, letters=(letter(n) for n in range(1, 5001))) == 4999
    assert seen.count <= 12
    db.session.commit()
    assert len({one.message_id for one in reread()}) == 5000


def test_a_letter_is_not_sent_before_its_time(app, box, worker, at):
    at("2026-11-22 09:00")
    put(due_at=clock.now() + timedelta(hours=1))
    assert worker.round() == Counts()
    at("2026-11-22 10:00")
    assert worker.round().sent == 1


def test_nobody_is_woken_by_a_letter_that_can_wait(app, box, worker, at):
    at("2026-11-22 22:30")
    late = put(1, respects_quiet_hours=True)
    put(2, respects_quiet_hours=False)
    counts = worker.round()
    assert (counts.sent, counts.quiet) == (1, 1)
    assert reread(late).tries == 0
    at("2026-11-23 06:59")
    assert worker.round() == Counts()
    at("2026-11-23 07:00")
    assert worker.round().sent == 1


def test_what_nobody_needs_any_more_is_not_sent_and_says_why(app, box, worker, monkeypatch):
    monkeypatch.setitem(service.CHECKS, "subscriber_news", lambda message: "Buổi đối thoại đã bị hủy.")
    message = put()
    assert worker.round().dropped == 1
    assert box.mails == []
    assert (reread(message).state, reread(message).drop_reason) == (S.DROPPED, "Buổi đối thoại đã bị hủy.")


def test_a_check_that_breaks_stops_no_other_letter(app, box, worker, monkeypatch):
    def check(message):
        raise ZeroDivisionError

    monkeypatch.setitem(service.CHECKS, "invitation", check)
    broken = put(1, kind="invitation")
    put(2)
    counts = worker.round()
    assert (counts.sent, counts.later) == (1, 1)
    assert reread(broken).state is S.WAITING
    assert reread(broken).last_error


@pytest.mark.parametrize("manner", ["4xx", "hangs up"])
def test_a_server_that_says_later_gets_the_same_mail_later(app, box, worker, at, manner):
    at("2026-11-22 09:00")
    box.handler.manner = manner
    message = put()
    assert worker.round().later == 1
    waiting = reread(message)
    assert (waiting.state, waiting.tries, waiting.lease_until) == (S.WAITING, 1, None)
    assert waiting.last_error
    assert waiting.next_try_at == clock.now() + timedelta(minutes=1)
    box.handler.manner = "accepts"
    assert worker.round() == Counts()
    at("2026-11-22 09:01")
    assert worker.round().sent == 1
    assert box.mails[0]["Message-ID"] == message.message_id


@pytest.mark.parametrize(
    ("manner", "said"), [("5xx", "554 5.7.1 This looks like spam"), ("no such person", "550 5.1.1")]
)
def test_a_no_for_good_is_kept_with_the_words_of_the_server_and_others_go_on(app, box, worker, manner, said):
    box.handler.manner = manner
    message = put(1)
    assert worker.round().failed == 1
    box.handler.manner = "accepts"
    put(2)
    assert worker.round().sent == 1
    failed = reread(message)
    assert failed.state is S.FAILED
    assert said in failed.last_error
    assert service.failed(the_commune().id) == 1


def test_a_server_that_accepts_too_slowly_is_left_and_asked_again(app, box):
    box.handler.manner = "slow"
    message = put()
    worker = Deliverer(app.config["SETTINGS"], mail_server=MailServer(box.url, timeout=0.2, deadline=5))
    assert worker.round().later == 1
    assert reread(message).state is S.WAITING


def test_a_server_that_answers_drop_by_drop_is_cut_off_at_the_deadline(app, box):
    box.handler.manner = "slow"
    message = put()
    worker = Deliverer(app.config["SETTINGS"], mail_server=MailServer(box.url, timeout=20, deadline=0.2))
    assert worker.round().later == 1
    assert reread(message).state is S.WAITING


def test_an_outage_of_the_server_fails_no_letter_and_everything_goes_out_after_it(app, at):
    at("2026-11-01 09:00")
    message = put(1)
    put(2)
    away = Deliverer(app.config["SETTINGS"], mail_server=MailServer(f"smtp://127.0.0.1:{free_port()}"))
    assert away.round().later == 1, "one try shows that nothing goes; the others are not worn out"
    for day in ("2026-11-02 09:00", "2026-11-09 09:00"):
        at(day)
        away.round()
    assert [one.state for one in reread()] == [S.WAITING, S.WAITING]
    assert reread(message).last_error
    from tests.post.mailbox import Mailbox

    at("2026-11-09 10:00")
    with Mailbox() as box:
        assert Deliverer(app.config["SETTINGS"], mail_server=MailServer(box.url)).round().sent == 2


def test_days_without_a_server_do_not_use_up_the_patience_of_a_letter(app, box, worker, at):
    at("2026-11-01 09:00")
    message = put()
    away = Deliverer(app.config["SETTINGS"], mail_server=MailServer(f"smtp://127.0.0.1:{free_port()}"))
    away.round()
    assert service.waiting_for(message.commune_id, message.kind, message.thing), "it never left, so it may be rewritten"
    db.session.rollback()
    at("2026-11-09 10:00")
    away.round()
    at("2026-11-09 11:00")
    box.handler.manner = "4xx"
    worker.round()
    assert (reread(message).state, reread(message).tries) == (S.WAITING, 1)
    at("2026-11-09 11:02")
    box.handler.manner = "accepts"
    assert worker.round().sent == 1


def test_the_office_is_told_when_no_mail_goes_out(app, at):
    at("2026-11-01 09:00")
    late, _later = put(1), put(2, due_at=clock.now() + timedelta(days=2))
    put(3, channel=Channel.GATEWAY, recipient="0900000101")
    assert service.held_up(late.commune_id, clock.now() + timedelta(minutes=59)) == 0
    at("2026-11-01 09:30")
    Deliverer(app.config["SETTINGS"], mail_server=MailServer(f"smtp://127.0.0.1:{free_port()}")).round()
    assert service.held_up(late.commune_id, clock.now() + timedelta(minutes=40)) == 1


def test_a_letter_on_which_the_program_stumbles_stops_no_other_and_ends_some_day(app, box, worker, at, monkeypatch):
    at("2026-11-01 09:00")
    bad = put(1)
    put(2)
    build = mime.build

    def stumble(mail):
        if mail.recipient == bad.recipient:
            raise KeyError("x")
        return build(mail)

    monkeypatch.setattr(mime, "build", stumble)
    assert worker.round().sent == 1
    for day in range(1, 6):
        at(f"2026-11-0{day} 12:00")
        worker.round()
    assert reread(bad).state is S.FAILED


def test_a_letter_that_no_mail_can_carry_fails_alone(app, box, worker):
    bad = put(1, recipient="a@b.example\r\nBcc: c@d.example")
    put(2)
    counts = worker.round()
    assert (counts.sent, counts.failed) == (1, 1)
    assert "not an e-mail address" in reread(bad).last_error


def test_without_a_mail_server_letters_wait(app):
    message = put()
    assert Deliverer.of(app.config["SETTINGS"]).round() == Counts()
    assert reread(message).tries == 0


def test_letters_of_the_demo_are_never_sent(app, box, worker):
    message = put()
    message.is_demo = True
    db.session.commit()
    assert worker.round() == Counts()


def test_what_a_dead_worker_held_is_taken_up_when_its_lease_ends(app, box, worker, at):
    at("2026-11-22 09:00")
    message = put()
    dead = Deliverer(app.config["SETTINGS"], mail_server=worker.mail_server)
    assert dead._take(Counts()).id == message.id
    assert worker.round() == Counts()
    at("2026-11-22 09:06")
    assert worker.round().sent == 1
    assert reread(message).tries == 2


def test_a_worker_that_was_too_slow_writes_nothing_over_the_work_of_another(app, box, worker, at):
    at("2026-11-22 09:00")
    message = put()
    slow = Deliverer(app.config["SETTINGS"], mail_server=worker.mail_server)
    taken = slow._take(Counts())
    at("2026-11-22 09:06")
    worker.round()
    slow._write_down(taken, delivery.Refused("550"), Counts())
    assert reread(message).state is S.SENT


def test_three_workers_at_once_send_each_letter_once(app, box):
    commune = the_commune()
    service.put_many(commune=commune, letters=[letter(n) for n in range(45)])
    db.session.commit()
    db.session.remove()
    sent, together = [], threading.Barrier(3)

    def work():
        with app.app_context():
            together.wait()
            worker = Deliverer(app.config["SETTINGS"], mail_server=MailServer(box.url, timeout=10))
            sent.append(worker.round().sent)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for one in workers:
        one.start()
    for one in workers:
        one.join(60)
    assert sum(sent) == 45
    assert len({mail["To"] for mail in box.mails}) == len(box.mails) == 45


def test_letters_that_wait_untouched_are_rewritten_and_tried_ones_are_not(app, box, worker):
    commune = the_commune()
    message = put(1, kind="invitation_change")
    (found,) = service.waiting_for(commune.id, "invitation_change", "dialogue:1")
    service.rewrite(message=found, letter=letter(1, kind="invitation_change", subject="Hai thay đổi"))
    db.session.commit()
    assert reread(message).subject == "Hai thay đổi"
    box.handler.manner = "4xx"
    worker.round()
    assert service.waiting_for(commune.id, "invitation_change", "dialogue:1") == []
    assert service.drop(commune_id=commune.id, kind="invitation_change", thing="dialogue:1", reason="Đã hủy") == 1
    db.session.commit()
    assert reread(message).state is S.DROPPED


def test_a_letter_in_the_hand_of_a_worker_is_neither_rewritten_nor_dropped(app, box, worker):
    put(1, kind="invitation_change")
    worker._take(Counts())
    commune = the_commune()
    assert service.waiting_for(commune.id, "invitation_change", "dialogue:1") == []
    assert service.drop(commune_id=commune.id, kind="invitation_change", thing="dialogue:1", reason="x") == 0


def test_reminders_come_once_and_after_an_outage_too(app, box, worker, at, monkeypatch):
    at("2026-11-22 09:00")
    commune = the_commune()
    due = clock.now()
    monkeypatch.setitem(
        service.REMINDERS, "test", lambda now: [(commune, letter(1, why="Vì mai có đối thoại."))] if now >= due else []
    )
    at("2026-11-22 12:00")
    assert worker.round().sent == 1
    at("2026-11-22 12:05")
    assert worker.round() == Counts()
    assert "Vì mai có đối thoại." in box.mails[0].get_content()


def test_reminders_that_break_stop_no_letter(app, box, worker, monkeypatch):
    def offer(now):
        raise ZeroDivisionError

    monkeypatch.setitem(service.REMINDERS, "test", offer)
    put()
    assert worker.round().sent == 1


def test_the_states_of_many_things_come_in_one_query(app, queries):
    commune = the_commune()
    service.put_many(commune=commune, letters=[letter(n) for n in range(50)])
    with queries() as seen:
        found = service.states_of(commune.id, [f"dialogue:{n}" for n in range(50)])
        assert [found[f"dialogue:{n}"][0].state for n in range(50)] == [S.WAITING] * 50
    assert seen.count == 1
    assert service.states_of(make_commune().id, ["dialogue:1"]) == {}


def test_the_running_worker_stops_at_once(app, box):
    put()
    app.config["SETTINGS"], kept = (
        __import__("dataclasses").replace(app.config["SETTINGS"], smtp_url=box.url),
        app.config["SETTINGS"],
    )
    stop, sent = threading.Event(), threading.Event()
    box.handler.after_yes = sent.set
    thread = threading.Thread(target=delivery.run, args=(app, stop))
    try:
        thread.start()
        assert sent.wait(10)
        stop.set()
        thread.join(10)
        assert not thread.is_alive()
    finally:
        app.config["SETTINGS"] = kept
    assert [one.state for one in reread()] == [S.SENT]


def test_channels_are_told_apart(app, box, worker):
    message = put(1, channel=Channel.GATEWAY, recipient="0900000101")
    assert worker.round() == Counts(), "no gateway is set"
    assert reread(message).state is S.WAITING
