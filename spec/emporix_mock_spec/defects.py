"""The register of upstream defects, written from the repairs: `python -m emporix_mock_spec.defects`."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from emporix_mock_spec import catalog
from emporix_mock_spec.overlay import read_overlay

if TYPE_CHECKING:
    from emporix_mock_spec.overlay import Overlay

__all__ = ["register"]

_HEAD: Final = """\
# Defects of the official documents

Written by `python -m emporix_mock_spec.defects` from the repairs in `spec/emporix_mock_spec/repairs/`,
which are OpenAPI Overlays: any Overlay tool can apply them to the official files of commit
`{commit}`.
Each line names a defect, why it is one, and where it stands.
"""


def register() -> str:
    """Every defect that a repair mends, as Markdown, by service in the order of the catalogue."""
    parts = [_HEAD.format(commit=catalog.COMMIT)]
    for name in catalog.services():
        path = Path(__file__).parent / "repairs" / f"{name}.yaml"
        if path.is_file():
            parts.append(_section(read_overlay(path.read_bytes(), path.name), name))
    return "\n".join(parts)


def _section(overlay: Overlay, name: str) -> str:
    defects: dict[tuple[str, str], list[str]] = {}
    for action in overlay.actions:
        places = defects.setdefault((action.defect, action.reason), [])
        places += [place for place in _places(action.target) if place not in places]
    lines = [f"- **{defect}**: {reason} ({_shown(places)})" for (defect, reason), places in defects.items()]
    return "\n".join([f"## {name}", "", *lines, ""])


def _places(target: str) -> list[str]:
    """The operations that a target names by id, else the target itself."""
    return re.findall(r"@\.operationId == '([^']+)'", target) or [target]


def _shown(places: list[str]) -> str:
    """The first places; what lies within another of them is not told again."""
    outer = [place for place in places if not any(place.startswith((f"{o}.", f"{o}[")) for o in places)]
    few = [f"`{place}`" for place in outer[:4]]
    more = len(outer) - len(few)
    return ", ".join(few) + (f" and {more} more" if more else "")


if __name__ == "__main__":
    sys.stdout.write(register())
