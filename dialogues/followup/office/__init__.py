"""Answers, commitments and "my work" for signed-in people: one blueprint, two files of views."""

from datetime import date

from flask import Blueprint

from dialogues import clock
from dialogues.access import me
from dialogues.followup.answers import AnswerPanel, answer_panel
from dialogues.followup.models import Commitment
from dialogues.followup.story import with_story
from dialogues.places.service import row_or_404
from dialogues.questions.models import Question

bp = Blueprint("followup_office", __name__, url_prefix="/office")


def this_day() -> date:
    """Today in the commune of the signed-in person."""
    return clock.today(me().commune.time_zone)


def commitment_or_404(commitment_id: int) -> Commitment:
    """The promise with all that its page shows, if it is of the own commune."""
    return row_or_404(Commitment, me().commune_id, commitment_id, *with_story())


@bp.app_template_global("answer_panel")
def panel_of(question: Question) -> AnswerPanel:
    """For the office's question page, which includes followup/_answer_panel.html."""
    return answer_panel(question, me())


from dialogues.followup.office import (  # noqa: E402
    answers,  # noqa: F401 (their views join the blueprint)
    commitments,  # noqa: F401
    evidence,  # noqa: F401
    extensions,  # noqa: F401
    handing_over,  # noqa: F401
    promises,  # noqa: F401
    steps,  # noqa: F401
)
