"""Files with questions until they come in: taken, read by a plan, looked through row by row, given up, erased."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa
from flask_babel import force_locale
from flask_babel import lazy_gettext as _l

from dialogues import clock
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db, insert
from dialogues.imports import layout, workbook
from dialogues.imports.judging import Entry, Reading, key_of, mark_of, read_sheet, reason_of
from dialogues.imports.layout import Sheet
from dialogues.imports.models import ImportMapping, ImportRow, QuestionImport
from dialogues.imports.plan import Plan, guess
from dialogues.imports.rules import KEPT_FOR, LEFT_FOR, MOST_ROWS, OPEN, Column, Mark, Notice, Reason, Stage
from dialogues.imports.values import Window, hints, same_key
from dialogues.imports.villages import Gazetteer, Place
from dialogues.paging import Paged
from dialogues.places.models import Commune
from dialogues.places.rules import Field
from dialogues.places.service import villages
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import IntakeChannel
from dialogues.schedule.models import Dialogue
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.words import commune_title, label

COLLECTED_FOR = timedelta(days=120)
"""Questions are collected so long before a dialogue, when nothing says it."""
ROWS_A_PAGE = 50


# -- taking a file ----------------------------------------------------------------------------------------------------


def take(*, dialogue: Dialogue, data_hash: str, cells: str, file_name: str, actor: Staff) -> QuestionImport:
    """Keep what was read from a file (`workbook.unpack`), with the program's guess."""
    erase_old(actor.commune_id)
    sheets = workbook.sheets(cells)
    commune = actor.commune
    plan = guess(sheets, _remembered(commune.id), dialogue_window(dialogue, commune))
    one = QuestionImport(
        commune_id=commune.id,
        dialogue_id=dialogue.id,
        file_name=file_name[:200],
        file_hash=data_hash,
        cells=cells,
        plan=plan.as_json(),
        staff_id=actor.id,
        created_at=clock.now(),
    )
    db.session.add(one)
    db.session.flush()
    _record(one, actor, "file_taken", one.file_name)
    return one


def hash_of(data: bytes) -> str:
    """By which the same file is known again."""
    return hashlib.blake2b(data, digest_size=32).hexdigest()


def dialogue_window(dialogue: Dialogue, commune: Commune) -> Window:
    """The time in which questions for a dialogue come in: up to its deadline, or its day."""
    last = clock.local(dialogue.question_deadline_at or dialogue.starts_at, commune.time_zone).date()
    return Window(last - COLLECTED_FOR, last)


@dataclass(frozen=True)
class Found:
    """A row as it was read: sheet and number say where it stands in the file."""

    sheet: int
    sheet_name: str
    number: int
    entry: Entry
    same: str


def reading_for(commune: Commune, plan: Plan) -> Reading:
    """What the rows of a file are read with: our villages, our words. One query."""
    places = [Place(v.id, v.kind, v.name, v.former_commune, v.old_names) for v in villages(commune.id)]
    with force_locale("vi"):
        fields = [(str(label(one)), one) for one in Field]
        channels = [(str(label(one)), one) for one in IntakeChannel]
    return Reading(
        Gazetteer(places, commune_title(commune)), plan.window, clock.today(commune.time_zone), plan.channel, fields,
        channels,
    )  # fmt: skip


def read_rows(sheets: Sequence[Sheet], plan: Plan, reading: Reading) -> Iterator[Found]:
    """All rows of the sheets that are read, one after the other. Takes a second for thousands of rows, and asks nothing
    of the database: nobody has to wait for it."""
    for number, (sheet, its) in enumerate(zip(sheets, plan.sheets, strict=True)):
        if its.is_read:
            for row, entry in read_sheet(sheet, its.layout, reading, layout.rows):
                yield Found(number, sheet.name[:100], row.number, entry, _hash(key_of(entry)))


