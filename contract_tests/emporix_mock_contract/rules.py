"""The registered rules by which a mock may refuse valid data, with their sources."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from emporix_mock.engine.rules import GENERAL
from emporix_mock.services import registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.service import Rule


@cache
def registered() -> Mapping[str, Rule]:
    """Every rule by its id: those that hold for all services and those of each service file."""
    from emporix_mock.asgi.control.app import service as control  # noqa: PLC0415  # imports the framework

    found = dict(GENERAL)
    for service in [*map(registry.load, registry.MODULES), control]:
        found.update(service.rules if service is not None else {})
    return found
