"""What the official documents, repaired, said when ours were made of them: so that a copy without them
can still tell whether ours say the same.

`openapi/parity.json` holds for each service the number of facts and their digest (`facts.digest`);
`spec bundle` writes it from the official documents, never from ours.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import orjson

from emporix_mock_spec.facts import digest, facts

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["FOLDER", "Recorded", "of", "read", "record"]

FOLDER: Final = Path(__file__).parent / "openapi"
_NAME: Final = "parity.json"


@dataclass(frozen=True, slots=True)
class Recorded:
    """The facts of one document: how many, and their digest."""

    facts: int
    digest: str


def of(document: Mapping[str, Any]) -> Recorded:
    """The record of a document."""
    found = facts(document)
    return Recorded(len(found), digest(found))


def read(folder: Path = FOLDER) -> dict[str, Recorded]:
    """What is recorded beside the bundled documents, by service; nothing where no file is."""
    path = folder / _NAME
    return (
        {name: Recorded(**each) for name, each in orjson.loads(path.read_bytes()).items()}
        if path.is_file()
        else {}
    )


def record(folder: Path, official: Mapping[str, Mapping[str, Any]]) -> None:
    """Record the repaired official documents given by service; what is recorded of others stays."""
    found = {**read(folder), **{name: of(document) for name, document in official.items()}}
    text = orjson.dumps({name: asdict(found[name]) for name in sorted(found)}, option=orjson.OPT_INDENT_2)
    (folder / _NAME).write_bytes(text + b"\n")