def replan(*, one: QuestionImport, plan: Plan, found: Sequence[Found]) -> None:
    """Keep the rows that a person's plan found, and remember the plan for the next file of this kind. Rows that
    somebody corrected stay corrected. Raises RuleBroken."""
    _check_open(one)
    if len(found) > MOST_ROWS:
        raise RuleBroken(
            _l("There are %(rows)s rows in this file; at most %(most)s are read at once. Split it into several files.",
               rows=len(found), most=MOST_ROWS),
        )  # fmt: skip
    one.plan, one.stage = plan.as_json(), Stage.CHECKED
    corrected = {(row.sheet, row.number): row for row in rows_of(one, ImportRow.is_seen.is_(True))}
    kept = [_corrected(row, corrected.get((row.sheet, row.number))) for row in found]
    db.session.execute(sa.delete(ImportRow).where(ImportRow.import_id == one.id))
    _write_rows(one, kept)
    _remember(one.commune_id, plan)
    db.session.flush()


def _corrected(found: Found, before: ImportRow | None) -> tuple[Found, bool | None]:
    """The row with what a person made of it before, and whether that person wanted it; None: nobody saw it."""
    if before is None:
        return found, None
    return replace(found, entry=Entry.of(before.entry), same=before.same), before.is_wanted


def _check_open(one: QuestionImport) -> None:
    if one.stage not in OPEN:
        raise RuleBroken(_l("This file is brought in or given up already."))


def _write_rows(one: QuestionImport, found: Sequence[tuple[Found, bool | None]]) -> None:
    """Write the rows, each with its mark; two statements."""
    before = _known(one.commune_id, [row.entry for row, _wanted in found])
    met: set[str] = set()
    rows = []
    for position, (row, wanted) in enumerate(found):
        reason = reason_of(row.entry, row.same in met)
        is_known = bool(row.entry.text) and row.same in before
        if row.entry.text:
            met.add(row.same)
        notices = [*([Notice.CAME_BEFORE.value] if is_known else []), *row.entry.notices]
        is_seen = wanted is not None
        rows.append(
            {
                "commune_id": one.commune_id, "import_id": one.id, "position": position, "sheet": row.sheet,
                "sheet_name": row.sheet_name, "number": row.number, "entry": row.entry.as_json(), "notices": notices,
                "same": row.same, "reason": reason, "is_seen": is_seen, "mark": mark_of(reason, notices, is_seen),
                "is_wanted": wanted if wanted is not None else not is_known,
            }
        )  # fmt: skip
    if rows:
        db.session.execute(sa.insert(ImportRow), rows)


def _hash(key: str) -> str:
    return hashlib.blake2b(key.encode(), digest_size=24).hexdigest()


def _known(commune_id: int, entries: Iterable[Entry]) -> set[str]:
    """Which of these came in before, by whatever way: same person, village and words. One query."""
    texts = {_squeezed(entry.text) for entry in entries if entry.text}
    if not texts:
        return set()
    folded = sa.func.replace(sa.func.replace(Question.folded, " ", ""), "\n", "")
    rows = db.session.execute(
        sa.select(Asker.name, Question.village_id, Question.folded)
        .join(Asker, Asker.question_id == Question.id)
        .where(Question.commune_id == commune_id, folded.in_(texts))
    )
    return {_hash(same_key(name, village_id, text)) for name, village_id, text in rows}


def _squeezed(text: str) -> str:
    return same_key("", None, text)[2:]


# -- what columns meant before ----------------------------------------------------------------------------------------


def _remembered(commune_id: int) -> Any:
    def find(fingerprint: str) -> tuple[dict[int, Column], str] | None:
        known = db.session.scalar(
            sa.select(ImportMapping).where(
                ImportMapping.commune_id == commune_id, ImportMapping.fingerprint == fingerprint
            )
        )
        return ({int(c): Column(m) for c, m in known.columns.items()}, known.channel) if known else None

    return find


def _remember(commune_id: int, plan: Plan) -> None:
    for one in plan.sheets:
        if one.is_read and any(one.layout.labels):
            values = {
                "columns": {str(c): meaning.value for c, meaning in one.layout.columns.items()},
                "channel": plan.channel.value,
                "changed_at": clock.now(),
            }
            statement = insert(ImportMapping).values(
                commune_id=commune_id, fingerprint=one.layout.fingerprint, **values
            )
            db.session.execute(
                statement.on_conflict_do_update(index_elements=["commune_id", "fingerprint"], set_=values)
            )


# -- looking through --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Counts:
    """How many rows stand how, and how many would come in."""

    marks: Counter[Mark]
    reasons: Counter[Reason]
    wanted: int
    left_out: int
    hidden: int = 0

    @property
    def total(self) -> int:
        return sum(self.marks.values())


