"""Every operation that a server routes and how well it is served. Nothing is built for this list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from emporix_mock.asgi.plan import accepts
from emporix_mock.engine.binding import verb_of
from emporix_mock.platform.grants import CUSTOMER_SCOPES
from emporix_mock.services import registry
from emporix_mock.store.tokens import Kind, Principal
from emporix_mock_spec.operation import operation, operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emporix_mock.engine.service import Access, Service
    from emporix_mock_spec.load import Source
    from emporix_mock_spec.operation import Requirement


@dataclass(frozen=True, slots=True)
class OperationEntry:
    """One operation. `scopes` are alternatives; `public` says that no token is asked for.

    `level` is behaviour (rules of its own), crud (the generic engine) or example (a canned answer);
    `tokens` are the kinds of token that can pass, `aliases` undocumented paths, with their method, that
    lead here too. `switches`, `rules` and `evidence` are what the register knows, where it is joined.
    """

    service: str
    method: str
    path: str
    id: str
    level: str
    public: bool
    tokens: tuple[Kind, ...]
    scopes: tuple[str, ...]
    summary: str
    aliases: tuple[str, ...]
    switches: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    evidence: Mapping[str, Any] | None = None


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
                tokens=tokens_of(found.security, access),
                scopes=access.scopes if access is not None else tuple(dict.fromkeys(listed)),
                summary=found.summary,
                aliases=tuple(
                    f"{alias.method} {alias.path}"
                    for alias in (declared.aliases if declared else ())
                    if alias.operation_id == oid
                ),
            )


def tokens_of(security: tuple[Requirement, ...], access: Access | None) -> tuple[Kind, ...]:
    """The kinds of token that `authorise` lets in with the scopes they can hold; none where none is asked.

    A key can be given any scope, an employee too; a customer's scopes are fixed and a visitor has none.
    """
    if access is None and not security:
        return ()
    every = {scope for need in security for scope in need.scopes} | set(access.scopes if access else ())
    held = {"customer": every & CUSTOMER_SCOPES, "anonymous": set[str]()}
    return tuple(
        kind
        for kind in get_args(Kind)
        if _passes(Principal(kind, "", "", frozenset(held.get(kind, every))), security, access)
    )


def _passes(principal: Principal, security: tuple[Requirement, ...], access: Access | None) -> bool:
    if access is not None:
        fits = not access.kinds or principal.kind in access.kinds
        return fits and (not access.scopes or principal.may(*access.scopes))
    return any(
        principal.may(*need.scopes)
        if need.scopes
        else all(accepts(scheme, principal.kind) for scheme in need.schemes)
        for need in security
    )


def level_of(declared: Service | None, oid: str, method: str, path: str) -> str:
    """How an operation is served, by what its service file declares."""
    if declared is None:
        return "example"
    if oid in declared.handlers:
        return "behaviour"
    plain = any(verb_of(resource, method, path, oid) is not None for resource in declared.resources)
    return "crud" if plain else "example"
