"""Accounts of the commune: who signs in, with which roles."""

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import joinedload

from dialogues.access import Permission, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.followup import handing_over
from dialogues.forms import differences
from dialogues.places import service as places
from dialogues.staff import people, service, standins, trail
from dialogues.staff.forms import PersonForm
from dialogues.staff.models import Staff
from dialogues.staff.people import Person
from dialogues.staff.rules import RESET_LIFETIME, Role
from dialogues.staff.standins import Standing
from dialogues.web import absolute, refused, render, saved
from dialogues.words import choices

bp = Blueprint("staff_accounts", __name__, url_prefix="/office/accounts")


@bp.get("")
@requires(Permission.MANAGE_STAFF)
def listing() -> Response:
    return render("staff/accounts.html", people=people.people(me().commune_id))


def _one(staff_id: int) -> Staff:
    """The account, if it is one of the administrator's own commune."""
    return places.row_or_404(Staff, me().commune_id, staff_id, joinedload(Staff.unit), joinedload(Staff.village))


def _form(staff: Staff | None, from_request: bool = True) -> PersonForm:
    """The form with what may be chosen; a closed unit or village stays choosable for whoever has it."""
    data = {"roles": sorted(role.value for role in staff.roles)} if staff else None
    form = PersonForm(obj=staff, data=data) if from_request else PersonForm(formdata=None, obj=staff, data=data)
    form.roles.choices = choices(Role)
    units = places.units(me().commune_id, with_closed=True)
    villages = places.villages(me().commune_id, with_closed=True)
    form.unit_id.choices = [
        (None, _("none")),
        *((unit.id, unit.name) for unit in units if unit.is_active or (staff and staff.unit_id == unit.id)),
    ]
    form.village_id.choices = [
        (None, _("none")),
        *((v.id, v.label) for v in villages if v.is_active or (staff and staff.village_id == v.id)),
    ]
    above, acting = (staff.superior_id, staff.deputy_id) if staff else (None, None)
    colleagues = standins.others(staff, me().commune_id, above, acting)
    form.superior_id.choices = [(None, _("the head of the commune")), *colleagues]
    form.deputy_id.choices = [(None, _("nobody")), *colleagues]
    return form


def _person(form: PersonForm) -> Person:
    return Person(
        name=form.name.data,
        post=form.post.data or "",
        email=form.email.data,
        unit_id=form.unit_id.data,
        village_id=form.village_id.data,
        roles=frozenset(Role(role) for role in form.roles.data),
        standing=Standing(form.superior_id.data, form.deputy_id.data, form.away_from.data, form.away_until.data),
        remind_phone=form.remind_phone.data or "",
    )


@bp.route("/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_STAFF)
def new() -> Response:
    form = _form(None)
    if form.validate_on_submit():
        try:
            staff = people.add(commune=me().commune, person=_person(form), actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(
                url_for(".account", staff_id=staff.id),
                _("The account of %(name)s stands. Now make a link, so that the person can set a password.",
                  name=staff.name),
            )  # fmt: skip
    return render("staff/account.html", form=form, person=None, status=422 if request.method == "POST" else 200)


@bp.route("/<id:staff_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_STAFF)
def account(staff_id: int) -> Response:
    staff = _one(staff_id)
    form = _form(staff)
    status, conflict = 200, None
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                people.change(staff=staff, version=form.version.number, person=_person(form), actor=me())
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            except EditConflict:
                db.session.refresh(staff)
                form.version.data = staff.version
                status, conflict = 409, differences(form, _form(staff, from_request=False))
            else:
                db.session.commit()
                return saved(url_for(".listing"), _("The account of %(name)s is saved.", name=staff.name))
    history = trail.history(staff.commune_id, "staff", staff.id, most=50)
    return render("staff/account.html", form=form, person=staff, conflict=conflict, history=history, status=status)


@bp.get("/<id:staff_id>/reset-link")
@requires(Permission.MANAGE_STAFF)
def reset_link(staff_id: int) -> Response:
    """What the link is for, and the button that makes it."""
    return render("staff/reset_link.html", person=_one(staff_id), link=None, days=RESET_LIFETIME.days)


@bp.post("/<id:staff_id>/reset-link")
@requires(Permission.MANAGE_STAFF)
def make_reset_link(staff_id: int) -> Response:
    """The link stands on this one answer only: only its hash is kept."""
    staff = _one(staff_id)
    try:
        token = service.make_reset_link(staff=staff, actor=me())
    except RuleBroken as broken:
        return refused(url_for(".account", staff_id=staff.id), broken.message)
    db.session.commit()
    link = absolute("staff_office.reset", token=token)
    return render("staff/reset_link.html", person=staff, link=link, days=RESET_LIFETIME.days)


@bp.get("/<id:staff_id>/close")
@requires(Permission.MANAGE_STAFF)
def close(staff_id: int) -> Response:
    """What closing means, before it is done."""
    person = _one(staff_id)
    return render("staff/close.html", person=person, load=handing_over.load_of(person))


@bp.post("/<id:staff_id>/close")
@requires(Permission.MANAGE_STAFF)
def close_now(staff_id: int) -> Response:
    staff = _one(staff_id)
    if handing_over.load_of(staff).promises:
        said = _("This person still holds promises. Hand them over to a successor first.")
        return refused(url_for("followup_office.hand_over", staff_id=staff.id), said)
    try:
        people.close(staff=staff, actor=me())
    except RuleBroken as broken:
        return refused(url_for(".account", staff_id=staff.id), broken.message)
    db.session.commit()
    return saved(url_for(".listing"), _("The account of %(name)s is closed.", name=staff.name))


@bp.post("/<id:staff_id>/open")
@requires(Permission.MANAGE_STAFF)
def reopen(staff_id: int) -> Response:
    staff = _one(staff_id)
    people.reopen(staff=staff, actor=me())
    db.session.commit()
    return saved(url_for(".account", staff_id=staff.id), _("The account of %(name)s is open again.", name=staff.name))
