"""Files that the pages load: our style and script, and Swagger UI from the package `swagger-ui-bundle`."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

__all__ = ["Asset", "asset"]

_CSS: Final = "text/css; charset=utf-8"
_SCRIPT: Final = "text/javascript; charset=utf-8"

_OURS: Final = {"docs.css": _CSS, "service.js": _SCRIPT}
_SWAGGER_UI: Final = {"swagger-ui.css": _CSS, "swagger-ui-bundle.js": _SCRIPT}


@dataclass(frozen=True, slots=True)
class Asset:
    """The bytes of a file and what they are."""

    body: bytes
    media_type: str


def asset(name: str) -> Asset | None:
    """The file of that name; None for a name that no page uses."""
    if name in _OURS:
        return Asset((Path(__file__).parent / "static" / name).read_bytes(), _OURS[name])
    if name in _SWAGGER_UI:
        # The package finds its own folder, whose name carries the version of Swagger UI.
        folder = Path(import_module("swagger_ui_bundle").swagger_ui_path)
        return Asset((folder / name).read_bytes(), _SWAGGER_UI[name])
    return None
