"""A promise of somebody who has a superior. `now` is the clock of the test file."""

from datetime import date

import pytest

from dialogues.staff.rules import Role
from tests.make import make_commitment, make_staff


@pytest.fixture
def head(app, now):
    return make_staff(Role.LEADER, name="Chủ Tịch")


@pytest.fixture
def worker(head):
    return make_staff(Role.DEPARTMENT, commune=head.commune, superior_id=head.id)


@pytest.fixture
def promise(worker):
    return make_commitment(responsible=worker, due_on=date(2026, 12, 1))
