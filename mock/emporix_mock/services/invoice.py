"""Invoice service: jobs that write the invoices of orders, and the papers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud, jobs
from emporix_mock.engine.context import Result
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.tenant_values import decoded, value_of
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.platform import mails, pdf
from emporix_mock.platform.invoices import COLLECTION, invoice_of, invoices
from emporix_mock.rules import invoicing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SECONDS_EACH = 1.0
PAGE = 1000
AUTHORIZED = "AUTHORIZATION_SUCCESS"

service = Service("invoice")

NO_ORDERS = service.rule(
    "no-orders", 400, source="invoice document: MANUAL is for given orders [status: choice]"
)
NOT_FOR_SHOPPERS = service.rule("not-for-shoppers", 403, source="invoice document, 403 [for whom: choice]")


def missing(_key: str) -> EmporixError:
    """404 for a job that was never started."""
    return NotFound(body={"code": "404", "message": "No such job"})


def _present(ctx: RequestContext, _state: State, job: Document) -> Document:
    for order in job["orders"]:
        if "invoiceNumber" in order:
            order["downloadLink"] = f"{ctx.origin}/invoice/{ctx.tenant}/files/{order['invoiceNumber']}.pdf"
    return job


JOBS = service.resource(
    Resource(
        path="/invoice/{tenant}/jobs/invoices",
        collection="jobs",
        new_id="uuid",
        version=None,
        present=_present,
        missing=missing,
    )
)
service.collection(
    COLLECTION, key="id", new_id="given", references={"orderId": "order/orders"}, times=("createdAt",)
)


@service.operation("POST-invoice-create-job")
def start(ctx: RequestContext, state: State) -> Result:
    """Start a job over given orders, or over those that the tenant's settings say are due."""
    _check_caller(ctx)
    ctx.about.check_payload(ctx.body)
    if ctx.body["jobType"] == "MANUAL":
        orders = list(dict.fromkeys(ctx.body.get("orderIds") or ()))
        if not orders:
            raise NO_ORDERS(body={"code": "400", "message": "A job of type MANUAL needs order ids"})
    else:
        orders = [str(order["id"]) for order in _due(ctx, state)]
    job = {
        "jobStatus": "IN_PROGRESS" if orders else "DONE",
        "jobType": ctx.body["jobType"],
        "orders": [{"orderId": own, "orderStatus": "PENDING"} for own in orders],
    }
    own = crud.create(JOBS, ctx, state, job)["id"]
    if orders:
        jobs.later(ctx, state, "invoice", SECONDS_EACH, job=own, index=0)
    return Result(201, {"jobId": own})


@service.operation("GET-invoice-retrieve-job-and-order")
def read(ctx: RequestContext, state: State) -> Document:
    """How far a job is."""
    _check_caller(ctx)
    job = JOBS.answer(ctx, state, crud.read(JOBS, ctx, state, ctx.path["jobId"]))
    return {name: job[name] for name in ("jobStatus", "jobType", "orders")}


def _check_caller(ctx: RequestContext) -> None:
    if ctx.caller().kind in ("customer", "anonymous"):
        raise NOT_FOR_SHOPPERS(body={"code": "403", "message": "The token may not make invoices"})


def _due(ctx: RequestContext, state: State) -> Iterator[Document]:
    """The orders that are due by the tenant's settings; none without settings."""
    settings = decoded(value_of(state, "invoiceSettings"))
    statuses = invoicing.listed(settings.get("status")) if isinstance(settings, dict) else ()
    for status in statuses:
        number = 1
        while True:
            query = {"q": f"status:{status}", "pageNumber": number, "pageSize": PAGE}
            page = ctx.call("order", "GET-order-retrieve-tenant-orders", query=query).body
            yield from (order for order in page if invoicing.is_due(order, settings, state.now()))
            if len(page) < PAGE:
                break
            number += 1


