"""What time does to promises, as people see it: the clock of the demo is set ahead (DEMO_DAYS_AHEAD), as somebody does
who tries the program out."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from dialogues import clock
from dialogues.places.days import NATIONWIDE, next_working_day
from tests.browser.hands import box, press, read_day, says, tick
from tests.browser.live import Live, serving
from tests.browser.visitors import sign_in, visitors

Later = Callable[[date], AbstractContextManager["Day"]]


@dataclass(frozen=True)
class Day:
    """The program as it is served on a day, after the round of its morning."""

    live: Live
    open_page: Callable[..., Page]

    def person(self, account: str) -> Page:
        return sign_in(self.open_page(1280), self.live, account)

    def resident(self) -> Page:
        return self.open_page(360, javascript=False)


@pytest.fixture
def on(browser: Browser, tmp_path: Path) -> Iterator[Later]:
    """on(day): the same commune, its server started anew with a clock that shows this day."""
    today = clock.today()

    @contextmanager
    def on(day: date) -> Iterator[Day]:
        with (
            serving(tmp_path, DEMO_DAYS_AHEAD=str((day - today).days)) as live,
            visitors(browser, live) as open_page,
        ):
            morning(live, day)
            yield Day(live, open_page)

    yield on
    clock.run_ahead(0)


def morning(live: Live, day: date) -> None:
    """The round of this morning, twice: nobody is reminded twice."""
    from dialogues.extensions import db
    from dialogues.post import delivery
    from dialogues.reminders.models import Reminder

    with live.app.app_context():
        at_eight = clock.instant(datetime.combine(day, time(8)))
        delivery.do_rounds(at_eight)
        told = db.session.scalar(sa.select(sa.func.count()).select_from(Reminder))
        db.session.commit()
        assert delivery.do_rounds(at_eight) == 0
        assert db.session.scalar(sa.select(sa.func.count()).select_from(Reminder)) == told
        db.session.rollback()


@dataclass(frozen=True)
class Promise:
    """One that the test follows: `who` is to keep it, `above` is told when it is late, `code` is that of an asker."""

    id: int
    due_on: date
    who: str
    who_email: str
    above: str
    above_email: str
    code: str
    result: str


def open_promises(live: Live) -> list[Promise]:
    """Two of one person who has a superior; both people may sign in."""
    from dialogues.extensions import db
    from dialogues.followup.models import Commitment
    from dialogues.followup.rules import UNFINISHED
    from dialogues.staff.models import Staff

    with live.app.app_context():
        known = db.session.scalars(sa.select(Staff).where(Staff.email == live.account("office"))).one()
        rows = db.session.scalars(
            sa.select(Commitment)
            .join(Staff, Staff.id == Commitment.responsible_id)
            .where(
                Commitment.state.in_(UNFINISHED),
                Commitment.due_on > clock.today(),
                Commitment.due_on == Commitment.first_due_on,
                Staff.superior_id.is_not(None),
            )
            .order_by(Commitment.due_on, Commitment.id)
        ).all()
        found = []
        for one in [row for row in rows if row.responsible_id == rows[0].responsible_id][:2]:
            who, above = one.responsible, db.session.get_one(Staff, one.responsible.superior_id)
            who.password_hash = above.password_hash = known.password_hash
            code = one.answer.question.askers[0].code
            found.append(Promise(one.id, one.due_on, who.name, who.email, above.name, above.email, code, one.shown))
        db.session.commit()
        return found


def first_later_dialogue(live: Live) -> tuple[int, str]:
    """The next dialogue after the one of the newest promises: id and code."""
    from dialogues.extensions import db
    from dialogues.schedule.models import Dialogue
    from dialogues.schedule.rules import DialogueState

    with live.app.app_context():
        row = db.session.execute(
            sa.select(Dialogue.id, Dialogue.code)
            .where(Dialogue.state == DialogueState.ANNOUNCED)
            .order_by(Dialogue.starts_at)
        ).first()
        assert row is not None
        return row.id, row.code


def counted_by_hand(live: Live, today: date) -> dict[str, int]:
    """How the promises were kept, one after the other, in the plainest way."""
    from dialogues.extensions import db
    from dialogues.followup.models import Commitment

    found = Counter[str]()
    with live.app.app_context():
        for state, first_due_on, reported, confirmed in db.session.execute(
            sa.select(Commitment.state, Commitment.first_due_on, Commitment.reported_done_on, Commitment.confirmed_on)
        ):
            if state == "withdrawn":
                found["Đã rút"] += 1
            elif state in ("reported_done", "confirmed"):
                found["on time" if (reported or confirmed) <= first_due_on else "late"] += 1
            else:
                found["not done, late" if first_due_on < today else "not done"] += 1
    return found


def test_what_becomes_of_promises_in_four_months(on: Later) -> None:
    with on(clock.today()) as first:
        promise, silent = open_promises(first.live)

    # On the day itself the one who is to keep it is reminded, and nobody else.
    due = promise.due_on
    with on(due) as day:
        office = day.person("office")
        office.goto(f"/office/commitments/{promise.id}")
        reminded = office.locator("#reminded")
        expect(reminded.locator("li").filter(has_text=read_day(due))).to_have_count(1)
        expect(reminded.locator("li").first).to_contain_text(promise.who)
        expect(reminded).not_to_contain_text(promise.above)
        page = day.resident()
        page.goto(f"/minh-tam/commitments/{promise.id}")
        expect(page.locator("main")).not_to_contain_text("Quá hạn")

    # Three weeks later it is late in public, and the superior and the overseer know.
    late = next_working_day(due + timedelta(days=22), NATIONWIDE)
    with on(late) as day:
        page = day.resident()
        page.goto(f"/minh-tam/commitments/{promise.id}")
        expect(page.locator("main")).to_contain_text("Quá hạn")
        office = day.person("office")
        office.goto(f"/office/commitments/{promise.id}")
        told = office.locator("#reminded li").filter(has_text=read_day(late))
        expect(told.filter(has_text=promise.above)).to_have_count(1)
        expect(told.filter(has_text=re.compile("giám sát", re.I)).first).to_be_visible()
        superior = day.person(promise.above_email)
        superior.goto("/office/")
        expect(superior.locator("#people-late")).to_be_visible()

        # It is reported done after all; the asker looks and says no: it is open again, and comes back to the table.
        worker = day.person(promise.who_email)
        for one in (promise, silent):
            worker.goto(f"/office/commitments/{one.id}")
            worker.locator("summary").filter(has_text="Báo cáo đã xong").click()
            done = worker.locator("#done-form")
            box(done, "Bây giờ đã có gì").fill("Đã làm xong từ hôm qua.")
            box(done, "Một câu gửi người hỏi").fill("Mời bà con đến xem.")
            box(done, "Số quyết định").fill(f"{one.id}/BC-KT")
            press(done, "Báo cáo xong")
            says(worker, "Đã báo cáo xong.")
        page.goto(f"/minh-tam/commitments/{silent.id}")
        expect(page.locator("main")).to_contain_text("Báo đã xong")
        page.goto(f"/q/{promise.code}/promises/{promise.id}")
        tick(page, "Chưa xong").check()
        page.locator("textarea[name=text]").fill("Chưa thấy gì cả.")
        press(page, "Gửi ý kiến của tôi")
        expect(page.locator("main")).to_contain_text("được mở lại")
        office.goto("/office/verdicts/sentences")
        row = office.locator("section.card").filter(has_text="Chưa thấy gì cả.")
        row.get_by_role("link").click()
        press(office, "Đăng")
        says(office, "Đã đăng.")
        page.goto(f"/minh-tam/commitments/{promise.id}")
        expect(page.locator("#voices")).to_contain_text("Chưa thấy gì cả.")
        coming = first_later_dialogue(day.live)
        page.goto(f"/d/{coming[1]}/last-results")
        back = page.get_by_role("link", name=promise.result)
        expect(back).to_have_count(1)
        office.goto(f"/office/dialogues/{coming[0]}/last-results")
        expect(office.locator("main")).to_contain_text("Trên đây là kết quả những việc đã hứa.")
        counts_are_those_of_the_rows(day, late)

    # Five weeks on: who said nothing did not object, which is not the same as a yes.
    end = next_working_day(late + timedelta(days=35), NATIONWIDE)
    with on(end) as day:
        page = day.resident()
        page.goto(f"/minh-tam/commitments/{silent.id}")
        expect(page.locator("main")).to_contain_text("Không có ý kiến khác")
        expect(page.locator("main")).not_to_contain_text("Đã xác nhận xong")
        counts_are_those_of_the_rows(day, end)


def counts_are_those_of_the_rows(day: Day, today: date) -> None:
    page = day.resident()
    page.goto("/minh-tam/commitments/record")
    shown = [int(text) for text in page.locator(".share-table").first.locator("td").all_inner_texts()]
    by_hand = counted_by_hand(day.live, today)
    kinds = ("on time", "late", "not done, late", "not done", "Đã rút")
    assert shown[:6] == [sum(by_hand.values()), *(by_hand[kind] for kind in kinds)]
