"""What the office does for askers: the list to tell by phone or on paper with its slips, acting on behalf, and the
register of requests about personal data. Village heads tell the people whom they entered."""

from typing import Any

from flask import Blueprint, Response, abort, make_response, request, url_for
from flask_babel import gettext as _

from dialogues import clock, codes, qr
from dialogues.access import Permission, me, requires
from dialogues.askers import data_file, links, requests, telling, wishes
from dialogues.askers.forms import (
    BehalfForm,
    ConsentForm,
    ContactForm,
    CorrectForm,
    ListFilters,
    RequestForm,
    ToldForm,
)
from dialogues.askers.models import DataRequest
from dialogues.askers.rules import VILLAGE_HEAD_HOWS, RequestKind, TellHow
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.places.service import row_or_404
from dialogues.questions import tracking
from dialogues.questions.corrections import can_correct, corrections_of
from dialogues.questions.intake import FLAGS, consent_lines, is_bound_to_village
from dialogues.questions.models import Asker
from dialogues.questions.rules import Consent, ConsentHow
from dialogues.web import page_url, query_number, query_text, refused, render, saved

bp = Blueprint("askers_office", __name__, url_prefix="/office/askers")
FILTERS = ("show", "village", "reach")


# -- telling by phone or on paper -------------------------------------------------------------------------------------


@bp.get("")
@requires(Permission.TELL_ASKERS)
def to_tell() -> Response:
    """Who is to be told by phone or on paper, longest waiting first; and who was told."""
    return _list_page()


def _list_page(refused_form: ToldForm | None = None, asker_id: int = 0, status: int = 200) -> Response:
    staff = me()
    form, filters = _filters()
    page, rows = telling.page(staff, filters, query_number("page"))
    today = clock.today(staff.commune.time_zone)
    hows = VILLAGE_HEAD_HOWS if is_bound_to_village(staff) else tuple(TellHow)
    forms = {
        row.asker_id: (
            refused_form
            if refused_form is not None and row.asker_id == asker_id
            else ToldForm(formdata=None, data={"upto": str(row.upto)}).offer(hows, today, row.asker_id)
        )
        for row in (rows if not filters.is_told else [])
    }
    kept: dict[str, Any] = {name: request.args[name] for name in FILTERS[1:] if request.args.get(name)}
    return render(
        "askers/to_tell.html",
        status=status,
        form=form,
        filters=filters,
        page=page,
        rows=rows,
        forms=forms,
        waiting=telling.count_open(staff),
        today=today,
        page_url=page_url("askers_office.to_tell", *FILTERS),
        slips_url=url_for(".slips", **kept),
        is_filtered=bool(filters.village_id or filters.reach),
        is_bound=is_bound_to_village(staff),
    )


def _filters() -> tuple[ListFilters, telling.Filters]:
    villages = telling.village_choices(me())
    village_id, reach = query_number("village", 0), query_text("reach")
    found = telling.Filters(
        village_id=village_id if village_id in dict(villages) else None,
        reach=reach if reach in ("phone", "paper") else "",
        is_told=request.args.get("show") == "told",
    )
    form = ListFilters(formdata=None, data={"village": found.village_id, "reach": found.reach})
    form.village.choices = villages
    form.reach.choices = [("", _("Any way")), ("phone", _("By phone")), ("paper", _("On paper only"))]
    return form, found


def _asker_or_404(asker_id: int) -> Asker:
    """The asker whom the signed-in person may tell; village heads only people whom they entered."""
    return telling.asker_for(me(), asker_id) or abort(404)


@bp.post("/<id:asker_id>/told")
@requires(Permission.TELL_ASKERS)
def told(asker_id: int) -> Response:
    """Somebody told this person, up to what the list showed."""
    asker, staff = _asker_or_404(asker_id), me()
    hows = VILLAGE_HEAD_HOWS if is_bound_to_village(staff) else tuple(TellHow)
    form = ToldForm().offer(hows, clock.today(staff.commune.time_zone), asker_id)
    if not form.validate():
        return _list_page(form, asker_id, 422)
    try:
        how = TellHow(form.how.data)
        telling.mark_told(asker=asker, upto=form.last_word, how=how, on=form.on.data, actor=staff)
    except RuleBroken as broken:
        if broken.field:
            form.refuse(broken.field, broken.message)
            return _list_page(form, asker_id, 422)
        return refused(url_for(".to_tell"), broken.message)
    db.session.commit()
    return saved(url_for(".to_tell"), _("Marked as told. Under “Told” it can be taken back."))


@bp.post("/<id:asker_id>/untell")
@requires(Permission.TELL_ASKERS)
def untell(asker_id: int) -> Response:
    """The newest mark was a mistake."""
    asker = _asker_or_404(asker_id)
    try:
        telling.take_back(asker=asker, actor=me())
    except RuleBroken as broken:
        return refused(url_for(".to_tell", show="told"), broken.message)
    db.session.commit()
    return saved(url_for(".to_tell"), _("Taken back: this person stands on the list again."))


