"""The one exception that rules and services raise towards a person."""


class RuleBroken(Exception):
    """A rule of the domain forbids this. `message` is a finished sentence for the person, `field` the form field it
    belongs to ("" when it belongs to none)."""

    def __init__(self, message: object, field: str = "") -> None:
        super().__init__(str(message))
        self.message = str(message)  # now: a lazy text claims to be safe HTML, also with what somebody typed in it
        self.field = field


class EditConflict(Exception):
    """Somebody else saved this row since the form was opened. Nothing was written."""
