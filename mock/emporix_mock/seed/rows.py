"""The content of a seed file as rows: stored key, document, and the times that are still relative."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.crud import drawn
from emporix_mock.engine.resource import PARENT
from emporix_mock.seed.moments import relative_times
from emporix_mock.seed.refusal import Refusal, nearest
from emporix_mock.store.sources import Ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from emporix_mock.seed.layout import Layout
    from emporix_mock.seed.moments import Times
    from emporix_mock.store.documents import Document

    Place = tuple[str | int, ...]
    Rows = Mapping[str, list["Row"]]


@dataclass(frozen=True, slots=True)
class Row:
    """One document: its id, its id as stored (below that of its parent), its place in the file."""

    id: str
    key: str
    at: Place
    document: Document
    times: Times


def rows(content: Any, layouts: Mapping[str, Layout], service: str, *, random_seed: str) -> Rows:
    """The documents of each collection in a file of `service`. Raises `Refusal`.

    Ids that are absent are drawn from `random_seed`, so they are the same in every world.
    """
    if content is None:
        return {}
    if not isinstance(content, dict):
        raise Refusal(
            (), f"{kind_of(content)} where collections should stand", _collections(layouts, service)
        )
    found: dict[str, list[Row]] = {}
    for name, part in content.items():
        layout = layouts.get(name)
        if layout is None:
            rule = f"{service} has no collection '{name}'"
            raise unknown((name,), name, layouts, rule, _collections(layouts, service))
        ids = Ids(f"{random_seed}/seed/{service}/{name}")
        found[name] = list(_rows_of(part, layout, ids))
    return found


def _collections(layouts: Mapping[str, Layout], service: str) -> str:
    if not layouts:
        return f"leave it out, {service} keeps nothing that a seed could hold"
    return f"write {' or '.join(f'{name}:' for name in layouts)} with documents below"


def unknown(at: Place, name: str, known: Iterable[str], rule: str, mend: str) -> Refusal:
    """The refusal of a name that is none of `known`: the nearest of them, else what `mend` says."""
    near = nearest(name, known)
    return Refusal(at, rule, f"did you mean '{near}'?" if near else mend)


def _rows_of(part: Any, layout: Layout, ids: Ids) -> Iterator[Row]:
    at: Place = (layout.name,)
    taken: set[str] = set()
    for parent, place, documents in _lists(part, layout, at):
        if documents is None:
            continue
        if not isinstance(documents, list):
            raise Refusal(
                place, f"{kind_of(documents)} where a list should stand", "start each document with '- '"
            )
        for index, document in enumerate(documents):
            yield _row(document, layout, ids, parent=parent, at=(*place, index), taken=taken)


def _lists(part: Any, layout: Layout, at: Place) -> Iterator[tuple[str | None, Place, Any]]:
    if not layout.parent:
        yield None, at, part
        return
    if part is not None and not isinstance(part, dict):
        rule = f"{kind_of(part)} where documents should stand below the {layout.parent} they belong to"
        raise Refusal(at, rule, f"write the {layout.parent}, then its list")
    for parent, documents in (part or {}).items():
        yield parent, (*at, parent), documents


def _row(document: Any, layout: Layout, ids: Ids, *, parent: str | None, at: Place, taken: set[str]) -> Row:
    if not isinstance(document, dict):
        raise Refusal(
            at, f"{kind_of(document)} where a document should stand", "write its fields as 'name: value'"
        )
    own = _id(document, layout, ids, at)
    key = own if parent is None else f"{parent}/{own}"
    if key in taken:
        raise Refusal(
            (*at, layout.key), f"{layout.key} '{own}' is taken by an earlier document", "give another"
        )
    taken.add(key)
    _complete(document, layout)
    try:
        times = list(relative_times(document))
    except Refusal as refusal:
        raise refusal.below(at) from None
    if parent is not None:
        document[PARENT] = parent
    return Row(own, key, at, document, times)


def _id(document: Document, layout: Layout, ids: Ids, at: Place) -> str:
    own = document.get(layout.key)
    if own is None:
        if layout.new_id == "given":
            raise Refusal(at, f"'{layout.key}' is missing (required)", f"add '{layout.key}'")
        own = document[layout.key] = drawn(ids, layout.new_id)
    if not isinstance(own, str) or not own:
        rule = f"'{layout.key}' must be text, not {kind_of(own)}" if own != "" else f"'{layout.key}' is empty"
        raise Refusal((*at, layout.key), rule, "put it in quotes" if own != "" else "write an id")
    document[layout.key] = own = layout.declared.spelling(own)
    return own


def _complete(document: Document, layout: Layout) -> None:
    if layout.version is not None and isinstance(document.setdefault("metadata", {}), dict):
        document["metadata"].setdefault("version", layout.version)
    for field in layout.times:
        *outer, last = field.split(".")
        node: Any = document
        for name in outer:
            node = node.setdefault(name, {}) if isinstance(node, dict) else None
        if isinstance(node, dict):
            node.setdefault(last, "now")


_KINDS = {
    dict: "a mapping",
    list: "a list",
    str: "text",
    bool: "a boolean",
    int: "a number",
    float: "a number",
}


def kind_of(value: Any) -> str:
    """What a value is, in the words of someone who writes YAML."""
    return _KINDS.get(type(value), "nothing")
