"""Who wants to know when a dialogue changes: guests, subscribers, ... They register; nothing here knows them."""

from collections.abc import Callable, Mapping

from dialogues.schedule.models import Dialogue

Before = Mapping[str, object]
"""The facts as they were, by their column names; always with title, state, starts_at, ends_at, place, address,
online_link."""
Listener = Callable[[Dialogue, Before], None]

_listeners: list[Listener] = []


def on_change(listener: Listener) -> None:
    """From now on call `listener(dialogue, before)` after every saved change and move, inside the transaction of its
    cause. Listeners write in that transaction and never commit. Registering twice is once."""
    if listener not in _listeners:
        _listeners.append(listener)


def tell(dialogue: Dialogue, before: Before) -> None:
    """Called by the services of this feature when the new state is flushed."""
    for listener in tuple(_listeners):
        listener(dialogue, before)
