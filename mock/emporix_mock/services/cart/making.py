"""Carts: make one, find the one of an owner on a site."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.context import Result
from emporix_mock.engine.metadata import first
from emporix_mock.engine.mixins import check_document
from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.platform import directory
from emporix_mock.platform.sites import MAIN_SITE, default_site, site
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules import saas_token
from emporix_mock.services.cart import sessions
from emporix_mock.services.cart.access import check_external, idle, may_use, owns
from emporix_mock.services.cart.declared import (
    CARTS,
    DUPLICATE,
    MANAGE,
    OPEN,
    OWNERLESS,
    RESTRICTION,
    SESSION_VALIDATED,
    UNKNOWN_SITE,
    forbidden,
    missing_cart,
    refused,
    service,
    yrn_of,
)
from emporix_mock.services.cart.reading import answer, check_place
from emporix_mock.services.cart.stored import open_carts, tell

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

DEFAULT_SITE: Final = "default"
"""What the document has for a site that is not named."""
WRITABLE: Final = (
    "legalEntityId",
    "type",
    "channel",
    "deliveryWindow",
    "deliveryWindowId",
    "addresses",
    "mixins",
    "externalDiscounts",
    "zipCode",
    "countryCode",
)


@service.operation("POST-cart-create-cart")
def create(ctx: RequestContext, state: State) -> Result:
    """Start a cart for the caller, or with the scope for anybody."""
    ctx.about.check_payload(ctx.body)
    cart = _new(ctx, state, ctx.body)
    made = {"cartId": cart["id"], "yrn": yrn_of(ctx.tenant, cart["id"])}
    headers = {"Location": f"/carts/{cart['id']}", "Version": str(cart["metadata"]["version"])}
    return Result(201, made, headers)


def _new(ctx: RequestContext, state: State, body: Document) -> Document:
    check_external(ctx, body.get("externalDiscounts"))
    shop = _site(ctx, body.get("siteCode"))
    cart: Document = {
        "id": state.ids.object_id(),
        "status": OPEN,
        "siteCode": shop["code"],
        "currency": body.get("currency") or shop.get("currency"),
        **{name: written(name, body[name]) for name in WRITABLE if body.get(name) is not None},
        **_owner(ctx, state, body),
    }
    company = ctx.caller().legal_entity_id
    if company and "customerId" in cart:
        cart.setdefault("legalEntityId", company)
    if not may_use(ctx.caller(), cart) and not owns(ctx.caller(), cart):
        raise forbidden()
    if body.get("sessionValidated"):
        cart[SESSION_VALIDATED] = True
    restrict(state, cart, body)
    if owned(cart) and existing(ctx, state, cart) is not None:
        raise DUPLICATE("A cart of this owner exists on the site already.")
    mixins = {k: v for k, v in (body.get("metadata") or {}).items() if k == "mixins"}
    cart["metadata"] = {**first(state), **mixins}
    check_document(state, cart)
    state.collection(CARTS).put(cart["id"], cart)
    tell(state, "cart.created", cart)
    sessions.note_cart(ctx, cart)
    return cart


def written(name: str, value: Any) -> Any:
    """A member as it is stored: countries in capitals."""
    return value.upper() if name == "countryCode" else value


def _owner(ctx: RequestContext, state: State, body: Document) -> Document:
    """Whose the new cart is: a guest's session, or a customer."""
    caller = ctx.caller()
    if caller.kind == "anonymous":
        if body.get("customerId"):
            raise forbidden()
        return {"sessionId": caller.session_id} if caller.session_id else {}
    if caller.customer_id and not caller.may(MANAGE):
        if body.get("customerId", caller.customer_id) != caller.customer_id:
            raise forbidden()
        return {"customerId": caller.customer_id}
    named = body.get("customerId") or caller.customer_id or _by_saas_token(ctx, state)
    if named:
        return {"customerId": named}
    session = ctx.headers.get("session-id")
    return {"sessionId": session} if session else {}


