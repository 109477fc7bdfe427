"""What must not be seen: every private field holds words of its own, and every page, feed, file and search that
somebody reaches is looked through for them."""

import re
from types import SimpleNamespace
from urllib.parse import unquote_plus, urljoin, urlsplit

import pytest

from dialogues import clock
from dialogues.access import Permission, permission_of
from dialogues.codes import grouped
from dialogues.extensions import db
from dialogues.followup.models import CommitmentEntry
from dialogues.followup.rules import EntryKind, ExtensionState, Outcome
from dialogues.invitations import guests, mail, receive, replies
from dialogues.invitations import service as calendars
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.guest_rules import Reply, ReplyWay
from dialogues.papers import service as papers
from dialogues.papers.rules import NoticeChannel
from dialogues.post.rules import MessageState
from dialogues.questions.models import Asker
from dialogues.questions.rules import DeclineReason, QuestionState
from dialogues.schedule.models import DoneStep
from dialogues.schedule.round_models import RoundQuestion
from dialogues.schedule.round_rules import RequestState, RoundState
from dialogues.schedule.rules import DialogueState, Step
from dialogues.staff.rules import Role
from dialogues.text import fold
from dialogues.verdicts.rules import RatingWay
from tests.make import (
    PASSWORD,
    make_answer,
    make_attachment,
    make_commitment,
    make_commune,
    make_data_request,
    make_dialogue,
    make_evidence,
    make_extension,
    make_follower,
    make_holiday,
    make_import,
    make_import_row,
    make_message,
    make_paper,
    make_question,
    make_rating,
    make_reported,
    make_request,
    make_round,
    make_series,
    make_staff,
    make_step,
    make_subscriber,
    make_unit,
    make_verdict,
    make_village,
    make_word,
    save,
    wall,
)
from tests.page import StrictClient
from tests.world import addresses, in_its_own_context

Q, S = QuestionState, DialogueState
HIDDEN = (Q.WAITING, Q.DECLINED, Q.MOVED_TO_COMPLAINT, Q.WITHDRAWN)


class Marks:
    """Words that stand in one private field each, by kind; accented, so that folded search is tried too."""

    def __init__(self):
        self.by_kind = {}

    def new(self, kind):
        mark = f"Mậtđấu{sum(map(len, self.by_kind.values())) + 100}ỹ"
        self.by_kind.setdefault(kind, []).append(mark)
        return mark

    def of(self, *kinds):
        return [mark for kind in kinds for mark in self.by_kind[kind]]


