"""The documents: are they valid, do they say what upstream's say, how many defects do the repairs mend."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emporix_mock.doctor.finding import Finding, counted
from emporix_mock.fidelity.repairs import counts
from emporix_mock_spec import catalog, load, parity
from emporix_mock_spec.error import SpecError
from emporix_mock_spec.facts import Parity, compare
from emporix_mock_spec.validate import validate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from emporix_mock_spec.load import Source

__all__ = ["documents", "official"]


def documents(ours: Source, upstream: Source | None) -> Iterator[Finding]:
    """Findings about the documents `ours`; `upstream` are the official ones, None where there are none."""
    yield _valid(ours)
    compared = [_compared(name, ours, upstream) for name in upstream.services] if upstream else []
    yield _parity(compared) if upstream else _recorded_parity(ours)
    yield _repairs(compared)


def official(directory: Path | None) -> Source | None:
    """The official documents in a folder, or those pulled; None where none were.

    Raises `SpecError` when a folder was named and holds none.
    """
    try:
        return load.official(directory)
    except SpecError:
        if directory is not None:
            raise
        return None


def _valid(source: Source) -> Finding:
    total = len(catalog.services())
    wrong = {name: found for name in source.services if (found := validate(source, name))}
    valid = len(source.services) - len(wrong)
    text = f"{valid} of {total} bundled documents are valid OpenAPI 3"
    if wrong:
        name, found = next(iter(wrong.items()))
        text += f"; {name}: {found[0].where}: {found[0].why}"
    return Finding("valid", valid == total, text, {"valid": valid, "documents": total})


@dataclass(frozen=True, slots=True)
class _Compared:
    """One official document against ours: parity None where we have none, and repairs that did not fit."""

    service: str
    parity: Parity | None
    unfit: int


def _compared(name: str, ours: Source, upstream: Source) -> _Compared:
    applied = upstream.repair(name)
    parity = compare(applied.document, ours.raw(name)) if name in ours.services else None
    return _Compared(name, parity, len(applied.unmatched) + len(applied.refused))


def _parity(compared: list[_Compared]) -> Finding:
    found = [each.parity for each in compared if each.parity is not None]
    kept, added = sum(each.kept for each in found), sum(len(each.added) for each in found)
    facts = kept + sum(len(each.missing) for each in found)
    apart = [each.service for each in compared if each.parity is None or not each.parity.exact]
    percent = 100 * kept / facts if facts else 0.0
    text = f"{percent:.2f} % of {facts:,} wire facts of {counted(len(compared), 'official document')}"
    text += f", {added} added"
    if apart:
        text += f"; apart: {', '.join(apart[:5])}{' …' if len(apart) > 5 else ''}"
    numbers = {"percent": percent, "facts": facts, "kept": kept, "added": added, "apart": apart}
    return Finding("parity", not apart, text, numbers)


def _recorded_parity(ours: Source) -> Finding:
    """Without the official documents: by the digests of their facts that were taken when ours were made."""
    recorded = parity.read()
    same = [name for name in ours.services if parity.of(ours.raw(name)) == recorded.get(name)]
    apart = [name for name in catalog.services() if name not in same]
    number = sum(each.facts for each in recorded.values())
    kept = sum(recorded[name].facts for name in same)
    percent = 100 * kept / number if number else 0.0
    text = f"{percent:.2f} % of {number:,} wire facts of {counted(len(recorded), 'official document')}"
    text += f" at {catalog.COMMIT[:10]}, by their recorded digests; --from DIR compares with the documents"
    if apart:
        text += f"; apart: {', '.join(apart[:5])}{' …' if len(apart) > 5 else ''}"
    numbers = {"percent": percent, "facts": number, "kept": kept, "apart": apart}
    return Finding("parity", not apart, text, numbers)


def _repairs(compared: list[_Compared]) -> Finding:
    numbers = counts()
    text = f"{counted(numbers['repairs'], 'repair')} of {counted(numbers['defects'], 'upstream defect')}"
    if not compared:
        return Finding("repairs", ok=True, text=text, numbers=numbers)
    unfit = sum(each.unfit for each in compared)
    text += f"; {unfit} no longer fit, see `emporix-mock spec validate`" if unfit else "; all of them fit"
    return Finding("repairs", not unfit, text, {**numbers, "unfit": unfit})
