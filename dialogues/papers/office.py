"""The announcement kit of a dialogue for signed-in people: texts, print pages, proof, certificate."""

from collections.abc import Sequence

from flask import Blueprint, Response, abort, make_response, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user

from dialogues import clock, photos, qr, uploads
from dialogues.access import Permission, allowed, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.papers import kit, service, sms, spoken, village_heads
from dialogues.papers.certificate import lines_of as certificate_lines
from dialogues.papers.certificate import signing_post
from dialogues.papers.forms import SendForm, TakeBackForm, UseForm
from dialogues.papers.models import NoticeUse
from dialogues.papers.question_forms import forms_of, villages_for
from dialogues.papers.record import facts_of
from dialogues.papers.rules import NoticeChannel
from dialogues.places.models import Village
from dialogues.places.service import row_or_404
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState, takes_questions
from dialogues.schedule.service import AFTER_SESSION, with_details
from dialogues.web import query_member, query_number, query_text, refused, render, saved

bp = Blueprint("papers_office", __name__, url_prefix="/office/dialogues/<id:dialogue_id>/kit")
SLIPS = 3


@bp.url_value_preprocessor
def _make_room_for_a_photo(endpoint: str | None, _values: dict[str, object] | None) -> None:
    """Larger bodies than elsewhere, only for the form with a photo and only for those who may send it."""
    if endpoint == "papers_office.record_use" and request.mimetype == "multipart/form-data":
        staff = current_user._get_current_object() if current_user.is_authenticated else None
        if allowed(staff, Permission.PLAN_DIALOGUES):
            request.max_content_length = max(photos.MOST_BODY_BYTES, request.max_content_length or 0)


def _dialogue_or_404(dialogue_id: int) -> Dialogue:
    return row_or_404(Dialogue, me().commune_id, dialogue_id, *with_details())


def _kit_url(dialogue: Dialogue) -> str:
    return url_for("papers_office.detail", dialogue_id=dialogue.id)


def _is_over(dialogue: Dialogue) -> bool:
    """Nothing is announced of it any more."""
    return dialogue.state in AFTER_SESSION or (
        dialogue.state is DialogueState.CANCELLED and dialogue.announced_at is None
    )