def _by_saas_token(ctx: RequestContext, state: State) -> str | None:
    token = ctx.headers.get("saas-token")
    if not token:
        return None
    return saas_token.customer_of(ctx.tenant, token, now=state.now().timestamp())


def _site(ctx: RequestContext, code: str | None) -> Document:
    """The site of a new cart: the one named, else the default one; 400 for one that is not there."""
    found = site(ctx, code) if code else {}
    if not found and code in (None, "", DEFAULT_SITE):
        found = default_site(ctx) or site(ctx, MAIN_SITE)
    if not found:
        raise refused(UNKNOWN_SITE, PROBLEMS, f"Site {code or MAIN_SITE} does not exist")
    return found


def restrict(state: State, cart: Document, body: Document) -> None:
    """Set the restriction: the one given, else that of the customer or, where the tenant wants, the site."""
    given = body.get("restriction")
    if given is not None:
        if given not in setting(state, "restrictions"):
            raise refused(RESTRICTION, PROBLEMS, f"restriction: {given} is none of the tenant's restrictions")
        cart["restriction"] = given
        return
    if setting(state, "enableSyncBetweenRestrictionsAndSiteCodes"):
        cart["restriction"] = cart["siteCode"]
        return
    customer = directory.find(state, cart["customerId"]) if "customerId" in cart else None
    inherited = (customer or {}).get("restriction")
    if inherited:
        cart["restriction"] = inherited


def owned(cart: Document) -> bool:
    """Whether a cart is somebody's: a customer's or a guest's."""
    return "customerId" in cart or "sessionId" in cart


def existing(ctx: RequestContext, state: State, wanted: Document) -> Document | None:
    """The open cart of the same owner, site, type and company."""
    field = "customerId" if "customerId" in wanted else "sessionId"
    for cart in open_carts(state, field, wanted[field]):
        same = all(cart.get(name) == wanted.get(name) for name in ("siteCode", "type", "legalEntityId"))
        free = field == "sessionId" and "customerId" in cart
        if same and not free and not cart.get("_approval") and not idle(ctx, state, cart):
            return cart
    return None


@service.operation("GET-cart-retrieve-cart-by-criteria")
def find(ctx: RequestContext, state: State) -> Document:
    """The one open cart of an owner on a site; with `create` made where there is none."""
    query, caller = ctx.query, ctx.caller()
    check_place(ctx)
    code = query["siteCode"]
    wanted: Document = {"siteCode": _site(ctx, code)["code"] if code == DEFAULT_SITE else code}
    wanted |= {name: query[name] for name in ("type", "legalEntityId") if query.get(name)}
    if query.get("customerId"):
        wanted["customerId"] = query["customerId"]
    elif query.get("sessionId"):
        wanted["sessionId"] = query["sessionId"]
    elif caller.customer_id:
        wanted["customerId"] = caller.customer_id
    elif caller.session_id:
        wanted["sessionId"] = caller.session_id
    else:
        raise refused(OWNERLESS, PROBLEMS, "sessionId or customerId is required")
    if caller.legal_entity_id and "customerId" in wanted:
        wanted.setdefault("legalEntityId", caller.legal_entity_id)
    if not caller.may(MANAGE) and not owns(caller, wanted):
        raise forbidden()
    cart = existing(ctx, state, wanted)
    if cart is None and query.get("create"):
        shop = _site(ctx, wanted["siteCode"])
        cart = _new_for(ctx, state, {**wanted, "siteCode": shop["code"]})
    if cart is None or not may_use(caller, cart):
        raise missing_cart(wanted.get("customerId") or wanted["sessionId"])
    return answer(ctx, state, cart)


def _new_for(ctx: RequestContext, state: State, wanted: Document) -> Document:
    if "sessionId" in wanted and ctx.caller().kind != "anonymous":
        ctx = ctx._replace(headers={**ctx.headers, "session-id": wanted["sessionId"]})
    return _new(ctx, state, {k: v for k, v in wanted.items() if k != "sessionId"})
