"""Two communes with a row of every kind and state, kept as a copy that every test gets back; the pages and forms of it.

Hostile tests walk the address map: what is added later is walked without being named here.
"""

from __future__ import annotations

import contextvars
import itertools
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from types import MappingProxyType, SimpleNamespace
from typing import Any

import sqlalchemy as sa
from flask import Flask
from werkzeug.routing import RequestRedirect

from dialogues import clock
from dialogues.access import Permission, permission_of
from dialogues.askers import links, telling
from dialogues.askers.rules import TellHow
from dialogues.doubles import chains, merging, own_words
from dialogues.extensions import db
from dialogues.followup.models import CommitmentEntry
from dialogues.followup.rules import CommitmentState, EntryKind, ExtensionState, Outcome
from dialogues.imports.bringing import report as import_counts
from dialogues.imports.rules import Stage
from dialogues.imports.staging import Counts
from dialogues.invitations import mail
from dialogues.invitations import service as invitations
from dialogues.invitations.replies import token_of
from dialogues.post.rules import MessageState
from dialogues.questions import round_links, undo
from dialogues.questions.rules import DeclineReason, QuestionState
from dialogues.reminders import links as promise_links
from dialogues.reminders.models import LadderStep, Reminder
from dialogues.reminders.rules import RemindedAs
from dialogues.schedule import line
from dialogues.schedule.round_rules import RequestState, RoundState
from dialogues.schedule.rules import DialogueState, Step
from dialogues.staff import service as accounts
from dialogues.staff.rules import Role
from dialogues.today.models import PeriodReport
from dialogues.today.rules import Period
from dialogues.verdicts import tablet
from dialogues.verdicts.models import CommitmentVerdict
from tests.invitations.guest_make import make_guest
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
    make_request,
    make_round,
    make_series,
    make_staff,
    make_step,
    make_subscriber,
    make_unit,
    make_use,
    make_verdict,
    make_village,
    make_word,
    save,
    wall,
)
from tests.page import Form, Page, is_control

Q = QuestionState


# -- rows -------------------------------------------------------------------------------------------------------------


def people_of(commune: Any) -> SimpleNamespace:
    """One person of every role, and `all` with all of them; villages and units to choose from."""
    village, unit = make_village(commune, head_phone="0900 000 111"), make_unit(commune)
    found = SimpleNamespace(village=village, unit=unit)
    found.closed_village, found.closed_unit = (
        make_village(commune, is_active=False),
        make_unit(commune, is_active=False),
    )
    found.closed = make_staff(commune=commune, is_active=False)
    for role in Role:
        setattr(found, role.value, make_staff(role, commune=commune, village=village, unit=unit))
    found.all = make_staff(roles=list(Role), commune=commune, village=village, unit=unit)
    return found


def dialogues_of(commune: Any, people: Any) -> dict[str, Any]:
    """A dialogue in every state, and an announced one that has begun."""
    named = {"chair": people.leader, "co_chair": people.overseer, "secretary": people.office}
    found = {state.value: make_dialogue(commune=commune, state=state, **named) for state in DialogueState}
    for dialogue in (found["postponed"], found["cancelled"]):
        dialogue.state_reason = "Mưa lũ."
    found["running"] = make_dialogue(commune=commune, starts_at=wall(0, "06:00"), **named)
    return found