@pytest.fixture
def secrets(app, at):
    """A commune whose private fields are all marked."""
    at("2026-11-18 09:00")
    commune, marks = make_commune(), Marks()
    village = make_village()
    department = make_staff(Role.DEPARTMENT, unit=make_unit())
    dialogue = make_dialogue(state=S.PUBLISHED)
    collecting = make_dialogue()
    draft = {name: marks.new("draft dialogue") for name in ("title", "purpose", "place", "address", "how_to_attend")}
    make_dialogue(state=S.DRAFT, **draft)
    given_up = make_dialogue(state=S.CANCELLED, announced_at=None, title=marks.new("draft dialogue"))
    given_up.state_reason = marks.new("draft dialogue")
    make_dialogue(state=S.HELD).conclusion = marks.new("unfinished conclusion")

    def person(**more):
        number = sum(map(len, marks.by_kind.values()))
        digits, box = f"0977{number:06d}", f"hoi-{number}@rieng-tu.example"
        marks.by_kind.setdefault("asker", []).extend([digits, box])
        return {"name": marks.new("asker"), "phone": digits, "email": box, "may_contact": True, **more}

    def question(state, where=dialogue, **more):
        asked = {"text": f"{marks.new('original')} Bao giờ sửa cầu?", "village": village, "asker": person()}
        return make_question(where, state=state, **{**asked, **more})

    def answered(question, kind, **more):
        answer = make_answer(question, **{"text": marks.new(kind), "escalated_to": marks.new(kind), **more})
        promise = make_commitment(answer, responsible=department, result=marks.new(f"{kind} promise"))
        make_step(promise, text=marks.new(f"{kind} promise"))
        save(
            CommitmentEntry(
                commune_id=commune.id, commitment=promise, kind=EntryKind.PROGRESS, at=clock.now(),
                author=department, text=marks.new(f"{kind} promise"),
            )
        )  # fmt: skip
        return promise

    hidden = [question(state, public_text=marks.new("hidden wording"), where=where) for state in HIDDEN
              for where in (dialogue, collecting)]  # fmt: skip
    for one in hidden:
        one.state_note = marks.new("note to the asker")
        one.decline_reason = DeclineReason.OFFENSIVE if one.state is Q.DECLINED else None
        if one.state is Q.MOVED_TO_COMPLAINT:
            answered(one, "answer to what is hidden")
        elif one.dialogue is dialogue:
            answered(one, "draft answer", published_at=None)
        else:  # a promise that was made in public stays in sight, without the words of question and answer
            in_public = make_answer(one, text=marks.new("answer to a hidden question"))
            make_commitment(in_public, responsible=department)
    shown = [question(Q.PUBLISHED, public_text=f"Câu hỏi công khai số {number}.") for number in range(5)]
    answered(shown[0], "draft answer", published_at=None, outcome=Outcome.ESCALATED)
    make_answer(shown[1], outcome=Outcome.IN_WRITING, due_on=clock.today(), final_text=marks.new("later draft"))
    answered(shown[2], "draft answer", published_at=None, outcome=Outcome.MOVED_TO_COMPLAINT)
    promised = make_answer(shown[3])
    longer = make_commitment(
        promised, responsible=department, public_text="Hàng rào được dời.",
        result=marks.new("words of a promise for the office"), budget_note=marks.new("note on money"),
    )  # fmt: skip
    asked_for = make_extension(longer, reason=marks.new("later day not decided"))
    save(
        CommitmentEntry(
            commune_id=commune.id, commitment=longer, kind=EntryKind.EXTENSION_ASKED, at=clock.now(),
            author=department, text=asked_for.reason, old_due_on=longer.due_on, new_due_on=asked_for.new_due_on,
        )
    )  # fmt: skip
    question(
        Q.PUBLISHED, public_text="Người này để tên.", asker={"name": "Người Cho Nêu Tên", "may_publish_name": True}
    )
    question(Q.WAITING, asker={**person(), "may_publish_name": True})
    withdrawn_consent = question(Q.PUBLISHED, public_text="Người này rút tên.", asker=person(may_publish_name=False))
    more = {**post_of(marks), **rounds_of(marks, hidden[0]), **notices_of(marks, collecting)}
    more |= guests_of(marks, dialogue, collecting)
    more["attachment_id"] = [make_attachment(one, title=marks.new("asker")).id for one in (hidden[0], shown[0])]
    more |= file_of(marks, collecting)
    more |= said_of(marks, make_reported(longer.answer, responsible=department), longer)
    db.session.commit()
    for code in db.session.query(Asker.code):
        marks.by_kind.setdefault("tracking code", []).extend([code[0], grouped(code[0])])
    ids = {"question_id": [q.id for q in (*hidden, *shown, withdrawn_consent)]}
    ids["extension_id"] = [asked_for.id]
    ids["commitment_id"], ids["step_id"] = _ids("commitment"), _ids("commitment_step")[:2]
    ids |= told_of(marks, hidden[0].askers[0])
    ids |= {"dialogue_id": _ids("dialogue"), "village_id": [village.id], "unit_id": [department.unit_id]}
    ids |= {"staff_id": [department.id], "commune": [commune.slug], "q": ["AAAAAAAAAAAA"], "reset": ["x"]}
    ids |= {
        "key": ["x" * 24],
        "tablet_token": ["x" * 24],
        "r": ["x" * 20],
        "p": ["x" * 20],
        "rule": ["notice-days"],
        "step": ["mass-media"],
        **more,
    }
    ids |= {"calendar": ["x"], "d": [row[0] for row in db.session.execute(db.text("select code from dialogue"))]}
    db.session.commit()
    led = [(where, db.session.query(Guest).filter_by(dialogue=where).order_by(Guest.id).first())
           for where in (collecting, dialogue)]  # fmt: skip
    return SimpleNamespace(marks=marks, ids=ids, led=led)


