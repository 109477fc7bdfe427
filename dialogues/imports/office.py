"""Questions from a file: upload, what the columns mean, the rows before they come in, the report, taking back."""

from dataclasses import replace
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from sqlalchemy.orm import undefer

from dialogues import clock, failures, progress
from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.forms import differences
from dialogues.imports import bringing, staging, workbook
from dialogues.imports.forms import PlanForm, RowForm, UploadForm, header_row, letters, plan_form
from dialogues.imports.judging import Entry
from dialogues.imports.layout import Sheet, is_numbering
from dialogues.imports.models import ImportRow, QuestionImport
from dialogues.imports.plan import Plan, SheetPlan, at_header
from dialogues.imports.rules import MOST_BODY_BYTES, MOST_BYTES, OPEN, Column, Mark, Reason, Stage
from dialogues.language import short_day
from dialogues.places import service as places
from dialogues.places.models import Commune
from dialogues.places.rules import Field
from dialogues.questions import intake
from dialogues.questions.rules import IntakeChannel, QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.staff import trail
from dialogues.staff.models import Staff
from dialogues.text import clean_line
from dialogues.web import (
    page_url,
    query_member,
    query_number,
    query_text,
    refused,
    render,
    saved,
    see_other,
    telling,
    wants_fragment,
)
from dialogues.words import label

bp = Blueprint("imports_office", __name__, url_prefix="/office/questions/imports")
SHOWN_CELLS = 4
CHANGED = "import-row-changed"
"""What the numbers above the rows listen for (imports/_summary.html)."""


