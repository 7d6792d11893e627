"""The date of a paper, as exact as its source was: YYYY, YYYY-MM or YYYY-MM-DD."""

from __future__ import annotations

import datetime as dt
import re
from email.utils import parsedate_to_datetime

_ISO = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?(?![0-9])")
_EXACT = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def published(year: int, month: int = 0, day: int = 0) -> str:
    """Return the date with the parts that are known; 0 is unknown. Raise ValueError for what is not a date."""
    try:
        dt.date(year, month or 1, day or 1)
    except OverflowError:
        raise ValueError("no calendar has this date") from None
    parts = (f"{year:04d}", f"{month:02d}" if month else "", f"{day:02d}" if month and day else "")
    return "-".join(filter(None, parts))


def is_published(text: str) -> bool:
    """Say whether the text is a date of this form."""
    return bool(_EXACT.fullmatch(text)) and from_iso(text) == text


def from_iso(text: str) -> str | None:
    """Return the date at the start of an ISO 8601 text, or None."""
    match = _ISO.match(text.strip())
    if match is None:
        return None
    try:
        return published(*(int(part or 0) for part in match.groups()))
    except ValueError:
        return None


def from_mail(text: str) -> str | None:
    """Return the date of an e-mail time stamp, the form that arXiv gives, or None."""
    try:
        return parsedate_to_datetime(text).date().isoformat()
    except (ValueError, OverflowError):
        return None


def month_number(text: str) -> int:
    """Return 1 to 12 for `6`, `06`, `jun`, `June` or `10--12 Jun`; 0 where no month is told."""
    named = next((word[:3].lower() for word in re.findall(r"[A-Za-z]{3,}", text) if word[:3].lower() in _MONTHS), None)
    if named:
        return _MONTHS.index(named) + 1
    number = int(text) if re.fullmatch(r"[0-9]{1,2}", text.strip()) else 0
    return number if number <= 12 else 0


def month_name(month: int) -> str:
    """Return the name under which BibTeX knows the month: `jan` to `dec`."""
    return _MONTHS[month - 1]
