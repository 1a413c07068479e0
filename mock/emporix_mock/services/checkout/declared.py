"""The checkout service's rules and choices. "Facts" are checkout facts, section 2."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import FORBIDDEN, PROBLEMS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from emporix_mock.engine.service import Rule
    from emporix_mock.errors import EmporixError
    from emporix_mock.rules.checkout import Problem


service = Service("checkout")


def _refusal(name: str, source: str) -> Rule:
    return service.rule(name, 400, source=source, type="validation_violation")


RULES: Final = {
    name: _refusal(name, source)
    for name, source in {
        "payment-methods": "facts, 2.1 and check 1",
        "customer": "facts, 2.1: refused both ways, seen live",
        "inactive-customer": "facts, check 1 [status: inferred]",
        "addresses": "facts, 2.1: at least one of each type",
        "mixins": "facts, check 4",
        "cart": "facts, check 2 [400 for a cart that is not there or not open: choice]",
        "empty-cart": "facts, check 1: cart data is given [choice: at least one item]",
        "prices": "facts, check 5",
        "currency": "facts, 2.1 and check 6",
        "products": "facts, check 7",
        "stock": "facts, check 7: still in stock",
        "coupons": "facts, check 8",
        "free-shipping": "facts, check 9",
        "shipping": "facts, check 10 and 2.5",
        "delivery-window": "facts, check 11",
        "tax": "facts, check 12",
        "payment-mode": "facts, section 3: an active mode of the gateway [status: choice]",
        "payment-declined": "facts, 2.3: all or nothing [status: choice]",
        "quote": "facts, 2.3: a quote that is open [status: choice]",
    }.items()
}
FOREIGN = service.rule("foreign", 403, source="facts, check 2", type="insufficient_permissions")
SAAS_TOKEN = service.rule(
    "saas-token",
    403,
    source="facts, section 2: needed for a logged-in customer [status: choice]",
    type="insufficient_permissions",
)
APPROVAL = service.rule(
    "approval-needed",
    403,
    source="identity facts, approvals: not permitted until approved [status: choice]",
    type="insufficient_permissions",
)
SECOND_ORDER = service.rule("second-order", 409, source="facts, 2.4", type="Conflict")
WINDOW_FULL = service.rule("window-full", 409, source="facts, 2.4", type="conflict_resource")

INVOICE_STATUS = service.switch(
    "status-without-payment",
    "CREATED",
    "IN_CHECKOUT",
    about="the status of an order that no payment provider has to confirm (none, INVOICE, invoice modes)",
    source="the quickstart's order is CREATED; the order guide lets invoices start IN_CHECKOUT",
)
AUTHORIZED_STATUS = service.switch(
    "status-when-authorized",
    "CREATED",
    "IN_CHECKOUT",
    about="the status of an order whose payment was authorized at the checkout",
    source="undocumented",
)
DECLINED_PAYMENT = service.switch(
    "declined-payment",
    "refused",
    "order-declined",
    about="a payment that the provider declines: the checkout fails, or gives a DECLINED order",
    source="undocumented; a checkout succeeds as a whole or not at all",
)
ZONE_CHECK = service.switch(
    "shipping-zone",
    "strict",
    "lenient",
    about="whether zone and method of a checkout must exist and reach the address",
    source="facts, 2.5: tries without real ids got 400 live",
)
SHIPPING_AMOUNT = service.switch(
    "shipping-amount",
    "as-sent",
    "as-quoted",
    about="whether the shipping amount of a checkout must be what the method costs",
    source="the document checks it only where a coupon makes shipping free",
)
UNRECORDED = service.switch(
    "product-without-availability",
    "sold",
    "refused",
    about="a product that the availability service knows nothing of",
    source="undocumented; the quickstart checks out without any availability",
)
ELSEWHERE = service.switch(
    "address-in-another-country",
    "repriced",
    "refused",
    about="a checkout to a country that the cart was not taxed for: prices are matched anew, or refused",
    source="undocumented; prices must hold at the checkout, and taxes are those of the address",
)
NEW_ADDRESSES = service.switch(
    "customer-addresses",
    "left",
    "added",
    about="whether addresses of a checkout that the customer does not have are added to the customer",
    source="facts, 2.3: a system preference, default undocumented",
)


def refused(problems: Sequence[Problem]) -> EmporixError:
    """400 for everything that is wrong, under the rule of the first."""
    rule = RULES[problems[0].rule]
    details = [
        {"field": problem.field, "message": problem.message, "type": "invalid_field"} for problem in problems
    ]
    body = {"status": 400, "type": rule.type, "message": PROBLEMS, "moreInfo": "", "details": details}
    return rule(PROBLEMS, body=body)


def forbidden(rule: Rule) -> EmporixError:
    """403 in the one wording that is documented."""
    body: dict[str, object] = {
        "status": 403,
        "type": rule.type,
        "moreInfo": "",
        "message": FORBIDDEN,
        "details": [],
    }
    return rule(FORBIDDEN, body=body)


def second_order(cart_id: str, order_id: str) -> EmporixError:
    """409 for a cart that has its order."""
    kind = "unique_checkout_cartId_index"
    details = [
        {"field": "cartId", "type": kind, "message": cart_id, "moreInfo": None},
        {"field": "existingOrderId", "type": kind, "message": order_id, "moreInfo": None},
    ]
    text = f"Order with cartId '{cart_id}' and checkout=true already exists (order id: {order_id})"
    body = {"status": 409, "type": "Conflict", "message": text, "moreInfo": None, "details": details}
    return SECOND_ORDER(text, body=body)


def window_full() -> EmporixError:
    """409 for a delivery window that others filled."""
    text = "Something went wrong while trying reserve a slot in a delivery window"
    body: dict[str, object] = {
        "status": 409,
        "type": "conflict_resource",
        "message": text,
        "moreInfo": "",
        "details": [],
    }
    return WINDOW_FULL(text, body=body)
