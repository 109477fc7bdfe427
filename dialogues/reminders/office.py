"""Reminders for signed-in people: the ladder of the commune, the own absence, the links of the morning messages."""

from typing import Any

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.forms import differences
from dialogues.places.service import row_or_404
from dialogues.reminders import history, ladder, links, nightly
from dialogues.reminders.forms import StepForm
from dialogues.reminders.rules import RemindedAs
from dialogues.staff import standins, trail
from dialogues.staff.forms import AwayForm
from dialogues.staff.models import Staff
from dialogues.staff.standins import Standing
from dialogues.web import refused, render, saved, see_other

bp = Blueprint("reminders_office", __name__, url_prefix="/office")


@bp.app_template_global("promise_links_of")
def promise_links_of(staff: Staff) -> int:
    """How many links of morning messages work for this person: for the page of the account."""
    return links.working(staff)


# -- the ladder -------------------------------------------------------------------------------------------------------


@bp.get("/commune/ladder")
@requires(Permission.SET_DAYS)
def steps() -> Response:
    return _ladder_page(StepForm(formdata=None))


@bp.post("/commune/ladder")
@requires(Permission.SET_DAYS)
def add_step() -> Response:
    form = StepForm()
    form.offer()
    if form.validate_on_submit():
        days = form.step()
        try:
            if days is None:
                raise RuleBroken(_("Write how many days before or after the due day."), "days")
            ladder.add_step(commune_id=me().commune_id, days=days, who=RemindedAs(form.who.data), actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(url_for(".steps"), _("The step is added. It holds from the next morning on."))
    return _ladder_page(form, 422)


@bp.post("/commune/ladder/remove")
@requires(Permission.SET_DAYS)
def remove_step() -> Response:
    days, who = request.form.get("days", ""), request.form.get("who", "")
    step = next((one for one in ladder.steps(me().commune_id) if (str(one[0]), one[1].value) == (days, who)), None)
    if step is None:
        return refused(url_for(".steps"), _("This step does not stand on the ladder any more."))
    try:
        ladder.remove_step(commune_id=me().commune_id, days=step[0], who=step[1], actor=me())
    except RuleBroken as broken:
        return refused(url_for(".steps"), broken.message)
    db.session.commit()
    return saved(url_for(".steps"), _("The step is removed. It holds from the next morning on."))


@bp.post("/commune/ladder/reset")
@requires(Permission.SET_DAYS)
def reset() -> Response:
    ladder.reset(commune_id=me().commune_id, actor=me())
    db.session.commit()
    return saved(url_for(".steps"), _("The ladder is the default one again."))


def _ladder_page(form: StepForm, status: int = 200) -> Response:
    form.offer()
    commune = me().commune
    own = ladder.own_steps(commune.id)
    head = standins.head_id(commune)
    return render(
        "reminders/ladder.html",
        form=form,
        steps=[(days, who, ladder.when(days)) for days, who in own or ladder.steps(commune.id)],
        is_own=bool(own),
        head=db.session.get(Staff, head) if head else None,
        last=nightly.last_round(commune.id),
        history=trail.history(commune.id, "ladder", commune.id, most=20),
        status=status,
    )


# -- the own reminders ------------------------------------------------------------------------------------------------


@bp.route("/reminders", methods=["GET", "POST"])
@requires(Permission.SIGNED_IN)
def mine() -> Response:
    """What I was reminded of, when I am away and who acts for me."""
    form, status, conflict = _away_form(), 200, None
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                standins.set_away(staff=me(), version=form.version.number, standing=_standing(form), actor=me())
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            except EditConflict:
                db.session.refresh(me())
                form.version.data = str(me().version)
                status, conflict = 409, differences(form, _away_form(from_request=False))
            else:
                db.session.commit()
                return saved(url_for(".mine"), _("Saved."))
    return render("reminders/mine.html", form=form, conflict=conflict, status=status, **_about_me())


def _away_form(from_request: bool = True) -> AwayForm:
    form = AwayForm(obj=me()) if from_request else AwayForm(formdata=None, obj=me())
    form.deputy_id.choices = [(None, _("nobody")), *standins.others(me(), me().commune_id, me().deputy_id)]
    return form


def _standing(form: AwayForm) -> Standing:
    return Standing(me().superior_id, form.deputy_id.data, form.away_from.data, form.away_until.data)


def _about_me() -> dict[str, Any]:
    today = clock.today(me().commune.time_zone)
    return {
        "told": history.told_to(me()),
        "links": links.working(me()),
        "superior": standins.superior_of(me()),
        "acting": standins.acting(me(), today),
    }


@bp.post("/reminders/links/revoke")
@requires(Permission.SIGNED_IN)
def revoke_mine() -> Response:
    links.revoke(staff=me(), actor=me())
    db.session.commit()
    return saved(url_for(".mine"), _("The links in your messages work no longer. The next message brings a new one."))


@bp.post("/accounts/<id:staff_id>/links/revoke")
@requires(Permission.MANAGE_STAFF)
def revoke(staff_id: int) -> Response:
    staff = row_or_404(Staff, me().commune_id, staff_id)
    ended = links.revoke(staff=staff, actor=me())
    db.session.commit()
    back = url_for("staff_accounts.account", staff_id=staff_id)
    return (
        saved(back, ngettext("%(num)s link is ended.", "%(num)s links are ended.", ended)) if ended else see_other(back)
    )
