"""What a commune adds to the table of words that mean the same."""

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from dialogues.extensions import Model


class SameWords(Model):
    """One line: ways to say the same, with `=` between them (`đường gom = đường dân sinh`)."""

    __tablename__ = "same_words"

    id: Mapped[int] = mapped_column(primary_key=True)
    commune_id: Mapped[int] = mapped_column(sa.ForeignKey("commune.id"), index=True)
    words: Mapped[str] = mapped_column(sa.String(500))
