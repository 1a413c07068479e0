"""`sort=field[:direction],…` of lists.

Only `desc` and `DESC` descend, every other direction ascends. A localized field without a language is
compared in the language given. Undocumented, hence our choice: values are ordered by kind first (missing
and null, numbers, strings, objects, booleans) so that mixed types never fail; of an array the smallest
element counts when ascending and the largest when descending; a field that nobody has sorts as missing.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import orjson

from emporix_mock.engine.field_paths import OTHER_SPELLING, split_path, values_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from emporix_mock.engine.field_paths import Path
    from emporix_mock.store.documents import Changes, Document, Documents

    Rank = tuple[int, Any]

_Document = TypeVar("_Document", bound="Mapping[str, Any]")

_MISSING: Rank = (0, 0)
_OBJECT: Rank = (3, 0)


@dataclass(frozen=True, slots=True)
class SortKey:
    """One field to sort by: its dotted path as written, and the direction."""

    path: str
    descending: bool = False


def parse_sort(text: str) -> tuple[SortKey, ...]:
    """Read a `sort` parameter, most significant field first; empty entries are passed over."""
    keys = []
    for entry in text.split(","):
        path, _, direction = entry.strip().partition(":")
        if path:
            keys.append(SortKey(path.strip(), direction.strip() in ("desc", "DESC")))
    return tuple(keys)


def sort_documents(
    docs: Iterable[_Document],
    keys: Sequence[SortKey],
    language: str | None = None,
    *,
    id_field: str = "id",
) -> list[_Document]:
    """Give the documents in order; equal ones stay as they came.

    `language` is the one for localized fields named without a language; `id_field` is what `_id` means.
    """
    ordered = list(docs)
    for key in reversed(keys):
        ordered.sort(key=_ranking(key, language, id_field), reverse=key.descending)
    return ordered


class Order:
    """An order of stored documents by `ranks`, of which no more are decoded than must be."""

    def __init__(self, ranks: Sequence[Callable[[Document], Any]], descending: Sequence[bool]) -> None:
        self._ranks = ranks
        self._descending = descending

    @classmethod
    def of(cls, keys: Sequence[SortKey], language: str | None, id_field: str) -> Order:
        """The order of `sort_documents`."""
        return cls([_ranking(key, language, id_field) for key in keys], [key.descending for key in keys])

    def sorted(self, documents: Documents, keys: Sequence[str]) -> list[str]:
        """`keys` in this order; equal ones stay as they came."""
        # One list per rank: an object per document would keep the garbage collector busy.
        columns: list[list[Any]] = [[] for _ in self._ranks]
        for key in keys:
            document = documents.get(key) or {}
            for column, rank in zip(columns, self._ranks, strict=True):
                column.append(rank(document))
        found = list(keys)
        for column, descending in zip(reversed(columns), reversed(self._descending), strict=True):
            found.sort(key=dict(zip(keys, column, strict=True)).__getitem__, reverse=descending)
        return found

    def mended(
        self,
        documents: Documents,
        found: list[str],
        changes: Changes,
        holds: Callable[[str, Document], bool],
    ) -> list[str]:
        """Bring what `sorted` gave up to date, in place: changed documents are in it if they hold."""
        gone = {key for key in changes.before if key in changes.moved or key not in documents}
        if gone:
            found[:] = [key for key in found if key not in gone]
        before = {key: old for key, old in changes.before.items() if old is not None and key not in gone}

        def as_sorted(key: str) -> Document:
            return orjson.loads(before[key]) if key in before else documents.get(key) or {}

        for key in list(before):
            at = self._place(documents, found, key, as_sorted)
            if at < len(found) and found[at] == key:
                del found[at]
            del before[key]
        for key in changes.before:
            if key in documents and holds(key, as_sorted(key)):
                found.insert(self._place(documents, found, key, as_sorted), key)
        return found

    def after(self, documents: Documents, found: Sequence[str], document: Document) -> int:
        """How many of those in this order do not come after a document, stored or not."""
        ranked = self._ranked(document)

        def later(key: str) -> bool:
            return self._compared(self._ranked(documents.get(key) or {}), ranked) > 0

        return bisect_left(found, True, key=later)  # noqa: FBT003  # the value looked for

    def _place(
        self, documents: Documents, found: list[str], key: str, read: Callable[[str], Document]
    ) -> int:
        """Where a document stands or belongs among those that are in order."""
        ranked, place = self._ranked(read(key)), documents.place(key)
        low, high = 0, len(found)
        while low < high:
            middle = (low + high) // 2
            other = found[middle]
            before = self._compared(self._ranked(read(other)), ranked) or documents.place(other) - place
            if before < 0:
                low = middle + 1
            else:
                high = middle
        return low

    def _compared(self, first: list[Any], second: list[Any]) -> int:
        for one, other, descending in zip(first, second, self._descending, strict=True):
            if one != other:
                return -1 if (one < other) != descending else 1
        return 0

    def _ranked(self, document: Document) -> list[Any]:
        return [rank(document) for rank in self._ranks]


def _ranking(key: SortKey, language: str | None, id_field: str) -> Callable[[Mapping[str, Any]], Rank]:
    spellings = [split_path(key.path, id_field)]
    if key.path in OTHER_SPELLING:
        spellings.append(split_path(OTHER_SPELLING[key.path], id_field))
    extreme = max if key.descending else min

    def rank(document: Mapping[str, Any]) -> Rank:
        for path in spellings:
            values = _values(document, path)
            if values:
                return extreme([_rank(value, language) for value in values])
        return _MISSING

    return rank


def _values(document: Mapping[str, Any], path: Path) -> list[Any]:
    """Values at the path; a plain top-level field, by far the most frequent, without the walk."""
    if len(path) > 1:
        return values_at(document, path)
    value = document.get(path[0])
    return values_at(value, ()) if type(value) is list else [] if value is None else [value]


def _rank(value: Any, language: str | None) -> Rank:
    if type(value) is dict and language is not None:
        value = value.get(language)
    if value is None:
        return _MISSING
    if isinstance(value, str):
        return (2, value)
    if isinstance(value, bool):
        return (4, value)
    if isinstance(value, int | float):
        return (1, value)
    return _OBJECT
