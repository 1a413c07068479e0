"""What a document cannot say and a run must know: entities to make, where their ids go, who calls."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from emporix_mock_contract.callers import OWNER
from emporix_mock_contract.recipe import Make, carry_out, filled
from emporix_mock_spec.catalog import CONTROL, services

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from emporix_mock_contract.callers import Callers, Person
    from emporix_mock_contract.client import Client
    from emporix_mock_contract.control import Control
    from emporix_mock_spec.operation import Requirement

Kind = Literal["nobody", "service", "anonymous", "customer", "employee"]
Values = dict[str, Any]

SERVICES: tuple[str, ...] = (*services(), CONTROL)
"""Everything that a run can try: the services of the catalogue, and the control API."""


EVERYWHERE: Mapping[str, str] = {
    "header.Accept-Language": "any language",
    "header.Content-Language": "any language",
    "query.q": "query",
}
"""Places that many documents have and that a free text seldom fits; a profile's own come first."""

NARROW = ("_own", "_by_vendor")

KNOWN: Mapping[str, Any] = {"any language": "*", "query": "id:contract"}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who sends a request; a service token is narrowed to `scopes` where there are any."""

    kind: Kind
    scopes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """What making an entity may use: the API itself, tokens, and the control API where there is one."""

    client: Client
    callers: Callers
    control: Control | None
    tenant: str


@dataclass(frozen=True, slots=True)
class Call:
    """What one operation needs beyond what its service needs.

    `caller` where the first requirement of the document is not the one to try. `fill` maps a place
    (`path.code`, `query.token`, `body.coupon.code`) to the name of a value. `prepare` makes values for
    one call alone, such as a one-time token or a customer whose token the call ends; a value named
    `token` is the bearer token of that call. `changes` says that a GET changes something, `judges` that
    the request itself carries credentials, which may be wrong: its 401 is then no refusal of the token.
    `statuses` are documented 5xx that the service gives on purpose, with the reason.
    """

    caller: Caller | None = None
    fill: Mapping[str, str] = field(default_factory=dict)
    prepare: Callable[[Bench, Values], Values] | None = None
    changes: bool = False
    judges: bool = False
    statuses: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Profile:
    """One service. `values` are known beforehand; `steps` make entities and name their ids, then `arrange`
    does what takes more than a request with an example. `fill` as in `Call`.

    `stays` maps a DELETE to the reason why what it names is still there afterwards, empty; `revives` an
    operation other than POST and PUT to the reason why it makes again what was deleted; `parts` one that
    reaches for a part to the reason why what was just made may lack it.
    `owned` maps an operation to the place that names what belongs to the owner: a peer who sends the
    same must be kept out. `owns` names the collections (`service/collection`) in which the owner must
    have something after the set-up, so that it proves something when strangers see nothing of it.
    `companies` puts owner and peer into two companies, for which their tokens then stand; `people` says
    which customers of the seed they are where they are no newcomers. `remade` says that the state comes
    back by arranging it again, not by a snapshot, which such operations may delete.
    """

    service: str
    arrange: Callable[[Bench], Values] | None = None
    steps: Sequence[Make] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    fill: Mapping[str, str] = field(default_factory=dict)
    calls: Mapping[str, Call] = field(default_factory=dict)
    owned: Mapping[str, str] = field(default_factory=dict)
    owns: tuple[str, ...] = ()
    companies: bool = False
    people: Mapping[str, Person] = field(default_factory=dict)
    stays: Mapping[str, str] = field(default_factory=dict)
    revives: Mapping[str, str] = field(default_factory=dict)
    parts: Mapping[str, str] = field(default_factory=dict)
    remade: bool = False

    def made(self, bench: Bench, given: Values) -> Values:
        """Make every entity and name it, beside what is `given`. `SetupError` when the target refuses."""
        known = {**given, "tenant": bench.tenant, "owner": bench.callers.number(OWNER)}
        found = {**KNOWN, **filled(dict(self.values), known), **known}
        carry_out(bench, self.steps, self.service, self.fill, found)
        return {**found, **(self.arrange(bench) if self.arrange is not None else {})}

    def call(self, operation_id: str) -> Call:
        """What is special about an operation."""
        return self.calls.get(operation_id, Call())

    def places(self, operation_id: str) -> Mapping[str, str]:
        """Every place of an operation that takes a known value."""
        return {**EVERYWHERE, **self.fill, **self.call(operation_id).fill}


def load(service: str) -> Profile:
    """The profile of a service."""
    module = "control_api" if service == CONTROL else service.replace("-", "_")
    profile: Profile = import_module(f"emporix_mock_contract.profiles.{module}").PROFILE
    return profile


def caller_of(requirements: Sequence[Requirement]) -> Caller:
    """Who may call, by the first requirement that names scopes, else the first; scopes are alternatives.

    The token gets one scope only, so that a run proves that the least is enough. Scopes that narrow what
    their holder sees to a vendor's or to the holder's own are the last choice.
    """
    if not requirements:
        return Caller("nobody")
    wide = [each for each in requirements if any(not scope.endswith(NARROW) for scope in each.scopes)]
    chosen = next(iter(wide), requirements[0])
    schemes = " ".join(chosen.schemes).lower()
    if "customer" in schemes:
        return Caller("customer")
    if "anonymous" in schemes:
        return Caller("anonymous")
    scopes = sorted(chosen.scopes, key=lambda scope: scope.endswith(NARROW))
    return Caller("service", tuple(scopes[:1]))
