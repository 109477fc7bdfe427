"""Words for the actions that the trail records."""

from flask_babel import lazy_gettext as _l

ACTIONS: dict[str, object] = {
    "created": _l("Created"),
    "changed": _l("Changed"),
    "closed": _l("Closed"),
    "opened": _l("Opened again"),
    "signed_in": _l("Signed in"),
    "password_changed": _l("Changed the password"),
    "reset_link_made": _l("Made a link to set a new password"),
    "password_reset": _l("Set a new password by link"),
    "account_closed": _l("Closed the account"),
    "account_opened": _l("Opened the account again"),
    "announced": _l("Announced"),
    "moved": _l("Moved to another time or place"),
    "postponed": _l("Postponed"),
    "cancelled": _l("Cancelled"),
    "held": _l("Recorded as held"),
    "concluded": _l("Wrote the conclusion"),
    "reopened": _l("Reopened"),
    "published": _l("Published"),
    "received": _l("Received"),
    "entered": _l("Entered on behalf"),
    "redacted": _l("Changed the public wording"),
    "unpublished": _l("Took back from the public"),
    "declined": _l("Declined"),
    "moved_to_complaint": _l("Moved to the complaint procedure"),
    "assigned": _l("Assigned"),
    "assignment_taken_back": _l("Took the assignment back"),
    "withdrawn": _l("Withdrawn by the asker"),
    "consent_given": _l("Gave a consent"),
    "consent_taken_back": _l("Took a consent back"),
    "answer_drafted": _l("Drafted the answer"),
    "answer_published": _l("Published the answer"),
    "answer_taken_back": _l("Took the answer back"),
    "final_answer": _l("Recorded the later answer"),
    "final_drafted": _l("Drafted the later answer"),
    "commitment_made": _l("Made a commitment"),
    "progress": _l("Reported progress"),
    "extended": _l("Extended"),
    "reported_done": _l("Reported done"),
    "confirmed": _l("Confirmed done"),
    "guests_added": _l("Put guests on the list"),
    "guest_changed": _l("Corrected a guest"),
    "guest_removed": _l("Took a guest off the list"),
    "guest_invited_on_paper": _l("Handed over an invitation on paper"),
    "guests_invited": _l("Sent invitations"),
    "guests_reminded": _l("Reminded guests who had not answered"),
    "guest_replied": _l("The guest's answer"),
    "feed_made": _l("Made a private calendar address"),
    "feed_revoked": _l("Revoked the private calendar address"),
}


def action_label(action: str) -> object:
    """The words of an action."""
    return ACTIONS[action]