def said_of(marks, reported, running):
    """What residents say of a report and of the answer, and who follows a promise that runs; a later day that was
    refused."""
    verdict = make_verdict(reported, text=marks.new("verdict of an asker"))
    make_verdict(
        make_reported(reported.answer, responsible=reported.responsible), public_text="Còn thiếu một nắp cống.",
        text=f"Còn thiếu một nắp cống. {marks.new('verdict of an asker')}", published_at=clock.now(),
    )  # fmt: skip
    for asker_id in (None, reported.answer.question.askers[0].id):
        more = {"way": RatingWay.CODE, "sheet": ""} if asker_id else {}
        make_rating(reported.answer, text=marks.new("sentence beside a rating"), asker_id=asker_id, **more)
    for confirmed_at in (clock.now(), None):
        reader = make_follower(running, email=f"{fold(marks.new('follower'))}@rieng-tu.example")
        reader.confirmed_at = confirmed_at
        marks.by_kind["follower"].append(reader.key)
    make_extension(
        reported, state=ExtensionState.REFUSED, reason=marks.new("later day not decided"), decision="Còn kịp.",
        decided_by_id=reported.responsible_id, decided_at=clock.now(),
    )  # fmt: skip
    make_extension(
        running, state=ExtensionState.GRANTED, decision=marks.new("word with a later day"),
        decided_by_id=reported.responsible_id, decided_at=clock.now(),
    )  # fmt: skip
    return {"evidence_id": [make_evidence(reported).id], "verdict_id": [verdict.id], "say": ["x" * 40]}


def told_of(marks, asker):
    """What an asker is to be told, and a request about the own data with a note."""
    make_word(asker, text=marks.new("word to an asker"))
    request = make_data_request(asker, note=marks.new("note about an asker"))
    return {"asker_id": [asker.id], "data_request_id": [request.id], "news": ["x" * 40]}


def post_of(marks):
    """Letters in every state, readers of the news; their addresses, texts and keys."""
    letters = []
    for state in MessageState:
        marked = {name: marks.new("letter") for name in ("subject", "text", "html", "why", "recipient_name")}
        marked["recipient"] = f"doc-tin-{state}@rieng-tu.example"
        letters.append(make_message(state=state, last_error="550", **marked))
        marks.by_kind["letter"].append(letters[-1].recipient)
    link = "http://localhost/minh-tam/news/ChiaKhoaRiengTuSo1ab"
    letters.append(make_message(text=f"Bấm: {link}"))
    marks.by_kind["link of a letter"] = ["ChiaKhoaRiengTuSo1ab"]
    for number, confirmed_at in enumerate((clock.now(), None)):
        reader = make_subscriber(email=f"nghe-tin-{number}@rieng-tu.example", confirmed_at=confirmed_at)
        marks.by_kind.setdefault("reader", []).extend([reader.email, reader.key])
    return {"message_id": [one.id for one in letters]}


def rounds_of(marks, question):
    """Plans of the office: series, rounds, papers, requests of voters, a day off."""

    def text():
        return marks.new("plan")

    series = make_series(title=text(), place=text(), address=text())
    planned = make_round(series, title=text(), place=text(), trigger_reason=text(), decided_by=text())
    skipped = make_round(title=text(), state=RoundState.SKIPPED, state_reason=text(), starts_at=wall(90))
    paper = make_paper(planned, title=text(), text=text())
    request = make_request(about=text(), state=RequestState.REFUSED, state_reason=text(), valid_signatures=1)
    save(RoundQuestion(round_id=planned.id, question_id=question.id))
    make_holiday()
    return {
        "series_id": [series.id], "round_id": [planned.id, skipped.id], "paper_id": [paper.id],
        "request_id": [request.id],
    }  # fmt: skip


