"""Who wants to know what became of a question: its askers' letters, ... They register; nothing here knows them."""

from collections.abc import Callable

from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionEvent, QuestionState

Listener = Callable[[Question, QuestionEvent], None]

_listeners: list[Listener] = []


def on_event(listener: Listener) -> None:
    """From now on call `listener(question, event)` after every act on a question, inside the transaction of its cause.
    Listeners write in that transaction and never commit. Registering twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(question: Question, event: QuestionEvent) -> None:
    """Called by the services that act on questions when the new state is flushed. Nobody is told anything of a sending
    in quarantine: who sent it may be a program, and what it left may be the address of somebody else."""
    if question.state is QuestionState.QUARANTINED:
        return
    for listener in tuple(_listeners):
        listener(question, event)
