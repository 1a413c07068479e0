"""The structure of a `q` expression: clauses, keys, and the groups of `compoundLogicalQuery`.

    query    = clause { SP clause }
    clause   = key ":" value | "compoundLogicalQuery" ":" group
    group    = "(" query ")" | "(" group { SP ( "AND" | "OR" ) SP group } ")"

AND binds tighter than OR where one level mixes them (undocumented; the usual precedence). A value ends
at whitespace outside brackets and quotes, inside a group also at the group's closing bracket.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from emporix_mock.engine.query_nodes import Clause, Either, Every, QuerySyntaxError
from emporix_mock.engine.query_values import read_value

if TYPE_CHECKING:
    from emporix_mock.engine.query_nodes import Node

COMPOUND = "compoundLogicalQuery"
MAX_DEPTH = 50

_WORD_START = re.compile(r"\S")
_KEY_END = re.compile(r"[\s:()]")
_PROPER_KEY = re.compile(r"[\w@$-]+(?:\.[\w@$-]+)*")
_STOP = re.compile(r'["()\s]')
_CONNECTOR = re.compile(r"\s+(AND|OR)\s+(?=\()")


def read_query(text: str, *, compound: bool) -> Node:
    """Read a whole expression; QuerySyntaxError when it is empty or not of the language.

    `compound` allows `compoundLogicalQuery`, which only some services have.
    """
    reader = _Reader(text, compound=compound)
    node = reader.clauses(depth=0)
    if reader.position < len(text):
        raise QuerySyntaxError(f"Unexpected '{text[reader.position]}' in query", reader.position)
    return node


class _Reader:
    def __init__(self, text: str, *, compound: bool) -> None:
        self.text = text
        self.position = 0
        self._compound = compound
        self._compound_start = 0

    def clauses(self, depth: int) -> Node:
        """Read clauses up to the end of the text, or in a group (`depth` above 0) to its bracket."""
        parts: list[Node] = []
        while True:
            self._skip_space()
            if self.position == len(self.text) or (depth and self.text[self.position] == ")"):
                break
            parts.append(self._clause(depth))
        if not parts:
            raise QuerySyntaxError("Query is empty", self.position)
        return parts[0] if len(parts) == 1 else Every(tuple(parts))

    def _clause(self, depth: int) -> Node:
        start = self.position
        key = self._key()
        if key == COMPOUND:
            return self._compound_clause(start, depth)
        value_start = self.position
        raw = self._raw_value(key, grouped=depth > 0)
        if not raw:
            raise QuerySyntaxError(f"No value for key '{key}'", start, key)
        return Clause(key, read_value(key, raw, value_start), start)

    def _key(self) -> str:
        start = self.position
        found = _KEY_END.search(self.text, start)
        end = found.start() if found else len(self.text)
        key = self.text[start:end]
        following = self.text[end : end + 1]
        if following != ":":
            if not key:
                raise QuerySyntaxError(f"Unexpected '{following}' in query", start)
            raise QuerySyntaxError(f"No value for key '{key}'", start, key)
        if not key:
            raise QuerySyntaxError("Missing key before ':'", start)
        if not _PROPER_KEY.fullmatch(key):
            raise QuerySyntaxError(f"'{key}' is not a valid key", start, key)
        self.position = end + 1
        return key

    def _raw_value(self, key: str, *, grouped: bool) -> str:
        """Take the text of a value, balanced in brackets and quotes."""
        text, start = self.text, self.position
        depth, quoted, end = 0, False, len(text)
        for stop in _STOP.finditer(text, start):
            character = stop[0]
            if character == '"':
                quoted = not quoted
            elif quoted:
                continue
            elif character == "(":
                depth += 1
            elif depth == 0:
                end = stop.start()
                break
            elif character == ")":
                depth -= 1
        raw = text[start:end]
        if depth:
            raise self._unclosed(raw, key, start)
        if quoted:
            raise QuerySyntaxError(f"Missing closing quote in value '{raw}' of key '{key}'", start, key)
        if text[end : end + 1] == ")" and not grouped:
            raise QuerySyntaxError(
                f"Missing opening parenthesis in value '{text[start : end + 1]}' of key '{key}'", end, key
            )
        self.position = end
        return raw

    def _compound_clause(self, start: int, depth: int) -> Node:
        if not self._compound:
            raise QuerySyntaxError(f"{COMPOUND} is not supported by this service", start, COMPOUND)
        following = self.text[self.position : self.position + 1]
        if not following or following.isspace():
            raise QuerySyntaxError(f"No value for key '{COMPOUND}'", start, COMPOUND)
        if following != "(":
            raise QuerySyntaxError(f"Expected '(' after {COMPOUND}:", self.position, COMPOUND)
        outer, self._compound_start = self._compound_start, self.position
        node = self._group(depth + 1)
        self._compound_start = outer
        behind = self.text[self.position : self.position + 1]
        if behind and not behind.isspace() and not (depth and behind == ")"):
            raise QuerySyntaxError(f"Unexpected '{behind}' after {COMPOUND}", self.position, COMPOUND)
        return node

    def _group(self, depth: int) -> Node:
        if depth > MAX_DEPTH:
            raise QuerySyntaxError(f"More than {MAX_DEPTH} nested groups", self.position, COMPOUND)
        self.position += 1
        self._skip_space()
        nested = self.text.startswith("(", self.position)
        node = self._logical(depth) if nested else self.clauses(depth)
        self._skip_space()
        if self.position == len(self.text):
            raise self._unclosed(self.text[self._compound_start :], COMPOUND, self._compound_start)
        if self.text[self.position] != ")":
            raise QuerySyntaxError("Expected AND or OR between groups", self.position, COMPOUND)
        self.position += 1
        return node

    def _logical(self, depth: int) -> Node:
        alternatives: list[list[Node]] = [[self._group(depth + 1)]]
        while connector := _CONNECTOR.match(self.text, self.position):
            self.position = connector.end()
            operand = self._group(depth + 1)
            if connector[1] == "OR":
                alternatives.append([operand])
            else:
                alternatives[-1].append(operand)
        parts = [part[0] if len(part) == 1 else Every(tuple(part)) for part in alternatives]
        return parts[0] if len(parts) == 1 else Either(tuple(parts))

    def _skip_space(self) -> None:
        found = _WORD_START.search(self.text, self.position)
        self.position = found.start() if found else len(self.text)

    def _unclosed(self, raw: str, key: str, start: int) -> QuerySyntaxError:
        return QuerySyntaxError(f"Missing closing parenthesis in value '{raw}' of key '{key}'", start, key)
