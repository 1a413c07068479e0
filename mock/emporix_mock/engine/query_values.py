"""The right-hand side of a `q` clause: literals, lists, ranges, regular expressions, presence.

The caller hands over the raw text of a value, balanced in brackets and quotes. Brackets and quotes are
structure wherever they stand, also behind a backslash (measured); they cannot be escaped.
"""

from __future__ import annotations

import math
import re
import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, cast

from emporix_mock.engine.query_nodes import (
    AnyOf,
    Bound,
    Pattern,
    Presence,
    QuerySyntaxError,
    Within,
    Word,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal

    from emporix_mock.engine.query_nodes import (
        Test,
    )

MAX_PATTERN = 512

_PRESENCE = frozenset({"null", "exists", "missing"})
_STRUCTURE = re.compile(r'["()]')
_BOOLEANS = {"true": True, "false": False}
_NUMBER_STARTS = frozenset("-0123456789")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,39})(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")
_COMPARE = re.compile(r"(>=|<=|>|<)(.*)", re.DOTALL)
_AND = re.compile(r"\s+AND\s+")
_ITEM = re.compile(r'\s*(?:"([^"]*)"|([^\s",()]+))\s*')
_NOT_PLAIN = re.compile(r'["()\s]')
_SEPARATOR = re.compile(r",|(?<=\s)OR(?=\s)")


def read_value(key: str, raw: str, position: int) -> Test:
    """Read the text behind `key:`, which starts at `position`; QuerySyntaxError when it has no meaning."""
    if raw in _PRESENCE:
        return Presence(cast("Literal['null', 'exists', 'missing']", raw))
    first = raw[0]
    if first == "~":
        return _open_pattern(key, raw, position)
    if first in "<>":
        return Within((_bound(key, raw, position),))
    if first == '"':
        if raw.find('"', 1) != len(raw) - 1:
            raise QuerySyntaxError(
                f"Unexpected text after the quoted value {raw} of key '{key}'", position, key
            )
        return AnyOf((_word(raw[1:-1], quoted=True),))
    if first == "(":
        return _bracketed(key, raw, position)
    if raw.startswith("in(") and raw.endswith(")"):
        return _list(key, raw, 3, position)
    if found := _STRUCTURE.search(raw):
        raise QuerySyntaxError(
            f"Unexpected '{found[0]}' in value '{raw}' of key '{key}'", position + found.start(), key
        )
    return AnyOf((_word(raw, quoted=False),))


def read_instant(text: str) -> datetime | None:
    """Give an ISO 8601 date or date-time as a moment (UTC unless it says otherwise), or None."""
    size = len(text)
    if size < 10 or text[4] != "-" or (size > 10 and text[10] not in "T "):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def within(period: Mapping[str, Any], now: datetime) -> bool:
    """Whether a moment is in a period `{from, to}` of moments, whose ends belong to it and may be missing."""
    start, end = (read_instant(period.get(name) or "") for name in ("from", "to"))
    return (start is None or start <= now) and (end is None or now <= end)


def _word(text: str, *, quoted: bool) -> Word:
    if quoted and len(text) > 10 and (instant := read_instant(text)):
        return Word(text, instant=instant)
    number = _number(text)
    if number is None and text in _BOOLEANS:
        return Word(text, boolean=_BOOLEANS[text])
    return Word(text, number)


def _number(text: str) -> int | float | None:
    found = _NUMBER.fullmatch(text) if text[:1] in _NUMBER_STARTS else None
    if not found:
        return None
    number = float(text) if found[1] or found[2] else int(text)
    return number if math.isfinite(number) else None


def _bound(key: str, text: str, position: int) -> Bound:
    found = _COMPARE.fullmatch(text)
    if not found:
        raise QuerySyntaxError(f"Expected a comparison instead of '{text}' in key '{key}'", position, key)
    operator, operand = found[1], found[2]
    at = position + len(operator)
    if not operand:
        raise QuerySyntaxError(f"Nothing to compare with after '{operator}' of key '{key}'", at, key)
    if operand[0] == '"':
        moment = read_instant(operand[1:-1]) if operand.count('"') == 2 and operand[-1] == '"' else None
        if moment is None:
            raise QuerySyntaxError(f"{operand} of key '{key}' is not an ISO 8601 date", at, key)
        return Bound(operator, moment)
    number = _number(operand)
    if number is None:
        raise QuerySyntaxError(
            f"'{operand}' of key '{key}' is neither a number nor a date in double quotes", at, key
        )
    return Bound(operator, number)


def _bracketed(key: str, raw: str, position: int) -> Test:
    if not _encloses(raw):
        raise QuerySyntaxError(
            f"Unexpected text after the closing parenthesis in value '{raw}' of key '{key}'", position, key
        )
    inner = raw[1:-1]
    if inner.startswith("~"):
        return Pattern((_compiled(key, inner[1:], raw, position + 2),))
    start = len(inner) - len(inner.lstrip())
    if inner[start : start + 1] in ("<", ">"):
        return Within(_bounds(key, inner.rstrip(), start, position + 1))
    return _list(key, raw, 1, position)


def _bounds(key: str, inner: str, start: int, position: int) -> tuple[Bound, ...]:
    bounds = []
    for separator in _AND.finditer(inner):
        bounds.append(_bound(key, inner[start : separator.start()], position + start))
        start = separator.end()
    bounds.append(_bound(key, inner[start:], position + start))
    return tuple(bounds)


def _list(key: str, raw: str, start: int, position: int) -> AnyOf:
    plain = raw[start:-1].split(",")
    if all(plain) and not _NOT_PLAIN.search(raw, start, len(raw) - 1):  # long id lists come this way
        return AnyOf(tuple([_word(text, quoted=False) for text in plain]))
    words = []
    end = len(raw) - 1
    between = None
    while True:
        item = _ITEM.match(raw, start, end)
        if not item:
            raise QuerySyntaxError(f"Expected an item in value '{raw}' of key '{key}'", position + start, key)
        quoted = item[1] is not None
        words.append(_word(item[1] if quoted else item[2], quoted=quoted))
        if item.end() == end:
            return AnyOf(tuple(words))
        separator = _SEPARATOR.match(raw, item.end())
        if not separator or between not in (None, separator[0]):
            raise QuerySyntaxError(
                f"Expected '{between or ','}' in value '{raw}' of key '{key}'", position + item.end(), key
            )
        between = separator[0]
        start = separator.end()


def _open_pattern(key: str, raw: str, position: int) -> Pattern:
    body = raw[1:]
    if not body.startswith("(") or body.startswith("(?") or not _encloses(body):  # "(?" is a regex group
        return Pattern((_compiled(key, body, raw, position + 1),))
    parts = _split_alternatives(body[1:-1])
    if len(parts) == 1:
        return Pattern((_compiled(key, parts[0], raw, position + 2),))
    patterns = []
    at = position + 2
    for part in parts:
        patterns.append(_compiled(key, part.strip(), raw, at))
        at += len(part) + 1
    return Pattern(tuple(patterns))


def _split_alternatives(text: str) -> list[str]:
    """Cut at commas, but not at those that belong to the expression: groups, classes, `{2,3}`."""
    parts, depth, start, escaped = [], 0, 0, False
    for index, character in enumerate(text):
        if escaped:
            escaped = False
        elif character == "\\":
            escaped = True
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts


def _compiled(key: str, pattern: str, raw: str, position: int) -> re.Pattern[str]:
    """Compile one expression; how long it may take is seen to where it is used."""
    if not pattern:
        raise QuerySyntaxError(f"Empty regular expression in value '{raw}' of key '{key}'", position, key)
    if len(pattern) > MAX_PATTERN:
        raise QuerySyntaxError(
            f"Regular expression of key '{key}' is longer than {MAX_PATTERN} characters", position, key
        )
    if (quote := pattern.find('"')) >= 0:
        raise QuerySyntaxError(
            f"Unexpected '\"' in regular expression '{pattern}' of key '{key}'", position + quote, key
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Python's advice on its own future syntax is not the client's
            return re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise QuerySyntaxError(
            f"Invalid regular expression '{pattern}' of key '{key}': {error}", position, key
        ) from error


def _encloses(raw: str) -> bool:
    """Whether the bracket that opens `raw` closes at its very end."""
    depth, quoted = 0, False
    for found in _STRUCTURE.finditer(raw):
        if found[0] == '"':
            quoted = not quoted
        elif not quoted:
            depth += 1 if found[0] == "(" else -1
            if depth == 0:
                return found.end() == len(raw)
    return False
