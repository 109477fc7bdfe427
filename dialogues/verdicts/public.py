"""An asker says whether a promise is really kept: with the tracking code, or by the link of a message. A GET shows,
only a POST says: mail scanners open every link."""

from datetime import timedelta

from flask import Blueprint, Response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.askers import links
from dialogues.errors import RuleBroken
from dialogues.extensions import csrf, db
from dialogues.places import service as places
from dialogues.questions.door import asker_or_404
from dialogues.questions.models import Asker
from dialogues.staff.throttle import caller, is_throttled
from dialogues.text import clean_text
from dialogues.verdicts import asking, saying
from dialogues.verdicts.asking import Promise
from dialogues.verdicts.forms import MOST_WORDS, SayForm
from dialogues.verdicts.rules import Judgement, VerdictWay
from dialogues.verdicts.saying import Voice
from dialogues.web import render, see_other

bp = Blueprint("verdicts", __name__)
LINK_DAYS = timedelta(days=60)
STEPS = ((20, timedelta(minutes=10)), (100, timedelta(days=1)))
"""So many sayings come from one line: a village shares one address, and each asker has one voice anyway."""
CHANGES, CHANGE_WINDOW = 6, timedelta(days=1)
"""So often an asker changes what was said of one promise."""


@bp.app_template_global("promises_to_judge")
def promises_to_judge(asker: Asker) -> list[Promise]:
    """For the asker's own page, which includes verdicts/_to_judge.html."""
    return asking.promises_of(asker)


@bp.route("/q/<code:code>/promises/<id:commitment_id>", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def say(code: str, commitment_id: int) -> Response:
    """By the tracking code."""
    asker = asker_or_404(code)
    here = url_for(".say", code=asker.code, commitment_id=commitment_id)
    back = url_for("questions.tracking", code=asker.code)
    return _say(asker, commitment_id, VerdictWay.CODE, here, back)


@bp.get("/q/say/<token>")
@requires(Permission.EVERYONE)
def by_link(token: str) -> Response:
    """Behind the link of a message: the promises to speak about; a single one at once."""
    asker = _asker_by_link(token)
    promises = asking.promises_of(asker) if asker else []
    if len(promises) == 1:
        return see_other(url_for(".say_by_link", token=token, commitment_id=promises[0].commitment.id))
    response = render("verdicts/by_link.html", promises=promises, token=token, is_good=asker is not None)
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


@bp.route("/q/say/<token>/<id:commitment_id>", methods=["GET", "POST"])
@csrf.exempt
@requires(Permission.EVERYONE)
def say_by_link(token: str, commitment_id: int) -> Response:
    asker = _asker_by_link(token)
    if asker is None:
        return render("verdicts/by_link.html", promises=[], token=token, is_good=False, status=404)
    here = url_for(".say_by_link", token=token, commitment_id=commitment_id)
    response = _say(asker, commitment_id, VerdictWay.LINK, here, "")
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _asker_by_link(token: str) -> Asker | None:
    found = links.asker_by_say_token(token) if len(token) <= 64 else None
    if found is None:
        return None
    asker, written_on = found
    commune = asker.question.dialogue.commune
    places.speak_of(commune)
    return asker if clock.today(commune.time_zone) - written_on <= LINK_DAYS else None


def _say(asker: Asker, commitment_id: int, way: VerdictWay, here: str, back: str) -> Response:
    promise = asking.promise_of(asker, commitment_id)
    if promise is None:
        return _nothing_to_say(back)
    form = SayForm(data={"report": str(promise.report.id), **_said(promise)})
    if request.method != "POST":
        return _page(promise, form, here, back)
    if not form.validate():
        return _page(promise, form, here, back, 422)
    if _is_too_much(asker, commitment_id, form):
        return _page(promise, form, here, back, 429)
    if current_user.is_authenticated and (fault := saying.own_promise_fault(me(), promise.commitment)):
        form.refuse("", fault)
        return _page(promise, form, here, back, 422)
    try:
        saying.say(
            commitment=promise.commitment,
            judgement=Judgement(form.judgement.data),
            text=form.text.data or "",
            voice=Voice(way, asker),
            report_id=form.report_id,
        )
    except RuleBroken as broken:
        db.session.rollback()
        form.refuse(broken.field, broken.message)
        return _page(promise, form, here, back, 422)
    db.session.commit()
    return see_other(f"{here}?done=said")


def _said(promise: Promise) -> dict[str, str]:
    """What this asker said before, to change it."""
    if promise.mine is None:
        return {}
    return {"judgement": promise.mine.judgement.value, "text": promise.mine.text}


def _page(promise: Promise, form: SayForm, here: str, back: str, status: int = 200) -> Response:
    return render(
        "verdicts/say.html",
        status=status,
        c=promise.commitment,
        report=promise.report,
        mine=promise.mine,
        form=form,
        here=here,
        back=back,
        is_done=request.args.get("done") == "said" and promise.mine is not None and request.method != "POST",
    )


def _nothing_to_say(back: str) -> Response:
    """Of a promise that this asker did not ask about nothing is told, not even whether there is one."""
    typed = clean_text(request.form.get("text", ""))[:MOST_WORDS]
    return render("verdicts/nothing.html", back=back, typed=typed, status=404)


def _is_too_much(asker: Asker, commitment_id: int, form: SayForm) -> bool:
    """Whether very many sayings came from this line, or many changes of this voice; the try counts."""
    tries = [is_throttled(f"verdict-{most}:{caller()}", most, per) for most, per in STEPS]
    tries.append(is_throttled(f"verdict:{asker.id}:{commitment_id}", CHANGES, CHANGE_WINDOW))
    if not any(tries):
        return False
    db.session.commit()
    form.refuse("", _("Very many answers came from here. Please wait some minutes, then send once more."))
    return True
