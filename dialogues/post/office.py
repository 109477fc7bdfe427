"""All post of the commune: what was sent, what waits, what failed; the text of each letter as sent."""

import re

from flask import Blueprint, Response, current_app, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext

from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.paging import Paged
from dialogues.places.service import row_or_404
from dialogues.post import listing as post
from dialogues.post.forms import PostFilters
from dialogues.post.models import Message
from dialogues.post.rules import ASKS_TO_CONFIRM, TO_ASKERS, Channel, Kind, MessageState
from dialogues.staff import trail
from dialogues.web import page_url, query_member, query_number, query_text, refused, render, saved
from dialogues.words import choices

bp = Blueprint("post_office", __name__, url_prefix="/office/post")

_SECRET_PATH = re.compile(r"(https?://[^\s\"<>]+/)[A-Za-z0-9_-]{16,}")


@bp.get("")
@requires(Permission.READ_POST)
def listing() -> Response:
    """Counts for all who may come here; recipients and texts only for those who handle them."""
    commune_id = me().commune_id
    filters = post.Filters(
        state=query_member("state", MessageState),
        kind=query_member("kind", Kind),
        thing=query_text("thing", 60),
        recipient=query_text("q"),
    )
    form = PostFilters(request.args)
    form.state.choices = [("", _("All states")), *choices(MessageState)]
    form.kind.choices = [("", _("All kinds of letters")), *choices(Kind)]
    page: Paged | None = None
    rows: list[Message] = []
    knows_askers = allowed(me(), Permission.READ_ASKERS)
    if allowed(me(), Permission.HANDLE_POST):
        page, rows = post.page(commune_id, filters, query_number("page"), knows_askers)
    ways = _ways()
    return render(
        "post/listing.html",
        form=form,
        counts=post.counts(commune_id),
        page=page,
        rows=rows,
        hidden_kinds=frozenset() if knows_askers else TO_ASKERS,
        page_url=page_url("post_office.listing", "state", "kind", "thing", "q"),
        is_filtered=any(request.args.get(name) for name in ("state", "kind", "thing", "q")),
        has_mail=ways[Channel.MAIL],
        has_gateway=ways[Channel.GATEWAY],
    )


def _ways() -> dict[Channel, bool]:
    """Which channels lead out of this installation."""
    settings = current_app.config["SETTINGS"]
    return {Channel.MAIL: bool(settings.smtp_url), Channel.GATEWAY: bool(settings.gateway_url)}


def _letter_or_404(message_id: int) -> Message:
    return row_or_404(Message, me().commune_id, message_id)


@bp.get("/<id:message_id>")
@requires(Permission.HANDLE_POST)
def letter(message_id: int) -> Response:
    """One letter with its text as sent."""
    message = _letter_or_404(message_id)
    kind, _colon, thing_id = message.thing.partition(":")
    about = url_for("schedule_office.detail", dialogue_id=int(thing_id)) if kind == "dialogue" else None
    if kind == "asker" and allowed(me(), Permission.SERVE_ASKERS):
        about = url_for("askers_office.person", asker_id=int(thing_id))
    return render(
        "post/letter.html",
        m=message,
        text=_shown(message),
        is_hidden=message.kind in TO_ASKERS and not allowed(me(), Permission.READ_ASKERS),
        about_url=about,
        is_open=message.state in post.OPEN,
        is_way_there=_ways()[message.channel],
        trial_letter=post.TRIAL_LETTER if message.is_demo else None,
    )


def _shown(message: Message) -> str:
    """The text. Its links speak for the recipient: the one that confirms is shown to nobody, the others only to the
    office, which passes letters on by hand. On a trial computer the first one is shown, to try it."""
    if message.kind in TO_ASKERS and not allowed(me(), Permission.READ_ASKERS):
        return ""
    if message.kind in ASKS_TO_CONFIRM:
        is_shown = bool(current_app.config["SETTINGS"].on_loopback)
    else:
        is_shown = allowed(me(), Permission.PLAN_DIALOGUES)
    return message.text if is_shown else _SECRET_PATH.sub(r"\1…", message.text)


@bp.post("/<id:message_id>/resend")
@requires(Permission.HANDLE_POST)
def resend(message_id: int) -> Response:
    message = _letter_or_404(message_id)
    here = url_for(".letter", message_id=message_id)
    try:
        post.resend(message=message)
    except RuleBroken as broken:
        return refused(here, broken.message)
    _record(message, "letter_resent")
    db.session.commit()
    return saved(here, _("The letter goes out with the next round, within a minute."))


@bp.post("/resend-failed")
@requires(Permission.HANDLE_POST)
def resend_failed() -> Response:
    """All failed letters again: after the mail server was put right."""
    count = post.resend_failed(commune_id=me().commune_id)
    if count:
        trail.record(
            commune_id=me().commune_id, actor=me(), thing="commune", thing_id=me().commune_id, action="letter_resent"
        )
    db.session.commit()
    said = ngettext("%(num)s letter goes out again.", "%(num)s letters go out again.", count)
    return saved(url_for(".listing"), said if count else _("No failed letter is left to send."))


@bp.post("/<id:message_id>/by-hand")
@requires(Permission.HANDLE_POST)
def by_hand(message_id: int) -> Response:
    message = _letter_or_404(message_id)
    here = url_for(".letter", message_id=message_id)
    try:
        post.pass_on_by_hand(message=message)
    except RuleBroken as broken:
        return refused(here, broken.message)
    _record(message, "letter_by_hand")
    db.session.commit()
    return saved(here, _("Noted: you passed this letter on yourself. The program does not send it any more."))


def _record(message: Message, action: str) -> None:
    trail.record(commune_id=message.commune_id, actor=me(), thing="message", thing_id=message.id, action=action)
