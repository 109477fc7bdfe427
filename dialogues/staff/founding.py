"""A commune's first day: the commune, its first administrator, and the link with which this person sets a password."""

from flask_babel import lazy_gettext as _l

from dialogues.errors import RuleBroken
from dialogues.places.rules import CommuneKind
from dialogues.places.service import create_commune
from dialogues.staff import people
from dialogues.staff.people import Person
from dialogues.staff.rules import Role
from dialogues.staff.service import make_reset_link
from dialogues.text import clean_line, is_email


def found_commune(*, kind: str, name: str, slug: str, province: str, admin_email: str, admin_name: str) -> str:
    """Make both; returns the path of the link. Raises RuleBroken."""
    email, admin_name = clean_line(admin_email), clean_line(admin_name)
    if not is_email(email) or len(email) > 200:
        raise RuleBroken(_l("Write the e-mail address of the administrator like ten@example.com."), "admin_email")
    commune = create_commune(kind=CommuneKind(kind), name=name, slug=slug, province=province)
    person = Person(admin_name, "", email, None, None, frozenset({Role.ADMIN}))
    admin = people.add(commune=commune, person=person, actor=None)
    return f"/office/reset/{make_reset_link(staff=admin, actor=None)}"
