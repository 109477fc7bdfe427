"""Answers, commitments and "my work" for signed-in people: one blueprint, two files of views."""

from datetime import date

from flask import Blueprint

from dialogues import clock
from dialogues.access import me
from dialogues.followup.answers import AnswerPanel, answer_panel
from dialogues.questions.models import Question

bp = Blueprint("followup_office", __name__, url_prefix="/office")


def this_day() -> date:
    """Today in the commune of the signed-in person."""
    return clock.today(me().commune.time_zone)


@bp.app_template_global("answer_panel")
def panel_of(question: Question) -> AnswerPanel:
    """For the office's question page, which includes followup/_answer_panel.html."""
    return answer_panel(question, me())


from dialogues.followup.office import answers, commitments, evidence  # noqa: E402, F401 (their views join the blueprint)
