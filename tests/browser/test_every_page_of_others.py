"""Every page that leaders, departments, village heads and overseers reach."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page

from dialogues.access import ALLOWED, permission_of
from dialogues.staff.rules import Role
from tests.browser.faults import faults_on_the_way
from tests.browser.live import Live

Check = Callable[..., None]
SignIn = Callable[[Page, str], Page]


@pytest.mark.parametrize("account", ["leader", "department", "village", "overseer"])
def test_pages_for_others(page_360: Page, live: Live, axe: Check, signed_in: SignIn, account: str) -> None:
    def is_known(endpoint: str) -> bool:
        permission = permission_of(live.app, endpoint)
        return permission is not None and Role.OFFICE in ALLOWED[permission]

    page = signed_in(page_360, account)
    seen, found = faults_on_the_way(page, live, "/office/", axe, is_known=is_known)
    assert len(seen) > 1
    assert not found, "\n\n".join(found)
