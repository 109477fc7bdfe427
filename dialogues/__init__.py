"""Dialogues between the leaders and the residents of Vietnamese communes."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

from flask import Flask, g
from flask_login import current_user
from sqlalchemy.engine import make_url
from werkzeug.routing import BaseConverter

from dialogues import access, assets, cli, clock, config, failures, headers, language, menu, words
from dialogues.doubles import changes  # noqa: F401 (numbers changes to questions)
from dialogues.doubles.store import Store
from dialogues.extensions import babel, csrf, db, login_manager, migrate
from dialogues.fragments import Fragments
from dialogues.page_cache import PageCache
from dialogues.web import SharedGlobals


class SlugConverter(BaseConverter):
    """The address of a commune."""

    regex = r"[a-z0-9][a-z0-9-]{0,59}"
    part_isolating = True


class IdConverter(BaseConverter):
    """A row id that fits every database."""

    regex = r"[1-9][0-9]{0,8}"
    part_isolating = True

    def to_python(self, value: str) -> int:
        return int(value)


class CodeConverter(BaseConverter):
    """A code as people type it: any case, with or without hyphens. The view normalises it."""

    regex = r"[0-9A-Za-z\-]{4,24}"
    part_isolating = True


def create_app(overrides: Mapping[str, object] | None = None) -> Flask:
    """Wire the program together. `overrides` holds settings by their environment names, and Flask's TESTING."""
    instance = Path(str((overrides or {}).get("INSTANCE", ""))) if (overrides or {}).get("INSTANCE") else None
    app = Flask(__name__, instance_path=str(instance.resolve()) if instance else None, instance_relative_config=True)
    if instance is None:
        app.instance_path = str(Path(app.root_path).parent / "instance")
    Path(app.instance_path).mkdir(parents=True, exist_ok=True)
    settings = config.from_environment(Path(app.instance_path), overrides)
    clock.run_ahead(settings.demo_days_ahead)
    app.config.from_mapping(
        SETTINGS=settings,
        TESTING=bool((overrides or {}).get("TESTING", False)),
        SECRET_KEY=settings.secret_key,
        SQLALCHEMY_DATABASE_URI=settings.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=_engine_options(settings),
        MAX_CONTENT_LENGTH=settings.max_body_bytes,
        MAX_FORM_MEMORY_SIZE=settings.max_body_bytes,
        TRUSTED_HOSTS=sorted({settings.base_host, "127.0.0.1", "localhost", "[::1]"}),
        SESSION_COOKIE_NAME="session",
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.https,
        PERMANENT_SESSION_LIFETIME=12 * 3600,
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_DEFAULT_LOCALE="vi",
        BABEL_DEFAULT_TIMEZONE=clock.DEFAULT_ZONE,
    )
    app.jinja_environment = SharedGlobals
    app.url_map.strict_slashes = False
    app.url_map.converters.update(slug=SlugConverter, id=IdConverter, code=CodeConverter)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    app.jinja_env.filters.update({**language.FILTERS, **words.FILTERS})

    db.init_app(app)
    migrate.init_app(app, db, directory=str(Path(app.root_path) / "migrations"))
    csrf.init_app(app)
    babel.init_app(app, locale_selector=language.current_language, timezone_selector=language.current_zone)
    language.init(app)
    _init_sign_in(app)
    app.before_request(access.guard)
    headers.init(app)
    assets.init(app)
    failures.init(app)
    _register_views(app)
    _register_listeners()
    cli.init(app)
    app.context_processor(_page_values)
    Fragments(app)
    PageCache(app)
    app.extensions["doubles"] = Store()
    return app


def plainly(make: Callable[[], Flask]) -> Flask:
    """The app that `make` builds; a wrong setting ends the program with its sentence instead of a traceback."""
    try:
        return make()
    except config.SettingsError as error:
        print(f"\n  {error}\n", file=sys.stderr)  # noqa: T201
        sys.exit(2)


