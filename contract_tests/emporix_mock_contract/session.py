"""The state of one run: entities that exist, the right token for each operation, a fresh world per case."""

from __future__ import annotations

import secrets
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.validation import Schemas
from emporix_mock_contract.authorization import Trial
from emporix_mock_contract.callers import OWNER, PEER, Callers
from emporix_mock_contract.client import Client, SetupError
from emporix_mock_contract.control import BASE, BEFORE, Control
from emporix_mock_contract.document import lenient
from emporix_mock_contract.profile import Bench, Caller, caller_of
from emporix_mock_contract.target import Keys

if TYPE_CHECKING:
    from emporix_mock_contract.document import Documented
    from emporix_mock_contract.profile import Profile, Values
    from emporix_mock_contract.task import Task
    from emporix_mock_spec.operation import Operation

SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
STRANGE_SCOPE = {"site-settings-service": "coupon.coupon_read"}
ELSEWHERE = "site.site_read"
NOON = "2026-04-15T12:00:00Z"
"""When a run on a stub takes place; the dated examples of the documents are valid then."""


class Session:
    """One service of one target, made ready before the first case.

    With a control API the world is kept as it is after the set-up and restored before a case whenever
    an earlier one changed something. Without one, whatever a case may have used up is made again.
    """

    def __init__(self, task: Task, profile: Profile, documented: Documented) -> None:
        self.task = task
        self.profile = profile
        self.documented = documented
        self.client = Client(task.url)
        self.control = Control.find(self.client, task.tenant)
        if self.control is None and task.own:
            raise SetupError("the stub started for this run does not answer /_mock/health")
        mark = "" if self.control else secrets.token_hex(4)
        keys = Keys.of(task.tenant)
        self.callers = Callers(self.client, task.tenant, keys, mark=mark, people=profile.people)
        self.bench = Bench(self.client, self.callers, self.control, task.tenant)
        self.values: Values = {}
        self.given: Values = {}
        self.trial = Trial(self) if self.control is not None and not profile.remade else None
        self.dirty = False
        self.tolerated: Counter[str] = Counter()
        self.revived: dict[str, str] = {}
        self._tokens: dict[str, str | None] = {}
        self._kept = None if profile.remade else self.control
        self._begun = False

    @cached_property
    def lenient(self) -> Schemas:
        """The schemas of the document without the members that they require."""
        return Schemas(self.documented.service, lenient(self.documented.raw))

    @property
    def names_rules(self) -> bool:
        """Whether the target says which rule refused a request, as the mock does."""
        return self.control is not None

    def set_up(self) -> None:
        """Make entities and tokens. `SetupError` when the target does not let us."""
        if self._kept is not None:
            self._kept.keep(BEFORE)
            self._begun = True
            self._kept.freeze(NOON if self.task.own else None)
        self._make()
        if self._kept is not None:
            for place in self.profile.owns:
                self._kept.load(place.partition("/")[0])
            self._kept.keep(BASE)
        if self.trial is not None:
            self.trial.check_ownership()

    def _make(self) -> None:
        companies: Values = {}
        if self.profile.companies:
            companies = {f"{name}'s company": self.callers.join(name) for name in (OWNER, PEER)}
        self.values = {**companies, **self.profile.made(self.bench, companies)}
        self._check_names()
        self.given = {name: self.values[name] for step in self.profile.steps for name in step.keep}
        callers = {operation.id: self.caller(operation) for operation in self.documented.by_id.values()}
        # A restored world knows the tokens of its snapshot only, so all of them are issued before it.
        self._tokens = {operation_id: self.callers.token(caller) for operation_id, caller in callers.items()}
        if not self.profile.remade:
            self.callers.service()
            self.strange_token()
            self.callers.customer(PEER)
            self.callers.token(Caller("anonymous"))

    def _check_names(self) -> None:
        """`SetupError` for a place that should take a value which nobody has made."""
        calls = [call for call in self.profile.calls.values() if call.prepare is None]
        wanted = {
            name for fill in (self.profile.fill, *(call.fill for call in calls)) for name in fill.values()
        }
        if unknown := sorted(wanted - set(self.values)):
            raise SetupError(f"the profile of {self.profile.service} makes no value named {unknown[0]!r}")

    def caller(self, operation: Operation) -> Caller:
        """Who sends the requests of an operation."""
        return self.profile.call(operation.id).caller or caller_of(operation.security)

    def token(self, operation: Operation) -> str | None:
        """The bearer token that the requests of an operation carry; None for those without."""
        return self._tokens[operation.id]

    def strange_token(self) -> str:
        """A service token whose only scope belongs to another service."""
        return self.callers.service(STRANGE_SCOPE.get(self.profile.service, ELSEWHERE))

    def peer_token(self) -> str:
        """The token of a customer who owns nothing of what the owner has."""
        return self.callers.customer(PEER).token

    @cached_property
    def peer_scopes(self) -> frozenset[str]:
        """The scopes that every customer has, by the answer of the validation of such a token."""
        path = f"/customer/{self.task.tenant}/validateauthtoken"
        answer = self.client.ask("GET", path, token=self.peer_token())
        return frozenset(str(answer.get("scope") or "").split())

    def is_owner(self, token: str) -> bool:
        """Whether a token is the owner's."""
        owner = self.callers.known(OWNER)
        return owner is not None and token == owner.token

    def peers(self) -> dict[str, str]:
        """The tokens of the two customers who must not see what the other has; none where nobody calls."""
        if not any(map(self.is_owner, filter(None, self._tokens.values()))):
            return {}
        return {name: self.callers.customer(name).token for name in (OWNER, PEER)}

    def filling(self, operation: Operation) -> tuple[dict[str, str], Values]:
        """The places of an operation that take a known value, and the values by name.

        A path parameter that the profile says nothing of takes the document's example.
        """
        shown = {
            f"path.{name}": value
            for name, value in self.documented.shown[operation.id].items()
            if name != "tenant"
        }
        places = {place: place for place in shown} | dict(self.profile.places(operation.id))
        return places, {**shown, **self.values}

    # State.

    def note(self, operation: Operation, method: str, status: int, path: str = "") -> None:
        """Remember that a request may have changed the world, and what it made again."""
        if status < 300 and operation.id in self.profile.revives and method.upper() == operation.method:
            self.revived[path] = self.profile.revives[operation.id]
        elif status < 300 and method.upper() == "DELETE":
            self.revived.pop(path, None)
        if status < 400 or status >= 500:
            changes = method.upper() not in SAFE or self.profile.call(operation.id).changes
            self.dirty = self.dirty or changes

    def refresh(self) -> None:
        """Come back to the state after the set-up if something may have changed it."""
        if not self.dirty:
            return
        if self._kept is not None:
            self._kept.restore(BASE)
        else:
            self.callers.forget()
            self._make()
        self.dirty = False
        self.revived.clear()

    def problems(self) -> list[dict[str, Any]]:
        """What the mock says went wrong in itself; nothing for a target that does not say."""
        return self.control.problems() if self.control is not None else []

    def tear_down(self) -> None:
        """Leave a world that was there before as it was."""
        if self._kept is not None and self._begun:
            self._kept.restore(BEFORE)
            self._kept.drop(BASE)
            self._kept.drop(BEFORE)