def questions_of(dialogue: Any, people: Any) -> dict[str, Any]:
    """A question in every state; of the published ones one with every kind of answer."""
    asker = {"name": "Tống Văn Hỏi", "phone": "0900 000 777", "email": "hoi@nguoi-dan.example", "may_contact": True}
    more = {"village": people.village, "assigned_unit_id": people.unit.id, "asker": asker}
    found = {state.value: make_question(dialogue, state=state, **more) for state in QuestionState}
    found["declined"].decline_reason = DeclineReason.UNCLEAR
    found["declined"].state_note = found["moved_to_complaint"].state_note = "Xin xem lại."
    for outcome in Outcome:
        question = make_question(dialogue, state=Q.PUBLISHED, **more)
        answer = make_answer(
            question,
            outcome=outcome,
            answered_by=people.department,
            due_on=clock.today() + timedelta(5) if outcome is Outcome.IN_WRITING else None,
            escalated_to="UBND tỉnh" if outcome is Outcome.ESCALATED else "",
            published_at=None if outcome is Outcome.MOVED_TO_COMPLAINT else clock.now(),
        )
        found[outcome.value] = answer.question
    found["entered"] = make_question(dialogue, entered_by_id=people.all.id, village=people.village)
    found["draft"] = make_answer(make_question(dialogue, state=Q.PUBLISHED, **more), published_at=None).question
    return found


def commitments_of(question: Any, people: Any) -> dict[str, Any]:
    """A commitment in every state, an extended and overdue one, one of somebody who left, one of the reader."""
    found = {}
    for state in CommitmentState:
        found[state.value] = make_commitment(question.answer, state=state, responsible=people.department)
    for name in ("reported_done", "confirmed"):
        found[name].reported_done_on = clock.today()
        save(_entry(found[name], people.department, EntryKind.REPORTED_DONE))
    make_evidence(found["reported_done"])
    make_verdict(found["confirmed"], entry_id=_last_entry(found["confirmed"]))
    late = make_commitment(question.answer, responsible=people.leader, due_on=clock.today() - timedelta(3))
    late.first_due_on -= timedelta(10)
    days = {"old_due_on": late.first_due_on, "new_due_on": late.due_on}
    save(_entry(late, people.leader, EntryKind.EXTENSION, **days))
    orphan = make_commitment(question.answer, responsible=people.closed)
    own = make_commitment(question.answer, responsible=people.all)
    return {**found, "late": late, "orphan": orphan, "own": own}


def _last_entry(commitment: Any) -> int:
    return int(db.session.scalar(sa.select(sa.func.max(CommitmentEntry.id)).filter_by(commitment_id=commitment.id)))


def extensions_of(commitments: Any, people: Any) -> list[Any]:
    """A later day that waits for a decision, and one that was refused."""
    waiting = make_extension(commitments["in_progress"])
    refused = {"state": ExtensionState.REFUSED, "decided_by_id": people.leader.id, "decided_at": clock.now()}
    return [waiting, make_extension(commitments["open"], decision="Còn kịp.", **refused)]


def _entry(commitment: Any, author: Any, kind: EntryKind, **days: date) -> CommitmentEntry:
    return CommitmentEntry(
        commune_id=commitment.commune_id,
        commitment=commitment,
        kind=kind,
        at=clock.now(),
        author=author,
        text="Thợ đã đổ bê tông.",
        **days,
    )


def rounds_of(commune: Any, people: Any, held: Any, question: Any) -> dict[str, Any]:
    """Series, rounds and requests of voters in every state; the question that caused two of them."""
    series = {"going": make_series(commune), "ended": make_series(commune, ends_on=clock.today() - timedelta(1))}
    rounds = {
        "planned": make_round(series["going"], chair=people.leader, starts_at=wall(62)),
        "missed": make_round(commune=commune, starts_at=wall(-5)),
        "skipped": make_round(series["going"], state=RoundState.SKIPPED, state_reason="Bầu cử.", starts_at=wall(90)),
        "opened": make_round(commune=commune, state=RoundState.OPENED, starts_at=held.starts_at),
    }
    held.round = rounds["opened"]
    requests = {state.value: make_request(commune, state=state, valid_signatures=690) for state in RequestState}
    requests["linked"] = make_request(commune, state=RequestState.ACCEPTED, round=rounds["opened"])
    for one in (rounds["planned"], rounds["opened"]):
        round_links.link(one=one, question_id=question.id, actor=people.office)
    return {"series": series, "rounds": rounds, "requests": requests, "paper": make_paper(rounds["opened"])}


