"""What all parts of the demo share: who, when, chance, and the lines that can be written only when rows have ids."""

from datetime import datetime
from random import Random
from typing import Any

import sqlalchemy as sa

from dialogues import codes
from dialogues.demo.days import Days
from dialogues.demo.people import People
from dialogues.extensions import Model, db
from dialogues.questions.models import Asker, ConsentChange
from dialogues.questions.rules import Consent, ConsentHow
from dialogues.staff.models import Staff, TrailEntry

Facts = dict[str, Any]
CLERK = "mai.lt@minh-tam.example"


class Book:
    """Everything that chance decides comes from `random`: the same seed and day give the same rows."""

    def __init__(self, people: People, days: Days, random: Random, host: str) -> None:
        self.people = people
        self.commune_id = people.commune.id
        self.days = days
        self.random = random
        self.host = host
        self.clerk = people.staff[CLERK]
        self._used: set[str] = set()
        self._trail: list[tuple[datetime, Staff | None, Model, str, str]] = []
        self._consents: list[tuple[datetime, Asker, Consent, bool, ConsentHow, Staff | None]] = []

    def staff(self, email: str | None) -> Staff | None:
        """The person with this e-mail of staff.csv."""
        return self.people.staff[email] if email else None

    def uid(self, kind: str) -> str:
        """A calendar identity."""
        return f"{kind}-{self.random.getrandbits(128):032x}@{self.host}"

    def tracking_code(self) -> str:
        """A code that no other asker has."""
        while True:
            code = codes.new_tracking_code(self.random.choice)
            if code not in self._used:
                self._used.add(code)
                return code

    def dialogue_code(self) -> str:
        """A code that no other dialogue has."""
        while True:
            code = codes.new_dialogue_code(self.random.choice)
            if code not in self._used:
                self._used.add(code)
                return code

    def tell(self, at: datetime, who: Staff | None, row: Model, action: str, note: str = "") -> None:
        """A line of the trail."""
        self._trail.append((at, who, row, action, note))

    def consent(
        self, at: datetime, asker: Asker, consent: Consent, is_given: bool, how: ConsentHow, clerk: Staff | None
    ) -> None:
        """A consent given or taken back."""
        self._consents.append((at, asker, consent, is_given, how, clerk))

    def write(self) -> int:
        """Give all rows their ids, then write consents and trail; the number of trail lines."""
        db.session.flush()
        if self._consents:
            db.session.execute(
                sa.insert(ConsentChange),
                [
                    {
                        "commune_id": self.commune_id,
                        "asker_id": asker.id,
                        "consent": consent,
                        "is_given": is_given,
                        "how": how,
                        "staff_id": clerk.id if clerk else None,
                        "at": at,
                    }
                    for at, asker, consent, is_given, how, clerk in self._consents
                ],
            )
        lines = [
            {
                "commune_id": self.commune_id,
                "at": at,
                "staff_id": who.id if who else None,
                "thing": row.__tablename__,
                "thing_id": row.id,  # type: ignore[attr-defined]
                "action": action,
                "note": note,
            }
            for at, who, row, action, note in sorted(self._trail, key=lambda line: line[0])
        ]
        if lines:
            db.session.execute(sa.insert(TrailEntry), lines)
        return len(lines)
