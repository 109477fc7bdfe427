"""What time does to promises, as people see it: the server is stopped and started again with a clock that is further
ahead (DEMO_DAYS_AHEAD), as somebody does who tries the program out. What pages must show is counted from the rows of
the file with nothing of the program in between."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from statistics import median

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect

from dialogues import clock
from dialogues.places.days import NATIONWIDE, DaysOff, last_working_day, next_working_day
from tests.browser.hands import box, press, read_day, says, tick
from tests.browser.live import Live, serving
from tests.browser.visitors import sign_in, visitors

Later = Callable[[date], AbstractContextManager["Day"]]

UNFINISHED = ("open", "in_progress")


@dataclass(frozen=True)
class Day:
    """The program as it is served on a day, after the round of its morning."""

    day: date
    live: Live
    open_page: Callable[..., Page]
    file: Path
    pages: dict[str, Page] = field(default_factory=dict)

    def person(self, account: str) -> Page:
        """The page of somebody at a desk, who signs in once a day."""
        if account not in self.pages:
            self.pages[account] = sign_in(self.open_page(1280), self.live, account)
        return self.pages[account]

    def resident(self) -> Page:
        """A small phone without JavaScript."""
        if "" not in self.pages:
            self.pages[""] = self.open_page(360, javascript=False)
        return self.pages[""]

    def rows(self, sql: str, *values: object) -> list[tuple]:
        """Straight from the file."""
        with closing(sqlite3.connect(f"file:{self.file}?mode=ro", uri=True)) as file:
            return file.execute(sql, values).fetchall()


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
            found = Day(day, live, open_page, tmp_path / "live.db")
            morning(found)
            yield found

    yield on
    clock.run_ahead(0)


def reminders(day: Day) -> int:
    return day.rows("SELECT count(*) FROM reminder")[0][0]


def morning(day: Day) -> None:
    """The round of this morning as the worker of the server does it; a second one finds nothing left to say."""
    from dialogues.post import delivery

    at_eight = clock.instant(datetime.combine(day.day, time(8)))
    with day.live.app.app_context():
        delivery.do_rounds(at_eight)
        told = reminders(day)
        assert delivery.do_rounds(at_eight) == 0
    assert reminders(day) == told
    same = "SELECT 1 FROM reminder GROUP BY commitment_id, staff_id, reminded_as, due_on, days HAVING count(*) > 1"
    assert day.rows(same) == []


# -- what the test follows --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Promise:
    """`code` is that of an asker."""

    id: int
    due_on: date
    first_due_on: date
    code: str
    result: str


@dataclass(frozen=True)
class People:
    """Who is to keep the promises, and who is told when they are late."""

    who: str
    who_email: str
    above: str
    above_email: str


@dataclass(frozen=True)
class Followed:
    """`told`: nobody does anything for it until it is late; `silent`: of its report nobody says a word; `moved`: one
    of the logged session that was given a later day before."""

    people: People
    told: Promise
    silent: Promise
    moved: Promise
    logged: str
    """The code of the session of which there is a log; fourteen things were promised there."""
    off: DaysOff

    @property
    def due_morning(self) -> date:
        """When "today is the day" is said: on the day, or on the last working day before it."""
        return last_working_day(self.told.due_on, self.off)


def days_off(day: Day) -> DaysOff:
    """The commune has a festival of its own."""
    own = day.rows("SELECT on_day, is_worked FROM holiday")
    return DaysOff(
        NATIONWIDE.off | {date.fromisoformat(on) for on, is_worked in own if not is_worked},
        NATIONWIDE.worked | {date.fromisoformat(on) for on, is_worked in own if is_worked},
    )


def followed(day: Day) -> Followed:
    """Promises of one person with a superior; both may sign in like the office."""
    from dialogues.extensions import db
    from dialogues.followup.models import Commitment, CommitmentEntry
    from dialogues.staff.models import Staff

    off = days_off(day)
    with day.live.app.app_context():
        c, moved = Commitment, sa.exists().where(CommitmentEntry.commitment_id == Commitment.id,
                                                 CommitmentEntry.kind == "extension")  # fmt: skip
        coming = (
            sa.select(c)
            .join(Staff, Staff.id == c.responsible_id)
            .where(c.state.in_(UNFINISHED), c.due_on > day.day, Staff.superior_id.is_not(None))
            .order_by(c.due_on, c.id)
        )
        soon = [one for one in db.session.scalars(coming.where(~moved)) if last_working_day(one.due_on, off) > day.day]
        told = soon[0]
        own = coming.where(c.responsible_id == told.responsible_id)
        silent = db.session.scalars(own.where(~moved, c.id != told.id)).first()
        again = db.session.scalars(own.where(moved)).first()
        assert silent is not None
        assert again is not None
        who, above = told.responsible, db.session.get_one(Staff, told.responsible.superior_id)
        known = db.session.scalars(sa.select(Staff).where(Staff.email == day.live.account("office"))).one()
        who.password_hash = above.password_hash = known.password_hash
        made = [
            Promise(one.id, one.due_on, one.first_due_on, one.answer.question.askers[0].code, one.shown)
            for one in (told, silent, again)
        ]
        found = Followed(
            People(who.name, who.email, above.name, above.email), *made, logged=again.dialogue.code, off=off
        )
        db.session.commit()
    return found


def announce_for(day: Day, when: date) -> tuple[int, str]:
    """The dialogue that is announced takes place on this day: id and code."""
    from dialogues.extensions import db
    from dialogues.schedule.models import Dialogue
    from dialogues.schedule.rules import DialogueState

    with day.live.app.app_context():
        row = db.session.scalars(
            sa.select(Dialogue).where(Dialogue.state == DialogueState.ANNOUNCED).order_by(Dialogue.starts_at)
        ).first()
        assert row is not None
        later = timedelta(days=(when - clock.local(row.starts_at).date()).days)
        for name in ("starts_at", "ends_at", "question_deadline_at"):
            setattr(row, name, getattr(row, name) + later)
        found = row.id, row.code
        db.session.commit()
    return found


# -- counted by hand --------------------------------------------------------------------------------------------------


def number(value: float) -> str:
    return f"{value:g}".replace(".", ",")


def the_record_is_that_of_the_rows(day: Day) -> None:
    """Each promise by its first day: the numbers of the table, and the sentence with the middle of the late ones."""
    found, days_late = Counter[str](), list[int]()
    for state, first, reported, confirmed in day.rows(
        "SELECT state, first_due_on, reported_done_on, confirmed_on FROM commitment"
    ):
        done = reported or confirmed
        if state == "withdrawn":
            found["withdrawn"] += 1
        elif state in UNFINISHED:
            found["open late" if first < day.day.isoformat() else "open"] += 1
        elif done <= first:
            found["on time"] += 1
        else:
            found["late"] += 1
            days_late.append((date.fromisoformat(done) - date.fromisoformat(first)).days)
    page = day.resident()
    page.goto("/minh-tam/commitments/record")
    shown = [int(text) for text in page.locator(".share-table").first.locator("td").all_inner_texts()]
    kinds = ("on time", "late", "open late", "open", "withdrawn")
    assert shown[:6] == [found.total(), *(found[kind] for kind in kinds)]
    sentence = [
        f"{found['on time']} trên {found.total()} việc đúng hẹn",
        f"{found['late']} việc chậm, ở mức giữa là {number(median(days_late))} ngày",
        f"{found['open late'] + found['open']} việc chưa xong",
        f"{found['withdrawn']} việc đã rút",
    ]
    expect(page.locator("main")).to_contain_text("; ".join(sentence) + ".")


WORDS = {
    "open": "Chưa làm",
    "in_progress": "Đang làm",
    "reported_done": "Báo đã xong",
    "confirmed": "Đã xác nhận xong",
    "withdrawn": "Đã rút",
}


def word(day: Day, state: str, due_on: str, reported: str | None, objected: str | None) -> str:
    """What residents read of a promise on this day."""
    if state in UNFINISHED and due_on < day.day.isoformat():
        return "Quá hạn"
    if state == "reported_done" and reported and not objected:
        silent = (day.day - date.fromisoformat(reported)).days
        return "Không có ý kiến khác" if silent > 30 else WORDS[state]
    return WORDS[state]


def the_fourteen_are_shown_as_they_are(day: Day, code: str) -> None:
    """The promises of the logged session: state, both days and how often they were moved, each as its row has it."""
    expected = {}
    for id_, state, due_on, first, reported, objected, moved in day.rows(
        "SELECT c.id, c.state, c.due_on, c.first_due_on, c.reported_done_on, c.objected_on,"
        " (SELECT count(*) FROM commitment_entry e WHERE e.commitment_id = c.id AND e.kind = 'extension')"
        " FROM commitment c JOIN dialogue d ON d.id = c.dialogue_id WHERE d.code = ?",
        code,
    ):
        both = f"{read_day(date.fromisoformat(due_on))} (ban đầu {read_day(date.fromisoformat(first))})"
        expected[f"commitment-{id_}"] = (
            word(day, state, due_on, reported, objected),
            both if due_on != first else read_day(date.fromisoformat(due_on)),
            f"đã gia hạn {moved} lần" if moved else "",
        )
    assert len(expected) == 14
    page = day.resident()
    page.goto(f"/minh-tam/commitments?dialogue={code}")
    cards = page.locator("li.card[id^=commitment-]")
    texts = dict(zip(cards.evaluate_all("all => all.map(one => one.id)"), cards.all_inner_texts(), strict=True))
    assert set(texts) == set(expected)
    for card, (stage, days, times) in expected.items():
        assert texts[card].strip().startswith(stage), texts[card]
        assert days in texts[card], texts[card]
        assert times in texts[card], texts[card]
        assert bool(times) == ("gia hạn" in texts[card]), texts[card]


# -- the walk ---------------------------------------------------------------------------------------------------------


def test_what_becomes_of_promises_in_four_months(on: Later) -> None:
    today = clock.today()
    with on(today) as day:
        f = followed(day)
        late = next_working_day(f.told.due_on + timedelta(days=22), f.off)
        coming = announce_for(day, late + timedelta(days=8))
        the_fourteen_are_shown_as_they_are(day, f.logged)
    with on(f.due_morning) as day:
        on_the_last_day(day, f)
        a_later_day_is_asked_for(day, f, late + timedelta(days=20))
    with on(late) as day:
        three_weeks_late(day, f)
        the_later_day_is_granted(day, f, late + timedelta(days=20))
        reported_and_opened_again(day, f)
        back_to_the_table(day, f, coming)
        the_record_is_that_of_the_rows(day)
        the_fourteen_are_shown_as_they_are(day, f.logged)
    end = next_working_day(max(late, today + timedelta(days=85)) + timedelta(days=35), f.off)
    with on(end) as day:
        who_said_nothing_did_not_object(day, f)
        the_record_is_that_of_the_rows(day)
        the_fourteen_are_shown_as_they_are(day, f.logged)
        said = reminders(day)
    with on(today) as day:
        a_clock_that_was_set_back(day, f, said)


def on_the_last_day(day: Day, f: Followed) -> None:
    """The one who is to keep it is reminded, and nobody else; residents read no fault."""
    office = day.person("office")
    office.goto(f"/office/commitments/{f.told.id}")
    reminded = office.locator("#reminded")
    expect(reminded.locator("li").filter(has_text=read_day(day.day))).to_have_count(1)
    expect(reminded.locator("li").first).to_contain_text(f.people.who)
    expect(reminded).not_to_contain_text(f.people.above)
    page = day.resident()
    page.goto(f"/minh-tam/commitments/{f.told.id}")
    expect(page.locator("main")).not_to_contain_text("Quá hạn")


def a_later_day_is_asked_for(day: Day, f: Followed, new: date) -> None:
    """On My work stands what is due, and when its owner was reminded. What is asked for changes nothing in public."""
    worker = day.person(f.people.who_email)
    worker.goto("/office/work?all=1")
    card = worker.locator(f"#overdue-and-due #commitment-{f.told.id}")
    expect(card).to_contain_text(f"Nhắc gần nhất ngày {read_day(day.day)}: {f.people.who}")
    worker.goto(f"/office/commitments/{f.moved.id}")
    worker.locator("summary").filter(has_text="Xin gia hạn").click()
    form = worker.locator("#ask-form")
    box(form, "Xin gia hạn đến ngày").fill(new.isoformat())
    box(form, "Vì sao cần thêm thời gian").fill("Nhà thầu mới vừa nhận việc.")
    form.get_by_role("button").click()
    says(worker, "Đã gửi đề nghị. Khi chưa có quyết định, thời hạn cũ vẫn tính.")
    page = day.resident()
    page.goto(f"/minh-tam/commitments/{f.moved.id}")
    expect(page.locator("#facts")).to_contain_text(read_day(f.moved.due_on))
    expect(page.locator("main")).not_to_contain_text("Nhà thầu mới vừa nhận việc.")


def three_weeks_late(day: Day, f: Followed) -> None:
    """It is late in public, and the superior and the overseer know."""
    page = day.resident()
    page.goto(f"/minh-tam/commitments/{f.told.id}")
    expect(page.locator("main")).to_contain_text("Quá hạn")
    office = day.person("office")
    office.goto(f"/office/commitments/{f.told.id}")
    told = office.locator("#reminded li").filter(has_text=read_day(day.day))
    expect(told.filter(has_text=f.people.above)).to_have_count(1)
    expect(told.filter(has_text=re.compile("giám sát", re.I)).first).to_be_visible()
    worker = day.person(f.people.who_email)
    worker.goto("/office/work?all=1")
    card = worker.locator(f"#overdue-and-due #commitment-{f.told.id}")
    expect(card).to_contain_text(f"trễ {(day.day - f.told.due_on).days} ngày")


def the_later_day_is_granted(day: Day, f: Followed, new: date) -> None:
    """The superior sees on the own page what is late and what waits, and decides; residents read both days."""
    superior = day.person(f.people.above_email)
    superior.goto("/office/")
    late = superior.locator("#people-late")
    expect(late).to_contain_text(f.people.who)
    number_late = day.rows(
        "SELECT count(*) FROM commitment c JOIN staff s ON s.id = c.responsible_id JOIN staff a ON a.id = s.superior_id"
        " WHERE a.email = ? AND c.state IN ('open', 'in_progress') AND c.due_on < ?",
        f.people.above_email,
        day.day.isoformat(),
    )[0][0]
    expect(late.get_by_role("heading")).to_have_text(re.compile(rf": {number_late}$"))
    expect(superior.locator("#to-decide")).to_contain_text("Nhà thầu mới vừa nhận việc.")
    press(superior, "Mở trang duyệt gia hạn")
    superior.locator(".card").filter(has_text="Nhà thầu mới vừa nhận việc.").get_by_role("link").click()
    press(superior, "Đồng ý")
    says(superior, "Đã đồng ý. Từ nay tính theo thời hạn mới.")
    page = day.resident()
    page.goto(f"/minh-tam/commitments/{f.moved.id}")
    expect(page.locator("#facts")).to_contain_text(read_day(new))
    main = page.locator("main")
    expect(main).to_contain_text(f"Đã gia hạn 2 lần. Hạn đầu tiên là ngày {read_day(f.moved.first_due_on)}.")
    expect(main).to_contain_text("Nhà thầu mới vừa nhận việc.")


def reported_and_opened_again(day: Day, f: Followed) -> None:
    """Reported done after all; the asker looks and says no. The office reads the words, then everybody does."""
    worker, page, office = day.person(f.people.who_email), day.resident(), day.person("office")
    for one in (f.told, f.silent):
        worker.goto(f"/office/commitments/{one.id}")
        worker.locator("summary").filter(has_text="Báo cáo đã xong").click()
        done = worker.locator("#done-form")
        box(done, "Bây giờ đã có gì").fill("Đã làm xong từ hôm qua.")
        box(done, "Một câu gửi người hỏi").fill("Mời bà con đến xem.")
        box(done, "Số quyết định").fill(f"{one.id}/BC-KT")
        press(done, "Báo cáo xong")
        says(worker, "Đã báo cáo xong.")
    page.goto(f"/minh-tam/commitments/{f.silent.id}")
    expect(page.locator("main")).to_contain_text("Báo đã xong")
    page.goto(f"/q/{f.told.code}/promises/{f.told.id}")
    tick(page, "Chưa xong").check()
    page.locator("textarea[name=text]").fill("Chưa thấy gì cả.")
    press(page, "Gửi ý kiến của tôi")
    expect(page.locator("main")).to_contain_text("được mở lại")
    office.goto("/office/verdicts/sentences")
    row = office.locator("section.card").filter(has_text="Chưa thấy gì cả.")
    row.get_by_role("link").click()
    press(office, "Đăng")
    says(office, "Đã đăng.")
    page.goto(f"/minh-tam/commitments/{f.told.id}")
    expect(page.locator("#voices")).to_contain_text("Chưa thấy gì cả.")
    expect(page.locator("main")).to_contain_text("Quá hạn")


def back_to_the_table(day: Day, f: Followed, coming: tuple[int, str]) -> None:
    """What is open stands on the page of the next dialogue, on the office's page of it, and is read out there."""
    page, office = day.resident(), day.person("office")
    page.goto(f"/d/{coming[1]}")
    expect(page.locator("#last-results")).to_be_visible()
    press(page, "Đã hứa gì, xong gì, chậm gì")
    back = page.locator("li.commitment").filter(has_text=f.told.result)
    expect(back).to_have_count(1)
    expect(back).to_contain_text("đã báo xong một lần, phải mở lại")
    expect(
        page.locator("section").filter(has=page.get_by_role("heading", name="Đã xong từ đó đến nay"))
    ).to_contain_text(f.silent.result)
    office.goto(f"/office/dialogues/{coming[0]}")
    expect(office.locator("#last-results")).to_be_visible()
    office.goto(f"/office/dialogues/{coming[0]}/last-results")
    expect(office.locator("main")).to_contain_text("Trên đây là kết quả những việc đã hứa.")
    read = office.locator("main li").filter(has_text=f.told.result)
    expect(read).to_contain_text(f"chậm {(day.day - f.told.due_on).days} ngày")


