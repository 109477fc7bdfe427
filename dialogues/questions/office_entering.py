"""Entering on behalf: one form, in the shape that a pile of papers, a call or the floor of a session needs."""

import secrets
from datetime import datetime, time
from typing import Any

from flask import Response, abort, request, url_for
from flask_babel import gettext as _

from dialogues import clock, codes
from dialogues.access import Permission, me, requires
from dialogues.attachments import piles, sending
from dialogues.attachments import service as attachments
from dialogues.attachments.forms import ACCEPT
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.language import current_language
from dialogues.questions import entering, intake, receipts, service
from dialogues.questions.enter_forms import PileStartForm
from dialogues.questions.entering import Way
from dialogues.questions.models import Asker
from dialogues.questions.office import bp
from dialogues.questions.rules import IntakeChannel
from dialogues.questions.spelling import spelled
from dialogues.staff.models import Staff
from dialogues.web import query_number, query_text, refused, render, safe_next, saved, see_other
from dialogues.words import choices

TEMPLATES = {
    Way.ONE: "questions/enter.html",
    Way.PILE: "questions/enter_pile.html",
    Way.PHONE: "questions/enter_phone.html",
    Way.FLOOR: "questions/enter_floor.html",
}


@bp.url_value_preprocessor
def _make_room_for_a_file(endpoint: str | None, _values: dict[str, object] | None) -> None:
    if endpoint == "questions_office.enter_now":
        sending.make_room()


@bp.get("/new")
@requires(Permission.ENTER_QUESTIONS)
def enter() -> Response:
    """The form that stays open for the next question: what was chosen for the last one stands in the address."""
    staff = me()
    way = entering.way_of(staff)
    if way is Way.PILE and not query_number("dialogue", 0):
        return _start_pile(staff)
    form = entering.form_for(staff, way)
    form.key.data = secrets.token_hex(12)
    return _enter_page(form, way)


@bp.post("/new")
@requires(Permission.ENTER_QUESTIONS)
def enter_now() -> Response:
    staff = me()
    way = entering.way_of(staff)
    form = entering.form_for(staff, way)
    if form.validate():
        try:
            question_id = _receive(form, staff, way).question_id
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return see_other(_next_url(form, way, saved=question_id))
    if sending.has_file() and way is not Way.FLOOR and not form.file.errors:
        form.refuse("file", _("The file was not kept meanwhile: choose it once more."))
    return _enter_page(form, way, 422)


def _receive(form: Any, staff: Staff, way: Way) -> Asker:
    """Everything that is refused is refused before anything is written."""
    values = entering.entered(form, staff)
    known = intake.known_sending(values["key"], values["dialogue"].id, values["text"])
    if known:
        return known
    file = sending.sent_file() if way is not Way.FLOOR else None
    number = form.number.data or "" if way is Way.PILE else ""
    if number and not form.again.data:
        piles.check_number(dialogue_id=values["dialogue"].id, village_id=values["village_id"], number=number)
    asker = service.receive(actor=staff, **values)
    if way is Way.PILE:
        pile = form.pile.data if entering.is_pile_key(form.pile.data or "") else secrets.token_hex(8)
        form.pile.data = pile
        piles.record(question=asker.question, pile=pile, number=number, actor=staff)
    if file:
        attachments.add(question=asker.question, file=file, actor=staff)
    return asker


def _next_url(form: Any, way: Way, **more: Any) -> str:
    """The address of the form for the next question."""
    kept: dict[str, Any] = {"dialogue": form.dialogue.data, "field": form.field.data}
    if way is not Way.ONE:
        kept["way"] = way.value
    if way is not Way.FLOOR:
        kept |= {"channel": form.channel.data, "village": form.village.data, "on": str(form.received_on.data)}
    if way is Way.PILE:
        kept["pile"] = form.pile.data
    return url_for("questions_office.enter", **kept, **more)


