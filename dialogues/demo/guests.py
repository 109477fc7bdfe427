"""Guests of the demo commune: who was invited to the last dialogues and to those that come, and what they answered."""

from datetime import timedelta

from dialogues.demo.book import Book
from dialogues.extensions import db
from dialogues.invitations.guest_models import Guest
from dialogues.invitations.guest_rules import GuestRole, Reply, ReplyWay
from dialogues.schedule.models import Dialogue
from dialogues.schedule.rules import DialogueState
from dialogues.schedule.told import facts_of
from dialogues.staff.models import Staff
from dialogues.staff.rules import Role
from dialogues.text import fold, name_key

S = DialogueState
OUTSIDE: tuple[tuple[str, str, str, str | None, GuestRole], ...] = (
    ("Đỗ Thị Hường", "Chủ tịch Hội Liên hiệp Phụ nữ xã", "", "huong.dt@doan-the.example", GuestRole.REQUIRED),
    ("Bùi Văn Khải", "Chủ tịch Hội Nông dân xã", "", "khai.bv@doan-the.example", GuestRole.REQUIRED),
    ("Ma Thị Sen", "Bí thư Đoàn Thanh niên xã", "", "sen.mt@doan-the.example", GuestRole.REQUIRED),
    ("Tô Văn Lịch", "Chủ tịch Hội Cựu chiến binh xã", "", None, GuestRole.REQUIRED),
    ("Nông Văn Bảy", "Người có uy tín", "Bản Khuôn Mạ", None, GuestRole.OPTIONAL),
    ("Cao Thị Minh", "Hiệu trưởng", "Trường THCS Minh Tâm", "minh.ct@truong-hoc.example", GuestRole.OPTIONAL),
    ("Lâm Văn Tú", "Đội trưởng", "Đội quản lý điện khu vực", "tu.lv@dien-luc.example", GuestRole.OPTIONAL),
    ("Đài truyền thanh xã", "", "", None, GuestRole.REQUIRED),
)
NOTES = {
    Reply.NO: ("Đi họp tỉnh, cử phó phòng dự thay.", "Bận tập huấn, xin gửi ý kiến bằng văn bản."),
    Reply.MAYBE: ("Còn chờ lịch họp của Đảng ủy.", ""),
    Reply.YES: ("", "", "Xin bố trí chỗ để xe.", "Đến muộn khoảng 10 phút."),
}


def add_guests(book: Book, dialogues: list[Dialogue]) -> int:
    """Guests of the last two dialogues that were held and of all that come; the list of a draft is not sent yet."""
    held = [one for one in dialogues if one.state in (S.HELD, S.CONCLUDED, S.PUBLISHED)][-2:]
    coming = [one for one in dialogues if one.state is S.ANNOUNCED and book.days.on(one.starts_at) > book.days.today]
    drafts = [one for one in dialogues if one.state is S.DRAFT][:1]
    return sum(_invite(book, one) for one in (*held, *coming, *drafts))


def _people(book: Book, dialogue: Dialogue) -> list[Staff]:
    """Leaders, heads of department and the village heads concerned."""
    villages = set(dialogue.villages)
    found = []
    for one in book.people.staff.values():
        roles = one.roles
        is_head = Role.VILLAGE_HEAD in roles and (not villages or one.village in villages)
        if roles & {Role.LEADER, Role.OVERSEER, Role.DEPARTMENT} or is_head:
            found.append(one)
    return found[:16]


def _invite(book: Book, dialogue: Dialogue) -> int:
    leads = (dialogue.chair, dialogue.co_chair)
    guests = [
        _guest(book, dialogue, one.name, one.post, "", one.email,
               GuestRole.CHAIR if one in leads else GuestRole.REQUIRED, one)
        for one in _people(book, dialogue)
    ]  # fmt: skip
    guests += [_guest(book, dialogue, *outside) for outside in OUTSIDE]
    db.session.add_all(guests)
    if dialogue.announced_at is None:
        return len(guests)
    sent_on = min(book.days.on(dialogue.announced_at) + timedelta(days=1), book.days.last_working)
    sent_at = book.days.office(sent_on, after=dialogue.announced_at)
    facts = facts_of(dialogue)
    is_over = dialogue.state is not S.ANNOUNCED
    for guest in guests:
        if guest.email is None and not is_over and book.random.random() < 0.5:
            continue  # still to be handed over
        guest.invited_at, guest.says, guest.sequence = sent_at, facts.to_json(), facts.sequence
        if book.random.random() < (0.9 if is_over else 0.6):
            _answer(book, guest)
    return len(guests)


def _guest(
    book: Book, dialogue: Dialogue, name: str, post: str, body: str, email: str | None, role: GuestRole,
    staff: Staff | None = None,
) -> Guest:  # fmt: skip
    return Guest(
        commune_id=book.commune_id,
        dialogue=dialogue,
        staff=staff,
        name=name,
        sort_name=name_key(name),
        folded=fold(f"{name} {post} {body}"),
        post=post,
        body=body,
        email=email,
        role=role,
        reply_key=f"{book.random.getrandbits(96):024x}",
    )


def _answer(book: Book, guest: Guest) -> None:
    """What the guest said, and how it came."""
    reply = book.random.choices((Reply.YES, Reply.NO, Reply.MAYBE), (8, 1, 1))[0]
    ways = (ReplyWay.LINK, ReplyWay.CALENDAR_UNPROVEN, ReplyWay.CLERK) if guest.email else (ReplyWay.CLERK,)
    guest.reply, guest.reply_way = reply, book.random.choice(ways)
    guest.reply_note = book.random.choice(NOTES[reply])
    assert guest.invited_at is not None  # noqa: S101 (only invited ones answer)
    guest.replied_at = book.days.shortly(guest.invited_at)
