"""Times that are relative to the beginning of a world: `now`, `now-30d`, `now+2h`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from emporix_mock.seed.refusal import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    Path = tuple[str | int, ...]
    Times = Sequence[tuple[Path, int]]

_MEANT = re.compile(r"now(?:[+-]\S*)?")
_FORM = re.compile(r"now(?:(?P<sign>[+-])(?P<number>[0-9]{1,10})(?P<unit>[smhdw]))?")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_FURTHEST = 100 * 366 * 86400


def seconds_from_now(text: str, at: Path) -> int:
    """How far a relative time lies from now. Raises `Refusal` for one that says nothing."""
    found = _FORM.fullmatch(text)
    if found is None:
        raise Refusal(
            at, f"'{text}' is no relative time", "write now, or such as now-30d or now+2h (s m h d w)"
        )
    if found["sign"] is None:
        return 0
    seconds = int(found["number"]) * _SECONDS[found["unit"]]
    if seconds > _FURTHEST:
        raise Refusal(at, f"'{text}' is more than 100 years away", "write a nearer time")
    return -seconds if found["sign"] == "-" else seconds


def relative_times(value: Any, at: Path = ()) -> Iterator[tuple[Path, int]]:
    """Place and distance in seconds of every relative time in a document. Raises `Refusal`."""
    if isinstance(value, str):
        if _MEANT.fullmatch(value):
            yield at, seconds_from_now(value, at)
    elif isinstance(value, dict):
        for name, member in value.items():
            yield from relative_times(member, (*at, name))
    elif isinstance(value, list):
        for index, element in enumerate(value):
            yield from relative_times(element, (*at, index))


def settle(document: Any, times: Times, now: datetime, stamp: Callable[[datetime], str]) -> None:
    """Write the moments into a document, in place."""
    for path, seconds in times:
        node = document
        for part in path[:-1]:
            node = node[part]
        node[path[-1]] = stamp(now + timedelta(seconds=seconds))
