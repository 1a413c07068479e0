"""Shopping lists: one document per customer, in which each list stands under its own name.

"List facts" are the checkout facts, section 5, and client-quirks 81.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine import crud, resource
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import PROBLEMS
from emporix_mock.errors import Detail, EmporixError, NotFound

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

READ, MANAGE = "shoppinglist.shoppinglist_read", "shoppinglist.shoppinglist_manage"
DELETE = "shoppinglist.shoppinglist_delete"
FIXED: Final = frozenset({"customerId", "metadata"})
WRITTEN: Final = ("items", "mixins")
DEFAULT: Final = "default"

service = Service("shopping-list")

EXISTS = service.rule("list-exists", 409, source="list facts", type="conflict_resource")
STALE = service.rule("stale-version", 409, source="list facts [wording: choice]", type="conflict_resource")
OTHERS = service.rule(
    "others-lists",
    403,
    source="list facts: customers have their own lists only [status: choice]",
    type="insufficient_permissions",
)
CUSTOMER_NEEDED = service.rule(
    "customer-needed", 400, source="list facts: employees name the customer", type="validation_violation"
)
NAME = service.rule(
    "list-name",
    400,
    source="the answer holds lists by name beside its own members: such a name cannot be told apart [choice]",
    type="validation_violation",
)
TIMES = service.switch(
    "times",
    "text",
    "seconds",
    about="how moments are written: ISO texts, or objects of seconds and nanoseconds",
    source="client-quirks 81 (live answers) against the document",
)
UNNAMED = service.switch(
    "unnamed-list",
    "default",
    "refused",
    about="a body that does not name its list, in the query of an update neither",
    source="list facts: the name defaults to default; the document requires it",
)
OWN_BY_ID = service.switch(
    "own-by-id",
    "allowed",
    "refused",
    about="a customer who reads the own lists under the own id instead of from the collection",
    source="the document lists the customer token there, its text says employees only",
)


def missing(_key: str) -> EmporixError:
    """404 for a customer or a list that is not there."""
    return NotFound(
        "The requested URI does not map to a single element resource.", type="element_resource_non_existing"
    )


def _present(ctx: RequestContext, _state: State, lists: Document) -> Document:
    """The lists, only the one asked for where the query names one."""
    one = ctx.query.get("name") if "customerId" in ctx.path or ctx.caller().kind == "customer" else None
    shown = {name: part for name, part in lists.items() if not one or name in FIXED or name == one}
    if ctx.switch(TIMES) == "seconds":
        for part in (shown, *(v for k, v in shown.items() if k not in FIXED)):
            part["metadata"] = {k: _seconds(k, v) for k, v in part["metadata"].items()}
    return shown


def _seconds(name: str, value: Any) -> Any:
    if name not in ("createdAt", "modifiedAt"):
        return value
    moment = datetime.fromisoformat(value)
    return {"epochSecond": int(moment.timestamp()), "nano": moment.microsecond * 1000}


LISTS = service.resource(
    Resource(
        path="/shoppinglist/{tenant}/shopping-lists",
        collection="lists",
        key="customerId",
        new_id="given",
        present=_present,
        missing=missing,
    )
)
service.collection(LISTS.collection, references={"customerId": "customer-service/customers"})


@service.operation("GET-shopping-list-retrieve-shopping-list")
def list_all(ctx: RequestContext, state: State) -> Result:
    """A customer's own lists; those of all customers for employees."""
    caller = ctx.caller()
    if caller.kind != "customer":
        _authorise(ctx, None, READ)
        return crud.listing(LISTS, ctx, state)
    own, name = caller.customer_id, ctx.query.get("name")
    return crud.listing(
        LISTS, ctx, state, keep=lambda lists: not name or name in lists, where={"customerId": (own,)}
    )


@service.operation("POST-shopping-list-create-shopping-list")
def create(ctx: RequestContext, state: State) -> Result:
    """Add a list to the caller's own, or to those of the customer whom an employee names."""
    name = _name(ctx)
    customer = ctx.body.get("customerId") or ctx.caller().customer_id
    if not customer or not isinstance(customer, str):
        text = "must be a text" if customer else "must not be null"
        raise CUSTOMER_NEEDED(PROBLEMS, details=[Detail(text, "customerId", "missing_property")])
    _authorise(ctx, customer, MANAGE)
    old = state.collection(LISTS.collection).get(customer)
    if old is not None and name in old:
        raise EXISTS("The requested resource could not be created due to server-side validation.")
    _write(ctx, state, customer, old, _list(state, ctx.body, name, None))
    return Result(201, {"id": customer})