@bp.url_value_preprocessor
def _make_room_for_a_file(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Larger bodies than elsewhere, only for the form with a file and only for those who may send it."""
    if endpoint == "imports_office.upload" and request.mimetype == "multipart/form-data" and _may_import():
        request.max_content_length = max(MOST_BODY_BYTES, request.max_content_length or 0)


def _may_import() -> bool:
    staff = current_user._get_current_object() if current_user.is_authenticated else None
    return allowed(staff, Permission.IMPORT_QUESTIONS)


@bp.errorhandler(413)
def _too_large(_error: Exception) -> Response:
    """A file of 50 MB: the sentence at its field, where only a number would stand."""
    if request.endpoint != "imports_office.upload" or not _may_import():
        return failures.page(413)
    form = _upload_form(is_read=False)
    form.refuse("file", workbook.too_large())
    return _listing_page(form, 413)


def _import_or_404(import_id: int, *options: Any) -> QuestionImport:
    return places.row_or_404(QuestionImport, me().commune_id, import_id, *options)


def _url(one: QuestionImport, endpoint: str = "detail", **values: Any) -> str:
    return url_for(f"imports_office.{endpoint}", import_id=one.id, **values)


# -- the file ---------------------------------------------------------------------------------------------------------


@bp.get("")
@requires(Permission.IMPORT_QUESTIONS)
def listing() -> Response:
    """The files that were read, and the form for the next one."""
    return _listing_page(_upload_form())


@bp.post("")
@requires(Permission.IMPORT_QUESTIONS)
def upload() -> Response:
    form = _upload_form()
    file = request.files.get("file")
    if form.validate_on_submit():
        try:
            if file is None or not file.filename:
                raise RuleBroken(_("Choose the file with the questions."), "file")
            data, name = file.stream.read(MOST_BYTES + 1), clean_line(file.filename)
            file.close()
            db.session.commit()  # nobody waits for us while the file is read
            cells = workbook.unpack(data)
            one = staging.take(
                dialogue=places.row_or_404(Dialogue, me().commune_id, form.dialogue.data),
                data_hash=staging.hash_of(data),
                cells=cells,
                file_name=name,
                actor=me(),
            )
        except RuleBroken as broken:
            db.session.rollback()
            form = _upload_form()
            form.refuse(broken.field, broken.message)
        else:
            url = _url(one, "columns")
            db.session.commit()
            return see_other(url)
    return _listing_page(form, 422)


def _upload_form(is_read: bool = True) -> UploadForm:
    """As it was sent; empty when its body is too large to be read."""
    dialogues = intake.dialogues_to_enter_for(me())
    usual = intake.usual_dialogue(dialogues)
    data = {"dialogue": usual.id if usual else None}
    form = UploadForm(data=data) if is_read else UploadForm(formdata=None, data=data)
    form.dialogue.choices = [(d.id, f"{short_day(d.starts_at)} · {d.title}") for d in dialogues]
    return form


def _listing_page(form: UploadForm, status: int = 200) -> Response:
    return render("imports/listing.html", form=form, files=staging.listing(me().commune_id), status=status)


# -- what the columns mean --------------------------------------------------------------------------------------------


@bp.route("/<id:import_id>/columns", methods=["GET", "POST"])
@requires(Permission.IMPORT_QUESTIONS)
def columns(import_id: int) -> Response:
    """The program's guess, to be confirmed or changed; another row of the header brings another guess."""
    one = _import_or_404(import_id, undefer(QuestionImport.cells))
    if one.stage not in OPEN:
        return see_other(_url(one))
    sheets, plan = workbook.sheets(one.cells), Plan.of(one.plan)
    form, status = plan_form(plan, [sheet.name for sheet in sheets]), 200
    if request.method == "POST":
        status = 422
        if form.validate() and (moved := _with_headers(sheets, plan, form)):
            if moved != plan:
                one.plan = moved.as_json()
                db.session.commit()
                return see_other(_url(one, "columns"))
            if form.check_columns(plan):
                planned = _planned(plan, form)
                one.plan = planned.as_json()
                db.session.commit()
                return progress.follow(
                    _("Reading %(file)s", file=one.file_name),
                    _read_rows(one.commune_id, import_id, sheets, planned, _url(one), _url(one, "columns")),
                    sum(len(sheet.rows) for sheet in sheets), _url(one, "columns"),
                )  # fmt: skip
    views = [_sheet_view(n, sheet, its, form) for n, (sheet, its) in enumerate(zip(sheets, plan.sheets, strict=True))]
    return render(
        "imports/columns.html",
        status=status,
        one=one,
        plan=plan,
        form=form,
        shown=views,
    )


def _read_rows(
    commune_id: int, import_id: int, sheets: list[Sheet], plan: Plan, url: str, columns_url: str
) -> progress.Work:
    """Read the rows by this plan while nobody waits for us, then keep them."""
    reading = staging.reading_for(db.session.get_one(Commune, commune_id), plan)
    db.session.commit()
    found: list[staging.Found] = []
    total = sum(len(sheet.rows) for sheet, its in zip(sheets, plan.sheets, strict=True) if its.is_read)
    for row in staging.read_rows(sheets, plan, reading):
        if len(found) % progress.STEP == 0:
            yield len(found), total
        found.append(row)
    yield total, total
    try:
        staging.replan(one=places.row_or_404(QuestionImport, commune_id, import_id), plan=plan, found=found)
    except RuleBroken as broken:
        db.session.rollback()
        return progress.Ended(columns_url, broken.message, is_done=False)
    db.session.commit()
    return progress.Ended(url)


def _with_headers(sheets: list[Sheet], plan: Plan, form: PlanForm) -> Plan:
    """The plan with the rows of the headers that were typed; where one changed, its columns are guessed anew."""
    found = []
    for number, (sheet, its) in enumerate(zip(sheets, plan.sheets, strict=True)):
        row = form.header(number).data
        if row is None or row == header_row(its) or row > len(sheet.rows):
            found.append(its)
        else:
            found.append(SheetPlan(True, at_header(sheet, row)))
    return replace(plan, sheets=tuple(found))


def _planned(plan: Plan, form: PlanForm) -> Plan:
    sheets = tuple(
        replace(its, is_read=bool(form.box(n).data), layout=replace(its.layout, columns=form.meanings(n)))
        for n, its in enumerate(plan.sheets)
    )
    return replace(
        plan, sheets=sheets, window=form.window(), channel=IntakeChannel(form.channel.data), is_window_guessed=False
    )


def _sheet_view(number: int, sheet: Sheet, its: SheetPlan, form: PlanForm) -> dict[str, Any]:
    """What the page shows of a sheet: each column with its choice and its first cells."""
    first = its.layout.last + 1
    samples = {
        column: [
            text
            for row in range(first, min(first + 30, len(sheet.rows)))
            if (text := sheet.text(row, column)) and not (text.startswith("(") and is_numbering(text))
        ]
        for column in its.layout.columns
    }
    fields = {int(field.name.rsplit("-", 1)[1]): field for field in form.columns(number)}
    words = dict(enumerate(its.layout.labels))
    return {
        "number": number,
        "sheet": sheet,
        "plan": its,
        "box": form.box(number),
        "header": form.header(number),
        "columns": [
            (letters(c), words.get(c, ""), fields[c], samples[c][:SHOWN_CELLS])
            for c in sorted(fields)
            if samples[c] or words.get(c)
        ],
        "others": [fields[c] for c in sorted(fields) if not samples[c] and not words.get(c)],
        "rows": [
            (row + 1, [text for c in range(sheet.width) if (text := sheet.text(row, c))][:8])
            for row in range(min(12, len(sheet.rows)))
        ],
        "has_header": Column.TEXT in its.layout.columns.values(),
    }  # fmt: skip


# -- the rows ---------------------------------------------------------------------------------------------------------


@bp.get("/<id:import_id>")
@requires(Permission.IMPORT_QUESTIONS)
def detail(import_id: int) -> Response:
    """The rows with their marks before they come in; afterwards the report."""
    one = _import_or_404(import_id)
    if one.stage is Stage.GUESSED:
        return see_other(_url(one, "columns"))
    if one.stage is Stage.IMPORTED:
        return _report(one)
    mark, left_out = query_member("mark", Mark), query_text("mark") == "left_out"
    summary: dict[str, Any] = {
        "one": one,
        "counts": (counts := staging.counts(one)),
        "tabs": _tabs(one, counts, mark, left_out),
    }
    if wants_fragment():
        return render("imports/rows.html", fragment="imports/_summary.html", **summary)
    cut, rows = staging.page(one, mark, left_out, query_number("page"))
    return render(
        "imports/rows.html",
        fragment="imports/_summary.html",
        **summary,
        page=cut,
        page_url=page_url("imports_office.detail", "mark", import_id=one.id),
        rows=[_row_view(row) for row in rows],
        villages=_village_names(one.commune_id),
        same=staging.same_files(one),
        show_sheets=sum(its.is_read for its in Plan.of(one.plan).sheets) > 1,
        kept=_kept_query(),
    )


def _tabs(
    one: QuestionImport, found: staging.Counts, mark: Mark | None, left_out: bool
) -> list[tuple[str, object, int, bool]]:
    """Address, word and number of each mark, and whether it is the one shown."""
    tabs = [(_url(one), _("All"), found.total, mark is None and not left_out)]
    tabs += [
        (_url(one, mark=m.value), label(m), found.marks[m], m is mark) for m in (Mark.REFUSED, Mark.LOOK, Mark.READY)
    ]
    if found.left_out or left_out:
        tabs.append((_url(one, mark="left_out"), _("Left out"), found.left_out, left_out))
    return tabs


def _row_view(row: ImportRow, done: object = "") -> dict[str, Any]:
    """What a line of the list shows."""
    entry = Entry.of(row.entry)
    return {
        "row": row,
        "entry": entry,
        "notices": [staging.Notice(one) for one in row.notices],
        "field": Field(entry.field) if entry.field else None,
        "channel": IntakeChannel(entry.channel) if entry.channel else None,
        "day": date.fromisoformat(entry.day) if entry.day else None,
        "done": done,
    }


def _village_names(commune_id: int) -> dict[int, str]:
    return {village.id: village.label for village in places.villages(commune_id, with_closed=True)}


def _kept_query() -> dict[str, str]:
    """The filter and page of the list, so that a person comes back to where they were."""
    return {name: request.args[name] for name in ("mark", "page") if request.args.get(name)}


def _row_or_404(one: QuestionImport, row_id: int) -> ImportRow:
    row = places.row_or_404(ImportRow, one.commune_id, row_id)
    if row.import_id != one.id:
        abort(404)
    return row


@bp.get("/<id:import_id>/rows/<id:row_id>")
@requires(Permission.IMPORT_QUESTIONS)
def row(import_id: int, row_id: int) -> Response:
    """One line of the list, for those who do not correct it after all."""
    one = _import_or_404(import_id)
    found = _row_or_404(one, row_id)
    return _row_page(one, found)


def _row_page(one: QuestionImport, found: ImportRow, done: object = "") -> Response:
    return render(
        "imports/row.html", fragment="imports/_row.html", one=one, view=_row_view(found, done),
        villages=_village_names(one.commune_id), show_sheets=False, kept=_kept_query(),
    )  # fmt: skip


@bp.route("/<id:import_id>/rows/<id:row_id>/correct", methods=["GET", "POST"])
@requires(Permission.IMPORT_QUESTIONS)
def correct(import_id: int, row_id: int) -> Response:
    """Correct a row in its place, or leave it out."""
    one = _import_or_404(import_id)
    found = _row_or_404(one, row_id)
    if one.stage is not Stage.CHECKED:
        return see_other(_url(one))
    form, status, conflict = _row_form(one, found), 200, None
    if request.method == "POST":
        status = 422
        try:
            if not form.is_wanted.data or form.validate():
                _save_row(one, found, form)
                db.session.commit()
                return _corrected(one, found)
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            conflict = differences(form, _row_form(one, found, formdata=None))
            form.version.data = str(found.version)
    return render(
        "imports/correct.html", fragment="imports/_row_form.html", status=status, one=one, form=form, conflict=conflict,
        view=_row_view(found), kept=_kept_query(),
    )  # fmt: skip


def _save_row(one: QuestionImport, found: ImportRow, form: RowForm) -> None:
    entry = Entry.of(found.entry)
    if form.is_wanted.data:
        values = form.values(entry)
        staging.change_row(one=one, row=found, values=values, is_wanted=True, version=form.version.number)
    else:
        staging.leave_out(row=found, version=form.version.number)


def _row_form(one: QuestionImport, found: ImportRow, **more: Any) -> RowForm:
    entry = Entry.of(found.entry)
    form = RowForm(
        data={
            "text": entry.text, "name": entry.name, "phone": entry.phone, "email": entry.email,
            "village": entry.village_id, "field": entry.field, "channel": entry.channel,
            "day": date.fromisoformat(entry.day) if entry.day else None, "message": entry.message,
            "publish_name": entry.publish_name, "is_wanted": True, "version": str(found.version),
        },
        **more,
    )  # fmt: skip
    form.offer(
        places.village_choices(one.commune_id, _("No village given")), bool(entry.doubt),
        clock.today(one.commune.time_zone),
    )  # fmt: skip
    for field in form:
        field.id = f"{field.short_name}-{found.id}"
        field.label.field_id = field.id
    return form


def _corrected(one: QuestionImport, found: ImportRow) -> Response:
    done = _("Saved.") if found.is_wanted else _("Left out.")
    if found.reason:
        done = _("Saved, but it is still refused: %(reason)s", reason=label(found.reason))
    if wants_fragment():
        return telling(_row_page(one, found, done), CHANGED)
    return saved(f"{_url(one, **_kept_query())}#r-{found.id}", done)


# -- bringing in ------------------------------------------------------------------------------------------------------


@bp.post("/<id:import_id>/import")
@requires(Permission.IMPORT_QUESTIONS)
def bring_in(import_id: int) -> Response:
    one = _import_or_404(import_id)
    number, url = staging.counts(one).wanted, _url(one)
    work = _bring_in(one.commune_id, import_id, me().id, url, _url(one, mark="left_out"))
    title = _("Bringing in %(file)s", file=one.file_name)
    db.session.rollback()  # the work begins a transaction of its own
    return progress.follow(title, work, number, url)


def _bring_in(commune_id: int, import_id: int, staff_id: int, url: str, left_out_url: str) -> progress.Work:
    one, actor = places.row_or_404(QuestionImport, commune_id, import_id), db.session.get_one(Staff, staff_id)
    try:
        meanwhile = yield from bringing.bring_in(one=one, actor=actor)
    except RuleBroken as broken:
        db.session.rollback()
        return progress.Ended(url, broken.message, is_done=False)
    db.session.commit()
    if meanwhile:
        said = ngettext(
            "Nothing was brought in: meanwhile %(num)s row came in by another way. It is marked; look again.",
            "Nothing was brought in: meanwhile %(num)s rows came in by another way. They are marked; look again.",
            meanwhile,
        )
        return progress.Ended(left_out_url, said, is_done=False)
    return progress.Ended(url, _("Brought in. The questions wait in the queue to be read; nothing is public yet."))


def _report(one: QuestionImport) -> Response:
    villages = _village_names(one.commune_id)
    said = one.counts
    return render(
        "imports/report.html",
        one=one,
        said=said,
        refused_rows=[_row_view(r) for r in staging.rows_of(one, ImportRow.reason.is_not(None))],
        reasons=[(Reason(reason), number) for reason, number in said["refused"].items()],
        tables=[
            (_("Field"), _sorted((_field(k), n) for k, n in said["fields"].items())),
            (_("Village"), _sorted((villages.get(int(k or 0)) or _("none"), n) for k, n in said["villages"].items())),
            (_("Channel"), _sorted((label(IntakeChannel(k)), n) for k, n in said["channels"].items())),
        ],
        queue_url=url_for("questions_office.queue", dialogue=one.dialogue_id, state=QuestionState.WAITING.value),
        villages=villages,
        history=trail.history(one.commune_id, "question_import", one.id),
    )  # fmt: skip


def _field(name: str) -> object:
    return label(Field(name)) if name else _("none: under “Other”")


def _sorted(pairs: Any) -> list[tuple[object, int]]:
    return sorted(pairs, key=lambda pair: (-pair[1], str(pair[0])))


@bp.route("/<id:import_id>/undo", methods=["GET", "POST"])
@requires(Permission.IMPORT_QUESTIONS)
def undo(import_id: int) -> Response:
    one = _import_or_404(import_id)
    if one.stage is not Stage.IMPORTED:
        return see_other(_url(one))
    if request.method == "POST":
        try:
            number = bringing.undo(one=one, actor=me())
        except RuleBroken as broken:
            db.session.rollback()
            return refused(_url(_import_or_404(import_id)), broken.message)
        db.session.commit()
        said = ngettext("%(num)s question was taken back.", "%(num)s questions were taken back.", number)
        return saved(_url(one), said)
    return render("imports/undo.html", one=one, done=bringing.touched(one))


@bp.route("/<id:import_id>/give-up", methods=["GET", "POST"])
@requires(Permission.IMPORT_QUESTIONS)
def give_up(import_id: int) -> Response:
    one = _import_or_404(import_id)
    if one.stage not in OPEN:
        return see_other(url_for("imports_office.listing"))
    if request.method == "POST":
        staging.give_up(one=one, actor=me())
        db.session.commit()
        return saved(url_for("imports_office.listing"), _("Given up. What was read from the file is erased."))
    return render("imports/give_up.html", one=one)
