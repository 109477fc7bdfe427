"""Series: the list, one series, its form with the preview of the dates, its end; and this round with all later ones."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from flask import Response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dialogues import clock
from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import EditConflict, RuleBroken
from dialogues.extensions import db
from dialogues.forms import differences
from dialogues.places import service as places
from dialogues.schedule import checks, rounds, series, service
from dialogues.schedule.office import plan_bp
from dialogues.schedule.recurrence import BadRule
from dialogues.schedule.round_forms import EndForm, SeriesForm, rule_fields
from dialogues.schedule.round_models import Round, Series
from dialogues.schedule.round_plan import Busy, SeriesPlan
from dialogues.schedule.round_rules import RoundState
from dialogues.schedule.rule_words import in_words
from dialogues.staff import trail
from dialogues.web import refused, render, saved
from dialogues.words import commune_title


def series_or_404(series_id: int) -> Series:
    """The series of the signed-in person's commune."""
    return places.row_or_404(Series, me().commune_id, series_id, *series.with_details())


def page_of(found: Series) -> str:
    """The address of its page."""
    return url_for("plan_office.one_series", series_id=found.id)


@plan_bp.get("/series")
@requires(Permission.READ_DIALOGUES)
def series_list() -> Response:
    lines = series.listing(me().commune_id, clock.now())
    words = {line.id: in_words(line.rule, line.starts_on) for line in lines}
    return render("schedule/plan/series_list.html", lines=lines, words=words, today=clock.today(me().commune.time_zone))


@plan_bp.get("/series/<id:series_id>")
@requires(Permission.READ_DIALOGUES)
def one_series(series_id: int) -> Response:
    found = series_or_404(series_id)
    today = clock.today(found.commune.time_zone)
    its_rounds = series.rounds_of(found)[-60:]
    ahead = [one for one in its_rounds if one.state is RoundState.PLANNED and one.starts_at > clock.now()]
    return render(
        "schedule/plan/series.html",
        series=found,
        words=in_words(found.rule, found.starts_on),
        rounds=its_rounds,
        notes_of=rounds.notes_of_all(found.commune, ahead),
        left_out=series.left_out(_values(found), today),
        is_ended=found.ends_on is not None and found.ends_on < today,
        history=_history(found) if allowed(me(), Permission.READ_TRAIL) else None,
    )


def _history(found: Series) -> list[trail.Line]:
    """What was done with it; rules in plain words."""
    return [
        replace(line, note=in_words(line.note, found.starts_on)) if line.note.startswith("FREQ=") else line
        for line in trail.history(found.commune_id, "series", found.id)
    ]


def _values(found: Series) -> SeriesPlan:
    return SeriesPlan(
        found.title, found.rule, found.starts_on, found.ends_on, found.starts, found.ends, found.place, found.address,
        found.chair_id, tuple(found.topics), tuple(village.id for village in found.villages),
    )  # fmt: skip


