"""Who wants to know what becomes of a commitment: the askers' letters, ... They register; nothing here knows them."""

from collections.abc import Callable

from dialogues.followup.models import Commitment
from dialogues.questions.rules import QuestionEvent

Listener = Callable[[Commitment, QuestionEvent], None]

_listeners: list[Listener] = []


def on_event(listener: Listener) -> None:
    """From now on call `listener(commitment, event)` after every act on a commitment, inside its transaction. Listeners
    write in that transaction and never commit. Registering twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(commitment: Commitment, event: QuestionEvent) -> None:
    """Called by the services that act on commitments when the new state is flushed."""
    for listener in tuple(_listeners):
        listener(commitment, event)