def done_of(commune: Any, people: Any, dialogue: Any) -> None:
    """A step ticked by hand and a periodic report marked as sent: both can be taken back."""
    line.tick(dialogue=dialogue, step=Step.POSTED, done_on=clock.today(), evidence="Nhà văn hóa", actor=people.office)
    month_end = (clock.today().replace(day=1) - timedelta(1)).replace(day=1) - timedelta(1)
    report = PeriodReport(commune_id=commune.id, period=Period.MONTH, ends_on=month_end, staff_id=people.office.id)
    report.sent_on = clock.today()
    save(report)


def told_of(questions: Any, people: Any) -> list[Any]:
    """An asker who is to be told by hand, one who was told; a request about personal data, and one that is done."""
    for name in ("waiting", "declined"):
        asker = questions[name].askers[0]
        make_word(asker)
        if name == "declined":
            telling.mark_told(asker=asker, upto=10**8, how=TellHow.CALL, on=clock.today(), actor=people.office)
    asker = questions["published"].askers[0]
    done = {"answered_on": clock.today(), "done_on": clock.today(), "recorded_by": people.office}
    return [make_data_request(asker), make_data_request(asker, **done)]


def _news(question: Any) -> str:
    """The link of the letter that asks whether word is wanted."""
    asker = question.askers[0]
    asker.may_message = True
    return links.link(asker, clock.today()).rsplit("/", 1)[1]


def guests_of(dialogue: Any, people: Any) -> list[Any]:
    """A guest who was invited, one who is to be invited, one on paper, one who was removed."""
    invited = make_guest(dialogue, staff_id=people.leader.id)
    mail.invite(dialogue=dialogue, guests=[invited], actor=people.office)
    paper, gone = make_guest(dialogue, email=None), make_guest(dialogue, removed_at=clock.now())
    return [invited, make_guest(dialogue), paper, gone]


def doubles_of(questions: Any, elsewhere: Any, people: Any) -> Any:
    """A question merged into another one, one that was asked before elsewhere, words of the commune."""
    questions["merged"].state = Q.WAITING
    merging.merge(question=questions["merged"], into=questions["published"], actor=people.all)
    chains.link(question=questions["published"], earlier=elsewhere, actor=people.all)
    return own_words.add(commune_id=elsewhere.commune_id, words="bờ vùng = bờ thửa", actor=people.all)