@plan_bp.route("/series/new", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def new_series() -> Response:
    commune = me().commune
    if request.method != "POST":
        form = SeriesForm(formdata=None, data=_defaults())
        _offer(form)
        return _form_page(form, None)
    form = SeriesForm()
    _offer(form)

    def save(values: SeriesPlan) -> Response:
        made = series.create(commune=commune, values=values, actor=me())
        db.session.commit()
        return saved(page_of(made), _("The series is saved, and its rounds of the next 18 months are planned."))

    return _answer(form, None, save)


def _defaults() -> dict[str, Any]:
    commune = me().commune
    return {
        "title": _("Dialogue between the leaders of %(commune)s and the people", commune=commune_title(commune)),
        "pattern": "weekday",
        "months": "6",
        "nth": "1",
        "weekday": "5",
        "of_months": ["6", "12"],
        "starts_on": clock.today(commune.time_zone),
        "starts": checks.USUAL_START,
        "ends": checks.USUAL_END,
        "address": commune.address,
    }


@plan_bp.route("/series/<id:series_id>/edit", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def edit_series(series_id: int) -> Response:
    found = series_or_404(series_id)
    if request.method != "POST":
        return _form_page(_saved_form(found), found)
    form = SeriesForm()
    _offer(form, found)

    def save(values: SeriesPlan) -> Response:
        series.change(series=found, values=values, version=form.version.number, actor=me())
        db.session.commit()
        return saved(
            page_of(found), _("The series is saved. Rounds that were opened or moved by hand stay as they are.")
        )

    return _answer(form, found, save)


@plan_bp.route("/rounds/<id:round_id>/later", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def later(round_id: int) -> Response:
    """This round and all later ones."""
    first = places.row_or_404(Round, me().commune_id, round_id, *rounds.with_details())
    back = url_for("plan_office.one_round", round_id=round_id)
    if first.series is None or first.slot_on is None or first.state is not RoundState.PLANNED:
        return refused(back, _("Only a planned round of a series can be changed with all later ones."))
    if request.method != "POST":
        form = _saved_form(first.series)
        form.starts_on.data, form.version.data = first.slot_on, str(first.version)
        return _form_page(form, first.series, first)
    form = SeriesForm()
    _offer(form, first.series)

    def save(values: SeriesPlan) -> Response:
        made = series.change_later(first=first, values=values, version=form.version.number, actor=me())
        db.session.commit()
        return saved(page_of(made), _("From this round on the new series holds; the earlier rounds stay as they are."))

    return _answer(form, first.series, save, first)


def _answer(form: SeriesForm, found: Series | None, save: Any, first: Round | None = None) -> Response:
    """Show the dates, or save."""
    preview, differing, status, values = None, None, 422, None
    if form.validate_on_submit():
        try:
            values = form.plan(form.written_rule())
            days = series.dates(values, clock.today(me().commune.time_zone))
            if request.form.get("do") == "save":
                return save(values)
            if first is not None:
                series.check_first_day(first, values)
            preview, status = _preview(values, days, found), 200
        except BadRule as bad:
            form.refuse("of_months" if form.pattern.data == "weekday" else "rule", series.SENTENCES[bad.fault])
        except RuleBroken as broken:
            own = form.pattern.data == "own"
            form.refuse("starts_on" if broken.field == "rule" and not own else broken.field, broken.message)
        except EditConflict:
            saved_form = _saved_form(found) if found else form
            differing, status = differences(form, saved_form), 409
            row = first or found
            form.version.data = str(row.version) if row else ""
    return _form_page(form, found, first, preview, values, differing, status)


def _preview(values: SeriesPlan, days: list[date], found: Series | None) -> list[Any]:
    """The dates with what speaks against them, beside everything else that is planned."""
    commune = me().commune

    def at(day: date, hour: time) -> datetime:
        return clock.instant(datetime.combine(day, hour), commune.time_zone)

    people = frozenset([values.chair_id] if values.chair_id else [])
    wanted = [
        Busy(("new", number), values.title, at(day, values.starts), at(day, values.ends), people, values.place)
        for number, day in enumerate(days)
    ]
    replaced = [one.id for one in series.rounds_of(found) if one.state is RoundState.PLANNED] if found else []
    notes = rounds.notes_on(commune, wanted, replaced)
    return list(zip(wanted, notes, strict=True))


def _form_page(
    form: SeriesForm,
    found: Series | None,
    first: Round | None = None,
    preview: list[Any] | None = None,
    values: SeriesPlan | None = None,
    differing: Any = None,
    status: int = 200,
) -> Response:
    zone = me().commune.time_zone
    return render(
        "schedule/plan/series_form.html",
        form=form,
        series=found,
        first=first,
        preview=preview,
        left_out=series.left_out(values, clock.today(zone)) if preview is not None and values else [],
        differing=differing,
        status=status,
    )


def _saved_form(found: Series) -> SeriesForm:
    form = SeriesForm(formdata=None, obj=found, data=rule_fields(found.rule))
    for name, value in rule_fields(found.rule).items():
        form[name].data = value
    form.topics.data = [topic.value for topic in found.topics]
    form.villages.data = [village.id for village in found.villages]
    _offer(form, found)
    return form


def _offer(form: SeriesForm, found: Series | None = None) -> None:
    """Villages and people of this commune; those already chosen stay, also when they are closed."""
    commune_id = me().commune_id
    villages = [(village.id, village.label) for village in places.villages(commune_id)]
    known = {id_ for id_, _label in villages}
    closed = [(v.id, v.label) for v in found.villages if v.id not in known] if found else []
    form.villages.choices = [*villages, *closed]
    form.chair_id.choices = people(found.chair_id if found else None)


def people(*named: int | None) -> list[tuple[int | None, object]]:
    """Choices for the chair."""
    found = service.people(me().commune_id, named)
    return [(None, _("Not named yet")), *((p.id, f"{p.name}, {p.post}" if p.post else p.name) for p in found)]


@plan_bp.route("/series/<id:series_id>/end", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def end_series(series_id: int) -> Response:
    found = series_or_404(series_id)
    today = clock.today(found.commune.time_zone)
    if request.method != "POST":
        form = EndForm(formdata=None, data={"version": found.version, "last_on": today})
        return render("schedule/plan/series_end.html", series=found, form=form)
    form, status = EndForm(), 422
    if form.validate_on_submit() and form.last_on.data:
        try:
            dropped = series.end(series=found, last_on=form.last_on.data, version=form.version.number, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        except EditConflict:
            form.refuse(
                "last_on", _("Somebody else saved this series meanwhile. Look at it once more, then end it again.")
            )
            form.version.data, status = str(found.version), 409
        else:
            db.session.commit()
            said = ngettext(
                "The series is ended; %(num)s planned round was taken out of the plan.",
                "The series is ended; %(num)s planned rounds were taken out of the plan.",
                dropped,
            )
            return saved(page_of(found), said)
    return render("schedule/plan/series_end.html", series=found, form=form, status=status)