@bp.get("/<id:asker_id>/slip")
@requires(Permission.TELL_ASKERS)
def slip(asker_id: int) -> Response:
    """The slip of one person, in large letters."""
    row = telling.row_of(me(), _asker_or_404(asker_id))
    return _slips([row] if row else [])


@bp.get("/slips")
@requires(Permission.TELL_ASKERS)
def slips() -> Response:
    """The slips of the list as it is filtered, one page each."""
    _form, filters = _filters()
    wanted = telling.Filters(filters.village_id, filters.reach)
    return _slips(telling.first(me(), wanted, telling.SLIPS))


def _slips(rows: list[telling.Row]) -> Response:
    pages = [f"{links.base()}/q/{row.code}" for row in rows]
    sheets = [(row, codes.grouped(row.code), url, qr.picture(url)) for row, url in zip(rows, pages, strict=True)]
    return render("askers/slips.html", sheets=sheets, most=telling.SLIPS, today=clock.today(me().commune.time_zone))


# -- acting on behalf -------------------------------------------------------------------------------------------------


@bp.get("/<id:asker_id>")
@requires(Permission.SERVE_ASKERS)
def person(asker_id: int) -> Response:
    """One asker: what is stored, what was told, what the person may want."""
    return _person_page(_asker_or_404(asker_id))


def _person_page(asker: Asker, form: RequestForm | None = None, status: int = 200) -> Response:
    commune = me().commune
    return render(
        "askers/person.html",
        status=status,
        asker=asker,
        question=asker.question,
        code=codes.grouped(asker.code),
        consents=[(consent, getattr(asker, FLAGS[consent])) for consent in Consent],
        consent_lines=consent_lines(asker.question_id).get(asker.id, []),
        told=telling.told_lines(asker),
        wished=[requests.line(commune, one) for one in requests.of_asker(asker)],
        corrections=corrections_of(asker.question),
        can_correct=can_correct(asker.question) and not asker.is_supporter,
        can_withdraw=tracking.can_withdraw(asker.question),
        form=form or RequestForm(data={"received_on": clock.today(commune.time_zone)}),
        data_form=BehalfForm(formdata=None),
    )


def _here(asker_id: int) -> str:
    return url_for(".person", asker_id=asker_id)


def _wish(asker: Asker, form: Any, title: object, lead: object, button: object, **more: Any) -> Response:
    return render(
        "askers/wish.html",
        asker=asker,
        question=asker.question,
        form=form,
        title=title,
        lead=lead,
        button=button,
        **{"tone": "primary", "status": 422 if form.is_submitted() else 200, **more},
    )


@bp.route("/<id:asker_id>/contact", methods=["GET", "POST"])
@requires(Permission.SERVE_ASKERS)
def contact(asker_id: int) -> Response:
    asker = _asker_or_404(asker_id)
    form = ContactForm(data={"name": asker.name, "phone": asker.phone, "email": asker.email})
    if form.validate_on_submit():
        try:
            wishes.change_contact(asker=asker, how=ConsentHow(form.how.data), actor=me(), **form.values())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(_here(asker_id), _("Saved."))
    lead = _("Write what the person told you. What stays empty stays as it is.")
    return _wish(asker, form, _("Name, phone, e-mail"), lead, _("Save"))


