"""`python -m tests.browser.screens [folder]`: pictures of every kind of page, as PNG, at 360 and 1280 px.

Named after who sees it, the endpoint and the width: `visitor-places.home-360.png`, `office-staff_office.home-1280.png`.
In the folder `shown` below it stand those that README and the guides show; `make screens` copies them, made small, into
docs/screens.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import sqlalchemy as sa
from playwright.sync_api import Browser, Page, sync_playwright

from dialogues import clock
from dialogues.attachments.models import Attachment
from dialogues.doubles.service import matches_of
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment, CommitmentEntry
from dialogues.followup.rules import CommitmentState, EntryKind
from dialogues.imports.models import QuestionImport
from dialogues.imports.rules import Stage
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.guest_rules import Reply
from dialogues.invitations.replies import token_of
from dialogues.questions import redaction
from dialogues.questions.models import Asker, Question
from dialogues.questions.rules import QuestionState
from dialogues.schedule.models import Dialogue
from dialogues.schedule.round_models import Round, VoterRequest
from dialogues.schedule.round_rules import RequestState, RoundState
from dialogues.schedule.rules import DialogueState
from dialogues.staff.models import Staff
from dialogues.subscribers.models import Subscriber
from tests.browser.live import LAUNCH, NO_CHROMIUM, Live, chromium, serving
from tests.browser.visitors import sign_in
from tests.browser.walk import walk

DATA = Path(__file__).parent.parent / "data"
SUGGESTION_BOX = """Họ và tên,Thôn,Nội dung câu hỏi
Trần Văn Mẫn,Thôn Đồng,"Loa cụm 2 thôn Đồng lắp rồi vẫn rè, đứng dưới cột không nghe ra. Nhờ xã cho thợ chỉnh lại."
,Thôn Bãi,Nhà văn hóa thôn Bãi có cho bà con mượn phòng họp họ không?
Lục Thị Pinh,Bản Nà Lẹng,Tiêm phòng cho trâu bò năm nay vào ngày nào?
"""
WIDTHS = {360: 740, 1280: 900}
SHOWN_HEIGHTS = {360: 1000, 1280: 900}
PEOPLE = {
    "visitor": "/",
    "office": "/office/",
    "leader": "/office/",
    "department": "/office/",
    "village": "/office/",
    "overseer": "/office/",
    "admin": "/office/",
}


def first(statement: sa.Select) -> object:
    """The first of what the demo has of this; it must have one."""
    found = db.session.scalar(statement.limit(1))
    assert found is not None, f"the demo has nothing to show for: {statement}"
    return found


def coming() -> Dialogue:
    """The dialogue that takes questions."""
    announced = sa.select(Dialogue).where(Dialogue.state == DialogueState.ANNOUNCED, Dialogue.ends_at > clock.now())
    return first(announced.order_by(Dialogue.starts_at))  # type: ignore[return-value]


def next_dialogue() -> str:
    return f"/d/{coming().code}"


def answered_question() -> str:
    """A question that shows all at once: its answer, and a promise that is being kept."""
    promised = (
        sa.select(Asker.code)
        .join(Question, Question.id == Asker.question_id)
        .join(Answer, Answer.question_id == Question.id)
        .join(Commitment, Commitment.answer_id == Answer.id)
        .where(
            Question.state == QuestionState.PUBLISHED,
            Answer.published_at.is_not(None),
            Commitment.state == CommitmentState.IN_PROGRESS,
            Commitment.due_on > clock.today(),
            Asker.name != "",
        )
    )
    return f"/q/{first(promised.order_by(Question.received_at.desc()))}"


def draft_to_announce() -> str:
    return f"/office/dialogues/{first(sa.select(Dialogue.id).where(Dialogue.state == DialogueState.DRAFT))}/announce"


def answer_being_drafted() -> str:
    drafted = sa.select(Answer.question_id).join(Question, Question.id == Answer.question_id)
    drafted = drafted.where(Answer.published_at.is_(None), Question.state == QuestionState.PUBLISHED)
    return f"/office/questions/{first(drafted.order_by(Question.received_at.desc()))}/answer"


def extended_commitment() -> str:
    """A promise with a story: at work, with a new day and the first one beside it."""
    extended = sa.select(Commitment.id).join(CommitmentEntry, CommitmentEntry.commitment_id == Commitment.id)
    extended = extended.where(CommitmentEntry.kind == EntryKind.EXTENSION)
    extended = extended.where(Commitment.state == CommitmentState.IN_PROGRESS)
    return f"/office/commitments/{first(extended.order_by(Commitment.id))}"


def a_guest(*wanted: sa.ColumnElement[bool]) -> Guest:
    """A guest of a dialogue to come."""
    coming = sa.select(Guest).join(Dialogue, Dialogue.id == Guest.dialogue_id)
    coming = coming.where(Dialogue.state == DialogueState.ANNOUNCED, Dialogue.ends_at > clock.now())
    return first(coming.where(Guest.removed_at.is_(None), *wanted).order_by(Guest.id))  # type: ignore[return-value]


def waiting() -> Iterator[Question]:
    """The questions that nobody has read yet."""
    statement = sa.select(Question).where(Question.state == QuestionState.WAITING).order_by(Question.id)
    yield from db.session.scalars(statement)


def question_with_a_number() -> str:
    """A question in which a phone number is found, at the form that publishes it."""
    kinds = (redaction.Private.PHONE, redaction.Private.IDENTITY)
    private = (one.id for one in waiting() if any(found.kind in kinds for found in redaction.findings(one.text)))
    return f"/office/questions/{next(private)}/publish"


def question_with_a_twin() -> str:
    """A question that was probably asked before, at the place where it is merged."""
    twins = (one.id for one in waiting() if any(match.is_same for match in matches_of(one)))
    return f"/office/questions/{next(twins)}#doubles"


def text_of_several_matters() -> str:
    several = (one.id for one in waiting() if one.text.startswith("1. "))
    return f"/office/questions/{next(several)}/split"


def open_file() -> str:
    """The rows of a file that are being looked through."""
    checked = sa.select(QuestionImport.id).where(QuestionImport.stage == Stage.CHECKED)
    return f"/office/questions/imports/{first(checked)}"


def pile_of_papers() -> str:
    village = first(sa.select(Staff.village_id).where(Staff.village_id.is_not(None)))
    chosen = {"dialogue": coming().id, "village": village, "channel": "paper_form", "pile": "0123456789abcdef"}
    return f"/office/questions/new?way=pile&{urlencode(chosen)}"


def by_letter(live: Live) -> list[str]:
    """Pages of residents and guests to which only their letters lead."""
    with live.app.app_context():
        guests = [a_guest(Guest.reply == Reply.WAITING), a_guest(Guest.reply != Reply.WAITING)]
        readers = db.session.scalars(sa.select(Subscriber).order_by(Subscriber.confirmed_at.is_(None)))
        both = {reader.confirmed_at is None: f"/minh-tam/news/{reader.key}" for reader in readers}
        return [*(f"/r/{token_of(guest)}" for guest in guests), *both.values(), *of_an_asker()]


def behind_questions() -> list[str]:
    """Pages of the office behind questions of one kind."""
    moved = first(sa.select(Question.id).where(Question.state == QuestionState.MOVED_TO_COMPLAINT))
    file = first(sa.select(Attachment).order_by(Attachment.id))
    brought = first(sa.select(QuestionImport.id).where(QuestionImport.stage == Stage.IMPORTED))
    held = first(sa.select(Question.id).where(Question.state == QuestionState.QUARANTINED))
    shown = first(sa.select(Question.id).where(Question.state == QuestionState.PUBLISHED))
    return [
        f"/office/questions/{held}/release",
        f"/office/questions/{shown}/take-back",
        f"/office/questions/{shown}/wordings",
        f"/office/questions/{moved}/transfer-slip",
        f"/office/questions/{file.question_id}",  # type: ignore[attr-defined]
        f"/office/questions/{file.question_id}/attachments/{file.id}/remove",  # type: ignore[attr-defined]
        f"/office/questions/imports/{brought}/undo",
        f"/office/dialogues/{coming().id}/asked-again",
        f"/office/dialogues/{coming().id}/kit/question-forms",
    ]


def of_an_asker() -> list[str]:
    """What stands behind the code of a question that is not read yet, and joining one that somebody else asked."""
    unread = sa.select(Asker.code).join(Question, Question.id == Asker.question_id)
    code = first(unread.where(Question.state == QuestionState.WAITING).order_by(Asker.id))
    own = [f"/q/{code}", *(f"/q/{code}/{act}" for act in ("correct", "contact", "erase", "withdraw", "receipt"))]
    shown = sa.select(Question.id).where(Question.state == QuestionState.PUBLISHED, Question.dialogue_id == coming().id)
    return [*own, f"{next_dialogue()}/ask/same/{first(shown)}"]


def off_the_road(live: Live) -> list[str]:
    """Pages of the office that stand behind rows which a walk over the first examples does not meet."""
    with live.app.app_context():
        planned = sa.select(Round.id).where(Round.state == RoundState.PLANNED, Round.starts_at > clock.now())
        later = first(planned.where(Round.series_id.is_not(None)).order_by(Round.starts_at))
        asked = sa.select(VoterRequest.id).where(VoterRequest.state == RequestState.CHECKING)
        guests = f"/office/dialogues/{a_guest().dialogue_id}/guests"
        found = [f"/office/plan/rounds/{later}/{act}" for act in ("later", "open", "move", "skip")]
        found += [f"/office/plan/requests/{number}/edit" for number in db.session.scalars(asked.limit(1))]
        found += [draft_to_announce(), f"{guests}/invite", f"{guests}/remind", f"{guests}/paste"]
        return [*found, *behind_questions()]


def tick_two(page: Page) -> None:
    boxes = page.locator('input[type="checkbox"][aria-label], tbody input[type="checkbox"]')
    for number in range(2):
        boxes.nth(number).check()


def type_a_question(page: Page) -> None:
    """As far as the questions that ask something alike."""
    page.locator('textarea[name="text"]').press_sequentially("Loa thôn Đồng rè không nghe được, bao giờ xã sửa?")
    page.locator("#similar article, #similar li").first.wait_for()
    page.locator("#similar").scroll_into_view_if_needed()


def type_a_paper(page: Page) -> None:
    """As far as the key that chooses the field."""
    page.keyboard.insert_text("Cống đầu xóm Trại tắc từ sau bão, mưa là ngập cả ngõ. Đề nghị xã cho nạo vét.")
    page.keyboard.press("Tab")
    page.keyboard.press("d")


DONE: dict[str, Callable[[Page], None]] = {
    "office-queue-1280": tick_two,
    "office-pile-1280": type_a_paper,
    "similar-360": type_a_question,
}
"""What a person does on a page before its picture is taken."""

SHOWN: dict[str, tuple[str, Callable[[], str]]] = {
    "dialogue-360": ("visitor", next_dialogue),
    "ask-360": ("visitor", lambda: next_dialogue() + "/ask"),
    "tracking-360": ("visitor", answered_question),
    "office-home-1280": ("office", lambda: "/office/"),
    "office-announce-1280": ("office", draft_to_announce),
    "similar-360": ("visitor", lambda: next_dialogue() + "/ask"),
    "office-queue-1280": ("office", lambda: "/office/questions"),
    "office-columns-1280": ("office", lambda: open_file() + "/columns"),
    "office-rows-1280": ("office", lambda: open_file() + "?mark=look"),
    "office-pile-1280": ("office", pile_of_papers),
    "office-phone-1280": ("office", lambda: "/office/questions/new?way=phone"),
    "office-publish-1280": ("office", question_with_a_number),
    "office-split-1280": ("office", text_of_several_matters),
    "office-doubles-1280": ("office", question_with_a_twin),
    "office-tell-1280": ("office", lambda: "/office/askers"),
    "office-search-1280": ("office", lambda: "/office/search?q=loa thôn"),
    "office-answer-1280": ("office", answer_being_drafted),
    "office-commitment-1280": ("office", extended_commitment),
    "leader-360": ("leader", lambda: "/office/"),
    "leader-1280": ("leader", lambda: "/office/"),
    "office-work-1280": ("department", lambda: "/office/work"),
    "village-360": ("village", lambda: "/office/village"),
    "village-pile-360": ("village", pile_of_papers),
    "village-results-360": ("village", lambda: "/office/village/results"),
}
"""What README and the guides show: who sees it, and where it is."""


def page_of(browser: Browser, live: Live, person: str, width: int, height: int, scale: int = 1) -> Page:
    """A page of this size; the person is signed in."""
    context = browser.new_context(
        base_url=live.url,
        viewport={"width": width, "height": height},
        device_scale_factor=scale,
        timezone_id="Asia/Ho_Chi_Minh",
        locale="vi-VN",
    )
    page = context.new_page()
    if person != "visitor":
        live.forget_tries()
        sign_in(page, live, person)
    return page


def read_file(page: Page, name: str, data: bytes) -> None:
    """Give a file with questions to the office, as far as its rows."""
    page.goto("/office/questions/imports")
    page.locator('input[type="file"]').set_input_files({"name": name, "mimeType": "", "buffer": data})
    page.locator('main form button[type="submit"]').click()
    page.wait_for_url("**/columns")
    page.locator('main form button[type="submit"]').click()
    page.wait_for_url(lambda url: "/columns" not in url)


def prepare(browser: Browser, live: Live) -> None:
    """What the demo does not have: a double that waits to be merged, and a file that is being looked through."""
    page = page_of(browser, live, "office", 1280, 900)
    read_file(page, "hom-thu.csv", SUGGESTION_BOX.encode())
    page.locator('form[action$="/import"] button').click()
    page.locator(".stats").wait_for()
    read_file(page, "tong-hop-y-kien-2026.xlsx", (DATA / "tong-hop-y-kien-2026.xlsx").read_bytes())
    page.context.close()


def every_page(browser: Browser, live: Live, target: Path) -> None:
    """One picture of each kind of page that somebody reaches, as long as the page is."""
    for width, height in WIDTHS.items():
        taken: set[str] = set()
        for person, start in PEOPLE.items():
            page = page_of(browser, live, person, width, height)
            more = by_letter(live) if person == "visitor" else off_the_road(live) if person == "office" else []
            below = "/" if start == "/" else start[:-1]
            for endpoint, address in walk(page, live, start, examples=1, below=below, more=more):
                home = address.rstrip("/") == start.rstrip("/")
                if endpoint in taken and not home:
                    continue  # somebody before saw the same page
                taken.add(endpoint)
                page.screenshot(path=target / f"{person}-{endpoint}-{width}.png", full_page=True)
            for way in ("pile", "phone", "floor") if person == "office" else ():  # one endpoint, four shapes
                page.goto(f"/office/questions/new?way={way}")
                page.screenshot(path=target / f"{person}-questions_office.enter-{way}-{width}.png", full_page=True)
            page.context.close()


def shown_pages(browser: Browser, live: Live, target: Path) -> None:
    """What a person sees first on these pages, without scrolling; sharp enough for a phone."""
    for name, (person, find) in SHOWN.items():
        width = int(name.rsplit("-", 1)[1])
        with live.app.app_context():
            address = find()
        page = page_of(browser, live, person, width, SHOWN_HEIGHTS[width], scale=2 if width == 360 else 1)
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok, f"{name}: {address} answers {answer.status}"
        DONE.get(name, lambda _: None)(page)
        page.screenshot(path=target / f"{name}.png")
        page.context.close()


def main(target: Path) -> None:
    program = chromium()
    if program is None:
        raise SystemExit(NO_CHROMIUM)
    shown = target / "shown"
    shown.mkdir(parents=True, exist_ok=True)
    for old in (*target.glob("*.png"), *shown.glob("*.png")):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder, serving(Path(folder)) as live, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=LAUNCH)
        prepare(browser, live)
        shown_pages(browser, live, shown)
        every_page(browser, live, target)
        browser.close()
    print(f"{len(list(target.glob('*.png')))} pictures in {target}, {len(SHOWN)} for the guides in {shown}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "build/screens"))