def counts(one: QuestionImport) -> Counts:
    """One query."""
    marks, reasons, wanted, left_out = Counter[Mark](), Counter[Reason](), 0, 0
    for mark, reason, is_wanted, number in db.session.execute(
        sa.select(ImportRow.mark, ImportRow.reason, ImportRow.is_wanted, sa.func.count())
        .where(ImportRow.import_id == one.id)
        .group_by(ImportRow.mark, ImportRow.reason, ImportRow.is_wanted)
    ):
        marks[mark] += number
        if reason:
            reasons[reason] += number
        elif is_wanted:
            wanted += number
        else:
            left_out += number
    return Counts(marks, reasons, wanted, left_out)


def page(one: QuestionImport, mark: Mark | None, left_out: bool, number: int) -> tuple[Paged, list[ImportRow]]:
    """One page of the rows in the order of the file; two queries."""
    statement = sa.select(ImportRow).where(ImportRow.import_id == one.id)
    if left_out:
        statement = statement.where(~ImportRow.is_wanted)
    elif mark:
        statement = statement.where(ImportRow.mark == mark)
    total = db.session.scalar(statement.with_only_columns(sa.func.count())) or 0
    cut = Paged.of(total, number, ROWS_A_PAGE)
    return cut, list(db.session.scalars(cut.slice(statement.order_by(ImportRow.position))))


def rows_of(one: QuestionImport, *conditions: sa.ColumnElement[bool]) -> list[ImportRow]:
    """Rows in the order of the file."""
    statement = sa.select(ImportRow).where(ImportRow.import_id == one.id, *conditions)
    return list(db.session.scalars(statement.order_by(ImportRow.position)))


def change_row(*, one: QuestionImport, row: ImportRow, values: dict[str, Any], is_wanted: bool, version: int) -> None:
    """Save what a person corrected in a row; the rows that were or are the same as it are judged anew."""
    _check_open(one)
    if row.version != version:
        raise EditConflict
    old = Entry.of(row.entry)
    entry = replace(old, **values, doubt="")
    entry = replace(entry, notices=tuple(_still_true(old, entry)))
    row.entry, row.is_seen, row.is_wanted = entry.as_json(), True, is_wanted
    was, row.same = row.same, _hash(key_of(entry))
    db.session.flush()
    _judge_same(one, {was, row.same})


def leave_out(*, row: ImportRow, version: int) -> None:
    """Do not bring this row in."""
    if row.version != version:
        raise EditConflict
    row.is_wanted, row.is_seen = False, True
    db.session.flush()


def _still_true(old: Entry, new: Entry) -> list[str]:
    """The notices of reading that a correction did not settle, and what the words say now."""
    settled = {
        Notice.NO_VILLAGE: bool(new.village_id),
        Notice.NO_FIELD: bool(new.field), Notice.UNKNOWN_FIELD: bool(new.field),
        Notice.NO_CHANNEL: new.channel != old.channel, Notice.UNKNOWN_CHANNEL: new.channel != old.channel,
        Notice.EMAIL_ODD: bool(new.email), Notice.PHONE_LOST: bool(new.phone), Notice.PHONE_ODD: new.phone != old.phone,
        Notice.FORMULA_WITHOUT_RESULT: bool(new.text),
        Notice.ZERO_RESTORED: new.phone != old.phone, Notice.NO_REACH: bool(new.phone or new.email) or not new.message,
    }  # fmt: skip
    days = (Notice.NO_DAY, Notice.UNREADABLE_DAY, Notice.OUTSIDE_WINDOW, Notice.STILL_TO_COME)
    settled.update(dict.fromkeys(days, new.day != old.day))
    words = (Notice.LOOKS_LIKE_COMPLAINT, Notice.LOOKS_LIKE_DENUNCIATION, Notice.PHONE_IN_TEXT, Notice.SEVERAL_MATTERS)
    settled.update(dict.fromkeys(words, True))
    return [*(one for one in old.notices if not settled.get(Notice(one))), *(one.value for one in hints(new.text))]


