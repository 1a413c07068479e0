"""How many defects of upstream's documents the repairs mend."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from emporix_mock_spec import load
from emporix_mock_spec.overlay import read_overlay

__all__ = ["counts"]

_FOLDER: Final = Path(load.__file__).parent / "repairs"


def counts() -> dict[str, int]:
    """The number of repairs (actions of overlays) and of the defects that they mend together."""
    repairs = 0
    defects: set[tuple[str, str, str]] = set()
    for path in sorted(_FOLDER.glob("*.yaml")):
        for action in read_overlay(path.read_bytes(), path.name).actions:
            repairs += 1
            defects.add((path.stem, action.defect, action.reason))
    return {"repairs": repairs, "defects": len(defects)}
