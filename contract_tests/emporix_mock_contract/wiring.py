"""What is registered with Schemathesis: tokens, ids, a fresh state before each case, tolerated statuses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import schemathesis
from hypothesis import currently_in_test_context
from hypothesis.control import current_build_context
from hypothesis.internal.conjecture import providers

from emporix_mock_contract import cases, checks, tolerated
from emporix_mock_contract.callers import OWNER

if TYPE_CHECKING:
    from schemathesis import AuthContext, BaseSchema, HookContext, Response
    from schemathesis.core.failures import Failure

    from emporix_mock_contract.cases import Case
    from emporix_mock_contract.session import Session
    from emporix_mock_spec.operation import Operation


def install(session: Session) -> None:
    """Register everything for one run in this process."""
    draw_from_the_document_alone()
    checks.register(session)
    _register_tokens(session)
    _register_calls(session)


def draw_from_the_document_alone() -> None:
    """Keep the literals of our own source out of the cases.

    Hypothesis strews in literals of every loaded module that is not in `site-packages`: the cases would
    depend on how and where this is installed, and on every line of it.
    """
    providers._get_local_constants = lambda: providers._local_constants  # noqa: SLF001  # no setting says it


class BearerToken:
    """The token of whoever may call the operation; an empty one for operations that take none."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, case: Case, _ctx: AuthContext) -> str:
        """The token that goes with a case."""
        return self._session.token(self._session.documented.by_label[case.operation.label]) or ""

    def set(self, case: Case, data: str, _ctx: AuthContext) -> None:
        """Put it where the gateway looks, and say whose it is if it is the owner's."""
        if data:
            case.headers["Authorization"] = f"Bearer {data}"
            case._auth_identity = OWNER if self._session.is_owner(data) else None  # noqa: SLF001


def _register_tokens(session: Session) -> None:
    @schemathesis.hook
    def after_load_schema(_ctx: HookContext, schema: BaseSchema) -> None:
        """Ask for our token first: those of the two peers, which the configuration names, are there for
        the check of Schemathesis that one of them cannot read what the other made."""
        schema.auth.providers.insert(0, BearerToken(session))


def _register_calls(session: Session) -> None:
    scenario = _Scenario()

    def operation_of(case: Case) -> Operation:
        return session.documented.by_label[case.operation.label]

    @schemathesis.hook
    def before_call(_ctx: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
        """A fresh state, then ids that exist in it."""
        operation = operation_of(case)
        ours = case.headers.get("Authorization") == _header(session.token(operation))
        if not cases.is_stateful(case) or scenario.is_new():
            session.refresh()
        renewed = _header(session.token(operation))
        if ours and renewed is not None:
            case.headers["Authorization"] = renewed
        if session.caller(operation).kind == "employee":
            case.headers["Emporix-Tenant"] = (
                session.task.tenant
            )  # whose employee, an identity provider cannot say
        (places, values), prepare = session.filling(operation), session.profile.call(operation.id).prepare
        if ours and prepare is not None:
            made = prepare(session.bench, session.values)
            session.dirty = True
            values = {**values, **made}
            if "token" in made:
                case.headers["Authorization"] = f"Bearer {made['token']}"
                case._auth_identity = None  # noqa: SLF001  # it is nobody's that anyone compares with
        cases.fill(case, places, values)

    @schemathesis.hook
    def after_call(_ctx: HookContext, case: Case, response: Response) -> None:
        """Note what may have changed."""
        session.note(operation_of(case), case.method, response.status_code, case.formatted_path)

    @schemathesis.hook
    def filter_case(_ctx: HookContext, case: Case) -> bool:
        """Leave out numbers that no JSON decoder in use keeps; the documents set no bounds."""
        return not cases.has_huge_integer(case.body)

    @schemathesis.hook
    def filter_failure(_ctx: HookContext, failure: Failure, case: Case, response: Response) -> bool:
        """Drop what is so on purpose, each kind for a reason that is written down; nothing else."""
        why = tolerated.reason(session, failure, case, response)
        if why is not None:
            session.tolerated[why] += 1
        return why is None


def _header(token: str | None) -> str | None:
    return None if token is None else f"Bearer {token}"


class _Scenario:
    """Tells the first step of a scenario from the others: each has a Hypothesis example of its own."""

    def __init__(self) -> None:
        self._data: object = None

    def is_new(self) -> bool:
        data = current_build_context().data if currently_in_test_context() else None
        new = data is not self._data
        self._data = data
        return new
