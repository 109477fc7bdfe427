"""Which language this request speaks, and the switch."""

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache

from flask import Blueprint, Flask, Response, current_app, g, request
from flask_babel import format_decimal, get_locale, get_translations
from jinja2.nodes import EvalContext
from jinja2.utils import pass_eval_context
from markupsafe import Markup

from dialogues import clock, formatting
from dialogues.access import Permission, requires
from dialogues.extensions import csrf
from dialogues.web import safe_next, see_other

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}
COOKIE = "language"

bp = Blueprint("language", __name__)


def init(app: Flask) -> None:
    """Give templates a quick `_`: a page asks for a hundred texts or more."""
    app.jinja_env.globals["_"] = translate


@pass_eval_context
def translate(context: EvalContext, text: str, **values: object) -> str:
    """A text of a template in the language of the page; `values` fill its %(name)s and are escaped in HTML."""
    said = catalogue_text(text)
    if not context.autoescape:
        return said % values if "%" in said else said
    return Markup(said) % values if "%" in said else Markup(said)  # noqa: S704 (ours and the translators', not typed)


def spoken_language() -> str:
    """The language in which texts are said just now: that of the page, or of a `force_locale` block."""
    locale = get_locale()
    return locale.language if locale else ""


_said: dict[tuple[str, str], str] = {}


def catalogue_text(text: str) -> str:
    """One text in the language of the page, looked up once a process and language."""
    key = (spoken_language(), text)
    if key not in _said:
        _said[key] = str(get_translations().ugettext(text))
    return _said[key]


def current_language() -> str:
    """The remembered choice, else the default; never the browser's wish: most phones here are set up in English."""
    chosen = request.cookies.get(COOKIE, "") if request else ""
    return chosen if chosen in LANGUAGES else current_app.config["SETTINGS"].default_language


def current_zone() -> str:
    """The time zone of the commune that this page is about."""
    return getattr(g, "time_zone", clock.DEFAULT_ZONE)


@bp.post("/language")
@csrf.exempt
@requires(Permission.EVERYONE)
def switch() -> Response:
    """Remember the language for a year; changes nothing else."""
    response = see_other(safe_next("/"))
    chosen = request.form.get("language", "")
    if chosen in LANGUAGES:
        secure = current_app.config["SETTINGS"].https
        response.set_cookie(COOKIE, chosen, max_age=365 * 86400, httponly=True, samesite="Lax", secure=secure)
    return response


def day(value: date) -> str:
    """Filter: a day or instant as `thứ Tư, 29/10/2025`."""
    return formatting.long_date(_day(value), current_language())


def short_day(value: date) -> str:
    """Filter: a day or instant as `29/10/2025`."""
    return _short_day(value, current_zone(), current_language())


def short_days(values: Iterable[date]) -> list[str]:
    """Many of them, for a list of choices: zone and language are asked for once."""
    zone, language = current_zone(), current_language()
    return [_short_day(value, zone, language) for value in values]


@lru_cache(maxsize=4096)  # lists of choices name the same days again and again
def _short_day(value: date, zone: str, language: str) -> str:
    return formatting.short_date(clock.local(value, zone) if isinstance(value, datetime) else value, language)


def moment(value: datetime) -> str:
    """Filter: an instant as `thứ Tư, 29/10/2025, 7 giờ 30` in the commune's zone."""
    return formatting.long_datetime(_wall(value), current_language())


def short_moment(value: datetime) -> str:
    """Filter: an instant as `29/10/2025, 7 giờ 30`."""
    return formatting.short_datetime(_wall(value), current_language())


def hour(value: datetime) -> str:
    """Filter: an instant as `7 giờ 30`."""
    return formatting.clock_time(_wall(value), current_language())


def weekday(value: date) -> str:
    """Filter: `thứ Tư`."""
    return formatting.weekday(_day(value), current_language())


def month(value: date) -> str:
    """Filter: `Tháng 12 năm 2026`."""
    return formatting.month(value, current_language())


def number(value: int) -> str:
    """Filter: 1234 as `1.234` / `1,234`."""
    return format_decimal(value)


def _wall(value: datetime) -> datetime:
    return clock.local(value, current_zone())


def _day(value: date) -> date:
    return _wall(value).date() if isinstance(value, datetime) else value


FILTERS = {
    "date": day, "short_date": short_day, "datetime": moment, "short_datetime": short_moment,
    "hour": hour, "weekday": weekday, "month": month, "number": number,
}  # fmt: skip