def _enter_page(form: Any, way: Way, status: int = 200) -> Response:
    staff = me()
    is_bound = intake.is_bound_to_village(staff)
    just_saved = intake.receipt_of(staff, query_number("saved", 0)) if request.method != "POST" else None
    return render(
        TEMPLATES[way],
        status=status,
        way=way.value,
        form=form,
        accept=ACCEPT,
        just_saved=just_saved,
        code=codes.grouped(just_saved.code) if just_saved else "",
        spelled=spelled(just_saved.code, current_language()) if just_saved and way is Way.PHONE else "",
        next_url=_next_url(form, way),
        is_bound=is_bound,
        has_no_village=is_bound and staff.village_id is None,
        mine=intake.entered_by(staff) if is_bound and way is Way.ONE else [],
        pile=piles.pile_of(form.pile.data or "", staff) if way is Way.PILE else None,
        chosen=_chosen(form) if way is Way.PILE else "",
    )


def _chosen(form: Any) -> str:
    """What stays the same for the whole pile, in one line."""
    fields = (form.dialogue, form.channel)
    return " · ".join(
        str(choice.label) for field in fields for choice in field.iter_choices() if choice.selected and choice.value
    )


# -- a pile -----------------------------------------------------------------------------------------------------------


def _start_pile(staff: Staff) -> Response:
    """Ask once what all papers have in common; the code on the form says most of it."""
    dialogues = intake.dialogues_to_enter_for(staff)
    usual = intake.usual_dialogue(dialogues)
    typed = query_text("form", 200)
    found = entering.read_code(staff, typed) if typed else None
    if found:
        return see_other(
            url_for(
                "questions_office.enter",
                way=Way.PILE.value,
                dialogue=found.dialogue_id,
                village=found.village_id,
                channel=IntakeChannel.PAPER_FORM.value,
                pile=entering.pile_key(),
            )
        )
    form = PileStartForm(
        formdata=None,
        data={
            "form": typed,
            "dialogue": usual.id if usual else None,
            "channel": IntakeChannel.PAPER_FORM.value,
            "village": staff.village_id if intake.is_bound_to_village(staff) else None,
        },
    )
    form.dialogue.choices = entering.dialogue_choices(dialogues)
    form.channel.choices = choices(IntakeChannel, *entering.channels_of(staff, Way.PILE))
    form.village.choices = entering.villages_of(staff)
    if typed:
        form.refuse("form", _("This code stands on no form. Compare it with the paper once more."))
    is_bound = intake.is_bound_to_village(staff)
    return render(
        "questions/pile_start.html",
        status=422 if typed else 200,
        way=Way.PILE.value,
        form=form,
        is_bound=is_bound,
        has_no_village=is_bound and staff.village_id is None,
    )


@bp.get("/receipts")
@requires(Permission.ENTER_QUESTIONS)
def pile_receipts() -> Response:
    """The receipts of a whole pile, or of all that this person entered today, two on a sheet."""
    staff, pile = me(), query_text("pile", 16)
    askers = piles.askers_of(pile, staff) if pile else piles.askers_since(_midnight(staff), staff)
    numbers = piles.numbers_of([asker.question_id for asker in askers])
    found = [(asker, numbers.get(asker.question_id, ""), receipts.values(asker)) for asker in askers]
    return render("questions/pile_receipts.html", found=found, most=piles.MOST_RECEIPTS, is_pile=bool(pile))


def _midnight(staff: Staff) -> datetime:
    zone = staff.commune.time_zone
    return clock.instant(datetime.combine(clock.today(zone), time()), zone)


@bp.route("/<id:question_id>/entered-by-mistake", methods=["GET", "POST"])
@requires(Permission.ENTER_QUESTIONS)
def undo_entry(question_id: int) -> Response:
    """Take back what was entered a moment ago by mistake."""
    staff = me()
    asker = intake.receipt_of(staff, question_id) or abort(404)
    back = safe_next(url_for("questions_office.enter"))
    try:
        if request.method != "POST":
            intake.check_undo(asker.question, staff)
            return render("questions/undo_entry.html", question=asker.question, back=back)
        intake.undo_entry(question=asker.question, note=_("Entered by mistake"), actor=staff)
    except RuleBroken as broken:
        return refused(back, broken.message)
    db.session.commit()
    return saved(back, _("Taken back. It counts no more; the history keeps it."))


@bp.get("/<id:question_id>/receipt")
@requires(Permission.ENTER_QUESTIONS)
def receipt(question_id: int) -> Response:
    """The receipt to hand over on paper."""
    asker = intake.receipt_of(me(), question_id) or abort(404)
    return render("questions/office_receipt.html", asker=asker, **receipts.values(asker))
