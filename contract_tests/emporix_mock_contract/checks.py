"""Checks that only somebody who knows the API and the mock can make; Schemathesis runs them with its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import schemathesis
from schemathesis.core.failures import FailureGroup
from schemathesis.generation.meta import REQUEST_SHAPE_PROBES, coverage_scenario

from emporix_mock_contract import rules
from emporix_mock_contract.cases import is_positive, is_stateful, names
from emporix_mock_contract.failures import (
    MockProblem,
    NotReached,
    PeerLetIn,
    RefusedWithoutRule,
    ScopeNotAsked,
    StrangerLetIn,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from schemathesis import CheckContext, Response
    from schemathesis.core.failures import Failure

    from emporix_mock_contract.cases import Case
    from emporix_mock_contract.session import Session
    from emporix_mock_spec.operation import Operation

RULE_HEADER = "x-emporix-mock-rule"
NEEDS_RULE = frozenset({400, 401, 403, 409, 422})
OUT_OF_SIGHT = frozenset({401, 403, 404})


def register(session: Session) -> None:
    """Add the checks to those that Schemathesis runs."""
    claimed: set[tuple[str, str]] = set()

    def operation_of(case: Case) -> Operation:
        return session.documented.by_label[case.operation.label]

    def first_success(check: str, response: Response, case: Case, *, whoever: bool = False) -> bool:
        """Whether this is the first accepted valid case of its operation, outside of scenarios; that of the
        caller of all its cases, or of `whoever` was made for one of them."""
        key = (check, case.operation.label)
        fits = _ordinary(case) and not is_stateful(case) and 200 <= response.status_code < 300
        usual = session.token(operation_of(case)) in _sent(response)
        if not fits or key in claimed or not (usual or whoever):
            return False
        claimed.add(key)
        return True

    @schemathesis.check
    def refused_by_rule(_ctx: CheckContext, response: Response, case: Case) -> bool | None:
        """Valid data may be refused by a registered rule only; the mock names it in a header.

        So may a server error only that an operation gives on purpose, whatever the data.
        """
        status, call = response.status_code, session.profile.call(operation_of(case).id)
        on_purpose = status in call.statuses
        if not session.names_rules or not (on_purpose or (_ordinary(case) and status in NEEDS_RULE)):
            return True
        if status == 401 and (call.judges or session.token(operation_of(case)) not in _sent(response)):
            return True  # what was refused are credentials of the request's own, or generated ones
        named = (response.headers.get(RULE_HEADER) or [""])[0]
        rule = rules.registered().get(named)
        if rule is None or rule.status != status:
            said = (
                f"named the rule '{named}', which is not registered for {status}"
                if named
                else "named no rule"
            )
            raise RefusedWithoutRule(
                operation=case.operation.label, message=f"The answer was {status} and {said}."
            )
        return None

    @schemathesis.check
    def scope_asked(_ctx: CheckContext, response: Response, case: Case) -> bool | None:
        """What a scoped token may do, one of another service's scope may not, nor a customer's without it."""
        operation = operation_of(case)
        scoped = bool(operation.security) and all(each.scopes for each in operation.security)
        if not scoped or not first_success("scope_asked", response, case):
            return True
        strangers = [("a service token without the scope", session.strange_token(), frozenset({403}))]
        asked = {scope for each in operation.security for scope in each.scopes}
        if not session.profile.remade and asked.isdisjoint(session.peer_scopes):
            strangers.append(("another customer's token", session.peer_token(), OUT_OF_SIGHT))
        for who, token, expected in strangers:
            answer = session.client.replay(response.request, token)
            session.note(operation, operation.method, answer.status_code)
            if answer.status_code not in expected:
                wanted = ", ".join(map(str, sorted(expected)))
                raise ScopeNotAsked(
                    operation=case.operation.label,
                    message=f"The accepted request, sent with {who}, got {answer.status_code}, not {wanted}.",
                )
        return None

    @schemathesis.check
    def peer_kept_out(_ctx: CheckContext, response: Response, case: Case) -> bool | None:
        """What the owner just did to something of theirs, another customer must not do."""
        operation = operation_of(case)
        restorable = session.control is not None or operation.method == "GET"
        place = session.profile.owned.get(operation.id)
        if place is None or not restorable or not names(case, place, session.values):
            return True
        if not first_success("peer_kept_out", response, case):
            return True
        session.dirty = True
        session.refresh()
        answer = session.client.replay(response.request, session.peer_token())
        session.note(operation, operation.method, answer.status_code)
        if answer.status_code not in OUT_OF_SIGHT:
            raise PeerLetIn(
                operation=case.operation.label,
                message=f"The owner's accepted request, sent by another customer, got {answer.status_code}.",
            )
        return None

    @schemathesis.check
    def strangers_kept_out(_ctx: CheckContext, response: Response, case: Case) -> bool | None:
        """What an accepted request shows or changes stays with whom it belongs to."""
        operation = operation_of(case)
        if session.trial is None or not operation.security:
            return True  # anybody may call it, without a token
        if not first_success("strangers_kept_out", response, case, whoever=True):
            return True
        found = session.trial.breach(operation, response.request)
        if found is not None:
            raise StrangerLetIn(operation=case.operation.label, message=found)
        return None

    @schemathesis.check
    class OperationReached:
        """Every operation must have answered at least one valid case with a success."""

        def __init__(self) -> None:
            self.reached: set[str] = set()

        def after_response(self, _ctx: CheckContext, response: Response, case: Case) -> bool | None:
            if _ordinary(case) and 200 <= response.status_code < 300:
                self.reached.add(case.operation.label)
            return True

        def after_run(self, _ctx: CheckContext) -> None:
            wanted = session.task.operations
            missing = [
                NotReached(operation=label, message="No valid case was answered with a success.")
                for label, operation in session.documented.by_label.items()
                if label not in self.reached and (not wanted or operation.id in wanted)
            ]
            _raise(missing)

    @schemathesis.check
    class MockProblems:
        """Nothing may have gone wrong inside the mock meanwhile."""

        def after_run(self, _ctx: CheckContext) -> None:
            _raise(
                [
                    MockProblem(operation=each.get("operationId"), message=str(each.get("problem")))
                    for each in session.problems()
                ]
            )


def _raise(failures: Sequence[Failure]) -> None:
    if failures:
        raise FailureGroup(list(failures))


def _ordinary(case: Case) -> bool:
    """Whether a case is valid and not a probe of media types or methods."""
    return is_positive(case) and coverage_scenario(case) not in REQUEST_SHAPE_PROBES


def _sent(response: Response) -> list[str | None]:
    """The bearer token that went out, in a list, for a test of membership."""
    header = response.request.headers.get("Authorization")
    return [header.removeprefix("Bearer ") if isinstance(header, str) else None]