def guests_of(marks, over, collecting):
    """Guests who answered, on paper, taken off, of a dialogue that is over; what came in by mail."""
    office, found = make_staff(Role.OFFICE), []
    for number in range(4):
        name, box = marks.new("guest"), f"khach-{number}@rieng-tu.example" if number else None
        marks.by_kind.setdefault("guest address", []).extend([box] if box else [])
        more = {"name": name, "post": marks.new("guest"), "body": marks.new("guest"), "email": box}
        found.append(guests.add(dialogue=collecting, person=guests.Person(**more), actor=office))
    mail.invite(dialogue=collecting, guests=found[1:], actor=office)
    for guest, answer in zip(found, (Reply.YES, Reply.NO, Reply.MAYBE), strict=False):
        replies.record(guest=guest, reply=answer, note=marks.new("guest note"), way=ReplyWay.CLERK, actor=office)
    guests.remove(guest=found[3], actor=office)
    found.append(save(Guest(
        commune_id=over.commune_id, dialogue=over, name=marks.new("guest"), reply_key="k" * 20,
        reply_note=marks.new("guest note"), reply=Reply.YES,
    )))  # fmt: skip
    marks.by_kind["guest key"] = [one for guest in found for one in (guest.reply_key, replies.token_of(guest))]
    marks.by_kind["incoming mail"] = ["thu-den@rieng-tu.example"]
    receive.take(
        f"From: thu-den@rieng-tu.example\r\nTo: {over.commune.office_email}\r\n"
        f"Subject: {marks.new('incoming mail')}\r\nContent-Type: text/calendar; method=REPLY; charset=utf-8\r\n\r\n"
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nMETHOD:REPLY\r\nEND:VCALENDAR\r\n".encode()
    )
    calendars.make_feed(staff=office)
    marks.by_kind["private calendar"] = [calendars.private_feed_url(office).rsplit("/", 1)[1].removesuffix(".ics")]
    return {"guest_id": [guest.id for guest in found]}


def file_of(marks, dialogue):
    """A file with questions that is being looked through."""
    said = {name: marks.new("row of a file") for name in ("text", "name", "village_written", "note", "unit")}
    row = make_import_row(make_import(dialogue), entry=said)
    return {"import_id": [row.import_id], "row_id": [row.id]}


def notices_of(marks, dialogue):
    """What proves that it was announced, and that its results were."""
    office, note = make_staff(Role.OFFICE), lambda: marks.new("proof")
    use = papers.record_use(
        dialogue=dialogue, channel=NoticeChannel.ZALO, used_at=clock.now(), done_by=note(), note=note(), photo=None,
        actor=office,
    )  # fmt: skip
    back = papers.record_use(
        dialogue=dialogue, channel=NoticeChannel.SMS, used_at=clock.now(), done_by=note(), note=note(), photo=None,
        actor=office,
    )  # fmt: skip
    papers.take_back(dialogue=dialogue, use=back, reason=note(), actor=office)
    for one in _ids("dialogue"):
        save(
            DoneStep(
                commune_id=dialogue.commune_id, dialogue_id=one, step=Step.MASS_MEDIA, done_on=clock.today(),
                evidence=note(), noted_at=clock.now(),
            )
        )  # fmt: skip
    return {"use_id": [use.id, back.id]}


def _ids(table):
    return [row[0] for row in db.session.execute(db.text(f'select id from "{table}" order by id'))]