def commune_of_everything() -> SimpleNamespace:
    """A commune and its rows by kind and name."""
    commune = make_commune()
    people = people_of(commune)
    dialogues = dialogues_of(commune, people)
    questions = questions_of(dialogues["published"], people)
    announced, concluded = (make_question(dialogues[name], state=Q.PUBLISHED) for name in ("announced", "concluded"))
    words = doubles_of(questions, concluded, people)
    with undo.kept(questions["noted"], "decline", people.all, f"press-{commune.id}"):
        questions["noted"].state_note = "Vừa sửa."
    commitments = commitments_of(questions["answered_on_spot"], people)
    steps = [make_step(commitments["open"]), make_step(commitments["late"], due_on=clock.today() - timedelta(5))]
    later_days = extensions_of(commitments, people)
    uses = [make_use(dialogues["announced"]), make_use(dialogues["published"], said="")]
    rounds = rounds_of(commune, people, dialogues["held"], questions["published"])
    done_of(commune, people, dialogues["published"])
    attachment = make_attachment(questions["published"])
    guests = guests_of(dialogues["announced"], people)
    holiday = make_holiday(commune)
    file = make_import(dialogues["announced"], staff_id=people.office.id)
    said = {"name": "Trần Thị Mơ", "day": str(clock.today() - timedelta(5))}
    import_rows = [make_import_row(file, entry=said), make_import_row(file, entry=said, mark="look")]
    done = {"stage": Stage.IMPORTED, "ended_at": clock.now(), "ended_by_id": people.office.id}
    nothing = import_counts([], Counts(Counter(), Counter(), 0, 0))
    imported = make_import(dialogues["announced"], counts=nothing, **done)
    reader = make_subscriber(commune)
    follower = make_follower(commitments["open"])
    about = f"dialogue:{dialogues['announced'].id}"
    letters = [make_message(commune, state=state, thing=about, last_error="550") for state in MessageState]
    tokens = {"reset": accounts.make_reset_link(staff=people.overseer, actor=people.admin), "feed": _feed(people.all)}
    tokens["promises"] = promise_links.make(people.leader).rsplit("/", 1)[1]
    promise_links.make(people.overseer)
    promise_links.make(people.all)
    save(Reminder(
        commune_id=commune.id, commitment=commitments["late"], staff=people.leader, due_on=commitments["late"].due_on,
        days=3, reminded_as=RemindedAs.RESPONSIBLE, told_on=clock.today(), at=clock.now(),
    ))  # fmt: skip
    save(LadderStep(commune_id=commune.id, days=5, reminded_as=RemindedAs.SUPERIOR))
    save(LadderStep(commune_id=commune.id, days=-5, reminded_as=RemindedAs.RESPONSIBLE))
    tokens["tablet"] = tablet.token(dialogues["published"], people.all)
    rated = make_rating(questions["answered_on_spot"].answer, text="Nói rõ rồi, cảm ơn xã.")
    tokens["news"] = _news(questions["waiting"])
    tokens["say"] = links.say_link(questions["answered_on_spot"].askers[0], clock.today()).rsplit("/", 1)[1]
    data_requests = told_of(questions, people)
    db.session.commit()
    return SimpleNamespace(
        commune=commune,
        people=people,
        dialogues=dialogues,
        questions=questions,
        asked_elsewhere=announced,
        own_words=words,
        commitments=commitments,
        verdict=db.session.scalars(sa.select(CommitmentVerdict).filter_by(commune_id=commune.id)).one(),
        steps=steps,
        later_days=later_days,
        uses=uses,
        guests=guests,
        holiday=holiday,
        attachment=attachment,
        import_rows=import_rows,
        imported=imported,
        letters=letters,
        reader=reader,
        follower=follower,
        rated=rated,
        **rounds,
        tokens=tokens,
        data_requests=data_requests,
    )


def _feed(staff: Any) -> str:
    invitations.make_feed(staff=staff)
    return str(invitations.private_feed_url(staff)).rsplit("/", 1)[1].removesuffix(".ics")


# -- what is in the database -----------------------------------------------------------------------------------------


def count_rows(*without: str) -> dict[str, int]:
    """How many rows each table has."""
    with db.engine.connect() as connection:
        return {
            table.name: connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in db.metadata.sorted_tables
            if table.name not in without
        }


def texts() -> Iterator[tuple[str, str]]:
    """Every text of the database with the name of its column."""
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            for row in connection.execute(sa.select(table)).mappings():
                yield from ((f"{table.name}.{name}", value) for name, value in row.items() if isinstance(value, str))


def strangers() -> list[str]:
    """Rows of one commune that name a row of another, as sentences."""
    found = []
    with db.engine.connect() as connection:
        for table in db.metadata.sorted_tables:
            sides = [table.c.commune_id] if "commune_id" in table.c else []
            joined: Any = table
            for key in table.foreign_keys:
                other = key.column.table
                if "commune_id" in other.c:
                    named = other.alias()
                    joined = joined.outerjoin(named, named.c[key.column.name] == key.parent)
                    sides.append(named.c.commune_id)
            for one, two in itertools.pairwise(sides) if len(sides) < 3 else itertools.combinations(sides, 2):
                wrong = sa.select(sa.func.count()).select_from(joined).where(one != two)
                if connection.execute(wrong).scalar_one():
                    found.append(f"a row of {table.name} names a row of another commune ({one} / {two})")
    return found


# -- addresses --------------------------------------------------------------------------------------------------------


