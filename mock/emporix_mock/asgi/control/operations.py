"""Every operation that a server routes and how well it is served. Nothing is built for this list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emporix_mock.engine.crud import verb_of
from emporix_mock.services import registry
from emporix_mock_spec.operation import operation, operations

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.engine.service import Service
    from emporix_mock_spec.load import Source


@dataclass(frozen=True, slots=True)
class OperationEntry:
    """One operation. `scopes` are alternatives; `public` says that no token is asked for.

    `level` is behaviour (rules of its own), crud (the generic engine) or example (a canned answer);
    `aliases` are undocumented paths, with their method, that lead here too.
    """

    service: str
    method: str
    path: str
    id: str
    level: str
    public: bool
    scopes: tuple[str, ...]
    summary: str
    aliases: tuple[str, ...]


def entries(source: Source) -> Iterator[OperationEntry]:
    """The operations of all services of `source`, in the order of its documents."""
    for name in source.services:
        document, declared = source.document(name), registry.load(name)
        for method, path, oid in operations(document, name):
            found = operation(document, name, method, path)
            access = declared.access.get(oid) if declared else None
            listed = [scope for need in found.security for scope in need.scopes]
            yield OperationEntry(
                service=name,
                method=found.method,
                path=path,
                id=oid,
                level=level_of(declared, oid, found.method, path),
                public=not found.security and access is None,
                scopes=access.scopes if access is not None else tuple(dict.fromkeys(listed)),
                summary=found.summary,
                aliases=tuple(
                    f"{alias.method} {alias.path}"
                    for alias in (declared.aliases if declared else ())
                    if alias.operation_id == oid
                ),
            )


def level_of(declared: Service | None, oid: str, method: str, path: str) -> str:
    """How an operation is served, by what its service file declares."""
    if declared is None:
        return "example"
    if oid in declared.handlers:
        return "behaviour"
    plain = any(verb_of(resource, method, path) is not None for resource in declared.resources)
    return "crud" if plain else "example"