def everything_reached(app, client, ids, is_visitor):
    """Every answer to a GET: all addresses with all ids, and all links found on the way."""
    waiting = [
        url
        for endpoint, url in addresses(app, ids)
        if "sign" not in endpoint and (not is_visitor or permission_of(app, endpoint) is Permission.EVERYONE)
    ]
    seen = {}
    db.session.rollback()  # a transaction of the test would hold the lock that a wrong code needs to be counted
    while waiting:
        url = waiting.pop()
        if url in seen or len(seen) > 1500:
            continue
        response = in_its_own_context(client.get, url)
        seen[url] = response.get_data(as_text=True) + str(response.headers)
        if response.mimetype == "text/html":
            for piece in seen[url].split('href="')[1:]:
                link = urljoin(f"http://localhost{url}", piece.split('"', 1)[0].replace("&amp;", "&"))
                parts = urlsplit(link)
                path = parts.path + (f"?{parts.query}" if parts.query else "")
                if parts.netloc == "localhost" and not path.startswith("/static/") and "?" not in path:
                    waiting.append(path)
        response.close()
    return seen


def leaks(seen, marks):
    """Where these words stand; one look through every page, however many words there are."""
    words = {fold(mark): mark for mark in marks}
    if not words:
        return []
    any_of = re.compile("|".join(map(re.escape, sorted(words, key=len, reverse=True))))
    return [f"{url} shows {words[word]}" for url, source in seen.items() for word in set(any_of.findall(fold(source)))]


VISITOR_MUST_NOT_SEE = (
    "original", "asker", "tracking code", "hidden wording", "note to the asker", "draft dialogue", "draft answer",
    "draft answer promise", "answer to what is hidden", "answer to what is hidden promise", "later draft",
    "unfinished conclusion", "answer to a hidden question", "words of a promise for the office",
    "later day not decided", "word with a later day",
)  # fmt: skip
ONLY_OFFICE_AND_ADMIN = ("letter", "guest", "guest address")  # the post shows the administrator whom it went to
ONLY_OFFICE = (
    "row of a file",
    "note on money",
    "guest note",
    "guest key",
    "link of a letter",
    "incoming mail",
    "word to an asker",
    "note about an asker",
    "verdict of an asker",
)
NOBODY = ("private calendar", "reader", "follower")
ONLY_OFFICE_AND_OVERSEERS = ("sentence beside a rating",)
ALL_STAFF = ("plan", "proof")
NOT_FOR_OVERSEERS = (*ONLY_OFFICE_AND_ADMIN, *ONLY_OFFICE, *NOBODY)
NOT_FOR_OTHERS = (*NOT_FOR_OVERSEERS, *ONLY_OFFICE_AND_OVERSEERS)
MUST_NOT_SEE = {
    None: (*VISITOR_MUST_NOT_SEE, *ALL_STAFF, *NOT_FOR_OTHERS),
    Role.VILLAGE_HEAD: (
        *(kind for kind in VISITOR_MUST_NOT_SEE if kind not in ("draft dialogue", "unfinished conclusion")),
        *NOT_FOR_OTHERS,
    ),
    Role.DEPARTMENT: ("original", "asker", "tracking code", "hidden wording", "note to the asker", *NOT_FOR_OTHERS),
    Role.OVERSEER: ("original", "asker", "tracking code", *NOT_FOR_OVERSEERS),
    Role.LEADER: ("asker", "tracking code", *NOT_FOR_OTHERS),
    Role.ADMIN: (
        "original", "asker", "tracking code", "hidden wording", "note to the asker", *ONLY_OFFICE, *NOBODY,
        *ONLY_OFFICE_AND_OVERSEERS,
    ),
    Role.OFFICE: NOBODY,
}  # fmt: skip


def browser_of(app, session, role):
    browser = StrictClient(app, session)
    if role is not None:
        more = {"village": make_village()} if role is Role.VILLAGE_HEAD else {}
        browser.post(
            "/office/sign-in", {"email": make_staff(role, unit=make_unit(), **more).email, "password": PASSWORD}
        )
    return browser


