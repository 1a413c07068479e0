"""Sequential ids: what a schema may be, what becomes of its placeholders, and how a number is written.

A schema is `{preText, postText, startValue, maxValue, numberOfDigits, placeholders}` (configuration
facts 8 and the texts of the document).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from emporix_mock.rules.sites import FIELDS, is_time_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    Lookup = Callable[[], Mapping[str, Any]]

TIMES: Final[Mapping[str, str]] = {
    "__year__": "%Y",
    "__month__": "%m",
    "__day__": "%d",
    "__hour__": "%H",
    "__minute__": "%M",
    "__second__": "%S",
}
COUNTRY: Final = "__country__"
LONGEST_VALUE: Final = 100
MOST_DIGITS: Final = 100
LARGEST: Final = 2**53
"""The largest number that JSON carries everywhere; with the digits a bound of ours, not of the API."""

_NAME = re.compile(r"__.+__")
_PATH = re.compile(r"[^.\[\]]+(\.[^.\[\]]+)*")


class UnresolvedError(ValueError):
    """A required placeholder has no value."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def faults(schema: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Field and sentence for everything that a new schema may not be."""
    for field, least, most in (
        ("startValue", 0, LARGEST),
        ("maxValue", 0, LARGEST),
        ("numberOfDigits", 1, MOST_DIGITS),
    ):
        value = schema[field]
        if value != int(value) or not least <= value <= most:
            yield field, f"{field} must be a whole number from {least} to {most}"
    if schema["startValue"] > schema["maxValue"]:
        yield "maxValue", "maxValue must not be less than startValue"
    for name, placeholder in (schema.get("placeholders") or {}).items():
        if not _NAME.fullmatch(name):
            yield f"placeholders.{name}", "names of placeholders must start and end with __"
        path = placeholder.get("sitePath")
        if path is not None and not _is_site_path(path):
            yield f"placeholders.{name}.sitePath", f"'{path}' leads to no property of a site"


def _is_site_path(path: str) -> bool:
    parts = path.split(".")
    if not _PATH.fullmatch(path) or "metadata" in parts:
        return False
    return len(parts) > 1 if parts[0] == "mixins" else parts[0] in FIELDS


def written(schema: Mapping[str, Any], number: int, values: Mapping[str, str]) -> str:
    """The id for a number, with the values of the placeholders put into the texts around it."""
    pre, post = (str(schema.get(name) or "") for name in ("preText", "postText"))
    for name, value in values.items():
        pre, post = pre.replace(name, value), post.replace(name, value)
    return f"{pre}{number:0{int(schema['numberOfDigits'])}d}{post}"


def resolved(
    placeholders: Mapping[str, Mapping[str, Any]],
    given: Mapping[str, str],
    site: Lookup | None,
    now: datetime,
) -> dict[str, str]:
    """A value for every placeholder: the given one, else the site's, else the default.

    `site` finds the site of the request, None where it names none. Raises `UnresolvedError` for a
    required placeholder without a value; an optional one is empty. Defaults serve optional ones only.
    Built-in names that the schema does not declare are replaced where they have a value.
    """
    found = {}
    for name in (*TIMES, COUNTRY):
        if name in placeholders:
            continue
        value = given.get(name)
        if value is None and site is not None:
            value = _of_site(name, {}, site(), now)
        if value is not None:
            found[name] = str(value)[:LONGEST_VALUE]
    for name, placeholder in placeholders.items():
        value = given.get(name)
        if value is None and site is not None:
            value = _of_site(name, placeholder, site(), now)
        if value is None and placeholder["required"]:
            raise UnresolvedError(name)
        found[name] = str(placeholder.get("default") or "" if value is None else value)[:LONGEST_VALUE]
    return found


def _of_site(name: str, placeholder: Mapping[str, Any], site: Mapping[str, Any], now: datetime) -> str | None:
    home = site.get("homeBase") or {}
    if name in TIMES:
        zone = home.get("timezone") or "UTC"
        return now.astimezone(ZoneInfo(zone if is_time_zone(zone) else "UTC")).strftime(TIMES[name])
    if name == COUNTRY:
        return str((home.get("address") or {}).get("country") or "DE")
    path = placeholder.get("sitePath")
    return None if path is None else _joined(_at(site, path.split(".")), placeholder)


def _at(value: Any, path: list[str]) -> Any:
    for part in path:
        if isinstance(value, list):
            index = int(part) if part.isdecimal() else len(value)
            value = value[index] if index < len(value) else None
        else:
            value = value.get(part) if isinstance(value, dict) else None
    return value


def _joined(value: Any, placeholder: Mapping[str, Any]) -> str | None:
    """A scalar as text, the first scalars of a list joined; None for anything else."""
    if not isinstance(value, list):
        return _scalar(value)
    texts = [_scalar(element) for element in value]
    if not texts or None in texts:
        return None
    limit = placeholder.get("arrayLimit", 3)
    return str(placeholder.get("delimiter", "-")).join(text for text in texts[:limit] if text is not None)


def _scalar(value: Any) -> str | None:
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, str | int | float) else None
