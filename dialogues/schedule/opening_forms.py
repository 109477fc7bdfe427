"""What the office types when a round becomes dialogues, or a dialogue joins a round."""

from dataclasses import replace
from typing import Any

from flask_babel import lazy_gettext as _l

from dialogues.forms import BaseForm, CheckboxList, Day, Hour, Line, OpenForm, Select, Version, needed
from dialogues.places.rules import Field
from dialogues.schedule.round_forms import WarnedForm, instant
from dialogues.schedule.round_plan import Part
from dialogues.schedule.round_rules import Split
from dialogues.words import choices

MOST_PARTS = 12


class JoinForm(BaseForm):
    """The round that a dialogue belongs to."""

    version = Version()
    round_id = Select(_l("Round"), ids="round")


class SplitForm(OpenForm):
    """How the dialogues of a round are proposed."""

    split = Select(_l("Split by villages"), choices=choices(Split))
    parts = Select(_l("How many dialogues"), choices=[(str(n), str(n)) for n in range(1, MOST_PARTS + 1)])


class OpenRoundForm(WarnedForm):
    """The dialogues of a round; `with_parts` adds the fields of each."""

    version = Version()
    title = Line(_l("Title"), [needed(_l("Write a title."))], most=200)
    topics = CheckboxList(_l("Fields"), choices=choices(Field))
    parts: int
    village_ids: list[int]

    def values(self, zone: str) -> list[Part]:
        """The dialogues as they were typed; villages in none of them stay out."""
        found = []
        for number in range(1, self.parts + 1):
            day = self[f"p{number}_starts_on"].data
            found.append(
                Part(
                    village_ids=tuple(id_ for id_ in self.village_ids if self[f"v{id_}"].data == str(number)),
                    place=self[f"p{number}_place"].data or "",
                    address=self[f"p{number}_address"].data or "",
                    starts_at=instant(day, self[f"p{number}_starts"].data, zone),
                    ends_at=instant(day, self[f"p{number}_ends"].data, zone),
                    chair_id=self[f"p{number}_chair_id"].data,
                )
            )
        is_whole = self.parts == 1 and len(found[0].village_ids) == len(self.village_ids)
        return [replace(found[0], village_ids=())] if is_whole and self.is_for_all else found

    is_for_all: bool


def with_parts(count: int, villages: list[tuple[int, str]], people: list[Any], is_for_all: bool) -> type[OpenRoundForm]:
    """The form for `count` dialogues: a place and time for each, and for every village the number of its dialogue.
    `is_for_all`: these are all villages, so that one dialogue with all of them is for the whole commune."""
    fields: dict[str, Any] = {
        "parts": count,
        "village_ids": [id_ for id_, _label in villages],
        "is_for_all": is_for_all,
    }
    for number in range(1, count + 1):
        p = f"p{number}_"
        fields[f"{p}starts_on"] = Day(_l("Day"), [needed(_l("Choose the day of the dialogue."))])
        fields[f"{p}starts"] = Hour(_l("Start"), [needed(_l("Write when it begins, for example 7:30."))])
        fields[f"{p}ends"] = Hour(_l("End"), [needed(_l("Write when it ends, for example 11:30."))])
        fields[f"{p}place"] = Line(_l("Place"), most=200)
        fields[f"{p}address"] = Line(_l("Address"), most=300)
        fields[f"{p}chair_id"] = Select(_l("Chair"), ids="staff", choices=people)
    numbers = [(str(n), _l("Dialogue %(number)s", number=n)) for n in range(1, count + 1)]
    for id_, label in villages:
        fields[f"v{id_}"] = Select(label, choices=[*numbers, ("0", _l("not in this round"))])
    return type("OpenRoundFormWithParts", (OpenRoundForm,), fields)
