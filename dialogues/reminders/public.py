"""The page behind the link of a morning message: the own open promises, and for each a report or the wish for a later
day. Opening it changes nothing, because mail scanners open every link; only the buttons report."""

from collections.abc import Callable
from datetime import timedelta

from flask import Blueprint, Response, abort, request, url_for

from dialogues import clock, photos
from dialogues.access import Permission, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import csrf, db
from dialogues.followup import extensions
from dialogues.followup.models import Commitment
from dialogues.followup.rules import UNFINISHED
from dialogues.followup.service import stage_of
from dialogues.followup.story import story
from dialogues.places.service import speak_of
from dialogues.reminders import links, reporting
from dialogues.reminders.forms import LaterForm, ReportForm
from dialogues.reminders.models import PromiseLink
from dialogues.staff.throttle import caller, is_throttled
from dialogues.web import query_text, render, see_other

bp = Blueprint("promise_link", __name__, url_prefix="/p/<token>")
WRONG_LINKS, LINK_WINDOW = 20, timedelta(minutes=10)
REPORTS_AN_HOUR, REPORT_WINDOW = 60, timedelta(hours=1)
STORY = 5
"""So many of the newest lines of a story are shown."""


@bp.url_value_preprocessor
def _make_room_for_a_photo(endpoint: str | None, values: dict[str, str] | None) -> None:
    """Larger bodies than elsewhere, only for the form with a photo and only by a link that works."""
    if endpoint == "promise_link.report" and request.method == "POST" and request.mimetype == "multipart/form-data":
        token = (values or {}).get("token", "")
        if _link(token) is not None:
            request.max_content_length = max(photos.MOST_BODY_BYTES, request.max_content_length or 0)


@bp.after_request
def _tell_nobody(response: Response) -> Response:
    """The address is a key: no search engine, no other site and no cache gets it."""
    response.headers["Referrer-Policy"] = "no-referrer"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Cache-Control"] = "no-store"
    return response


def _link(token: str) -> PromiseLink | None:
    return links.by_token(token) if token.isascii() and len(token) < 80 else None


def _link_or_gone(token: str) -> PromiseLink:
    """The link while it works; wrong ones are counted by who asks."""
    name = f"promise-link:{caller()}"
    if is_throttled(name, WRONG_LINKS, LINK_WINDOW, weight=0):
        abort(429)
    link = _link(token)
    if link is None:
        is_throttled(name, WRONG_LINKS, LINK_WINDOW)
        db.session.commit()  # the try counts
        abort(render("reminders/link_gone.html", status=404))
    speak_of(link.staff.commune)
    return link


@bp.get("")
@requires(Permission.EVERYONE)
def promises(token: str) -> Response:
    link = _link_or_gone(token)
    today = clock.today(link.staff.commune.time_zone)
    rows = reporting.promises_of(link.staff, today)
    return render("reminders/link_list.html", token=token, staff=link.staff, rows=rows, today=today, link=link)


def _promise_or_404(link: PromiseLink, commitment_id: int) -> Commitment:
    today = clock.today(link.staff.commune.time_zone)
    found = reporting.promise_for(link.staff, commitment_id, today)
    return found or abort(404)


@bp.get("/<id:commitment_id>")
@requires(Permission.EVERYONE)
def promise(token: str, commitment_id: int) -> Response:
    link = _link_or_gone(token)
    return _page(token, _promise_or_404(link, commitment_id))


def _page(
    token: str, commitment: Commitment, typed: ReportForm | LaterForm | None = None, status: int = 200
) -> Response:
    """The promise and both forms; `typed` stands in for its class."""
    return render(
        "reminders/link_one.html",
        token=token,
        c=commitment,
        stage=stage_of(commitment, clock.today(commitment.dialogue.commune.time_zone)),
        entries=story(commitment)[:STORY],
        is_open=commitment.state in UNFINISHED,
        is_asked=extensions.waiting_request(commitment) is not None,
        report=typed if isinstance(typed, ReportForm) else ReportForm(formdata=None),
        later=typed if isinstance(typed, LaterForm) else LaterForm(formdata=None),
        typed=typed,
        done=query_text("done") if status == 200 else "",
        status=status,
    )


@bp.route("/<id:commitment_id>/progress", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def report(token: str, commitment_id: int) -> Response:
    """Progress, with a photo. While it is drawn anew no transaction holds up others."""
    link = _link_or_gone(token)
    found, form = _promise_or_404(link, commitment_id), ReportForm()
    photo = None
    file = request.files.get("photo") if request.method == "POST" else None
    if file and file.filename and form.validate():
        db.session.rollback()
        try:
            photo = reporting.look_at(file.stream.read(photos.MOST_BYTES + 1), form.alt.data or "")
        except RuleBroken as broken:
            return _refused(token, commitment_id, form, broken)
        link = _link_or_gone(token)
        found = _promise_or_404(link, commitment_id)

    def write() -> None:
        reporting.report(commitment=found, text=form.text.data, photo=photo, actor=link.staff)

    return _act(token, link, found, form, write)


@bp.route("/<id:commitment_id>/later", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def ask_later(token: str, commitment_id: int) -> Response:
    """Asking for a later day."""
    link = _link_or_gone(token)
    found, form = _promise_or_404(link, commitment_id), LaterForm()

    def write() -> None:
        extensions.ask(commitment=found, new_due_on=form.new_due_on.data, reason=form.reason.data, actor=link.staff)

    return _act(token, link, found, form, write)


def _act(
    token: str, link: PromiseLink, commitment: Commitment, form: ReportForm | LaterForm, write: Callable[[], None]
) -> Response:
    """Do it and lead back, or show the page again with what was typed."""
    here, id_ = url_for(".promise", token=token, commitment_id=commitment.id), commitment.id
    if request.method != "POST":
        return see_other(here)
    if not form.validate():
        return _page(token, commitment, form, status=422)
    if is_throttled(f"promise-report:{link.staff_id}", REPORTS_AN_HOUR, REPORT_WINDOW):
        db.session.commit()  # the try counts
        abort(429)
    try:
        write()
        links.note_use(link)
        db.session.commit()
    except RuleBroken as broken:
        db.session.rollback()
        return _refused(token, id_, form, broken)
    return see_other(f"{here}?done={'progress' if isinstance(form, ReportForm) else 'later'}")


def _refused(token: str, commitment_id: int, form: ReportForm | LaterForm, broken: RuleBroken) -> Response:
    form.refuse(broken.field, broken.message)
    return _page(token, _promise_or_404(_link_or_gone(token), commitment_id), form, status=422)
