"""The page behind the link of an invitation: it shows the answer and takes a new one. Opening it changes nothing,
because mail scanners open every link; only the button answers."""

from datetime import timedelta

from flask import Blueprint, Response, abort, request, url_for
from flask_babel import gettext as _

from dialogues import clock
from dialogues.access import Permission, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import csrf, db
from dialogues.invitations import replies
from dialogues.invitations.guest_forms import ANSWERS, ReplyForm
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.guest_rules import Reply, ReplyWay
from dialogues.places import service as places
from dialogues.schedule.told import OFF
from dialogues.staff.throttle import caller, is_throttled
from dialogues.web import render, see_other

bp = Blueprint("guest_reply", __name__)
WRONG_LINKS, LINK_WINDOW = 20, timedelta(minutes=10)
ANSWERS_AN_HOUR, ANSWER_WINDOW = 20, timedelta(hours=1)


@bp.route("/r/<token>", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def answer(token: str) -> Response:
    """The guest's own page."""
    guest = _guest_or_404(token)
    form = ReplyForm() if request.method == "POST" else ReplyForm(formdata=None, data=_kept(guest))
    form.reply.choices = list(ANSWERS)
    if request.method != "POST":
        return _page(guest, token, form)
    if not form.validate():
        return _page(guest, token, form, 422)
    if is_throttled(f"reply-of:{guest.id}", ANSWERS_AN_HOUR, ANSWER_WINDOW):
        db.session.commit()  # the try counts
        form.refuse("reply", _("The answer was changed very often. Please wait an hour, or call the office."))
        return _page(guest, token, form, 429)
    try:
        replies.record(guest=guest, reply=Reply(form.reply.data), note=form.note.data or "", way=ReplyWay.LINK)
    except RuleBroken as broken:
        form.refuse(broken.field, broken.message)
        return _page(guest, token, form, 422)
    db.session.commit()
    return see_other(url_for(".answer", token=token, done=1))


def _guest_or_404(token: str) -> Guest:
    """Whose link this is; wrong ones are counted by address."""
    name = f"reply-link:{caller()}"
    if is_throttled(name, WRONG_LINKS, LINK_WINDOW, weight=0):
        abort(429)
    guest = replies.guest_by_token(token) if token.isascii() and len(token) < 80 else None
    if guest is None:
        is_throttled(name, WRONG_LINKS, LINK_WINDOW)
        db.session.commit()  # the try counts
        abort(404)
    places.speak_of(guest.dialogue.commune)
    return guest


def _kept(guest: Guest) -> dict[str, str]:
    """What was answered so far; nothing is chosen for a guest who has not answered."""
    return {} if guest.reply is Reply.WAITING else {"reply": guest.reply.value, "note": guest.reply_note}


def _page(guest: Guest, token: str, form: ReplyForm, status: int = 200) -> Response:
    dialogue = guest.dialogue
    return render(
        "invitations/reply.html",
        status=status,
        commune=dialogue.commune,
        guest=guest,
        dialogue=dialogue,
        form=form,
        action=url_for(".answer", token=token),
        closed=replies.closed_because(guest, clock.now()),
        is_off=dialogue.state in OFF or guest.removed_at is not None,
        has_answered=guest.reply is not Reply.WAITING,
        just_saved=request.args.get("done") == "1" and status == 200,
    )
