"""Answers and commitments of the demo commune, each with its story."""

from datetime import date, timedelta

from dialogues import formatting
from dialogues.demo.book import Book, Facts
from dialogues.extensions import db
from dialogues.followup.models import Answer, Commitment, CommitmentEntry
from dialogues.followup.rules import CommitmentState, EntryKind, Outcome
from dialogues.questions.models import Question
from dialogues.text import clean_text

E = EntryKind
DONE = "Đã làm xong theo cam kết, mời bà con kiểm tra."
CONFIRMED = (
    "Đã xem tận nơi, đúng như báo cáo.",
    "Đã hỏi trưởng thôn và hai hộ gần đó, đều nói đã xong.",
    "Đã xem biên bản và ảnh, việc này đã làm xong.",
    "Người hỏi xác nhận đã xong và gửi lời cảm ơn.",
)
ACTIONS = {
    E.PROGRESS: "progress",
    E.EXTENSION: "extended",
    E.REPORTED_DONE: "reported_done",
    E.CONFIRMED: "confirmed",
}


def _day(start: date, days: int | None) -> date | None:
    return None if days is None else start + timedelta(days=days)


def add_answer(book: Book, facts: Facts, question: Question, session_on: date) -> Answer:
    """The answer of a question, and the promise made in it. Given at the session, or before it in writing."""
    days, said = book.days, facts["answer"]
    received_on = days.on(question.received_at)
    answered_on = max(min(session_on, days.last_working), received_on)
    written_at = days.office(
        days.past(answered_on + timedelta(days=book.random.randint(1, 3))), after=question.decided_at
    )
    answer = Answer(
        commune_id=book.commune_id,
        question=question,
        outcome=Outcome(said["outcome"]),
        text=clean_text(said["text"]),
        answered_by=book.staff(said["answered_by"]),
        answered_on=answered_on,
        due_on=_day(session_on, said["due_days"]),
        escalated_to=said["escalated_to"],
        published_at=days.shortly(written_at) if said["published"] else None,
        changed_at=written_at,
    )
    db.session.add(answer)
    book.tell(written_at, answer.answered_by, answer, "answer_drafted")
    if answer.published_at:
        book.tell(answer.published_at, book.clerk, answer, "answer_published")
    final_on = _day(session_on, said["final_days"])
    if final_on:
        answer.final_on = min(final_on, days.last_working)
        answer.final_text = clean_text(said["final_text"])
        answer.changed_at = days.office(answer.final_on, after=answer.published_at)
        book.tell(answer.changed_at, book.clerk, answer, "final_answer")
    if facts["commitment"]:
        _add_commitment(book, facts["commitment"], answer, session_on)
    return answer


def _add_commitment(book: Book, facts: Facts, answer: Answer, session_on: date) -> None:
    responsible = book.people.staff[facts["responsible"]]
    dialogue = answer.question.dialogue
    first_due_on = session_on + timedelta(days=facts["due_days"])
    extension = facts["extension"]
    commitment = Commitment(
        commune_id=book.commune_id,
        dialogue=dialogue,
        answer=answer,
        responsible=responsible,
        result=clean_text(facts["result"]),
        promised_on=session_on,
        first_due_on=first_due_on,
        due_on=session_on + timedelta(days=extension["new_due_days"]) if extension else first_due_on,
        state=CommitmentState(facts["state"]),
        uid=book.uid("commitment"),
        created_at=dialogue.ends_at + timedelta(minutes=10),
    )
    db.session.add(commitment)
    note = f"{responsible.name}, {formatting.short_date(first_due_on)}"
    book.tell(commitment.created_at, dialogue.secretary or book.clerk, commitment, "commitment_made", note)
    at, changes = commitment.created_at, {E.EXTENSION, E.REPORTED_DONE, E.CONFIRMED}
    commitment.changed_at = at
    if commitment.state is CommitmentState.OPEN and facts["entries"]:
        commitment.state = CommitmentState.IN_PROGRESS
    for days_after, kind, author, text in _story(book, facts):
        at = book.days.office(min(session_on + timedelta(days=days_after), book.days.yesterday), after=at)
        entry = CommitmentEntry(
            commune_id=book.commune_id, kind=kind, at=at, author=book.staff(author), text=clean_text(text)
        )
        if kind is E.EXTENSION:
            entry.old_due_on, entry.new_due_on = first_due_on, commitment.due_on
        if kind is E.REPORTED_DONE:
            commitment.reported_done_on = book.days.on(at)
        if kind is E.CONFIRMED:
            commitment.confirmed_on = book.days.on(at)
        if kind in changes or not commitment.entries:
            commitment.changed_at = at
            commitment.sequence = (commitment.sequence or 0) + 1
        commitment.entries.append(entry)
        book.tell(at, entry.author, commitment, ACTIONS[kind], entry.text)


def _story(book: Book, facts: Facts) -> list[tuple[int, EntryKind, str, str]]:
    """The entries in their order: (days after the session, kind, author, text)."""
    responsible, done, extension = facts["responsible"], facts["done_days"], facts["extension"]
    story = [(one["days"], E.PROGRESS, one["author"], one["text"]) for one in facts["entries"]]
    if extension:
        story.append((extension["at_days"], E.EXTENSION, responsible, extension["reason"]))
    if done is not None:
        last = [one for one in story if one[1] is E.PROGRESS and one[0] >= done - 1]
        for one in last[:-1]:
            story.remove(one)
        if last:
            story[story.index(last[-1])] = (done, E.REPORTED_DONE, responsible, last[-1][3])
        else:
            story.append((done, E.REPORTED_DONE, responsible, DONE))
    story.sort(key=lambda one: one[0])
    if facts["state"] == "confirmed":
        story.append((facts["confirmed_days"], E.CONFIRMED, facts["confirmed_by"], book.random.choice(CONFIRMED)))
    return story
