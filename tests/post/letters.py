"""Letters for tests."""

import sqlalchemy as sa

from dialogues.extensions import db
from dialogues.post import service
from dialogues.post.models import Message
from dialogues.post.service import Letter
from tests.make import the_commune


def letter(number=1, **over):
    values = {
        "kind": "subscriber_news",
        "thing": f"dialogue:{number}",
        "recipient": f"nguoi-{number}@minh-tam.example",
        "version": 1,
        "subject": "Tin về buổi đối thoại",
        "text": "Kính gửi ông/bà: buổi đối thoại dời sang thứ Bảy.",
        "respects_quiet_hours": False,
    }
    return Letter(**{**values, **over})


def put(number=1, commune=None, **over):
    message = service.put(commune=commune or the_commune(), letter=letter(number, **over))
    db.session.commit()
    return message


def reread(message=None):
    """All letters (or one) as they stand in the database now."""
    db.session.rollback()
    db.session.expire_all()
    found = list(db.session.scalars(sa.select(Message).order_by(Message.id)))
    return found if message is None else next(one for one in found if one.id == message.id)