@service.step("invoice")
def run(ctx: RequestContext, state: State, at: datetime, payload: Mapping[str, Any]) -> None:
    """Write the invoice of one order of a job, and go on to the next."""
    job = state.collection(JOBS.collection).get(payload["job"])
    if job is None:
        return
    entry = job["orders"][payload["index"]]
    try:
        with state.world.unit():
            entry |= {"orderStatus": "SUCCESS", "invoiceNumber": _invoiced(ctx, state, entry["orderId"], at)}
    except EmporixError as error:
        entry |= {"orderStatus": "FAILURE", "message": _said(error)}
    following = payload["index"] + 1
    if following < len(job["orders"]):
        jobs.later(ctx, state, "invoice", SECONDS_EACH, since=at, job=job["id"], index=following)
    else:
        job["jobStatus"] = "DONE"
    state.collection(JOBS.collection).put(job["id"], job)


def _said(error: EmporixError) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    return str(error.message or body.get("message") or "The invoice could not be made")


def _invoiced(ctx: RequestContext, state: State, order_id: str, at: datetime) -> str:
    """The number of a new invoice: checked, paid, printed, sent. Raises what stands against it."""
    order = _order(ctx, order_id)
    if order.get("status") in invoicing.NEVER_INVOICED:
        raise EmporixError(f"The order {order_id} is {order['status']}")
    if invoice_of(state, order_id) is not None:
        raise EmporixError(f"The order {order_id} has an invoice already")
    _capture(ctx, order)
    number = _number(ctx, order)
    stamped = {"id": number, "orderId": order_id, "createdAt": jobs.stamp(at)}
    invoices(state).put(number, {**stamped, "order": _order(ctx, order_id)})
    customer = order.get("customer") or {}
    if customer.get("email"):
        own = str(customer.get("id") or "ANONYMOUS")
        mails.notify(state, "invoice", customer["email"], own, orderId=order_id, invoiceNumber=number)
    return number


def _order(ctx: RequestContext, order_id: str) -> Document:
    return dict(ctx.call("order", "GET-order-retrieve-order-employee", path={"orderId": order_id}).body)


def _capture(ctx: RequestContext, order: Document) -> None:
    """Take the money that was authorized for an order. Raises when it cannot be had."""
    for payment in order.get("payments") or ():
        transaction = payment.get("transactionId")
        if not transaction or payment.get("status") != AUTHORIZED:
            continue
        amount = {"amount": float(invoicing.amount_due(order)), "currency": payment["currency"]}
        answer = ctx.call(
            "payment-gateway",
            "POST-payment-gateway-capture-payment",
            path={"transactionId": transaction},
            body=amount,
        ).body
        if not answer.get("successful"):
            raise EmporixError(str(answer.get("message") or "The payment could not be captured"))


def _number(ctx: RequestContext, order: Document) -> str:
    asked = {"siteCode": order["siteCode"]} if order.get("siteCode") else {}
    drawn = ctx.call(
        "sequential-id",
        "POST-sequential-id-create-schema-type-nextId",
        path={"schemaType": "invoiceNoSequence"},
        query=asked,
    )
    return str(drawn.body["id"])


@service.page("/invoice/{tenant}/files/{file}")
def paper(ctx: RequestContext, state: State) -> Result:
    """An invoice as PDF, for whoever has its address."""
    number = ctx.path["file"].removesuffix(".pdf")
    invoice = invoices(state).get(number)
    if invoice is None:
        raise NotFound(body={"code": "404", "message": "No such invoice"})
    order = invoice.get("order") or _order(ctx, invoice["orderId"])
    at = datetime.fromisoformat(invoice["createdAt"])
    printed = pdf.printed(
        f"Invoice {number}",
        at,
        head=invoicing.head(order, number, at),
        table=(invoicing.TABLE, invoicing.rows(order)),
        foot=invoicing.foot(order),
    )
    return Result(200, raw=printed, media_type="application/pdf")
