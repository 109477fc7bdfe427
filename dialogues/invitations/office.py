"""The signed-in person's own calendar address."""

from flask import Blueprint, Response, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from dialogues.access import Permission, me, requires
from dialogues.extensions import db
from dialogues.invitations import service
from dialogues.invitations.service import Tasks
from dialogues.web import query_member, render, saved

bp = Blueprint("invitations_office", __name__, url_prefix="/office/calendar")
WAYS = {Tasks.EVENT: _l("As whole days"), Tasks.TODO: _l("As tasks"), Tasks.NONE: _l("Not at all")}
"""How due dates can stand in the private calendar."""


@bp.get("")
@requires(Permission.SIGNED_IN)
def calendar() -> Response:
    """The private address, with or without due dates, and the public one."""
    tasks = query_member("tasks", Tasks) or Tasks.EVENT
    url = service.private_feed_url(me(), tasks)
    public_url = service.public_feed_url(me().commune)
    return render(
        "invitations/calendar.html",
        url=url,
        tasks=tasks,
        ways=[(way, text, url_for(".calendar", tasks=way.value)) for way, text in WAYS.items()],
        webcal_url=service.webcal(url) if url else None,
        google_url=service.google(url) if url else None,
        public_url=public_url,
    )


@bp.post("/make")
@requires(Permission.SIGNED_IN)
def make() -> Response:
    service.make_feed(staff=me())
    db.session.commit()
    return saved(url_for(".calendar"), _("Your private calendar address stands. Add it to your phone now."))


@bp.get("/revoke")
@requires(Permission.SIGNED_IN)
def revoke() -> Response:
    """What ending the address means, before it is done."""
    return render("invitations/revoke.html", has_feed=me().feed_key is not None)


@bp.post("/revoke")
@requires(Permission.SIGNED_IN)
def revoke_now() -> Response:
    service.revoke_feed(staff=me())
    db.session.commit()
    return saved(url_for(".calendar"), _("The private address ended. Calendars that use it get nothing any more."))