@bp.get("")
@requires(Permission.READ_DIALOGUES)
def detail(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    chosen = query_member("channel", NoticeChannel)
    now = clock.local(clock.now(), dialogue.commune.time_zone)
    form = UseForm(
        formdata=None,
        data={
            "channel": chosen.value if chosen else "",
            "used_on": now.date(),
            "used": now.time().replace(second=0, microsecond=0),
            "done_by": me().name,
        },
    )
    return _page(dialogue, form)


@bp.post("")
@requires(Permission.PLAN_DIALOGUES)
def record_use(dialogue_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    form = UseForm()
    form.offer()
    if form.validate_on_submit():
        file = request.files.get("photo")
        try:
            service.record_use(
                dialogue=dialogue,
                channel=NoticeChannel(form.channel.data),
                used_at=form.used_at(dialogue.commune.time_zone),
                done_by=form.done_by.data,
                note=form.note.data or "",
                photo=file.stream.read(photos.MOST_BYTES + 1) if file and file.filename else None,
                actor=me(),
            )
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(f"{_kit_url(dialogue)}#uses", _("Recorded. It stands in the list and on the certificate."))
    return _page(dialogue, form, 422)


def _page(dialogue: Dialogue, form: UseForm, status: int = 200) -> Response:
    form.offer()
    found = service.proof(dialogue)
    facts = facts_of(dialogue, found.occasion)
    script = kit.loudspeaker(facts)
    return render(
        "papers/kit.html",
        dialogue=dialogue,
        form=form,
        proof=found,
        is_over=_is_over(dialogue),
        form_villages=villages_for(dialogue) if not _is_over(dialogue) and _takes_questions(dialogue) else None,
        may_record=allowed(me(), Permission.PLAN_DIALOGUES) and dialogue.announced_at is not None,
        reading=service.reading_days(found, clock.today(dialogue.commune.time_zone)),
        script=script,
        script_seconds=spoken.reading_seconds(script),
        script_syllables=spoken.syllables(script),
        notice=kit.notice(facts),
        zalo=kit.zalo(facts),
        messages=(sms.without_marks(facts), sms.with_marks(facts)),
        status=status,
    )


@bp.get("/poster")
@requires(Permission.READ_DIALOGUES)
def poster(dialogue_id: int) -> Response:
    """To print on A4, or on A3 with `?paper=a3`."""
    dialogue = _dialogue_or_404(dialogue_id)
    if _is_over(dialogue):
        return _nothing_to_announce(dialogue)
    facts = facts_of(dialogue, service.occasion_of(dialogue, service.publications(dialogue)))
    return render(
        "papers/poster.html",
        dialogue=dialogue,
        facts=facts,
        poster=kit.poster(facts),
        addresses=(kit.short_address(facts.page_url), kit.short_address(facts.feed_page_url)),
        paper="a3" if query_text("paper").lower() == "a3" else "a4",
        page_picture=qr.drawing(facts.page_url, "Mã QR: trang của buổi đối thoại"),
        feed_picture=qr.drawing(facts.feed_page_url, f"Mã QR: lịch đối thoại {facts.commune}"),
    )


@bp.get("/village-sheet")
@requires(Permission.READ_DIALOGUES)
def village_sheet(dialogue_id: int) -> Response:
    """One A4 page for village heads: what to tell people, and question forms to cut off."""
    dialogue = _dialogue_or_404(dialogue_id)
    if _is_over(dialogue):
        return _nothing_to_announce(dialogue)
    facts = facts_of(dialogue, service.occasion_of(dialogue, service.publications(dialogue)))
    is_open = _takes_questions(dialogue)
    told = kit.poster(facts)
    return render(
        "papers/village_sheet.html",
        dialogue=dialogue,
        facts=facts,
        poster=told,
        slips=(SLIPS - (told.size == "is-crowded")) if is_open else 0,
        form=forms_of(dialogue, facts, [None])[0],
    )


@bp.get("/question-forms")
@requires(Permission.READ_DIALOGUES)
def question_forms(dialogue_id: int) -> Response:
    """Forms to write a question on, two A5 on a sheet of A4: a sheet for each village, for one, or without village."""
    dialogue = _dialogue_or_404(dialogue_id)
    if _is_over(dialogue):
        return _nothing_to_announce(dialogue)
    if not _takes_questions(dialogue):
        return refused(_kit_url(dialogue), _("This dialogue takes no more questions."))
    facts = facts_of(dialogue, service.occasion_of(dialogue, service.publications(dialogue)))
    wanted: Sequence[Village | None] = villages_for(dialogue)
    if "none" in (query_text("village"), "" if wanted else "none"):
        wanted = [None]
    elif query_text("village"):
        wanted = [row_or_404(Village, dialogue.commune_id, query_number("village", 0))]
    return render(
        "papers/question_forms.html",
        dialogue=dialogue,
        facts=facts,
        day=kit.day(facts) if facts.is_on else "",
        forms=forms_of(dialogue, facts, wanted),
    )


def _takes_questions(dialogue: Dialogue) -> bool:
    return dialogue.state is DialogueState.DRAFT or takes_questions(
        dialogue.state, dialogue.starts_at, dialogue.question_deadline_at, clock.now()
    )


def _nothing_to_announce(dialogue: Dialogue) -> Response:
    return refused(_kit_url(dialogue), _("There is nothing to announce of this dialogue any more."))


@bp.get("/certificate")
@requires(Permission.READ_DIALOGUES)
def certificate(dialogue_id: int) -> Response:
    """What was announced when, where and by whom, to print and sign."""
    dialogue = _dialogue_or_404(dialogue_id)
    if dialogue.announced_at is None:
        return refused(_kit_url(dialogue), _("Announce the dialogue first. Then there is something to certify."))
    found = service.proof(dialogue)
    facts, notice = facts_of(dialogue, found.occasion), service.notice_of(found)
    return render(
        "papers/certificate.html",
        dialogue=dialogue,
        facts=facts,
        notice=notice,
        hours=kit.hours(facts),
        held=kit.day(facts),
        where=kit.where(facts),
        lines=certificate_lines(found, notice),
        post=signing_post(dialogue.commune),
        today=clock.today(dialogue.commune.time_zone),
    )


@bp.get("/uses/<id:use_id>/photo")
@requires(Permission.READ_DIALOGUES)
def photo(dialogue_id: int, use_id: int) -> Response:
    """The photo of a use: always a JPEG that this program drew itself."""
    use = _use_or_404(_dialogue_or_404(dialogue_id), use_id)
    path = uploads.found(use.commune_id, use.photo)
    if path is None:
        abort(404)
    response = make_response(path.read_bytes())
    response.headers["Content-Type"] = photos.MIMETYPE
    response.headers["Content-Disposition"] = f'inline; filename="minh-chung-{use.id}.jpg"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _use_or_404(dialogue: Dialogue, use_id: int) -> NoticeUse:
    use = row_or_404(NoticeUse, dialogue.commune_id, use_id)
    if use.dialogue_id != dialogue.id:
        abort(404)
    return use


@bp.route("/uses/<id:use_id>/take-back", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def take_back(dialogue_id: int, use_id: int) -> Response:
    dialogue = _dialogue_or_404(dialogue_id)
    use = _use_or_404(dialogue, use_id)
    form = TakeBackForm()
    if request.method == "POST" and form.validate_on_submit():
        try:
            service.take_back(dialogue=dialogue, use=use, reason=form.reason.data, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(
                f"{_kit_url(dialogue)}#uses", _("The line is taken back. It stays visible and counts no more.")
            )
    status = 422 if request.method == "POST" else 200
    return render("papers/take_back.html", dialogue=dialogue, use=use, form=form, status=status)


@bp.route("/village-heads", methods=["GET", "POST"])
@requires(Permission.PLAN_DIALOGUES)
def tell_village_heads(dialogue_id: int) -> Response:
    """Whom the short text reaches and how it reads; the second click sends it."""
    dialogue = _dialogue_or_404(dialogue_id)
    if _is_over(dialogue):
        return _nothing_to_announce(dialogue)
    form, status = SendForm(), 200
    if request.method == "POST":
        status = 422
        if form.validate_on_submit():
            try:
                number = village_heads.send(
                    dialogue=dialogue, sequence=form.version.number, text=form.text.data or "", actor=me()
                )
            except RuleBroken as broken:
                form.refuse("", broken.message)
            else:
                db.session.commit()
                said = ngettext(
                    "%(num)s text goes out with the next round, within a minute.",
                    "%(num)s texts go out with the next round, within a minute.",
                    number,
                )
                return saved(f"{_kit_url(dialogue)}#uses", said)
    heads, message = village_heads.heads_of(dialogue), village_heads.text_of(dialogue)
    told = {one.recipient for one in village_heads.already(dialogue)}
    to_send = len([phone for phone in heads.phones if phone.number not in told])
    form.version.data, form.text.data = str(dialogue.sequence), message.text
    has_gateway = village_heads.has_gateway()
    return render(
        "papers/village_heads.html",
        dialogue=dialogue,
        form=form,
        heads=heads,
        message=message,
        told=len(heads.phones) - to_send,
        to_send=to_send,
        has_gateway=has_gateway,
        may_send=has_gateway and to_send > 0 and dialogue.announced_at is not None and dialogue.ends_at > clock.now(),
        status=status,
    )
