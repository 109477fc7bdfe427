"""Long lists in pages: which slice of a statement is shown, and how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from dialogues.extensions import db

OFFICE_ROWS, PUBLIC_ROWS = 30, 20


@dataclass(frozen=True)
class Paged:
    """One page of a list, as the pager macro shows it. A number past the end shows the last page."""

    number: int
    per_page: int
    total: int

    @classmethod
    def of(cls, total: int, number: int, per_page: int) -> "Paged":
        """The page with this number of so many rows, counted already."""
        return cls(min(number, max(1, -(-total // per_page))), per_page, total)

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // self.per_page))

    @property
    def prev(self) -> bool:
        return self.number > 1

    @property
    def next(self) -> bool:
        return self.number < self.pages

    @property
    def skipped(self) -> int:
        """Rows before this page."""
        return (self.number - 1) * self.per_page

    def slice(self, statement: sa.Select[Any]) -> sa.Select[Any]:
        """The statement cut to this page."""
        return statement.limit(self.per_page).offset(self.skipped)


def paged(
    statement: sa.Select[Any], number: int, per_page: int = OFFICE_ROWS, values: Mapping[str, Any] | None = None
) -> Paged:
    """Count the rows of a statement with these values (one query) and take the page with this number."""
    rows = statement.order_by(None).with_only_columns(sa.literal(1), maintain_column_froms=True).subquery()
    total = db.session.scalar(sa.select(sa.func.count()).select_from(rows), values) or 0
    return Paged.of(total, number, per_page)
