"""The results of the last dialogue for signed-in people: the page that is read out at the opening."""

from flask import Blueprint, Response

from dialogues import clock
from dialogues.access import Permission, me, requires
from dialogues.followup import carried
from dialogues.followup.carried import Carried, LastResults
from dialogues.papers.opening import Numbers, Promise, Reading, Voice, Waiting, reading
from dialogues.places.models import Commune
from dialogues.places.service import row_or_404
from dialogues.schedule.models import Dialogue
from dialogues.verdicts import latest
from dialogues.web import render

bp = Blueprint("opening_office", __name__, url_prefix="/office/dialogues/<id:dialogue_id>")
LATE, OTHERS, FEW = 8, 4, 4
"""So many late promises, others that come back, and matters of each further kind are told one by one: longer nobody
listens. The rest is counted, and stands on the page for residents."""


@bp.get("/last-results")
@requires(Permission.READ_DIALOGUES)
def read_out(dialogue_id: int) -> Response:
    """Large type, short sentences, with the time that it takes; only what residents may read anyway."""
    commune = me().commune
    dialogue = row_or_404(Dialogue, commune.id, dialogue_id)
    today = clock.today(commune.time_zone)
    results = carried.last_results(commune.id, dialogue.id, today)
    text = _reading(results, commune)
    return render("papers/opening.html", dialogue=dialogue, results=results, text=text, today=today)


def _reading(results: LastResults, commune: Commune) -> Reading:
    zone, n = commune.time_zone, results.counts
    all_late = _most_telling([one for one in results.back if one.row.is_overdue], {one.code for one in results.last})
    late, others = all_late[:LATE], [one for one in results.back if not one.row.is_overdue][:OTHERS]
    done = results.done[:FEW]
    told = len(late) + len(others) + min(results.number_waiting, FEW)
    voices = latest.latest_of([one.row.id for one in (*late, *others, *done)])
    return reading(
        [clock.local(one.starts_at, zone) for one in results.last],
        Numbers(
            promised=n.total,
            done=n.reported_done + n.not_objected + n.confirmed,
            confirmed=n.confirmed,
            late=n.overdue,
            at_work=n.at_work,
            withdrawn=n.withdrawn,
            back=results.number_back,
            back_late=len(all_late),
        ),
        [_promise(one, zone, voices.get(one.row.id, [])) for one in (*late, *others)],
        [Waiting(one.text, one.escalated_to, one.since) for one in results.waiting[:FEW]],
        [_promise(one, zone, voices.get(one.row.id, [])) for one in done],
        clock.today(zone),
        results.number_back + results.number_waiting - told,
    )


def _most_telling(late: list[Carried], last: set[str]) -> list[Carried]:
    """What was called done and is not comes first, then what the last dialogue promised: residents came to hear of it,
    and of older promises they heard before."""
    return sorted(late, key=lambda one: (not one.is_reopened, one.row.dialogue_code not in last))


def _promise(one: Carried, zone: str, voices: list[latest.Voice]) -> Promise:
    c, reason = one.row, one.reason
    last = latest.last_word(one, voices)
    return Promise(
        text=c.result,
        responsible=f"{c.responsible}, {c.post}" if c.post else c.responsible,
        due_on=c.due_on,
        first_due_on=c.first_due_on,
        times_extended=c.times_extended,
        state=c.stage.value,
        is_reopened=one.is_reopened,
        is_asked_again=one.is_asked_again,
        reason=reason.text if reason else "",
        reason_by=reason.by if reason else "",
        said=last.text if last else "",
        said_by=last.by if last else "",
        said_on=clock.local(last.at, zone).date() if last else None,
        voices=tuple(Voice(v.judgement.value, v.number, v.by, v.text, clock.local(v.at, zone).date()) for v in voices),
    )