def _engine_options(settings: config.Settings) -> dict[str, object]:
    """A pool as large as the number of threads; SQLite waits for its lock, PostgreSQL drops dead connections."""
    options: dict[str, object] = {"pool_size": settings.threads + 2, "max_overflow": 4}
    if not make_url(settings.database_url).drivername.startswith("sqlite"):
        options["pool_pre_ping"] = True
    return options


def _init_sign_in(app: Flask) -> None:
    from dialogues.staff import service
    from dialogues.staff.office import ask_to_sign_in

    login_manager.init_app(app)
    login_manager.user_loader(service.staff_by_session_key)
    login_manager.unauthorized_handler(ask_to_sign_in)


def _register_views(app: Flask) -> None:
    """All blueprints; the file name tells who may come in (public, office)."""
    from dialogues.askers import apology_office  # noqa: F401 (its views join the blueprint of the office)
    from dialogues.askers import office as askers_office
    from dialogues.askers import public as askers
    from dialogues.attachments import office as attachments_office
    from dialogues.doubles import office as doubles_office
    from dialogues.doubles import public as doubles
    from dialogues.finding import office as finding_office
    from dialogues.finding import public as finding
    from dialogues.followup import office as followup_office
    from dialogues.followup import public as followup
    from dialogues.followup import public_evidence as evidence
    from dialogues.followup import public_record
    from dialogues.imports import office as imports_office
    from dialogues.invitations import office as invitations_office
    from dialogues.invitations import office_guests, public_reply
    from dialogues.invitations import public as invitations
    from dialogues.oversight import office as oversight_office
    from dialogues.oversight import public as oversight
    from dialogues.papers import office as papers_office
    from dialogues.papers import office_opening
    from dialogues.places import calendar_office as places_calendar
    from dialogues.places import office as places_office
    from dialogues.places import public as places
    from dialogues.post import office as post_office
    from dialogues.questions import office as questions_office
    from dialogues.questions import (
        office_entering,  # noqa: F401 (its views join the blueprint of the office)
        office_village,
        sorting_office,
    )
    from dialogues.questions import public as questions
    from dialogues.reminders import office as reminders_office
    from dialogues.reminders import public as promise_link
    from dialogues.schedule import office as schedule_office
    from dialogues.schedule import public as schedule
    from dialogues.staff import accounts as staff_accounts
    from dialogues.staff import office as staff_office
    from dialogues.subscribers import follow_public
    from dialogues.subscribers import public as subscribers
    from dialogues.today import leading_office
    from dialogues.today import office as today_office
    from dialogues.verdicts import office as verdicts_office
    from dialogues.verdicts import public as verdicts
    from dialogues.verdicts import ratings_office, ratings_public

    for module in (
        language, places, schedule, questions, followup, public_record, evidence, verdicts, doubles, invitations,
        subscribers, follow_public, askers, places_office, places_calendar, staff_office, staff_accounts,
        schedule_office, questions_office, sorting_office, followup_office, doubles_office, today_office, finding,
        finding_office, oversight, attachments_office, office_village, askers_office, invitations_office, office_guests,
        public_reply, oversight_office, post_office, papers_office, imports_office, office_opening, reminders_office,
        promise_link, verdicts_office, ratings_public, ratings_office, leading_office,
    ):  # fmt: skip
        app.register_blueprint(module.bp)
    app.register_blueprint(schedule_office.plan_bp)


def _register_listeners() -> None:
    """Features that follow what others do."""
    from dialogues.askers import again, letters
    from dialogues.doubles import merging
    from dialogues.invitations import mail
    from dialogues.papers import village_heads
    from dialogues.reminders import nightly, weekly
    from dialogues.subscribers import news, promise_news

    merging.listen()
    mail.listen()
    village_heads.listen()
    news.listen()
    promise_news.listen()
    weekly.listen()
    letters.listen()
    again.listen()
    nightly.listen()


def _page_values() -> dict[str, object]:
    """What every template may use."""
    values: dict[str, object] = {"current_language": language.current_language(), "commune": g.get("commune")}
    if g.get("office_page"):
        values["office_menu"] = menu.entries(access.me())
        values["allowed"] = lambda name: access.allowed(access.me(), access.Permission[name])
        values["me"] = current_user
    return values