@bp.route("/<id:asker_id>/consent", methods=["GET", "POST"])
@requires(Permission.SERVE_ASKERS)
def consent(asker_id: int) -> Response:
    asker = _asker_or_404(asker_id)
    form = ConsentForm()
    if form.validate_on_submit():
        try:
            wishes.set_consent(
                asker=asker,
                consent=Consent(form.consent.data),
                is_given=form.given.data == "yes",
                how=ConsentHow(form.how.data),
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(_here(asker_id), _("Saved."))
    lead = _("Each consent is a wish of its own. Taking back is as easy as giving.")
    return _wish(asker, form, _("What the person allows"), lead, _("Save"))


@bp.route("/<id:asker_id>/correct", methods=["GET", "POST"])
@requires(Permission.SERVE_ASKERS)
def correct(asker_id: int) -> Response:
    asker = _asker_or_404(asker_id)
    if asker.is_supporter or not can_correct(asker.question):
        return refused(_here(asker_id), _("The question is not waiting any more, so its words stay as they are."))
    form = CorrectForm(data={"text": asker.question.own_text})
    if form.validate_on_submit():
        try:
            wishes.correct(asker=asker, text=form.text.data, how=ConsentHow(form.how.data), actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(_here(asker_id), _("Corrected. The first words are kept."))
    lead = _("In the person's words. The first words are kept beside the new ones.")
    return _wish(asker, form, _("Correct the question"), lead, _("Save"))


@bp.route("/<id:asker_id>/withdraw", methods=["GET", "POST"])
@requires(Permission.SERVE_ASKERS)
def withdraw(asker_id: int) -> Response:
    asker = _asker_or_404(asker_id)
    if not tracking.can_withdraw(asker.question):
        return refused(_here(asker_id), _("This question cannot be withdrawn any more."))
    form = BehalfForm()
    if form.validate_on_submit():
        wishes.withdraw(asker=asker, how=ConsentHow(form.how.data), actor=me())
        db.session.commit()
        return saved(_here(asker_id), _("Withdrawn. Residents cannot read it any more."))
    lead = _("Residents will not be able to read it any more, also not its answer. This cannot be undone.")
    return _wish(asker, form, _("Withdraw the question?"), lead, _("Withdraw"), tone="danger")


@bp.route("/<id:asker_id>/erase", methods=["GET", "POST"])
@requires(Permission.SERVE_ASKERS)
def erase(asker_id: int) -> Response:
    asker = _asker_or_404(asker_id)
    if asker.erased_at is not None:
        return refused(_here(asker_id), _("The contact data of this question is erased already."))
    form = BehalfForm()
    if form.validate_on_submit():
        wishes.erase(asker=asker, how=ConsentHow(form.how.data), actor=me())
        db.session.commit()
        return saved(_here(asker_id), _("Erased. The question and its answer stay, without name."))
    lead = _(
        "Name, phone and e-mail are erased at once, also from the letters. No word goes there any more. The question "
        "and its answer stay, without name. This cannot be undone."
    )
    return _wish(asker, form, _("Erase the contact data?"), lead, _("Erase"), tone="danger")


@bp.route("/<id:asker_id>/data", methods=["GET", "POST"])
@requires(Permission.SERVE_ASKERS)
def data(asker_id: int) -> Response:
    """Everything that is stored about the person, as a file to hand over."""
    asker = _asker_or_404(asker_id)
    form = BehalfForm()
    if form.validate_on_submit():
        text = wishes.show_data(asker=asker, how=ConsentHow(form.how.data), actor=me())
        name = data_file.file_name(asker)
        db.session.commit()
        response = make_response(text.encode("utf-8-sig"))
        response.headers["Content-Type"] = "text/plain; charset=utf-8"
        response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
        response.headers["Cache-Control"] = "no-store"
        return response
    lead = _("Be sure that it is this person: everything that is stored about them stands in the file.")
    return _wish(asker, form, _("Everything that is stored, as a file"), lead, _("Make the file"))


# -- the register of requests about personal data ---------------------------------------------------------------------


@bp.get("/requests")
@requires(Permission.SERVE_ASKERS)
def register() -> Response:
    """Requests with their clocks: open ones oldest first, then what is done."""
    is_open = request.args.get("show") != "done"
    page, lines = requests.page(me().commune, is_open, query_number("page"))
    return render(
        "askers/register.html",
        page=page,
        lines=lines,
        is_open=is_open,
        page_url=page_url("askers_office.register", "show"),
    )


@bp.post("/<id:asker_id>/requests")
@requires(Permission.SERVE_ASKERS)
def note_request(asker_id: int) -> Response:
    """A wish that takes some days."""
    asker = _asker_or_404(asker_id)
    form = RequestForm()
    if not form.validate():
        return _person_page(asker, form, 422)
    try:
        requests.note_down(
            asker=asker,
            kind=RequestKind(form.kind.data),
            how=ConsentHow(form.how.data),
            actor=me(),
            received_on=form.received_on.data,
            note=form.note.data or "",
            is_done=False,
        )
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return _person_page(asker, form, 422)
    db.session.commit()
    return saved(_here(asker_id) + "#requests", _("Written down. Its clocks run from the day it came in."))


def _act(data_request_id: int, act: Any, message: object, **more: Any) -> Response:
    found = row_or_404(DataRequest, me().commune_id, data_request_id)
    try:
        act(request=found, actor=me(), **more)
    except RuleBroken as broken:
        return refused(url_for(".register"), broken.message)
    db.session.commit()
    return saved(url_for(".register"), message)


@bp.post("/requests/<id:data_request_id>/answered")
@requires(Permission.SERVE_ASKERS)
def answer_request(data_request_id: int) -> Response:
    return _act(data_request_id, requests.answered, _("Noted: the person was answered."))


@bp.post("/requests/<id:data_request_id>/done")
@requires(Permission.SERVE_ASKERS)
def finish_request(data_request_id: int) -> Response:
    return _act(data_request_id, requests.done, _("Noted: it is done."), zone=me().commune.time_zone)


@bp.post("/requests/<id:data_request_id>/reopen")
@requires(Permission.SERVE_ASKERS)
def reopen_request(data_request_id: int) -> Response:
    return _act(data_request_id, requests.reopen, _("The request is open again."))
