"""`sort=field[:direction],…` of lists.

Only `desc` and `DESC` descend, every other direction ascends. A localized field without a language is
compared in the language given. Undocumented, hence our choice: values are ordered by kind first (missing
and null, numbers, strings, objects, booleans) so that mixed types never fail; of an array the smallest
element counts when ascending and the largest when descending; a field that nobody has sorts as missing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from emporix_mock.engine.field_paths import OTHER_SPELLING, split_path, values_at

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from emporix_mock.engine.field_paths import Path
    from emporix_mock.store.documents import Documents

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
    """An order of stored documents, of which no more are decoded than must be."""

    def __init__(self, keys: Sequence[SortKey], language: str | None, id_field: str) -> None:
        self._ranks = [_ranking(key, language, id_field) for key in keys]
        self._descending = [key.descending for key in keys]

    def sorted(self, documents: Documents, keys: Sequence[str]) -> list[str]:
        """`keys` in this order; equal ones stay as they came."""
        rows = [(self._ranked(documents, key), key) for key in keys]
        for place in reversed(range(len(self._ranks))):
            rows.sort(key=lambda row: row[0][place], reverse=self._descending[place])
        return [key for _, key in rows]

    def mended(
        self, documents: Documents, known: list[str], changed: frozenset[str], keys: Sequence[str]
    ) -> list[str]:
        """What `sorted` gives for `keys`, from what it gave before some documents `changed`."""
        found = [key for key in known if key not in changed]
        for key in keys:
            if key in changed:
                self._insert(documents, found, key)
        return found

    def _insert(self, documents: Documents, found: list[str], key: str) -> None:
        ranked, low, high = self._ranked(documents, key), 0, len(found)
        while low < high:
            middle = (low + high) // 2
            if self._precedes(documents, ranked, key, found[middle]):
                high = middle
            else:
                low = middle + 1
        found.insert(low, key)

    def _precedes(self, documents: Documents, ranked: list[Rank], key: str, other: str) -> bool:
        for mine, its, descending in zip(
            ranked, self._ranked(documents, other), self._descending, strict=True
        ):
            if mine != its:
                return (mine < its) != descending
        return documents.place(key) < documents.place(other)

    def _ranked(self, documents: Documents, key: str) -> list[Rank]:
        document = documents.get(key) or {}
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
