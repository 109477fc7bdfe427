"""Files of a question for those who may see them: the office, and the village head who entered it."""

from typing import Any

from flask import Blueprint, Response, abort, make_response, request, url_for
from flask_babel import gettext as _
from flask_login import current_user

from dialogues import failures, uploads
from dialogues.access import Permission, allowed, me, requires
from dialogues.attachments import sending, service
from dialogues.attachments.forms import ACCEPT, AttachForm, RemoveForm
from dialogues.attachments.models import Attachment
from dialogues.attachments.rules import MIMETYPES, MOST_FILES, AttachmentKind, FileFault
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.questions.models import Question
from dialogues.web import render, saved
from dialogues.words import label

bp = Blueprint("attachments_office", __name__, url_prefix="/office/questions/<id:question_id>/attachments")
POLICY = "default-src 'none'; sandbox; frame-ancestors 'none'"
"""For the files themselves: whatever one holds, it runs nothing and loads nothing."""


@bp.url_value_preprocessor
def _make_room_for_a_file(endpoint: str | None, _values: dict[str, object] | None) -> None:
    if endpoint == "attachments_office.add":
        sending.make_room()


@bp.errorhandler(413)
def _too_large(_error: Exception) -> Response:
    """The sentence at the field of the file, on the page that it was sent from."""
    question = _seen(request.view_args) if request.endpoint == "attachments_office.add" else None
    if question is None:
        return failures.page(413)
    form = AttachForm(formdata=None)
    form.refuse(service.FIELD, label(FileFault.TOO_LARGE))
    return _page(question, form, 413)


def _seen(values: dict[str, Any] | None) -> Question | None:
    """The question of this address, for who may add files to it; a refused body comes before the view and its guard."""
    staff = current_user._get_current_object() if current_user.is_authenticated else None
    if not values or not allowed(staff, Permission.ENTER_QUESTIONS):
        return None
    return service.question_of(me(), values["question_id"])


@bp.app_template_global("attachments_of")
def attachments_of(question: Question) -> list[Attachment] | None:
    """For the office's question page, which includes attachments/_files.html; None: this person may not see them."""
    return list(service.listed(question.id)) if service.sees_all(me()) else None


def _question_or_404(question_id: int) -> Question:
    return service.question_of(me(), question_id) or abort(404)


def _attachment_or_404(question: Question, attachment_id: int) -> Attachment:
    return service.one_of(question, attachment_id) or abort(404)


def _list_url(question: Question) -> str:
    return url_for("attachments_office.listing", question_id=question.id)


@bp.get("")
@requires(Permission.ENTER_QUESTIONS)
def listing(question_id: int) -> Response:
    """What is attached, and the form for one more file."""
    return _page(_question_or_404(question_id), AttachForm(formdata=None))


@bp.post("")
@requires(Permission.ENTER_QUESTIONS)
def add(question_id: int) -> Response:
    question = _question_or_404(question_id)
    form = AttachForm()
    if form.validate_on_submit():
        try:
            file = sending.sent_file()
            if file is None:
                raise RuleBroken(_("Choose a file."), service.FIELD)
            service.add(question=question, file=file, actor=me())
        except RuleBroken as broken:
            form.refuse(broken.field, broken.message)
        else:
            db.session.commit()
            return saved(_list_url(question), _("Attached. Only those who read who asks can open it."))
    return _page(question, form, 422)


def _page(question: Question, form: AttachForm, status: int = 200) -> Response:
    files = service.listed(question.id)
    reads_question = allowed(me(), Permission.READ_QUESTIONS)
    return render(
        "attachments/listing.html",
        status=status,
        question=question,
        files=files,
        form=form if len(files) < MOST_FILES else None,
        accept=ACCEPT,
        back=url_for("questions_office.detail", question_id=question.id)
        if reads_question
        else url_for("questions_office.enter"),
    )


@bp.get("/<id:attachment_id>")
@requires(Permission.ENTER_QUESTIONS)
def file(question_id: int, attachment_id: int) -> Response:
    """The file itself: a photo that this program drew is shown, everything else is only handed out."""
    attachment = _attachment_or_404(_question_or_404(question_id), attachment_id)
    path = uploads.found(attachment.commune_id, attachment.file) or abort(404)
    ending = path.suffix[1:]
    way = "inline" if attachment.kind is AttachmentKind.PHOTO else "attachment"
    response = make_response(path.read_bytes())
    response.headers["Content-Type"] = MIMETYPES[ending]
    response.headers["Content-Disposition"] = f'{way}; filename="cau-hoi-{question_id}-tep-{attachment.id}.{ending}"'
    response.headers["Content-Security-Policy"] = POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


@bp.route("/<id:attachment_id>/remove", methods=["GET", "POST"])
@requires(Permission.ENTER_QUESTIONS)
def remove(question_id: int, attachment_id: int) -> Response:
    """Delete a file, after a page that says what that means."""
    question = _question_or_404(question_id)
    attachment = _attachment_or_404(question, attachment_id)
    form = RemoveForm()
    if request.method == "POST" and form.validate_on_submit():
        service.remove(attachment=attachment, actor=me())
        db.session.commit()
        return saved(_list_url(question), _("The file is deleted. The history keeps that there was one."))
    status = 422 if request.method == "POST" else 200
    return render("attachments/remove.html", status=status, question=question, attachment=attachment, form=form)
