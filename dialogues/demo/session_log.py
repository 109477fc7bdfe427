"""The log of one session (nhat-ky-doi-thoai.json) and what came of it, in the form of the invented histories."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
DAYS = -75
"""The session lies so many days from today."""
WEEKDAYS = ("thứ hai", "thứ ba", "thứ tư", "thứ năm", "thứ sáu", "thứ bảy", "chủ nhật")
_DAY = re.compile(r"\b(ngày|từ|Từ|trước|thứ bảy) (\d{1,2})/(\d{1,2})(?![\d/])")
_MONTH = re.compile(r"\btháng (\d{1,2})(?![\d/])")
_YEAR = re.compile(r"\b([Nn]ăm) (2025|2026)\b")


def shifted(text: str, old: date, new: date) -> str:
    """Move the days and months without year, and the years around the session, with the session from `old` to `new`."""

    def near(month: int, day: int) -> date:
        """That day in the year in which it lies nearest to the session, moved."""
        days = [date(old.year + step, month, day) for step in (-1, 0, 1)]
        return min(days, key=lambda one: abs(one - old)) + (new - old)

    def day(found: re.Match[str]) -> str:
        moved = near(int(found[3]), int(found[2]))
        before = WEEKDAYS[moved.weekday()] if found[1] == "thứ bảy" else found[1]
        return f"{before} {moved.day}/{moved.month}"

    text = _DAY.sub(day, text)
    text = _MONTH.sub(lambda found: f"tháng {near(int(found[1]), 15).month}", text)
    return _YEAR.sub(lambda found: f"{found[1]} {int(found[2]) + new.year - old.year}", text)


def _load(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((HERE / name).read_text(encoding="utf-8"))
    return found


def read(session_on: date) -> dict[str, Any]:
    """The logged session as if it had been on `session_on`; clock times stay."""
    log, later = _load("nhat-ky-doi-thoai.json"), _load("nhat-ky-tiep-theo.json")
    old = date.fromisoformat(log["dialogue"]["date"])
    matters = [_matter(matter, later, old, session_on) for matter in log["matters"]]
    facts = log["dialogue"]
    return {
        "key": "log",
        "days": DAYS,
        "start": later["start"],
        "end": later["end"],
        "kind": log["round"]["kind"],
        "trigger": log["round"]["trigger"],
        "trigger_reason": "",
        "form": facts["form"],
        "title": facts["name"],
        "purpose": later["purpose"],
        "place": facts["place"],
        "address": later["address"],
        "online_link": "",
        "topics": list(dict.fromkeys(matter["field"] for matter in matters if matter["field"] != "other")),
        "villages": [],
        "chair": facts["chair"]["email"],
        "co_chair": facts["co_chair"]["email"],
        "secretary": facts["secretary"]["email"],
        "mttq_partner": later["mttq_partner"],
        "state": "published",
        "state_reason": "",
        "announced_days_before": later["announced_days_before"],
        "late_reason": "",
        "conclusion": later["conclusion"],
        "residents_present": facts["residents_present"],
        "questions": matters,
    }


def _matter(matter: dict[str, Any], later: dict[str, Any], old: date, new: date) -> dict[str, Any]:
    number = str(matter["no"])
    promise = matter["commitment"] or {}
    texts = {
        "public_text": matter["matter"],
        "answer": matter["answer"],
        "result": promise.get("result_to_check", ""),
    }
    for change in later["wording"]:
        if str(change["no"]) == number:
            texts[change["in"]] = _replaced(texts[change["in"]], change["old"], change["new"])
    texts = {name: shifted(text, old, new) for name, text in texts.items()}
    is_complaint = matter["outcome"] == "moved_to_complaint"
    phone = later["contacts"].get(str(matter["turn"]), "")
    kind = "question" if "?" in matter["matter"] else "petition"
    return {
        "text": shifted(matter["matter"], old, new),
        "public_text": None if is_complaint else texts["public_text"],
        "kind": later["kinds"].get(number, kind),
        "field": matter["field"],
        "village": matter["village"],
        "channel": "dialogue",
        "asker_name": matter["asker"],
        "asker_phone": phone,
        "publish_name": False,
        "message": bool(phone),
        "contact": bool(phone),
        "received_days_before": 0,
        "at": matter["started_at"][11:16],
        "state": "moved_to_complaint" if is_complaint else "published",
        "assigned_to": matter["answered_by"]["email"],
        "answer": _answer(matter, texts["answer"], later["finals"].get(number), old),
        "commitment": _promise(promise, texts["result"], later["commitments"][number], old) if promise else None,
    }


def _replaced(text: str, old: str, new: str) -> str:
    if old not in text:
        raise ValueError(f"the log does not say {old!r}")
    return text.replace(old, new)


def _answer(matter: dict[str, Any], text: str, final: dict[str, Any] | None, old: date) -> dict[str, Any]:
    due = matter.get("written_answer_due_on")
    return {
        "outcome": matter["outcome"],
        "text": text,
        "answered_by": matter["answered_by"]["email"],
        "due_days": (date.fromisoformat(due) - old) // timedelta(days=1) if due else None,
        "final_text": final["text"] if final else "",
        "final_days": final["days"] if final else None,
        "escalated_to": matter.get("escalated_to", ""),
        "published": matter["outcome"] != "moved_to_complaint",
    }


def _promise(promise: dict[str, Any], result: str, story: dict[str, Any], old: date) -> dict[str, Any]:
    responsible = promise["responsible"]["email"]
    return {
        "responsible": responsible,
        "result": result,
        "due_days": (date.fromisoformat(promise["due_on"]) - old) // timedelta(days=1),
        "extension": story.get("extension"),
        "entries": [{"author": responsible, **entry} for entry in story["entries"]],
        "state": story["state"],
        "done_days": story.get("done_days"),
        "confirmed_days": story.get("confirmed_days"),
        "confirmed_by": story.get("confirmed_by"),
    }