def who_said_nothing_did_not_object(day: Day, f: Followed) -> None:
    """Which is not the same as a yes. What was opened again is late, and its owner was reminded of it."""
    page = day.resident()
    page.goto(f"/minh-tam/commitments/{f.silent.id}")
    expect(page.locator("main")).to_contain_text("Không có ý kiến khác")
    expect(page.locator("main")).not_to_contain_text("Đã xác nhận xong")
    page.goto(f"/minh-tam/commitments/{f.moved.id}")
    expect(page.locator("main")).to_contain_text("Quá hạn")
    office = day.person("office")
    office.goto(f"/office/commitments/{f.moved.id}")
    told = office.locator("#reminded li").filter(has_text=read_day(day.day))
    expect(told.filter(has_text=f.people.who)).to_have_count(1)


def a_clock_that_was_set_back(day: Day, f: Followed, said: int) -> None:
    """Nothing goes out a second time, and nothing breaks: pages tell of days that are still to come."""
    assert reminders(day) == said
    page, office = day.resident(), day.person("office")
    for one in (f.told, f.silent, f.moved):
        for reader, address in ((page, "/minh-tam"), (office, "/office")):
            answer = reader.goto(f"{address}/commitments/{one.id}")
            assert answer is not None
            assert answer.status == 200
    the_record_is_that_of_the_rows(day)
