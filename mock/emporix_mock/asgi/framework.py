"""The parts of Connexion that the stub stands on, imported in one place.

Connexion's import pulls in a test client that warns about its own dependencies; a suite that runs
with warnings as errors must not break on that.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from connexion.middleware import ConnexionMiddleware, SpecMiddleware
    from connexion.middleware.main import API
    from connexion.resolver import Resolver
    from connexion.spec import OpenAPISpecification

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import Handler

__all__ = [
    "API",
    "ConnexionMiddleware",
    "HandlerResolver",
    "Prepared",
    "SpecMiddleware",
]


class Prepared(OpenAPISpecification):
    """A document that was checked when it was compiled: neither copied, validated nor resolved again."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self._raw_spec = self._spec = document
        self._base_uri = ""


class HandlerResolver(Resolver):
    """Finds the handler of an operation id in a service's own table."""

    def __init__(self, handlers: Mapping[str, Handler]) -> None:
        super().__init__()
        self._handlers = handlers

    def resolve_function_from_operation_id(self, operation_id: str) -> Any:
        """The handler; `KeyError` for an id without one."""
        return self._handlers[operation_id]
