"""The facts of the kit from the record of one dialogue."""

from flask_babel import force_locale

from dialogues import clock
from dialogues.papers.kit import Facts
from dialogues.papers.rules import Occasion
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import HoldingForm
from dialogues.staff.models import Staff
from dialogues.web import absolute
from dialogues.words import commune_title, word


def facts_of(dialogue: Dialogue, occasion: Occasion) -> Facts:
    """What is announced, in Vietnamese whatever language the page speaks; addresses from BASE_URL."""
    commune, zone = dialogue.commune, dialogue.commune.time_zone
    deadline = dialogue.question_deadline_at
    with force_locale("vi"):
        topics = tuple(str(word(topic).label) for topic in dialogue.topics)
    return Facts(
        commune=commune_title(commune),
        title=dialogue.title,
        occasion=occasion,
        starts_at=clock.local(dialogue.starts_at, zone),
        ends_at=clock.local(dialogue.ends_at, zone),
        deadline_at=clock.local(deadline, zone) if deadline else None,
        place=dialogue.place,
        address=dialogue.address,
        online_link=dialogue.online_link,
        is_online=dialogue.form is HoldingForm.ONLINE,
        topics=topics,
        villages=tuple(village.label for village in dialogue.villages),
        purpose=dialogue.purpose,
        how_to_attend=dialogue.how_to_attend,
        hotline=dialogue.hotline or commune.hotline,
        chair=_named(dialogue.chair),
        co_chair=_named(dialogue.co_chair),
        partner=dialogue.mttq_partner,
        reason=dialogue.state_reason,
        code=dialogue.code,
        page_url=absolute("schedule.dialogue", code=dialogue.code),
        ask_url=absolute("questions.ask", code=dialogue.code),
        feed_page_url=absolute("invitations.subscribe", commune=commune.slug),
    )


def _named(person: Staff | None) -> str:
    if person is None:
        return ""
    return f"{person.name} ({person.post})" if person.post else person.name
