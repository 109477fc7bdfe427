"""Who may do what: one table, role x permission, that decorators, menus and services read.

Every view is marked with `@requires(...)`; an unmarked one is refused (fail closed), and a test lists them all.
"""

import enum
from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, Response, abort, current_app, request
from flask_login import current_user

from dialogues.staff.models import Staff
from dialogues.staff.rules import Role

View = TypeVar("View", bound=Callable[..., Any])


class Permission(enum.Enum):
    """What a view asks for. EVERYONE needs no account; SIGNED_IN any account."""

    EVERYONE = "everyone"
    SIGNED_IN = "signed_in"
    MANAGE_COMMUNE = "manage_commune"
    SET_DAYS = "set_days"
    MANAGE_STAFF = "manage_staff"
    READ_DIALOGUES = "read_dialogues"
    PLAN_DIALOGUES = "plan_dialogues"
    READ_GUESTS = "read_guests"
    READ_QUESTIONS = "read_questions"
    READ_ASKERS = "read_askers"
    SERVE_ASKERS = "serve_askers"
    TELL_ASKERS = "tell_askers"
    ENTER_QUESTIONS = "enter_questions"
    LEAD_VILLAGE = "lead_village"
    IMPORT_QUESTIONS = "import_questions"
    SORT_QUESTIONS = "sort_questions"
    WORK = "work"
    ANSWER_QUESTIONS = "answer_questions"
    PUBLISH_ANSWERS = "publish_answers"
    READ_COMMITMENTS = "read_commitments"
    MAKE_COMMITMENTS = "make_commitments"
    CONFIRM_COMMITMENTS = "confirm_commitments"
    WITHDRAW_COMMITMENTS = "withdraw_commitments"
    HAND_OVER = "hand_over"
    LEAD = "lead"
    READ_RATINGS = "read_ratings"
    READ_TRAIL = "read_trail"
    READ_POST = "read_post"
    HANDLE_POST = "handle_post"


P = Permission
ALLOWED: dict[Permission, frozenset[Role]] = {
    P.SIGNED_IN: frozenset(Role),
    P.MANAGE_COMMUNE: frozenset({Role.ADMIN}),
    P.SET_DAYS: frozenset({Role.ADMIN, Role.OFFICE}),
    P.MANAGE_STAFF: frozenset({Role.ADMIN}),
    P.READ_DIALOGUES: frozenset(Role),
    P.PLAN_DIALOGUES: frozenset({Role.OFFICE}),
    # Leaders and co-chairs: only of dialogues that they lead, and without e-mail addresses.
    P.READ_GUESTS: frozenset({Role.OFFICE, Role.LEADER, Role.OVERSEER}),
    # Without who asked. Whose originals: see questions.queue.reads_original.
    P.READ_QUESTIONS: frozenset({Role.OFFICE, Role.LEADER, Role.DEPARTMENT, Role.OVERSEER}),
    # Names, phones, e-mails of residents.
    P.READ_ASKERS: frozenset({Role.OFFICE}),
    # Acting on behalf of an asker: contact, consents, correction, data, erasing.
    P.SERVE_ASKERS: frozenset({Role.OFFICE}),
    # Telling by phone or on paper. Village heads: only people whom they entered, without phone numbers.
    P.TELL_ASKERS: frozenset({Role.OFFICE, Role.VILLAGE_HEAD}),
    P.ENTER_QUESTIONS: frozenset({Role.OFFICE, Role.VILLAGE_HEAD}),
    # The page of the own village: what this person entered, and what is public.
    P.LEAD_VILLAGE: frozenset({Role.VILLAGE_HEAD}),
    # Whole files of them, with names and phones.
    P.IMPORT_QUESTIONS: frozenset({Role.OFFICE}),
    P.SORT_QUESTIONS: frozenset({Role.OFFICE}),
    P.WORK: frozenset({Role.OFFICE, Role.LEADER, Role.DEPARTMENT}),
    # Leaders and departments: only what is assigned to them or their unit.
    P.ANSWER_QUESTIONS: frozenset({Role.OFFICE, Role.LEADER, Role.DEPARTMENT}),
    P.PUBLISH_ANSWERS: frozenset({Role.OFFICE}),
    P.READ_COMMITMENTS: frozenset({Role.OFFICE, Role.LEADER, Role.DEPARTMENT, Role.OVERSEER}),
    P.MAKE_COMMITMENTS: frozenset({Role.OFFICE, Role.LEADER, Role.DEPARTMENT}),
    # Never the own promise: see verdicts.saying. The office only writes down what askers say.
    P.CONFIRM_COMMITMENTS: frozenset({Role.OVERSEER}),
    # Never the own promise: see followup.plans.
    P.WITHDRAW_COMMITMENTS: frozenset({Role.OFFICE}),
    # All that a person holds, to a successor.
    P.HAND_OVER: frozenset({Role.OFFICE, Role.ADMIN}),
    # The start page with the own promises and those of the people below.
    P.LEAD: frozenset({Role.LEADER}),
    # How residents rated answers, with their sentences.
    P.READ_RATINGS: frozenset({Role.OFFICE, Role.OVERSEER}),
    P.READ_TRAIL: frozenset({Role.OFFICE, Role.LEADER, Role.OVERSEER, Role.ADMIN}),
    # How many letters were sent, wait or failed; recipients and texts only with HANDLE_POST.
    P.READ_POST: frozenset({Role.OFFICE, Role.ADMIN, Role.OVERSEER}),
    P.HANDLE_POST: frozenset({Role.OFFICE, Role.ADMIN}),
}


def allowed(staff: Staff | None, permission: Permission) -> bool:
    """Whether this person (None: not signed in) has the permission."""
    if permission is Permission.EVERYONE:
        return True
    return staff is not None and bool(staff.roles & ALLOWED[permission])


def requires(permission: Permission) -> Callable[[View], View]:
    """Mark a view with the permission it asks for."""

    def mark(view: View) -> View:
        view.permission = permission  # type: ignore[attr-defined]
        return view

    return mark


def permission_of(app: Flask, endpoint: str) -> Permission | None:
    """The permission that an endpoint is marked with; None for an unmarked one."""
    if endpoint == "static":
        return Permission.EVERYONE
    return getattr(app.view_functions.get(endpoint), "permission", None)


def me() -> Staff:
    """The signed-in person; only in views that ask for more than EVERYONE."""
    return cast(Staff, current_user._get_current_object())


def guard() -> Response | None:
    """Before every request: the signed-in person must have the view's permission."""
    if request.endpoint is None:
        return None
    permission = permission_of(current_app, request.endpoint)
    if permission is Permission.EVERYONE:
        return None
    if permission is None:
        abort(403)
    if not current_user.is_authenticated:
        return cast(Response, current_app.login_manager.unauthorized())  # type: ignore[attr-defined]
    if not allowed(me(), permission):
        abort(403)
    return None
