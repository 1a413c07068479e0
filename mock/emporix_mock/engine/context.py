"""What a handler is given and what it gives back; nothing here knows HTTP beyond status and names."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from emporix_mock.engine.facts import NO_FACTS, Facts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from emporix_mock.engine.service import Switch
    from emporix_mock.store.tokens import Principal
    from emporix_mock.store.world import State

    Handler = Callable[["RequestContext", State], Any]

NOTHING: Mapping[str, Any] = MappingProxyType({})


# The two values of every request are named tuples: they are made twice as fast as frozen dataclasses.


class Result(NamedTuple):
    """An answer with a status of its own. Without one, a handler's document is the documented success.

    `body` None means no body unless one of the others is there: `raw` is already encoded, JSON or not;
    `stored` is a stored document as it is, or a list of them, which is checked and sent without decoding.
    `chunks` is a body that grows while it is sent: it gives parts of it, and seconds to wait in between.
    """

    status: int
    body: Any = None
    headers: Mapping[str, str] = NOTHING
    raw: bytes | None = None
    media_type: str = "application/json"
    stored: bytes | Sequence[bytes] | None = None
    chunks: Iterator[bytes | float] | None = None


class Upload(NamedTuple):
    """A file that came as a part of a body."""

    filename: str
    media_type: str
    content: bytes


class Dispatch(Protocol):
    """How a handler reaches another service."""

    def __call__(self, service: str, operation_id: str, tenant: str, request: InnerRequest) -> Result:
        """Run the operation in the tenant's world and the unit of work that is open there."""
        ...


@dataclass(frozen=True, slots=True)
class InnerRequest:
    """A request from one service to another."""

    path: Mapping[str, str]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Any


class RequestContext(NamedTuple):
    """One request after every check: decoded, coerced, authorised.

    `path`, `query` and `headers` hold declared parameters by their name in the document (header
    names in lower case), with defaults filled in; `body` is the decoded body or None. `principal`
    is None for operations without a token. `dispatch` and `switches` are behind `call` and `switch`.
    `about` is what the document says about the running operation. `origin` is how the caller reaches
    this server, for URLs that lead back to it.
    """

    operation_id: str
    tenant: str
    principal: Principal | None
    path: Mapping[str, str]
    query: Mapping[str, Any]
    headers: Mapping[str, Any]
    body: Any
    dispatch: Dispatch
    switches: Mapping[str, str]
    about: Facts = NO_FACTS
    origin: str = "http://localhost"

    def call(
        self,
        service: str,
        operation_id: str,
        *,
        path: Mapping[str, str] = NOTHING,
        query: Mapping[str, Any] = NOTHING,
        headers: Mapping[str, Any] = NOTHING,
        body: Any = None,
    ) -> Result:
        """Call another service's operation as the platform itself, inside this unit of work.

        A refusal arrives as the `EmporixError` that the other service raised, with what it wrote
        undone; catching it lets the caller go on. The tenant is filled into `path`.
        """
        request = InnerRequest({"tenant": self.tenant, **path}, query, headers, body)
        return self.dispatch(service, operation_id, self.tenant, request)

    def switch(self, switch: Switch) -> str:
        """The value of a named choice in this world."""
        return self.switches.get(switch.id, switch.default)

    def caller(self) -> Principal:
        """The principal of an operation that always has one."""
        if self.principal is None:
            raise LookupError(f"{self.operation_id} takes no token")
        return self.principal
