"""Province, commune, villages, units and staff of the demo commune, from villages.csv and staff.csv."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dialogues.clock import DEFAULT_ZONE
from dialogues.extensions import db
from dialogues.places.models import Commune, Province, Unit, Village
from dialogues.places.rules import CommuneKind
from dialogues.staff.models import Staff, StaffRole
from dialogues.staff.rules import Role
from dialogues.staff.service import hash_password, new_session_key
from dialogues.text import name_key

HERE = Path(__file__).parent
SLUG = "minh-tam"
HOTLINE = "0900 000 000"
SIGN_INS = {
    "mai.lt": "office",
    "ha.ttt": "leader",
    "le.dt": "department",
    "thon-dong": "village",
    "loc.pv": "overseer",
    "kiet.dt": "admin",
}
"""The six demo accounts: the part before @ in staff.csv, and what stands there in the demo."""


@dataclass(frozen=True)
class People:
    """Who and where, by the words of the data files; staff by the e-mail of staff.csv."""

    commune: Commune
    villages: dict[str, Village]
    units: dict[str, Unit]
    staff: dict[str, Staff]

    def village_head(self, village: Village | None) -> Staff | None:
        """The head of this village, if that person signs in."""
        heads = (one for one in self.staff.values() if one.village is not None and one.village is village)
        return next(heads, None)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def settle(password: str) -> People:
    """Make them all; every account has the same password."""
    villages = {
        row["label"]: Village(
            kind=row["kind"],
            name=row["name"],
            former_commune=row["former_commune"],
            old_names=row["old_names"],
            head_name=row["head"],
            head_phone=row["phone"],
            households=int(row["households"]),
            voters=int(row["voters"]),
            position=place,
        )
        for place, row in enumerate(_rows("villages.csv"), 1)
    }
    staff_rows = list(_rows("staff.csv"))
    head = next(row for row in staff_rows if row["post"].endswith("Chủ tịch UBND xã") and "Phó Bí thư" in row["post"])
    commune = Commune(
        province=Province(name="tỉnh Sơn Khê"),
        kind=CommuneKind.XA,
        name="Minh Tâm",
        slug=SLUG,
        address="Thôn Cầu Đá, xã Minh Tâm, tỉnh Sơn Khê",
        hotline=HOTLINE,
        office_email="van-phong@minh-tam.example",
        voters=sum(village.voters or 0 for village in villages.values()),
        time_zone=DEFAULT_ZONE,
        head_name=head["name"],
        head_post="Chủ tịch UBND xã",
    )
    db.session.add(commune)
    db.session.flush()
    departments = dict.fromkeys(row["department"] for row in staff_rows if row["department"] not in villages)
    units = {name: Unit(name=name, position=place) for place, name in enumerate(departments, 1)}
    for village in villages.values():
        village.commune_id = commune.id
    for unit in units.values():
        unit.commune_id = commune.id
    db.session.add_all([*villages.values(), *units.values()])
    db.session.flush()
    password_hash = hash_password(password)
    staff = {row["email"]: _person(row, commune, villages, units, password_hash) for row in staff_rows}
    db.session.add_all(staff.values())
    db.session.flush()
    return People(commune, villages, units, staff)


def _person(
    row: dict[str, str], commune: Commune, villages: dict[str, Village], units: dict[str, Unit], password_hash: str
) -> Staff:
    account, host = row["email"].split("@")
    return Staff(
        commune_id=commune.id,
        name=row["name"],
        sort_name=name_key(row["name"]),
        post=row["post"],
        unit=units.get(row["department"]),
        village=villages.get(row["department"]),
        email=f"{SIGN_INS.get(account, account)}@{host}",
        password_hash=password_hash,
        session_key=new_session_key(),
        is_demo=True,
        role_rows=[StaffRole(role=Role(role)) for role in (row["role"], row["other_roles"]) if role],
    )