def values_of(here: Any) -> dict[str, list[Any]]:
    """What stands in addresses, by the name of the part: ids and codes of this commune."""
    askers = [question.askers[0].code for question in here.questions.values()]
    return {
        "commune": [here.commune.slug],
        "dialogue_id": [row.id for row in here.dialogues.values()],
        "question_id": [row.id for row in here.questions.values()],
        "attachment_id": [here.attachment.id],
        "commitment_id": [row.id for row in here.commitments.values()],
        "step_id": [row.id for row in here.steps],
        "extension_id": [row.id for row in here.later_days],
        "use_id": [use.id for use in here.uses],
        "series_id": [row.id for row in here.series.values()],
        "round_id": [row.id for row in here.rounds.values()],
        "request_id": [row.id for row in here.requests.values()],
        "paper_id": [here.paper.id],
        "message_id": [row.id for row in here.letters],
        "import_id": [here.import_rows[0].import_id, here.imported.id],
        "row_id": [row.id for row in here.import_rows],
        "line_id": [here.own_words.id],
        "key": [here.reader.key, here.follower.key],
        "village_id": [here.people.village.id, here.people.closed_village.id],
        "unit_id": [here.people.unit.id, here.people.closed_unit.id],
        "staff_id": [here.people.overseer.id, here.people.closed.id],
        "d": [row.code for row in here.dialogues.values() if row.announced_at],
        "q": askers,
        "guest_id": [row.id for row in here.guests],
        "asker_id": [question.askers[0].id for question in here.questions.values()],
        "data_request_id": [row.id for row in here.data_requests],
        "news": [here.tokens["news"]],
        "say": [here.tokens["say"]],
        "evidence_id": [here.commitments["reported_done"].evidence[0].id],
        "verdict_id": [here.verdict.id],
        "holiday_id": [here.holiday.id],
        "rule": ["result-days"],
        "step": ["minutes"],
        "tablet_token": [here.tokens["tablet"]],
        "r": [token_of(row) for row in here.guests],
        "reset": [here.tokens["reset"]],
        "p": [here.tokens["promises"]],
        "calendar": [here.tokens["feed"]],
    }


def parents_of(here: Any) -> dict[tuple[str, Any], tuple[str, Any]]:
    """Under which row a row stands in an address, where it stands under one only; a frozenset: under any of these."""
    dialogue_of: dict[tuple[str, Any], tuple[str, Any]] = {}
    dialogue_of |= {("guest_id", row.id): ("dialogue_id", row.dialogue_id) for row in here.guests}
    dialogue_of |= {("use_id", row.id): ("dialogue_id", row.dialogue_id) for row in here.uses}
    dialogue_of |= {("step_id", row.id): ("commitment_id", row.commitment_id) for row in here.steps}
    dialogue_of |= {("attachment_id", here.attachment.id): ("question_id", here.attachment.question_id)}
    mine, all_ = here.commitments["late"].id, frozenset(row.id for row in here.commitments.values())
    dialogue_of[("token", here.tokens["promises"])] = ("commitment_id", mine)  # the one that the reader of it made
    asked = here.questions["answered_on_spot"].askers[0].code
    for code in (question.askers[0].code for question in here.questions.values()):
        dialogue_of[("code", code)] = ("commitment_id", all_ if code == asked else frozenset())
    dialogue_of |= {("row_id", row.id): ("import_id", row.import_id) for row in here.import_rows}
    reported = here.commitments["reported_done"]
    dialogue_of |= {("evidence_id", reported.evidence[0].id): ("commitment_id", reported.id)}
    return dialogue_of | {("paper_id", here.paper.id): ("round_id", here.paper.round_id)}


