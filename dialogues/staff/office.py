"""Sign in, sign out, own password, and new passwords by link."""

from flask import Blueprint, Response, flash, g, make_response, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from dialogues.access import Permission, me, requires
from dialogues.errors import RuleBroken
from dialogues.extensions import db
from dialogues.failures import typed_values
from dialogues.staff import service
from dialogues.staff.forms import ChangePasswordForm, NewPasswordForm, SignInForm
from dialogues.staff.models import Staff
from dialogues.staff.throttle import caller
from dialogues.web import render, safe_next, saved, see_other

bp = Blueprint("staff_office", __name__, url_prefix="/office")


@bp.before_app_request
def _open_office() -> None:
    """Office pages speak of the signed-in person's commune."""
    if request.path.startswith("/office") and current_user.is_authenticated:
        g.commune = me().commune
        g.time_zone = g.commune.time_zone
        g.office_page = True


def ask_to_sign_in() -> Response:
    """For whoever is not signed in: the sign-in page, which leads back. What was just typed is shown for copying."""
    if request.method != "POST":
        return see_other(url_for("staff_office.sign_in", next=request.full_path.rstrip("?")))
    form = SignInForm(formdata=None)
    form.next.data = url_for("oversight_office.home")
    return make_response(render_template("staff/sign_in.html", form=form, typed=typed_values()), 401)


@bp.get("/sign-in")
@requires(Permission.EVERYONE)
def sign_in() -> Response:
    if current_user.is_authenticated:
        return see_other(safe_next(url_for("oversight_office.home")))
    form = SignInForm()
    form.next.data = safe_next("")
    return render("staff/sign_in.html", form=form, typed=[])


@bp.post("/sign-in")
@requires(Permission.EVERYONE)
def sign_in_now() -> Response:
    form = SignInForm()
    if form.validate_on_submit():
        try:
            staff = service.sign_in(email=form.email.data, password=form.password.data, address=caller())
        except RuleBroken as broken:
            db.session.commit()  # the try counts
            form.refuse("password", broken.message)
        else:
            db.session.commit()
            _start_session(staff)
            return see_other(safe_next(url_for("oversight_office.home")))
    return render("staff/sign_in.html", form=form, typed=[], status=422)


def _start_session(staff: Staff) -> None:
    """A fresh session, so that one fixed from outside is worth nothing."""
    session.clear()
    session.permanent = True
    login_user(staff)


@bp.post("/sign-out")
@requires(Permission.SIGNED_IN)
def sign_out() -> Response:
    logout_user()
    session.clear()
    flash(_("You are signed out."), "good")
    return see_other(url_for("staff_office.sign_in"))


@bp.get("/password")
@requires(Permission.SIGNED_IN)
def password() -> Response:
    return render("staff/password.html", form=ChangePasswordForm())


@bp.post("/password")
@requires(Permission.SIGNED_IN)
def change_password() -> Response:
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            service.change_password(staff=me(), current=form.current.data, new=form.new_password.data)
        except RuleBroken as broken:
            db.session.commit()  # the try counts
            form.refuse(broken.field, broken.message)
        else:
            staff = me()
            db.session.commit()
            _start_session(staff)
            return saved(url_for("oversight_office.home"), _("Your password is changed. Other devices are signed out."))
    return render("staff/password.html", form=form, status=422)


@bp.route("/reset/<token>", methods=["GET", "POST"])
@requires(Permission.EVERYONE)
def reset(token: str) -> Response:
    """Set a new password by the admin's link; opening the page uses nothing up."""
    found = service.reset_by_token(token) if token.isascii() and len(token) < 100 else None
    if found is None:
        return render("staff/reset_gone.html", status=404)
    form = NewPasswordForm()
    if request.method == "POST":
        if form.validate_on_submit():
            try:
                service.use_reset(reset=found, new=form.new_password.data)
            except RuleBroken as broken:
                form.refuse(broken.field, broken.message)
            else:
                db.session.commit()
                return saved(url_for("staff_office.sign_in"), _("The new password is set. Sign in with it now."))
        return render("staff/reset.html", form=form, person=found.staff, status=422)
    return render("staff/reset.html", form=form, person=found.staff)
