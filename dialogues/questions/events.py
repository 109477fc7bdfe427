"""Who wants to know what became of a question: its askers' letters, ... They register; nothing here knows them."""

from collections.abc import Callable

from dialogues.questions.models import Question
from dialogues.questions.rules import QuestionEvent

Listener = Callable[[Question, QuestionEvent], None]

_listeners: list[Listener] = []


def on_event(listener: Listener) -> None:
    """From now on call `listener(question, event)` after every act on a question, inside the transaction of its cause.
    Listeners write in that transaction and never commit. Registering twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(question: Question, event: QuestionEvent) -> None:
    """Called by the services that act on questions when the new state is flushed."""
    for listener in tuple(_listeners):
        listener(question, event)