def addresses(
    app: Flask,
    values: dict[str, list[Any]],
    method: str = "GET",
    parents: Mapping[tuple[str, Any], tuple[str, Any]] = MappingProxyType({}),
) -> list[tuple[str, str]]:
    """(endpoint, address) of every rule with this method, with every value of its parts that stands under the other."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            if method not in rule.methods or rule.endpoint == "static":
                continue
            parts = [values[_kind(rule, name)] for name in sorted(rule.arguments)]
            for chosen in itertools.product(*parts):
                named = dict(zip(sorted(rule.arguments), chosen, strict=True))
                above = [parents[part] for part in named.items() if part in parents]
                if all(name not in named or _is_under(named[name], parent) for name, parent in above):
                    found.append((rule.endpoint, app.url_for(rule.endpoint, **named)))
    return sorted(set(found))


def _is_under(value: Any, parent: Any) -> bool:
    return value in parent if isinstance(parent, frozenset) else bool(value == parent)


def _kind(rule: Any, name: str) -> str:
    """The value of `code` and `token` depends on where it stands: /d/, /q/, /q/news/, /q/say/, /r/, ..."""
    if name in ("code", "token"):
        return next(
            part for part in ("news", "say", "d", "q", "r", "p", "calendar", "reset") if f"/{part}/" in rule.rule
        )
    return name


def endpoint_at(app: Flask, url: str, method: str = "POST") -> str:
    """The endpoint behind an address."""
    try:
        return str(app.url_map.bind("localhost").match(url.split("?")[0].removeprefix("http://localhost"), method)[0])
    except RequestRedirect as redirect:
        return endpoint_at(app, redirect.new_url, method)


def is_open(app: Flask, endpoint: str) -> bool:
    return permission_of(app, endpoint) is Permission.EVERYONE


# -- forms ------------------------------------------------------------------------------------------------------------

TYPED = {
    "current": PASSWORD, "password": PASSWORD, "new_password": "năm chữ rất dễ nhớ", "repeat": "năm chữ rất dễ nhớ",
    "email": "nguoi-moi@minh-tam.example", "office_email": "van-phong@minh-tam.example", "hotline": "0900 000 101",
    "head_phone": "0900 000 102", "phone": "0900 000 103", "remind_phone": "0900 000 104", "online_link": "https://hop.example/phong-1",
    "website": "", "time_zone": "Asia/Ho_Chi_Minh", "starts": "07:30", "ends": "11:30", "deadline": "17:00",
    "escalated_to": "UBND tỉnh", "slug": "xa-moi", "link": "https://minh-tam.example/ke-hoach",
    "words": "đường gom = đường dân sinh",
}  # fmt: skip
PRESSED = {("do", "preview"): "save", ("do", "more"): "save"}  # what the page offers after its preview
BORING = 2  # rows of a page that brought no other form
AHEAD = {
    "answered_on": 0, "received_on": 0, "final_on": 0, "starts_on": 20, "deadline_on": 10, "due_on": 30,
    "new_due_on": 400, "ends_on": 400,
}  # fmt: skip


@dataclass
class Sending:
    """One form as a person would send it: where to, what, and the kind of every field."""

    endpoint: str
    page: str
    action: str
    pairs: list[tuple[str, str]]
    kinds: dict[str, str]
    choices: dict[str, list[str]] = field(default_factory=dict)
    most: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.endpoint} ({self.action})"

    def names(self, *kinds: str) -> list[str]:
        return [name for name, kind in self.kinds.items() if kind in kinds]

    def having(self, **changed: Any) -> list[tuple[str, str]]:
        """What is sent with these fields changed: a value, several values, or None to leave the field out."""
        kept = [(name, value) for name, value in self.pairs if name not in changed]
        for name, value in changed.items():
            values = value if isinstance(value, list) else [] if value is None else [value]
            kept += [(name, one) for one in values]
        return kept


def kind_of(control: Any) -> str:
    """text, choice, day, hour, number, password, version, token or hidden."""
    name, type_ = str(control["name"]), control.get("type", "text")
    if name == "csrf_token":
        return "token"
    if name == "version":
        return "version"
    if control.name == "select" or type_ in ("radio", "checkbox"):
        return "box" if type_ == "checkbox" and control.get("value", "y") in ("y", "1", "on") else "choice"
    if control.name == "textarea" or type_ in ("text", "search", "email", "tel", "url"):
        return "text"
    return {"date": "day", "time": "hour", "number": "number", "password": "password"}.get(type_, "hidden")


def likely(control: Any, form: Form) -> list[str]:
    """What a person would leave or write in this field."""
    name, present = str(control["name"]), form.values[id(control)]
    kind = kind_of(control)
    if kind in ("token", "version", "hidden", "box") or name == "co_chair_id" or (present and present[0]):
        return present
    if kind == "choice":
        return present if control.get("type") == "checkbox" else _first_choice(control, form)
    if kind == "day":
        return [str(clock.today() + timedelta(AHEAD.get(name, 20)))]
    return [TYPED.get(name, {"number": "12", "hour": "17:00"}.get(kind, "Chữ viết thử"))]


def _first_choice(control: Any, form: Form) -> list[str]:
    if control.name == "select":
        return next(([o["value"]] for o in control.find_all("option") if o.get("value")), [])
    group = [c for c in form.controls if c["name"] == control["name"]]
    taken = any(form.values[id(c)] for c in group) or control is not group[0]
    return [] if taken else [control.get("value", "on")]


def sending(app: Flask, page: Page, tag: Any) -> Sending:
    """The form filled in."""
    form = Form(page, tag)
    action = form.action.removeprefix("http://localhost")
    made = Sending(endpoint_at(app, action, "POST"), page.url, action, [], {})
    for control in form.controls:
        name = str(control["name"])
        if control.name == "button":
            continue
        made.kinds.setdefault(name, kind_of(control))
        limit = str(control.get("maxlength") or control.get("data-counter") or "")
        if limit.isdigit():
            made.most[name] = int(limit)
        made.pairs += [(name, value) for value in likely(control, form)]
        if is_control(control) and made.kinds[name] == "choice":
            options = control.find_all("option") if control.name == "select" else [control]
            made.choices.setdefault(name, []).extend(str(o.get("value", "")) for o in options)
    button = tag.select_one('button[name]:not([type="button"], [name="add"])')
    if button is not None:
        name, value = str(button["name"]), str(button.get("value", ""))
        made.pairs.append((name, PRESSED.get((name, value), value)))
        made.kinds.setdefault(name, "hidden")
    for name in made.names("choice"):
        if not any(key == name for key, _value in made.pairs) and name == "roles":
            made.pairs.append((name, made.choices[name][0]))
    return made


def elsewhere(app: Flask, made: Sending, tag: Any) -> list[Sending]:
    """The same form as its buttons with an address of their own send it."""
    addresses_ = [str(button["formaction"]) for button in tag.select("button[formaction]")]
    return [replace(made, endpoint=endpoint_at(app, url, "POST"), action=url) for url in addresses_]


def all_sendings(app: Flask, read: Callable[[str], Page], pages: Iterable[tuple[str, str]]) -> list[list[Sending]]:
    """The POST forms on these pages, those with the same target and fields in one group: one of each is enough, but not
    every row can take what its form asks for. A page that is there for its form alone is read for row after row until
    several rows brought no other form."""
    forms = {rule.endpoint for rule in app.url_map.iter_rules() if {"GET", "POST"} <= (rule.methods or set())}
    found: dict[tuple[str, ...], dict[str, Sending]] = {}
    boring: Counter[str] = Counter()
    for endpoint, url in pages:
        if boring[endpoint] == BORING:
            continue
        known = len(found)
        page = read(url)
        tags = [tag for tag in page.soup.find_all("form") if str(tag.get("method", "get")).lower() == "post"]
        made_here = [
            one for tag in tags for made in [sending(app, page, tag)] for one in (made, *elsewhere(app, made, tag))
        ]
        for made in made_here:
            found.setdefault((made.endpoint, *sorted(made.kinds)), {}).setdefault(made.action, made)
        boring[endpoint] += len(found) == known and endpoint in forms & {made.endpoint for made in made_here}
    return [list(group.values()) for _key, group in sorted(found.items())]


def in_its_own_context(call: Any, *args: Any, **more: Any) -> Any:
    """A request apart from the test's application context, as in life."""
    return contextvars.Context().run(call, *args, **more)