def _judge_same(one: QuestionImport, keys: set[str]) -> None:
    """Doubles among the rows with these keys, by their order in the file, and whether they came in before."""
    met: set[str] = set()
    found = rows_of(one, ImportRow.same.in_(keys))
    before = _known(one.commune_id, [Entry.of(row.entry) for row in found])
    for row in found:
        entry = Entry.of(row.entry)
        reason = reason_of(entry, row.same in met)
        if entry.text:
            met.add(row.same)
        came = [Notice.CAME_BEFORE.value] if entry.text and row.same in before else []
        row.reason, row.notices = reason, [*came, *entry.notices]
        row.mark = mark_of(reason, row.notices, row.is_seen)
    db.session.flush()


def wanted_rows(one: QuestionImport) -> tuple[list[ImportRow], int]:
    """The rows that are to come in, and how many came in by another way since the file was read: those are marked and
    left out. Rows that a person wants although they came before stay wanted."""
    wanted = rows_of(one, ImportRow.reason.is_(None), ImportRow.is_wanted.is_(True))
    before = _known(one.commune_id, [Entry.of(row.entry) for row in wanted])
    new = [row for row in wanted if row.same in before and Notice.CAME_BEFORE.value not in row.notices]
    for row in new:
        row.notices = [Notice.CAME_BEFORE.value, *row.notices]
        row.is_wanted, row.is_seen, row.mark = False, False, Mark.LOOK
    db.session.flush()
    return wanted, len(new)


# -- lists, giving up, erasing ----------------------------------------------------------------------------------------


def listing(commune_id: int, most: int = 40) -> list[QuestionImport]:
    """The files of this commune, newest first."""
    return list(
        db.session.scalars(
            sa.select(QuestionImport)
            .where(QuestionImport.commune_id == commune_id)
            .options(sa.orm.joinedload(QuestionImport.staff), sa.orm.joinedload(QuestionImport.dialogue))
            .order_by(QuestionImport.created_at.desc(), QuestionImport.id.desc())
            .limit(most)
        )
    )


def same_files(one: QuestionImport) -> list[QuestionImport]:
    """The same file, read before or by somebody else, and not given up."""
    statement = sa.select(QuestionImport).where(
        QuestionImport.commune_id == one.commune_id,
        QuestionImport.file_hash == one.file_hash,
        QuestionImport.id != one.id,
        QuestionImport.stage != Stage.GIVEN_UP,
    )
    return list(
        db.session.scalars(statement.options(sa.orm.joinedload(QuestionImport.staff)).order_by(QuestionImport.id))
    )


def give_up(*, one: QuestionImport, actor: Staff) -> None:
    """Bring nothing in, and erase what was read."""
    _check_open(one)
    one.stage, one.ended_at, one.ended_by_id = Stage.GIVEN_UP, clock.now(), actor.id
    _erase(one)
    _record(one, actor, "import_given_up", one.file_name)


def erase_old(commune_id: int | None = None) -> int:
    """Erase what was read from files that were brought in long ago, and give up those that nobody went on with; how
    many. Personal data is kept no longer than needed (Law 91/2025/QH15)."""
    now = clock.now()
    is_left = sa.and_(QuestionImport.stage.in_(OPEN), QuestionImport.created_at < now - LEFT_FOR)
    is_old = sa.and_(QuestionImport.ended_at.is_not(None), QuestionImport.ended_at < now - KEPT_FOR)
    statement = sa.select(QuestionImport).where(QuestionImport.erased_at.is_(None), sa.or_(is_left, is_old))
    if commune_id is not None:
        statement = statement.where(QuestionImport.commune_id == commune_id)
    found = db.session.scalars(statement).all()
    for one in found:
        if one.stage in OPEN:
            one.stage, one.ended_at = Stage.GIVEN_UP, now
        _erase(one)
    db.session.flush()
    return len(found)


def _erase(one: QuestionImport) -> None:
    one.cells, one.erased_at = "", clock.now()
    db.session.execute(sa.delete(ImportRow).where(ImportRow.import_id == one.id))


def _record(one: QuestionImport, actor: Staff, action: str, note: str) -> None:
    db.session.flush()
    trail.record(
        commune_id=one.commune_id, actor=actor, thing="question_import", thing_id=one.id, action=action, note=note
    )
    db.session.flush()


record = _record


def day_of(entry: Entry) -> date | None:
    """The day on which it came in."""
    return date.fromisoformat(entry.day) if entry.day else None
