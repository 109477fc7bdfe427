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
from dialogues.followup.rules import EntryKind, Outcome
from dialogues.questions.models import Asker
from dialogues.questions.rules import DeclineReason, QuestionState
from dialogues.schedule.rules import DialogueState
from dialogues.staff.rules import Role
from dialogues.text import fold
from tests.make import (
    PASSWORD,
    make_answer,
    make_commitment,
    make_commune,
    make_dialogue,
    make_message,
    make_question,
    make_staff,
    make_subscriber,
    make_unit,
    make_village,
    save,
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
    question(
        Q.PUBLISHED, public_text="Người này để tên.", asker={"name": "Người Cho Nêu Tên", "may_publish_name": True}
    )
    question(Q.WAITING, asker={**person(), "may_publish_name": True})
    withdrawn_consent = question(Q.PUBLISHED, public_text="Người này rút tên.", asker=person(may_publish_name=False))
    letter = make_message(subject=marks.new("letter"), text=marks.new("letter"), recipient="doc-tin@rieng-tu.example")
    make_subscriber(email="doc-tin@rieng-tu.example")
    marks.by_kind["letter"].append(letter.recipient)
    db.session.commit()
    for code in db.session.query(Asker.code):
        marks.by_kind.setdefault("tracking code", []).extend([code[0], grouped(code[0])])
    ids = {"question_id": [q.id for q in (*hidden, *shown, withdrawn_consent)]}
    ids["commitment_id"] = _ids("commitment")
    ids |= {"dialogue_id": _ids("dialogue"), "village_id": [village.id], "unit_id": [department.unit_id]}
    ids |= {"staff_id": [department.id], "commune": [commune.slug], "q": ["AAAAAAAAAAAA"], "reset": ["x"]}
    ids |= {"message_id": [letter.id], "key": ["x" * 24]}
    ids |= {"calendar": ["x"], "d": [row[0] for row in db.session.execute(db.text("select code from dialogue"))]}
    db.session.commit()
    return SimpleNamespace(marks=marks, ids=ids)


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
    while waiting:
        url = waiting.pop()
        if url in seen or len(seen) > 900:
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
    folded = [(mark, fold(mark)) for mark in marks]
    found = []
    for url, source in seen.items():
        whole = fold(source)
        found += [f"{url} shows {mark}" for mark, word in folded if word in whole]
    return found


VISITOR_MUST_NOT_SEE = (
    "original", "asker", "tracking code", "hidden wording", "note to the asker", "draft dialogue", "draft answer",
    "draft answer promise", "answer to what is hidden", "answer to what is hidden promise", "later draft",
    "unfinished conclusion", "answer to a hidden question", "letter",
)  # fmt: skip
MUST_NOT_SEE = {
    None: VISITOR_MUST_NOT_SEE,
    Role.VILLAGE_HEAD: tuple(
        kind for kind in VISITOR_MUST_NOT_SEE if kind not in ("draft dialogue", "unfinished conclusion")
    ),
    Role.DEPARTMENT: ("original", "asker", "tracking code", "hidden wording", "note to the asker", "letter"),
    Role.OVERSEER: ("original", "asker", "tracking code", "letter"),
    Role.LEADER: ("asker", "tracking code", "letter"),
    Role.ADMIN: ("original", "asker", "tracking code", "hidden wording", "note to the asker"),
}


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
    found = [f"{kind}: {leak}" for kind in MUST_NOT_SEE[role] for leak in leaks(seen, secrets.marks.of(kind))]
    assert not found, "\n".join(found)


def test_the_crawler_finds_what_is_there(app, session, secrets):
    """Else the tests above could not fail: the office finds every mark of a question."""
    seen = everything_reached(app, browser_of(app, session, Role.OFFICE).client, secrets.ids, False)
    everything = fold(" ".join(seen.values()))
    for kind in VISITOR_MUST_NOT_SEE:
        found = [mark for mark in secrets.marks.of(kind) if fold(mark) in everything]
        assert found, f"no mark of {kind} was found anywhere"
    visitor = everything_reached(app, browser_of(app, session, None).client, secrets.ids, True)
    everything = " ".join(visitor.values())
    assert "Câu hỏi công khai số 4." in everything
    assert "Người Cho Nêu Tên" in everything


SEARCHES = ("/minh-tam/questions", "/minh-tam/dialogues", "/?", "/minh-tam/commitments", "/office/questions?state=all",
            "/office/dialogues")  # fmt: skip


@pytest.mark.parametrize("role", MUST_NOT_SEE, ids=lambda role: role.value if role else "visitor")
def test_no_search_finds_by_words_that_one_may_not_read(app, session, secrets, role):
    """Searching for a private word answers as searching for a word that stands nowhere."""
    browser, nowhere, wrong = browser_of(app, session, role), "khôngcóởđâucả", []
    for address in SEARCHES:
        if role is None and address.startswith("/office"):
            continue
        path, _sep, query = address.partition("?")
        queries = dict(part.split("=") for part in query.split("&") if part)

        def answer(word, path=path, queries=queries):
            response = in_its_own_context(browser.client.get, path, query_string={**queries, "q": word})
            source = response.get_data(as_text=True)
            for known in (word, nowhere):
                source = source.replace(known, "Q")
            return source

        nothing = answer(nowhere)
        for mark in (mark for kind in MUST_NOT_SEE[role] for mark in secrets.marks.of(kind)[:4]):
            for word in {mark, fold(mark)}:
                known = answer(word)
                if without_tokens(known) != without_tokens(nothing):
                    wrong.append(f"{address} finds something by {word}")
    assert wrong == []


def without_tokens(source):
    """Without what differs between two answers of one page: the token of the forms, addresses with the query."""
    source = re.sub(r'name="csrf_token" value="[^"]*"', "", source)
    return re.sub(r"q=[^&\"]*", "q=Q", unquote_plus(source))
