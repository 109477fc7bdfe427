"""Days off and numbers of rules, for the office and the administrator."""

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dialogues import clock, formatting
from dialogues.access import Permission, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.followup.recount import recount
from dialogues.language import current_language, short_day
from dialogues.places import calendar, service
from dialogues.places.forms import DayOffForm, NumberForm
from dialogues.places.models import Holiday
from dialogues.places.rules import RULES, RuleName
from dialogues.staff import trail
from dialogues.today.deadlines import open_deadlines, typed_dates_on
from dialogues.web import query_number, render, saved
from dialogues.words import label

bp = Blueprint("places_calendar", __name__, url_prefix="/office/commune")
Done = TypeVar("Done")


@bp.get("/days-off")
@requires(Permission.SET_DAYS)
def days_off() -> Response:
    return _days_page(DayOffForm(formdata=None, data={"kind": "off"}))


@bp.post("/days-off")
@requires(Permission.SET_DAYS)
def add_days_off() -> Response:
    form, commune = DayOffForm(), me().commune
    if form.validate_on_submit():
        try:
            rows, moved = _counted(
                lambda: calendar.add_days_off(
                    commune=commune,
                    first=form.first.data,  # type: ignore[arg-type]
                    last=form.last.data,
                    name=form.name.data or "",
                    today=clock.today(commune.time_zone),
                    are_worked=form.kind.data == "worked",
                )
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            if form.kind.data == "off":
                moved = " ".join(filter(None, [moved, _typed_on([row.on_day for row in rows])]))
            days = ", ".join(short_day(row.on_day) for row in rows)
            _record("holiday_added", f"{days}: {rows[0].name}. {moved}")
            db.session.commit()
            return saved(url_for(".days_off", year=rows[0].on_day.year), _("Added: %(days)s.", days=days) + " " + moved)
    return _days_page(form, 422)


@bp.post("/days-off/<id:holiday_id>/remove")
@requires(Permission.SET_DAYS)
def remove_day_off(holiday_id: int) -> Response:
    row = service.row_or_404(Holiday, me().commune_id, holiday_id)
    day, name = row.on_day, row.name
    _nothing, moved = _counted(lambda: calendar.remove_day_off(holiday=row))
    _record("holiday_removed", f"{day:%d/%m/%Y}: {name}. {moved}")
    db.session.commit()
    return saved(url_for(".days_off", year=day.year), _("Removed: %(day)s.", day=short_day(day)) + " " + moved)


def _counted(change: Callable[[], Done]) -> tuple[Done, str]:
    """Do it, and say in one sentence how many open deadlines it moved."""
    commune, now = me().commune, clock.now()
    before = open_deadlines(commune, now)
    done = change()
    moved = calendar.moved(before, open_deadlines(commune, now)) + recount(commune, me())
    if not moved:
        return done, _("No open deadline changes.")
    return done, ngettext(
        "%(num)s open deadline was worked out anew.", "%(num)s open deadlines were worked out anew.", moved
    )


def _typed_on(days: list[date]) -> str:
    """How many dates that people chose fall on new days off: they stay, and somebody should look at them."""
    number = typed_dates_on(me().commune, days)
    return (
        ngettext(
            "%(num)s date that somebody chose falls on it and stays as it is: a promise, a promised answer or a request"
            " of voters. Look whether it can be kept.",
            "%(num)s dates that somebody chose fall on it and stay as they are: promises, promised answers or requests"
            " of voters. Look whether they can be kept.",
            number,
        )
        if number
        else ""
    )


def _days_page(form: DayOffForm, status: int = 200) -> Response:
    commune = me().commune
    today = clock.today(commune.time_zone)
    years = calendar.years(today)
    year = query_number("year", form.first.data.year if form.first.data else today.year)
    year = year if year in years else today.year
    days = calendar.table(commune, year)
    return render(
        "places/days_off.html",
        form=form,
        years=years,
        year=year,
        days=days,
        lacks_culture_day=calendar.lacks_culture_day(year, days),
        to_fill=calendar.year_to_fill(commune, today),
        history=_history("holiday"),
        status=status,
    )


# -- numbers ----------------------------------------------------------------------------------------------------------


@bp.get("/rules")
@requires(Permission.SET_DAYS)
def rules() -> Response:
    commune = me().commune
    numbers = calendar.numbers(commune, clock.today(commune.time_zone))
    return render("places/numbers.html", numbers=numbers, history=_history("number"))


@bp.route("/rules/<slug:rule>", methods=["GET", "POST"])
@requires(Permission.SET_DAYS)
def number(rule: str) -> Response:
    name = next((one for one in RuleName if one.value.replace("_", "-") == rule), None) or abort(404)
    commune = me().commune
    today = clock.today(commune.time_zone)
    value = service.rule_value(commune, name, today)
    form, status = NumberForm(data={"value": value, "valid_from": today}), 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                _nothing, moved = _counted(
                    lambda: calendar.set_number(
                        commune=commune,
                        name=name,
                        value=form.value.data,  # type: ignore[arg-type]
                        valid_from=form.valid_from.data,  # type: ignore[arg-type]
                        today=today,
                    )
                )
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            else:
                day = formatting.short_date(form.valid_from.data, current_language())  # type: ignore[arg-type]
                _record("number_set", f"{label(name)}: {value} → {form.value.data} ({day}). {moved}")
                db.session.commit()
                sentence = _("%(rule)s: %(value)s from %(day)s on.", rule=label(name), value=form.value.data, day=day)
                return saved(url_for(".rules"), f"{sentence} {moved}")
    low, high = RULES[name].bounds(today)
    return render(
        "places/number.html", form=form, name=name, rule=RULES[name], value=value, low=low, high=high, status=status
    )


def _record(action: str, note: str) -> None:
    thing = "number" if action == "number_set" else "holiday"
    commune_id = me().commune_id
    trail.record(commune_id=commune_id, actor=me(), thing=thing, thing_id=commune_id, action=action, note=note)


def _history(thing: str) -> list[trail.Line]:
    return trail.history(me().commune_id, thing, me().commune_id, most=20)
