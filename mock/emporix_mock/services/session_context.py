"""Session context service: what a storefront remembers of a session, a document of this service alone.

The customer service opens one at the anonymous login by the full update with `upsert`; whoever makes a
cart writes its id in the same way, with the version just read. What a login, a logout or the deletion of
a customer does to contexts follows the events of these.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.platform import directory, sessions
from emporix_mock.platform.sites import default_site, home_country
from emporix_mock.rules import saas_token

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

OWN_OPERATIONS: Final = (
    "GET-session-context-retrieve-session-context-by-sessionId",
    "PATCH-session-context-update-attribute-sessionId-storefront",
    "POST-session-context-add-attribute-own-sessionId",
    "DELETE-session-context-remove-attribute-sessionId",
)

service = Service("session-context")
service.permit(OWN_OPERATIONS, kinds=("customer", "anonymous"))

STALE = service.rule("stale-version", 409, source="session facts: clients expect 409 [wording: choice]")
UNVERSIONED = service.rule(
    "version-needed", 400, source="session context document: updates name metadata.version [wording: choice]"
)
OTHERS_SESSION = service.rule(
    "saas-token", 403, source="document, saas-token: names the customer of the session [status: choice]"
)

ABSENT_ATTRIBUTE = service.switch(
    "delete-of-absent-attribute",
    "success",
    "not-found",
    about="removing an attribute that the context does not have",
    source="undocumented; the 404 of the document speaks of the session",
)

ANONYMOUS_END = service.switch(
    "anonymous-session-end",
    "with-token",
    "never",
    about="whether the context of a visitor's session ends when its last token does",
    source="session facts 4: one hour, extended by token refresh; no time-out after a login",
)


def missing(session_id: str) -> EmporixError:
    """404 for a session without context."""
    return NotFound(body={"sessionId": session_id, "code": 404, "message": "Session not found"})


def lives(ctx: RequestContext, state: State, context: Document) -> bool:
    """Whether the session of a context is not over."""
    if context.get("customerId") or ctx.switch(ANONYMOUS_END) == "never":
        return True
    return not sessions.over(state, context["sessionId"])


CONTEXTS = service.resource(
    Resource(
        path="/session-context/{tenant}/context",
        collection="contexts",
        key="sessionId",
        new_id="given",
        lock="required",
        visible=lives,
        missing=missing,
        stale=lambda key: STALE(f"The context of session {key} has changed since that version."),
        unversioned=lambda _key: UNVERSIONED("metadata.version of the context is needed to change it."),
    )
)

service.collection("contexts", references={"customerId": "customer-service/customers"})


@service.operation("PUT-session-context-update-session-context")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace a context; with `upsert` also make one that is not there."""
    ctx.about.check_payload(ctx.body)
    key, body = ctx.path["sessionId"], crud.accepted(ctx)
    old = crud.find(CONTEXTS, ctx, state, key)
    if old is not None and not lives(ctx, state, old):
        state.collection(CONTEXTS.collection).delete(key)
        old = None
    if old is None and ctx.query.get("upsert") != "true":
        raise missing(key)
    _check_customer(ctx, state, (old or {}).get("customerId") or body.get("customerId"))
    crud.replace(CONTEXTS, ctx, state, key, body, upsert=True)
    return Result(204)


def _check_customer(ctx: RequestContext, state: State, customer: str | None) -> None:
    """403 unless the session is nobody's or the SaaS token is that of its customer."""
    if not customer or ctx.caller().is_platform:
        return
    token = ctx.headers.get("saas-token") or ""
    if saas_token.customer_of(ctx.tenant, token, now=state.now().timestamp()) != customer:
        raise OTHERS_SESSION("The saas-token does not name the customer of this session.")


@service.operation("GET-session-context-retrieve-session-context-by-sessionId")
def read_own(ctx: RequestContext, state: State) -> Document:
    """The context of the caller's session."""
    return _context(ctx, state)


@service.operation("PATCH-session-context-update-attribute-sessionId-storefront")
def patch_own(ctx: RequestContext, state: State) -> Result:
    """Change what a storefront may change of its own context."""
    crud.patch(CONTEXTS, ctx, state, _context(ctx, state)["sessionId"], crud.accepted(ctx))
    return Result(204)


@service.operation("POST-session-context-add-attribute-sessionId")
def add_attribute(ctx: RequestContext, state: State) -> Result:
    """Set an attribute, whatever version the context is at."""
    _set_attribute(ctx, state)
    return Result(204)


@service.operation("POST-session-context-add-attribute-own-sessionId")
def add_own_attribute(ctx: RequestContext, state: State) -> Result:
    """Set an attribute of the caller's own context; its name is the answer."""
    return Result(201, _set_attribute(ctx, state))


@service.operation("DELETE-session-context-remove-attribute")
@service.operation("DELETE-session-context-remove-attribute-sessionId")
def remove_attribute(ctx: RequestContext, state: State) -> Result:
    """Remove an attribute, whatever version the context is at."""
    context, name = _context(ctx, state), ctx.path["attributeName"]
    attributes = dict(context.get("context") or {})
    if name in attributes:
        del attributes[name]
        crud.write(CONTEXTS, ctx, state, {**context, "context": attributes}, context)
    elif ctx.switch(ABSENT_ATTRIBUTE) == "not-found":
        raise missing(context["sessionId"])
    return Result(204)


def _set_attribute(ctx: RequestContext, state: State) -> str:
    ctx.about.check_payload(ctx.body)
    context = _context(ctx, state)
    key: str = ctx.body["key"]
    attributes = {**(context.get("context") or {}), key: ctx.body["value"]}
    crud.write(CONTEXTS, ctx, state, {**context, "context": attributes}, context)
    return key


def _context(ctx: RequestContext, state: State) -> Document:
    """The context of the session in the path, else of the caller's own."""
    session_id = ctx.path.get("sessionId") or ctx.caller().session_id or ""
    return crud.read(CONTEXTS, ctx, state, session_id)


# What happens elsewhere.


@service.on("customer.logged.in")
def migrate(ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """Give the context of a session to its customer, with the customer's preferences; the cart stays."""
    context = state.collection(CONTEXTS.collection).get(payload["sessionId"])
    customer = directory.find(state, payload["customerId"])
    if context is None or customer is None:
        return
    site = default_site(ctx)
    wanted = {
        "customerId": customer["id"],
        "siteCode": customer.get("preferredSite") or site.get("code"),
        "currency": customer.get("preferredCurrency") or site.get("currency"),
        "targetLocation": _location(state, customer["id"]) or home_country(site),
    }
    known = {name: value for name, value in wanted.items() if value}
    crud.write(CONTEXTS, ctx, state, {**context, **known}, context)


def _location(state: State, customer: str) -> str | None:
    """The country of the default shipping address, else of the default billing one."""
    default = [address for address in directory.addresses_of(state, customer) if address.get("isDefault")]
    for tag in ("SHIPPING", "BILLING"):
        for address in default:
            if tag in (str(given).upper() for given in address.get("tags") or ()):
                return address.get("country")
    return None


@service.on("session.ended")
def end(_ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """A logout ends the session and its context."""
    state.collection(CONTEXTS.collection).delete(payload["sessionId"])


@service.on("customer.deleted")
def forget(_ctx: RequestContext, state: State, payload: Mapping[str, Any]) -> None:
    """Nothing is left of the sessions of a customer who was deleted."""
    directory.drop_all(state.collection(CONTEXTS.collection), "customerId", payload["customerNumber"])
