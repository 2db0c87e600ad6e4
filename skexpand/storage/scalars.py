"""Single values of Python that JSON lacks, each as text or whole numbers: ``{"$date": "2024-02-29"}``.

(Those of NumPy and pandas are kept with their type, see ``document`` and ``columns``.)
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo


class Kind(NamedTuple):
    """How values of one type are written as JSON and read again."""

    type: type
    write: Callable[[Any], Any]
    read: Callable[[Any], Any]


def _write_moment(moment: dt.datetime) -> list[Any]:
    zone = moment.tzinfo
    if zone is None or isinstance(zone, dt.timezone):  # then the text says it all
        return [moment.isoformat(), None, 0]
    if isinstance(zone, ZoneInfo) and zone.key:
        return [moment.replace(tzinfo=None).isoformat(), zone.key, moment.fold]
    raise ValueError(f"it has the time zone {zone!r}, which has no name")


def _read_moment(parts: list[Any]) -> dt.datetime:
    text, zone, fold = parts
    moment = dt.datetime.fromisoformat(text)
    return moment if zone is None else moment.replace(tzinfo=ZoneInfo(zone), fold=fold)


KINDS = {
    "$float": Kind(float, repr, float),  # infinite or NaN; others are JSON's
    "$date": Kind(dt.date, dt.date.isoformat, dt.date.fromisoformat),
    "$time": Kind(dt.time, dt.time.isoformat, dt.time.fromisoformat),
    "$datetime": Kind(dt.datetime, _write_moment, _read_moment),
    "$timedelta": Kind(dt.timedelta, lambda t: [t.days, t.seconds, t.microseconds], lambda t: dt.timedelta(*t)),
    "$decimal": Kind(Decimal, str, Decimal),
    "$uuid": Kind(UUID, str, UUID),
    "$bytes": Kind(bytes, bytes.hex, bytes.fromhex),
}
TAGS = {kind.type: tag for tag, kind in KINDS.items()}


def is_json(value: Any) -> bool:
    """Return whether a single value is one of JSON's own."""
    return value is None or type(value) in (bool, int, str) or (type(value) is float and math.isfinite(value))
