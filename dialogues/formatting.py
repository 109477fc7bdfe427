"""Dates, times and names as people read them, in Vietnamese and English. Pure."""

from datetime import date, datetime

WEEKDAYS = {
    "vi": ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}
MONTHS_EN = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip


def weekday(day: date, language: str = "vi") -> str:
    """`thứ Tư` / `Wednesday`."""
    return WEEKDAYS["en" if language == "en" else "vi"][day.weekday()]


def short_date(day: date, language: str = "vi") -> str:
    """`29/10/2025` / `29 October 2025` (a numeric English date would be read two ways)."""
    if language == "en":
        return f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}"
    return f"{day.day:02}/{day.month:02}/{day.year}"


def month(day: date, language: str = "vi") -> str:
    """The month of this day: `Tháng 12 năm 2026` / `December 2026`."""
    if language == "en":
        return f"{MONTHS_EN[day.month - 1]} {day.year}"
    return f"Tháng {day.month} năm {day.year}"


def long_date(day: date, language: str = "vi") -> str:
    """`thứ Tư, 29/10/2025` / `Wednesday, 29 October 2025`."""
    return f"{weekday(day, language)}, {short_date(day, language)}"


def clock_time(moment: datetime, language: str = "vi") -> str:
    """`7 giờ 30` / `7:30`; wall time in, so convert before."""
    if language == "en":
        return f"{moment.hour}:{moment.minute:02}"
    return f"{moment.hour} giờ {moment.minute:02}" if moment.minute else f"{moment.hour} giờ"


def long_datetime(moment: datetime, language: str = "vi") -> str:
    """`thứ Tư, 29/10/2025, 7 giờ 30`; wall time in."""
    return f"{long_date(moment.date(), language)}, {clock_time(moment, language)}"


def short_datetime(moment: datetime, language: str = "vi") -> str:
    """`29/10/2025, 7 giờ 30`; wall time in."""
    return f"{short_date(moment.date(), language)}, {clock_time(moment, language)}"
