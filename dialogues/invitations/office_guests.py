"""Guests of a dialogue for signed-in people: overview, list, invitations, reminders, papers, received replies."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy.orm import joinedload

from dialogues import clock, qr
from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.forms import differences
from dialogues.invitations import guests, mail, receive, replies
from dialogues.invitations.guest_forms import (
    ClerkReplyForm,
    CopyForm,
    FilterForm,
    GuestForm,
    ListForm,
    StaffGuestsForm,
)
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.guest_rules import INVITING, GuestRole, Reply, ReplyWay, Standing
from dialogues.invitations.guests import Added, Person
from dialogues.language import short_day
from dialogues.paging import paged
from dialogues.places import service as places
from dialogues.post import service as post
from dialogues.schedule.models import Dialogue
from dialogues.schedule.told import facts_of
from dialogues.staff import trail
from dialogues.staff.rules import Role
from dialogues.text import clean_text, search_words
from dialogues.web import page_url, query_member, query_number, query_text, refused, render, saved
from dialogues.words import choices

bp = Blueprint("guests_office", __name__)
BASE = "/office/dialogues/<id:dialogue_id>/guests"
AT_ONCE = 250
"""So many letters are written in one step; a page shows how far it is."""


def _dialogue(dialogue_id: int) -> Dialogue:
    return places.row_or_404(
        Dialogue, me().commune_id, dialogue_id,
        joinedload(Dialogue.commune), joinedload(Dialogue.chair), joinedload(Dialogue.co_chair),
    )  # fmt: skip


def _guest(dialogue_id: int, guest_id: int) -> Guest:
    """The guest of this dialogue of the own commune; removed ones too, for their history."""
    guest = places.row_or_404(Guest, me().commune_id, guest_id, joinedload(Guest.dialogue).joinedload(Dialogue.commune))
    if guest.dialogue_id != dialogue_id:
        abort(404)
    return guest


def _overview(dialogue: Dialogue) -> str:
    return url_for(".overview", dialogue_id=dialogue.id)


# -- overview ---------------------------------------------------------------------------------------------------------


@bp.get(BASE)
@requires(Permission.READ_GUESTS)
def overview(dialogue_id: int) -> Response:
    """Who comes, who does not, who has not answered. Leaders see it of the dialogues that they chair or write for,
    without e-mail addresses."""
    dialogue = _dialogue(dialogue_id)
    staff = me()
    is_office = Role.OFFICE in staff.roles
    if not guests.may_see(dialogue, staff):
        abort(404)
    wanted, words = query_member("standing", Standing), query_text("q")
    statement = guests.with_standing(guests.active(dialogue.id), wanted)
    for word in search_words(words):
        statement = statement.where(Guest.folded.contains(word, autoescape=True))
    page = paged(statement, query_number("page"))
    rows = list(db.session.scalars(page.slice(statement)))
    form = FilterForm(formdata=None, data={"q": words, "standing": wanted or ""})
    form.standing.choices = [("", _("All")), *choices(Standing)]
    letters = post.states_of(dialogue.commune_id, [mail.thing_of(row) for row in rows]) if is_office else {}
    return render(
        "invitations/guests.html",
        dialogue=dialogue,
        form=form,
        is_filtered=bool(wanted or words),
        counts=guests.counts(dialogue.id),
        page=page,
        rows=[(row, guests.standing_of(row), letters.get(mail.thing_of(row), [])[-1:]) for row in rows],
        outdated={row.id for row in rows if guests.is_paper_outdated(row, dialogue)},
        is_office=is_office,
        may_change=allowed(staff, Permission.PLAN_DIALOGUES) and dialogue.state in guests.CHANGEABLE,
        may_invite=allowed(staff, Permission.PLAN_DIALOGUES)
        and dialogue.state in INVITING
        and dialogue.starts_at > clock.now(),
        to_remind=guests.number_of(guests.to_remind(dialogue.id)) if is_office else 0,
        page_url=page_url(".overview", "q", "standing", dialogue_id=dialogue.id),
    )


# -- putting guests on the list ---------------------------------------------------------------------------------------


@bp.route(f"{BASE}/new", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def new(dialogue_id: int) -> Response:
    dialogue = _dialogue(dialogue_id)
    form = _guest_form() if request.method == "POST" else _guest_form(formdata=None, data={"role": GuestRole.REQUIRED})
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                guest = guests.add(dialogue=dialogue, person=_person(form), actor=me())
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            else:
                db.session.commit()
                return saved(_overview(dialogue), _("%(name)s is on the list.", name=guest.name))
    return render("invitations/guest_new.html", dialogue=dialogue, form=form, status=status)


def _guest_form(**values: Any) -> GuestForm:
    form = GuestForm(**values)
    form.role.choices = choices(GuestRole)
    return form


def _person(form: GuestForm) -> Person:
    return Person(
        name=form.name.data or "",
        post=form.post.data or "",
        body=form.body.data or "",
        email=form.email.data or None,
        role=GuestRole(form.role.data),
    )


@bp.route(f"{BASE}/paste", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def paste(dialogue_id: int) -> Response:
    """A list from a table or a mail. Good lines are saved at once; the others come back to be corrected."""
    dialogue = _dialogue(dialogue_id)
    form = ListForm() if request.method == "POST" else ListForm(formdata=None)
    added, status = None, 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                added = guests.add_list(dialogue=dialogue, text=_raw_list(form), actor=me())
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            else:
                db.session.commit()
                if not added.broken:
                    return saved(_overview(dialogue), _sentence(added))
                status = 200
                form.text.data = "\n".join(entry.line for entry in added.broken)
    return render(
        "invitations/guest_paste.html",
        dialogue=dialogue,
        form=form,
        added=added,
        sentence=_sentence(added) if added else "",
        problems=guests.PROBLEMS,
        status=status,
    )


def _raw_list(form: ListForm) -> str:
    """The text with its tabs: they part the columns of a pasted table."""
    return "\n".join(clean_text(line.replace("\t", "|")) for line in (form.text.data or "").splitlines())


def _sentence(added: Added) -> str:
    """What became of a list."""
    parts = [ngettext("%(num)s guest is new on the list.", "%(num)s guests are new on the list.", added.new)]
    if added.known:
        parts.append(ngettext("%(num)s was on the list already.", "%(num)s were on the list already.", added.known))
    return " ".join(parts)


@bp.route(f"{BASE}/staff", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def staff(dialogue_id: int) -> Response:
    """People of the commune; chair, co-chair and secretary are ticked already."""
    dialogue = _dialogue(dialogue_id)
    people = guests.staff_to_invite(dialogue)
    named = [dialogue.chair_id, dialogue.co_chair_id, dialogue.secretary_id]
    form = StaffGuestsForm() if request.method == "POST" else StaffGuestsForm(formdata=None, data={"people": named})
    form.people.choices = [(one.id, f"{one.name}, {one.post}" if one.post else one.name) for one in people]
    if request.method == "POST":
        if form.validate_on_submit() and form.people.data:
            return _take(dialogue, form, lambda: guests.add_staff(
                dialogue=dialogue, staff_ids=form.people.data, actor=me()
            ), "invitations/guest_staff.html")  # fmt: skip
        if not form.errors:
            form.refuse("people", _("Choose at least one person."))
        return render("invitations/guest_staff.html", dialogue=dialogue, form=form, status=422)
    return render("invitations/guest_staff.html", dialogue=dialogue, form=form)


@bp.route(f"{BASE}/copy", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def copy(dialogue_id: int) -> Response:
    """Take over the guests of the last dialogue, or of an earlier one."""
    dialogue = _dialogue(dialogue_id)
    sources = guests.sources(dialogue)
    form = CopyForm() if request.method == "POST" else CopyForm(formdata=None)
    form.source.choices = [(one.id, _source(one)) for one in sources]
    if request.method == "POST":
        if form.validate_on_submit():
            return _take(dialogue, form, lambda: guests.copy_from(
                dialogue=dialogue, source_id=form.source.data, actor=me()
            ), "invitations/guest_copy.html")  # fmt: skip
        return render("invitations/guest_copy.html", dialogue=dialogue, form=form, status=422)
    return render("invitations/guest_copy.html", dialogue=dialogue, form=form)


def _source(source: guests.Source) -> str:
    """An earlier dialogue in the list to choose from."""
    number = ngettext("%(num)s guest", "%(num)s guests", source.guests)
    return f"{short_day(source.starts_at)}: {source.title} ({number})"


def _take(dialogue: Dialogue, form: Any, add: Callable[[], Added], template: str) -> Response:
    try:
        added = add()
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return render(template, dialogue=dialogue, form=form, status=422)
    db.session.commit()
    return saved(_overview(dialogue), _sentence(added))


# -- sending ----------------------------------------------------------------------------------------------------------


@bp.get(f"{BASE}/invite")
@requires(Permission.PLAN_DIALOGUES)
def invite(dialogue_id: int) -> Response:
    """To how many it goes, and what it says, before anything is sent."""
    dialogue = _dialogue(dialogue_id)
    try:
        mail.check_inviting(dialogue)
    except RuleBroken as broken:
        return refused(_overview(dialogue), broken.message)
    statement = guests.to_invite(dialogue.id)
    sample = db.session.scalar(statement.limit(1))
    letter = mail.Writer(dialogue).letter(sample, replace(facts_of(dialogue)), None, "first") if sample else None
    return render(
        "invitations/guest_invite.html",
        dialogue=dialogue,
        number=guests.number_of(statement),
        sample=letter,
        on_paper=guests.counts(dialogue.id)[Standing.ON_PAPER],
        night_until=mail.night_is_over(dialogue),
    )


@bp.post(f"{BASE}/invite")
@requires(Permission.PLAN_DIALOGUES)
def invite_now(dialogue_id: int) -> Response:
    """Write the next letters; with many guests the page goes on by itself, and without JavaScript by its button."""
    dialogue = _dialogue(dialogue_id)
    return _step(dialogue, guests.to_invite(dialogue.id), mail.invite, ".invite_now", "invite")


@bp.get(f"{BASE}/remind")
@requires(Permission.PLAN_DIALOGUES)
def remind(dialogue_id: int) -> Response:
    """How many would be reminded, before it is done."""
    dialogue = _dialogue(dialogue_id)
    try:
        mail.check_inviting(dialogue)
    except RuleBroken as broken:
        return refused(_overview(dialogue), broken.message)
    number = guests.number_of(guests.to_remind(dialogue.id))
    return render(
        "invitations/guest_remind.html", dialogue=dialogue, number=number, night_until=mail.night_is_over(dialogue)
    )


@bp.post(f"{BASE}/remind")
@requires(Permission.PLAN_DIALOGUES)
def remind_now(dialogue_id: int) -> Response:
    dialogue = _dialogue(dialogue_id)
    return _step(dialogue, guests.to_remind(dialogue.id), mail.remind, ".remind_now", "remind")


def _step(dialogue: Dialogue, statement: Any, send: Any, endpoint: str, what: str) -> Response:
    """One chunk of letters; then the overview, or the page that shows how far it is."""
    raw = request.form.get("done", "0")
    before = int(raw) if raw.isascii() and raw.isdigit() and len(raw) < 7 else 0
    try:
        sent = send(dialogue=dialogue, guests=list(db.session.scalars(statement.limit(AT_ONCE))), actor=me())
    except RuleBroken as broken:
        return refused(_overview(dialogue), broken.message)
    db.session.commit()
    done, left = before + sent, guests.number_of(statement) if sent else 0
    if not done:  # a second click
        nobody = _("Everybody with an e-mail address is invited") if what == "invite" else _("Nobody to remind")
        return saved(_overview(dialogue), nobody)
    if what == "invite":
        sentence = ngettext("%(num)s invitation is on its way.", "%(num)s invitations are on their way.", done)
    else:
        sentence = ngettext("%(num)s guest is reminded.", "%(num)s guests are reminded.", done)
    at = mail.night_is_over(dialogue)
    if at:
        wait = _("At night nothing is sent; the mails go out at %(hour)s.", hour=at)
        sentence = f"{sentence} {wait}"
    if not left and not before:
        return saved(_overview(dialogue), sentence)
    return render(
        "invitations/guest_progress.html",
        fragment="invitations/_guest_progress.html",
        dialogue=dialogue,
        action=url_for(endpoint, dialogue_id=dialogue.id),
        done=done,
        left=left,
        sentence=sentence,
    )


# -- one guest --------------------------------------------------------------------------------------------------------


@bp.route(f"{BASE}/<id:guest_id>", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def guest(dialogue_id: int, guest_id: int) -> Response:
    """Everything about one guest: data, answer, mails, history."""
    row = _guest(dialogue_id, guest_id)
    if request.method != "POST":
        return _guest_page(row, _saved_form(row))
    form = _guest_form()
    if not form.validate_on_submit():
        return _guest_page(row, form, status=422)
    try:
        guests.change(guest=row, person=_person(form), version=form.version.number, actor=me())
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return _guest_page(row, form, status=422)
    except EditConflict:
        db.session.refresh(row)
        form.version.data = str(row.version)
        return _guest_page(row, form, conflict=differences(form, _saved_form(row)), status=409)
    db.session.commit()
    return saved(_overview(row.dialogue), _("Saved: %(name)s.", name=row.name))


def _saved_form(row: Guest) -> GuestForm:
    form = _guest_form(formdata=None, obj=row)
    form.email.data = row.email or ""
    return form


def _guest_page(
    row: Guest, form: GuestForm, *, answer: ClerkReplyForm | None = None, conflict: Any = None, status: int = 200
) -> Response:
    if answer is None:
        answer = ClerkReplyForm(formdata=None, data={"reply": row.reply.value, "note": row.reply_note})
    answer.reply.choices = choices(Reply)
    letters = post.states_of(row.commune_id, [mail.thing_of(row)]).get(mail.thing_of(row), [])
    return render(
        "invitations/guest.html",
        dialogue=row.dialogue,
        guest=row,
        standing=guests.standing_of(row),
        form=form,
        answer=answer,
        conflict=conflict,
        letters=letters[::-1],
        is_outdated=guests.is_paper_outdated(row, row.dialogue),
        may_change=row.removed_at is None and row.dialogue.state in guests.CHANGEABLE,
        history=trail.history(row.commune_id, "guest", row.id, most=50),
        status=status,
    )


@bp.post(f"{BASE}/<id:guest_id>/answer")
@requires(Permission.PLAN_DIALOGUES)
def record_answer(dialogue_id: int, guest_id: int) -> Response:
    """An answer that came by phone or by word."""
    row = _guest(dialogue_id, guest_id)
    form = ClerkReplyForm()
    form.reply.choices = choices(Reply)
    if form.validate_on_submit():
        try:
            replies.record(
                guest=row, reply=Reply(form.reply.data), note=form.note.data or "", way=ReplyWay.CLERK, actor=me()
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(_overview(row.dialogue), _("The answer of %(name)s is saved.", name=row.name))
    return _guest_page(row, _saved_form(row), answer=form, status=422)


@bp.route(f"{BASE}/<id:guest_id>/remove", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def remove(dialogue_id: int, guest_id: int) -> Response:
    """What it means to take a guest off the list, and doing it."""
    row = _guest(dialogue_id, guest_id)
    if request.method != "POST":
        return render("invitations/guest_remove.html", dialogue=row.dialogue, guest=row)
    try:
        guests.remove(guest=row, actor=me())
    except RuleBroken as broken:
        return refused(_overview(row.dialogue), broken.message)
    db.session.commit()
    return saved(_overview(row.dialogue), _("%(name)s is off the list.", name=row.name))


# -- on paper ---------------------------------------------------------------------------------------------------------


@bp.get(f"{BASE}/paper")
@requires(Permission.PLAN_DIALOGUES)
def papers(dialogue_id: int) -> Response:
    """Invitations of all guests without e-mail, each on its own page; those with answers already too."""
    dialogue = _dialogue(dialogue_id)
    statement = guests.on_paper(dialogue.id)
    page = paged(statement, query_number("page"), 100)
    rows = list(db.session.scalars(page.slice(statement)))
    return _paper(dialogue, rows, page, page_url(".papers", dialogue_id=dialogue.id))


@bp.get(f"{BASE}/<id:guest_id>/paper")
@requires(Permission.PLAN_DIALOGUES)
def paper(dialogue_id: int, guest_id: int) -> Response:
    """The invitation of one guest, to print."""
    row = _guest(dialogue_id, guest_id)
    return _paper(row.dialogue, [row], None, None)


def _paper(dialogue: Dialogue, rows: list[Guest], page: Any, url: Any) -> Response:
    sheets = [(row, replies.reply_url(row), qr.picture(replies.reply_url(row))) for row in rows]
    return render(
        "invitations/guest_paper.html",
        dialogue=dialogue,
        sheets=sheets,
        moment=mail.moment_of(dialogue),
        today=clock.today(dialogue.commune.time_zone),
        page=page,
        page_url=url,
    )


@bp.post(f"{BASE}/<id:guest_id>/handed-over")
@requires(Permission.PLAN_DIALOGUES)
def handed_over(dialogue_id: int, guest_id: int) -> Response:
    """The paper was given to the guest."""
    row = _guest(dialogue_id, guest_id)
    try:
        guests.hand_over(guest=row, actor=me())
    except RuleBroken as broken:
        return refused(_overview(row.dialogue), broken.message)
    db.session.commit()
    return saved(_overview(row.dialogue), _("The invitation of %(name)s is handed over.", name=row.name))


# -- calendar replies that came in ------------------------------------------------------------------------------------


@bp.get("/office/guest-replies")
@requires(Permission.PLAN_DIALOGUES)
def received() -> Response:
    """What came in from calendar programs and what became of it."""
    statement = receive.received(me().commune_id)
    page = paged(statement, query_number("page"))
    return render(
        "invitations/received.html",
        page=page,
        rows=list(db.session.scalars(page.slice(statement))),
        page_url=page_url(".received"),
    )