@service.operation("GET-shopping-list-retrieve-customer-shopping-list")
def read(ctx: RequestContext, state: State) -> Document:
    """The lists of one customer."""
    _authorise(ctx, ctx.path["customerId"], READ, own=ctx.switch(OWN_BY_ID) == "allowed")
    lists, name = _lists(ctx, state), ctx.query.get("name")
    if name:
        _named(lists, name)
    return LISTS.answer(ctx, state, lists)


@service.operation("PUT-shopping-list-update-customer-shopping-list")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace the list that the body names, or the query."""
    customer, name = ctx.path["customerId"], _name(ctx)
    _authorise(ctx, customer, MANAGE)
    lists = _lists(ctx, state)
    old = _named(lists, name)
    given = _metadata(ctx.body).get("version")
    if given is not None and given != old["metadata"]["version"]:
        raise STALE(resource.stale(name).message)
    _write(ctx, state, customer, lists, _list(state, ctx.body, name, old))
    return Result(204)


@service.operation("DELETE-shopping-list-remove-customer-shopping-list")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove the list that the query names, or all lists of the customer."""
    customer, name = ctx.path["customerId"], ctx.query.get("name")
    _authorise(ctx, customer, DELETE, MANAGE)
    lists = _lists(ctx, state)
    if name:
        _named(lists, name)
        left = {key: value for key, value in lists.items() if key != name}
        if left.keys() > FIXED:
            crud.write(LISTS, ctx, state, left, lists)
            return Result(204)
    crud.delete(LISTS, ctx, state, customer)
    return Result(204)


def _authorise(ctx: RequestContext, customer: str | None, *scopes: str, own: bool = True) -> None:
    """403 for the lists of others without one of the scopes."""
    caller = ctx.caller()
    if not caller.may(*scopes) and not (own and customer and caller.customer_id == customer):
        raise OTHERS(
            "Given request does not have required scopes. It is not authorized to perform this operation."
        )


def _lists(ctx: RequestContext, state: State) -> Document:
    return crud.read(LISTS, ctx, state, ctx.path["customerId"])


def _named(lists: Document, name: str) -> Document:
    if name in FIXED or name not in lists:
        raise missing(name)
    found: Document = lists[name]
    return found


def _metadata(body: Document) -> Document:
    """The metadata of a body, which the document allows to be anything."""
    found = body.get("metadata")
    return found if isinstance(found, dict) else {}


def _name(ctx: RequestContext) -> str:
    """The name of the list that a body is of; 400 for no body, and for a name that no list can have."""
    if ctx.body is None:
        raise NAME(PROBLEMS, details=[Detail("Empty payload was sent", type="missing_payload")])
    given: str | None = ctx.body.get("name", ctx.query.get("name"))
    if given is None and ctx.switch(UNNAMED) == "default":
        return DEFAULT
    if not given or given in FIXED:
        text = "must not be null" if given is None else f"'{given}' cannot be the name of a list"
        raise NAME(PROBLEMS, details=[Detail(text, "name", "invalid_field")])
    return given


def _list(state: State, body: Document, name: str, old: Document | None) -> Document:
    """One list in its stored form."""
    now, before = state.timestamp(), (old or {}).get("metadata") or {}
    mixins = _metadata(body).get("mixins")
    metadata = {
        "version": before.get("version", 0) + 1,
        "createdAt": before.get("createdAt", now),
        "modifiedAt": now,
        **({} if mixins is None else {"mixins": mixins}),
    }
    given: Document = {member: body[member] for member in WRITTEN if member in body}
    return {"name": name, "items": [], **given, "metadata": metadata}


def _write(ctx: RequestContext, state: State, customer: str, old: Document | None, new: Document) -> None:
    crud.write(LISTS, ctx, state, {**(old or {}), "customerId": customer, new["name"]: new}, old)