@pytest.mark.parametrize("role", MUST_NOT_SEE, ids=lambda role: role.value if role else "visitor")
def test_nobody_sees_what_is_not_for_them(app, session, secrets, role):
    browser = browser_of(app, session, role)
    seen = everything_reached(app, browser.client, secrets.ids, role is None)
    assert len(seen) > 60
    found = leaks(seen, secrets.marks.of(*MUST_NOT_SEE[role]))
    assert not found, "\n".join(found)


def test_the_crawler_finds_what_is_there(app, session, secrets):
    """Else the tests above could not fail: the office finds every mark of a question."""
    seen = everything_reached(app, browser_of(app, session, Role.OFFICE).client, secrets.ids, False)
    everything = fold(" ".join(seen.values()))
    for kind in (*VISITOR_MUST_NOT_SEE, *ALL_STAFF, *ONLY_OFFICE_AND_ADMIN, *ONLY_OFFICE, *ONLY_OFFICE_AND_OVERSEERS):
        found = [mark for mark in secrets.marks.of(kind) if fold(mark) in everything]
        assert found, f"no mark of {kind} was found anywhere"
    visitor = everything_reached(app, browser_of(app, session, None).client, secrets.ids, True)
    everything = " ".join(visitor.values())
    assert "Câu hỏi công khai số 4." in everything
    assert "Người Cho Nêu Tên" in everything


def test_who_leads_a_dialogue_reads_its_guests_but_no_address_or_key(app, session, secrets):
    """The chair sees who comes and what they wrote; guests of other dialogues stay hidden."""
    (chaired, guest), (_other, stranger) = secrets.led
    leader = make_staff(Role.LEADER)
    chaired.chair_id = leader.id
    session.commit()
    browser = StrictClient(app, session)
    browser.post("/office/sign-in", {"email": leader.email, "password": PASSWORD})
    page = browser.get(f"/office/dialogues/{chaired.id}/guests").source
    assert guest.name in page
    assert guest.reply_note in page
    seen = everything_reached(app, browser.client, secrets.ids, False)
    assert leaks(seen, [*secrets.marks.of("guest address", "guest key"), stranger.name, stranger.reply_note]) == []


SEARCHES = ("/minh-tam/questions", "/minh-tam/dialogues", "/?", "/minh-tam/commitments", "/office/questions?state=all",
            "/office/dialogues", "/office/post", "/office/guest-replies", "/office/plan/requests")  # fmt: skip


@pytest.mark.parametrize("role", MUST_NOT_SEE, ids=lambda role: role.value if role else "visitor")
def test_no_search_finds_by_words_that_one_may_not_read(app, session, secrets, role):
    """Searching for a private word answers as searching for a word that stands nowhere."""
    browser, nowhere, wrong = browser_of(app, session, role), "khôngcóởđâucả", []
    for address in SEARCHES:
        if role is None and address.startswith("/office"):
            continue
        path, _sep, query = address.partition("?")
        queries = dict(part.split("=") for part in query.split("&") if part)

        db.session.rollback()

        def answer(word, path=path, queries=queries):
            response = in_its_own_context(browser.client.get, path, query_string={**queries, "q": word})
            source = response.get_data(as_text=True)
            for known in (word, nowhere):
                source = source.replace(known, "Q")
            return source

        nothing = answer(nowhere)
        for kind in MUST_NOT_SEE[role]:
            first, *more = secrets.marks.of(kind)
            for word in {first, fold(more[0] if more else first)}:  # one as written, one without its accents
                if without_tokens(answer(word)) != without_tokens(nothing):
                    wrong.append(f"{address} finds something by {word}")
    assert wrong == []


def without_tokens(source):
    """Without what differs between two answers of one page: the token of the forms, addresses with the query."""
    source = re.sub(r'name="csrf_token" value="[^"]*"', "", source)
    return re.sub(r"q=[^&\"]*", "q=Q", unquote_plus(source))
