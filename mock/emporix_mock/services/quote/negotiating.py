"""Changing quotes: operations one after the other, all or none, each of them kept in the history."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result
from emporix_mock.engine.patching import PatchError, json_patch
from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.quotes import (
    ACCEPTED,
    BY_CUSTOMERS,
    BY_EMPLOYEES,
    FINISHED,
    OPEN,
    REASON_TYPES,
)
from emporix_mock.services.quote import people
from emporix_mock.services.quote.declared import (
    EMPLOYEE_ACCEPTS,
    EMPLOYEES_ONLY,
    FINISHED_QUOTE,
    ILLEGAL_STEP,
    MALFORMED,
    QUOTES,
    REASON,
    REASONS,
    is_employee,
    refusal,
    service,
    text,
)
from emporix_mock.services.quote.history import lapse, moment_of, note, plan_lapse
from emporix_mock.services.quote.items import add_up, item_of
from emporix_mock.services.quote.ordering import accepted

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

CUSTOMERS_PATHS = frozenset({"status", "customerReference", "customerComment"})
TEXTS = frozenset({"customerReference", "customerComment"})
REMOVABLE = frozenset({"comment", "companyName", "validTo", "shipping", "restriction", *TEXTS})
MEMBERS = {"companyName": "company", "customerId": "customer", "billingAddressId": "billingAddress"} | {
    "shippingAddressId": "shippingAddress"
}


@service.operation("PATCH-quote-update-quote")
def patch(ctx: RequestContext, state: State) -> Result:
    """Negotiate: change items, status and other members of a quote."""
    ctx.about.check_payload(ctx.body)
    lapse(ctx, state)
    old = crud.read(QUOTES, ctx, state, ctx.path["quoteId"])
    quote = crud.read(QUOTES, ctx, state, ctx.path["quoteId"])
    for operation in ctx.body if isinstance(ctx.body, list) else [ctx.body]:
        _apply(ctx, state, quote, operation)
    add_up(ctx, quote)
    if quote["status"]["value"] == ACCEPTED != old["status"]["value"]:
        quote["orderId"] = accepted(ctx, state, quote)
    ctx.about.check_document(without_gaps(quote))
    written = crud.write(QUOTES, ctx, state, without_gaps(quote), old)
    if written.get("validTo") != old.get("validTo"):
        plan_lapse(state, written)
    if written["status"]["value"] == OPEN:
        lapse(ctx, state)
    return Result(204)


def _apply(ctx: RequestContext, state: State, quote: Document, operation: Document) -> None:
    op, path, value = operation["op"].upper(), operation["path"], operation.get("value")
    names = [name.replace("~1", "/").replace("~0", "~") for name in path.strip("/").split("/")]
    if not is_employee(ctx) and names[0] not in CUSTOMERS_PATHS:
        raise EMPLOYEES_ONLY("You need a scope for this action.", details=[f"Customers cannot change {path}"])
    if quote["status"]["value"] in FINISHED:
        raise refusal(FINISHED_QUOTE, f"The quote is {quote['status']['value']} and cannot change any more")
    if op != "REMOVE" and value is None:
        raise refusal(MALFORMED, f"{path}: a value is needed")
    if names[0] == "items":
        _items(ctx, state, quote, op, path, names[1:], value)
    elif names[0] in ("mixins", "metadata"):
        before = _value_at(quote, names)
        _mixins(quote, op, names, value)
        note(ctx, state, quote, op, path, new=None if op == "REMOVE" else value, old=before)
    elif len(names) == 1 and names[0] in SETTERS:
        _member(ctx, state, quote, op, names[0], value)
    else:
        raise refusal(MALFORMED, f"{path}: this cannot be changed")


# Members of the quote itself.


def _member(ctx: RequestContext, state: State, quote: Document, op: str, name: str, value: Any) -> None:
    member = MEMBERS.get(name, name)
    before = quote.get(member)
    if op == "REMOVE":
        if name not in REMOVABLE:
            raise refusal(MALFORMED, f"/{name}: cannot be removed")
        quote.pop(member, None)
    else:
        SETTERS[name](ctx, state, quote, value)
    note(ctx, state, quote, op, f"/{name}", new=None if op == "REMOVE" else value, old=before)


def _status(ctx: RequestContext, state: State, quote: Document, value: Any) -> None:
    given = value if isinstance(value, dict) else {"value": value}
    before, after = quote["status"]["value"], given.get("value")
    allowed = BY_EMPLOYEES if is_employee(ctx) else BY_CUSTOMERS
    steps = set(allowed.get(before, ()))
    if is_employee(ctx) and ctx.switch(EMPLOYEE_ACCEPTS) == "allowed":
        steps |= BY_CUSTOMERS.get(before, frozenset())
    if str(after) not in steps:
        raise refusal(ILLEGAL_STEP, f"The status cannot change from {before} to {after}")
    status = {"value": after, "comment": given.get("comment")}
    if given.get("quoteReasonId"):
        status["quoteReason"] = _reason(state, given["quoteReasonId"], str(after))
    quote["status"] = without_gaps(status)


def _reason(state: State, own: str, after: str) -> Document:
    reason = state.collection(REASONS.collection).get(own)
    if reason is None:
        raise refusal(REASON, f"quoteReasonId: there is no reason with id '{own}'")
    if reason["type"] != REASON_TYPES.get(after):
        raise refusal(REASON, f"quoteReasonId: a reason of type {reason['type']} does not go with {after}")
    return {name: reason[name] for name in ("id", "type", "code", "message") if name in reason}


def _valid_to(_ctx: RequestContext, _state: State, quote: Document, value: Any) -> None:
    if moment_of(text(value)) is None:
        raise refusal(MALFORMED, f"/validTo: '{value}' is no moment")
    quote["validTo"] = text(value)


def _customer(ctx: RequestContext, state: State, quote: Document, value: Any) -> None:
    quote.pop("legalEntityId", None)
    quote.update(people.concern(ctx, state, str(text(value)), None))


def _address(name: str) -> Callable[[RequestContext, State, Document, Any], None]:
    def put(ctx: RequestContext, state: State, quote: Document, value: Any) -> None:
        number = quote["customer"]["customerId"]
        quote[name] = people.address(ctx, state, str(text(value)), number)

    return put


def _text(name: str) -> Callable[[RequestContext, State, Document, Any], None]:
    def put(_ctx: RequestContext, _state: State, quote: Document, value: Any) -> None:
        quote[name] = str(text(value))

    return put


def _comment(_ctx: RequestContext, _state: State, quote: Document, value: Any) -> None:
    quote["comment"] = {"employeeComment": str(text(value))}


def _company(_ctx: RequestContext, _state: State, quote: Document, value: Any) -> None:
    quote["company"] = {"name": str(text(value))}


def _shipping(ctx: RequestContext, state: State, quote: Document, value: Any) -> None:
    quote["shipping"] = people.delivery(ctx, state, quote, value)


def _restriction(_ctx: RequestContext, state: State, quote: Document, value: Any) -> None:
    quote["restriction"] = people.restriction(state, text(value))


SETTERS: dict[str, Callable[[RequestContext, State, Document, Any], None]] = {
    "status": _status,
    "validTo": _valid_to,
    "comment": _comment,
    "companyName": _company,
    "customerId": _customer,
    "billingAddressId": _address("billingAddress"),
    "shippingAddressId": _address("shippingAddress"),
    "shipping": _shipping,
    "restriction": _restriction,
    **{name: _text(name) for name in TEXTS},
}


# Items.


def _items(
    ctx: RequestContext, state: State, quote: Document, op: str, path: str, names: list[str], value: Any
) -> None:
    items: list[Document] = quote.setdefault("items", [])
    if not names:
        _all_items(ctx, state, quote, op, value)
        return
    place = next((index for index, item in enumerate(items) if item["id"] == names[0]), None)
    if place is None:
        raise refusal(MALFORMED, f"{path}: there is no such item")
    old = items[place]
    if len(names) == 1 and op == "REMOVE":
        del items[place]
        note(ctx, state, quote, op, path, old=old)
    elif len(names) == 1:
        items[place] = item_of(ctx, state, quote, {**_object(path, value), "itemId": names[0]}, old)
        note(ctx, state, quote, op, path, new=value, old=old)
    elif len(names) == 2 and names[1] in ("price", "quantity") and op != "REMOVE":
        part = value if isinstance(value, dict) else {names[1]: value}
        items[place] = item_of(ctx, state, quote, {names[1]: part, "product": old["product"]}, old)
        note(ctx, state, quote, op, path, new=value, old=old[names[1]])
    else:
        before = _value_at(old, names[1:])
        _mixins(old, op, names[1:], value)
        note(ctx, state, quote, op, path, new=None if op == "REMOVE" else value, old=before)


def _all_items(ctx: RequestContext, state: State, quote: Document, op: str, value: Any) -> None:
    given, items = value if isinstance(value, list) else [value], quote["items"]
    before = list(items)
    if op == "REMOVE":
        gone = {item.get("itemId") for item in given if isinstance(item, dict)} if value else None
        unknown = sorted(str(own) for own in (gone or set()) - {item["id"] for item in items})
        if unknown:
            raise refusal(MALFORMED, f"/items: there is no item {', '.join(unknown)}")
        quote["items"] = [item for item in items if gone is not None and item["id"] not in gone]
    elif op == "REPLACE":
        quote["items"] = [item_of(ctx, state, quote, item) for item in given]
    else:
        items += [item_of(ctx, state, quote, item) for item in given]
    ids = [item["id"] for item in quote["items"]]
    if len(set(ids)) < len(ids):
        raise refusal(MALFORMED, "/items: an item with this itemId is there already")
    note(ctx, state, quote, op, "/items", new=value, old=None if op == "ADD" else before)


def _object(path: str, value: Any) -> Document:
    if not isinstance(value, dict):
        raise refusal(MALFORMED, f"{path}: an object is expected")
    return value


# Mixins.


def _value_at(node: Any, names: list[str]) -> Any:
    for name in names:
        node = node.get(name) if isinstance(node, dict) else None
    return node


def _mixins(target: Document, op: str, names: list[str], value: Any) -> None:
    """Change `mixins/…` or `metadata/mixins/…` of a quote, an item or its product."""
    inner = names[1:] if names[0] == "product" else names
    if not inner or inner[: 1 if inner[0] == "mixins" else 2] not in (["mixins"], ["metadata", "mixins"]):
        raise refusal(MALFORMED, f"/{'/'.join(names)}: this cannot be changed")
    pointer = "/".join(name.replace("~", "~0").replace("/", "~1") for name in names)
    change = {"op": op.lower(), "path": f"/{pointer}", **({} if op == "REMOVE" else {"value": value})}
    try:
        changed = json_patch(target, [change], create_parents=True)
    except PatchError as error:
        raise refusal(MALFORMED, error.message) from error
    target.clear()
    target.update(changed)
