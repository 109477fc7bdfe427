"""Questions: what residents may see of them."""

import sqlalchemy as sa

from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue


def visible(commune_id: int) -> sa.Select[tuple[Question]]:
    """THE visibility query: the questions of a commune that residents may read. Pages, search, feeds, exports and open
    data start from it and add their own filter, order and limit; only `public_text` may be shown of its rows."""
    return (
        sa.select(Question)
        .join(Dialogue, Dialogue.id == Question.dialogue_id)
        .where(
            Question.commune_id == commune_id,
            Question.state == QuestionState.PUBLISHED,
            Question.public_text != "",
            Dialogue.announced_at.is_not(None),
        )
    )
