"""The commune's own data: its settings, villages and units."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _

from dialogues.access import Permission, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.forms import BaseForm, differences
from dialogues.places import service
from dialogues.places.forms import CommuneForm, UnitForm, VillageForm
from dialogues.places.models import Commune, Unit, Village
from dialogues.places.rules import CommuneKind
from dialogues.places.service import COMMUNE_FIELDS, UNIT_FIELDS, VILLAGE_FIELDS, row_or_404
from dialogues.staff import trail
from dialogues.web import render, saved, wants_fragment
from dialogues.words import choices, commune_title

bp = Blueprint("places_office", __name__, url_prefix="/office/commune")


@bp.get("")
@requires(Permission.MANAGE_COMMUNE)
def commune() -> Response:
    """Everything about the commune on one page."""
    place = me().commune
    return render(
        "places/commune.html",
        place=place,
        villages=service.villages(place.id, with_closed=True),
        units=service.units(place.id, with_closed=True),
        history=trail.history(place.id, "commune", place.id, most=20),
    )


def _values(form: BaseForm, fields: tuple[str, ...]) -> dict[str, Any]:
    return {field: form[field].data for field in fields}


def _record(action: str, row: Commune | Village | Unit, note: str = "") -> None:
    """Note it in the trail; a save that changed nothing is no event."""
    if action != "changed" or note:
        trail.record(
            commune_id=me().commune_id, actor=me(), thing=row.__tablename__, thing_id=row.id, action=action, note=note
        )


def _edit_page(
    template: str, form: BaseForm, status: int = 200, conflict: list[tuple[object, str]] | None = None, **more: Any
) -> Response:
    return render(template, form=form, conflict=conflict, status=status, **more)


def _after_conflict(form: BaseForm, row: Commune | Village | Unit) -> list[tuple[object, str]]:
    """What stands saved now, beside what was typed; saving once more is then a deliberate act."""
    db.session.refresh(row)
    now_saved = type(form)(formdata=None, obj=row)
    if isinstance(now_saved, CommuneForm):
        now_saved.kind.choices = choices(CommuneKind)
    form.version.data = row.version
    return differences(form, now_saved)


@bp.route("/settings", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMMUNE)
def settings() -> Response:
    place = me().commune
    form = CommuneForm(obj=place)
    form.kind.choices = choices(CommuneKind)
    template, status = "places/settings.html", 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            values = {**_values(form, COMMUNE_FIELDS), "kind": CommuneKind(form.kind.data)}
            try:
                note = service.change_commune(commune=place, version=form.version.number, values=values)
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            except EditConflict:
                return _edit_page(template, form, 409, _after_conflict(form, place), place=place)
            else:
                _record("changed", place, note)
                db.session.commit()
                return saved(url_for(".commune"), _("The data of %(commune)s are saved.", commune=commune_title(place)))
    return _edit_page(template, form, status, place=place)


# -- villages ---------------------------------------------------------------------------------------------------------


@bp.route("/villages/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMMUNE)
def new_village() -> Response:
    form = VillageForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                village = service.add_village(commune=me().commune, values=_values(form, VILLAGE_FIELDS))
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            else:
                _record("created", village, village.label)
                db.session.commit()
                return saved(url_for(".commune"), _("%(name)s is added to the list.", name=village.label))
    return _edit_page("places/village.html", form, status, village=None, history=[])


@bp.route("/villages/<id:village_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMMUNE)
def village(village_id: int) -> Response:
    row = row_or_404(Village, me().commune_id, village_id)
    form = VillageForm(obj=row)
    template, status, conflict = "places/village.html", 200, None
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                note = service.change_village(
                    village=row, version=form.version.number, values=_values(form, VILLAGE_FIELDS)
                )
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            except EditConflict:
                status, conflict = 409, _after_conflict(form, row)
            else:
                _record("changed", row, note)
                db.session.commit()
                return saved(url_for(".commune"), _("%(name)s is saved.", name=row.label))
    return _edit_page(
        template, form, status, conflict, village=row, history=trail.history(row.commune_id, "village", row.id)
    )


@bp.post("/villages/<id:village_id>/close")
@requires(Permission.MANAGE_COMMUNE)
def close_village(village_id: int) -> Response:
    return _set_active(row_or_404(Village, me().commune_id, village_id), False)


@bp.post("/villages/<id:village_id>/open")
@requires(Permission.MANAGE_COMMUNE)
def open_village(village_id: int) -> Response:
    return _set_active(row_or_404(Village, me().commune_id, village_id), True)


@bp.post("/villages/<id:village_id>/move")
@requires(Permission.MANAGE_COMMUNE)
def move_village(village_id: int) -> Response:
    return _move(row_or_404(Village, me().commune_id, village_id))


# -- units ------------------------------------------------------------------------------------------------------------


@bp.route("/units/new", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMMUNE)
def new_unit() -> Response:
    form = UnitForm()
    status = 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                unit = service.add_unit(commune=me().commune, values=_values(form, UNIT_FIELDS))
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            else:
                _record("created", unit, unit.name)
                db.session.commit()
                return saved(url_for(".commune"), _("%(name)s is added to the list.", name=unit.name))
    return _edit_page("places/unit.html", form, status, unit=None, history=[])


@bp.route("/units/<id:unit_id>", methods=["GET", "POST"])
@requires(Permission.MANAGE_COMMUNE)
def unit(unit_id: int) -> Response:
    row = row_or_404(Unit, me().commune_id, unit_id)
    form = UnitForm(obj=row)
    template, status, conflict = "places/unit.html", 200, None
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                note = service.change_unit(unit=row, version=form.version.number, values=_values(form, UNIT_FIELDS))
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            except EditConflict:
                status, conflict = 409, _after_conflict(form, row)
            else:
                _record("changed", row, note)
                db.session.commit()
                return saved(url_for(".commune"), _("%(name)s is saved.", name=row.name))
    return _edit_page(template, form, status, conflict, unit=row, history=trail.history(row.commune_id, "unit", row.id))


@bp.post("/units/<id:unit_id>/close")
@requires(Permission.MANAGE_COMMUNE)
def close_unit(unit_id: int) -> Response:
    return _set_active(row_or_404(Unit, me().commune_id, unit_id), False)


@bp.post("/units/<id:unit_id>/open")
@requires(Permission.MANAGE_COMMUNE)
def open_unit(unit_id: int) -> Response:
    return _set_active(row_or_404(Unit, me().commune_id, unit_id), True)


@bp.post("/units/<id:unit_id>/move")
@requires(Permission.MANAGE_COMMUNE)
def move_unit(unit_id: int) -> Response:
    return _move(row_or_404(Unit, me().commune_id, unit_id))


# -- both -------------------------------------------------------------------------------------------------------------


def _name(row: Village | Unit) -> str:
    return row.label if isinstance(row, Village) else row.name


def _set_active(row: Village | Unit, is_active: bool) -> Response:
    if row.is_active != is_active:
        service.set_active(row=row, is_active=is_active)
        _record("opened" if is_active else "closed", row, _name(row))
        db.session.commit()
    if is_active:
        sentence = _("%(name)s can be chosen again.", name=_name(row))
    else:
        sentence = _("%(name)s can be chosen no more. What already names it stays as it is.", name=_name(row))
    return saved(url_for(".commune"), sentence)


def _move(row: Village | Unit) -> Response:
    up = request.form.get("direction") == "up"
    if service.move(row=row, up=up):
        _record("moved_up" if up else "moved_down", row, _name(row))
    db.session.commit()
    if not wants_fragment():
        return saved(url_for(".commune") + ("#villages" if isinstance(row, Village) else "#units"))
    if isinstance(row, Village):
        villages = service.villages(row.commune_id, with_closed=True)
        return render("places/_villages.html", villages=villages, moved=row.id)
    return render("places/_units.html", units=service.units(row.commune_id, with_closed=True), moved=row.id)
