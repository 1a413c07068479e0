"""SEPA export: jobs that write the direct debits of a site's orders into a file for the bank."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import crud, jobs
from emporix_mock.engine.context import Result
from emporix_mock.engine.listing import rendered
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.selection import Selection
from emporix_mock.engine.service import Service
from emporix_mock.engine.sorting import SortKey
from emporix_mock.engine.tenant_values import value_of
from emporix_mock.errors import Detail, EmporixError, NotFound
from emporix_mock.platform.sites import site, site_mixin
from emporix_mock.rules import sepa
from emporix_mock.rules.invoicing import amount_due

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SECONDS = 4.0
NOTICE = timedelta(days=2)
PAGE = 1000
BY_DEBIT, READY, EXPORTED = "paymentByDebit", "80", "90"

service = Service("sepa-export")

RUNNING = service.rule("job-running", 409, source="sepa-export document, 409 example")
UNKNOWN_SITE = service.rule("unknown-site", 400, source="choice: a job of a site that does not exist")

INCOMPLETE = service.switch(
    "incomplete-merchant",
    "FAILED",
    "FINISHED",
    about="status of a job whose site lacks the merchant's name, account or creditor id; no file either way",
    source="undocumented; the guide asks to fill in all of them",
)


def missing(_key: str) -> EmporixError:
    """404 in the words of the document."""
    message = "Given resource has not been found."
    return NotFound(message, body={"message": message})


JOBS = service.resource(
    Resource(
        path="/sepa-export/{tenant}/jobs",
        collection="jobs",
        key="jobId",
        new_id="uuid",
        version=None,
        missing=missing,
    )
)
FILES = service.collection(
    "files", key="id", new_id="uuid", references={"jobId": "sepa-export/jobs"}, times=()
)
service.collection(
    JOBS.collection, times=("createdAt",), references={"siteCode": "site-settings-service/sites"}
)


@service.operation("POST-sepa-export-create-job")
def start(ctx: RequestContext, state: State) -> Result:
    """Start an export; there is one at a time."""
    code = ctx.body["siteCode"]
    if state.collection(JOBS.collection).find(field="active", value=True):
        message = "Another job is in progress. You can have only one job at the same time."
        raise RUNNING(message, body={"message": message})
    if not site(ctx, code):
        raise UNKNOWN_SITE("Bad Request", details=[Detail(f"There is no site {code}", "/siteCode")])
    new = {
        "status": "IN_PROGRESS",
        "siteCode": code,
        "active": True,
        "ordersExportedCount": 0,
        "createdAt": state.timestamp(),
    }
    own = crud.create(JOBS, ctx, state, new)["jobId"]
    jobs.later(ctx, state, "export", SECONDS, job=own)
    return Result(201, {"id": own})


@service.operation("GET-sepa-export-list-jobs")
def list_jobs(ctx: RequestContext, state: State) -> Result:
    """The jobs of a site, the newest first unless `sort` is ASC."""
    order = SortKey("createdAt", descending=ctx.query.get("sort") != "ASC")
    selection = Selection(JOBS, ctx, state, where={"siteCode": (ctx.query["siteCode"],)})
    start, stop = crud.page_of(ctx.query, 16)
    return rendered(selection, selection.sorted((order,), None)[start:stop], {})


@service.operation("GET-sepa-export-download-file")
def download(ctx: RequestContext, state: State) -> Result:
    """A file as it was written."""
    file = state.collection(FILES.name).get(ctx.path["fileId"])
    if file is None:
        raise missing(ctx.path["fileId"])
    return Result(200, raw=file["content"].encode(), media_type="text/plain")


@service.step("export")
def run(ctx: RequestContext, state: State, at: datetime, payload: Mapping[str, Any]) -> None:
    """Write the file of a job and move its orders on."""
    job = state.collection(JOBS.collection).get(payload["job"])
    if job is None:
        return
    try:
        with state.world.unit():
            job |= _exported(ctx, state, job, at)
    except EmporixError:
        job["status"] = "FAILED"
    job |= {"active": False, "completedAt": jobs.stamp(at)}
    state.collection(JOBS.collection).put(job["jobId"], job)


def _exported(ctx: RequestContext, state: State, job: Document, at: datetime) -> Document:
    """What an export adds to its job."""
    settings = site_mixin(ctx, job["siteCode"], "debitSettings") or {}
    creditor = _creditor(ctx, state, job["siteCode"])
    if creditor is None:
        return {"status": ctx.switch(INCOMPLETE)}
    chosen = settings.get("orderInformation") or {}
    found = [(order, debit) for order in _orders(ctx, job, chosen) if (debit := _debit(ctx, order, settings))]
    if not found:
        return {"status": "FINISHED"}
    own = state.ids.uuid()
    content = sepa.written(
        own.replace("-", ""), at, (at + NOTICE).date(), creditor, _terms(settings), [d for _, d in found]
    )
    state.collection(FILES.name).put(own, {"id": own, "jobId": job["jobId"], "content": content})
    for order, _ in found:
        _move_on(ctx, order, str(chosen.get("postExportOrderStatus") or EXPORTED))
    return {"status": "FINISHED", "fileId": own, "ordersExportedCount": len(found)}


def _creditor(ctx: RequestContext, state: State, code: str) -> sepa.Creditor | None:
    """Who collects, by the site's mixin `merchantInfo` and the setting `sepaCreditor`; None if incomplete."""
    merchant = site_mixin(ctx, code, "merchantInfo") or {}
    bank = merchant.get("merchantFinanceInfo") or {}
    name, iban, bic = (
        str(value or "").strip()
        for value in (merchant.get("merchantName"), bank.get("merchantIban"), bank.get("merchantBic"))
    )
    scheme = (
        str(value_of(state, "sepaCreditor") or "").strip() or str(bank.get("sepaCreditorId") or "").strip()
    )
    return sepa.Creditor(name, _joined(iban), bic, scheme) if name and iban and scheme else None


def _orders(ctx: RequestContext, job: Document, chosen: Mapping[str, Any]) -> Iterator[Document]:
    """The orders of the job's site that are paid by direct debit and ready for the export."""
    method, ready = chosen.get("paymentMethod") or BY_DEBIT, str(chosen.get("status") or READY)
    q = (
        f'siteCode:"{job["siteCode"]}" payments.method:"{method}" '
        f'mixins.generalAttributes.extendedOrderStatus:"{ready}"'
    )
    number = 1
    while True:
        query = {"q": q, "pageNumber": number, "pageSize": PAGE}
        page = ctx.call("order", "GET-order-retrieve-tenant-orders", query=query).body
        yield from (order for order in page if order.get("currency") == sepa.CURRENCY)
        if len(page) < PAGE:
            return
        number += 1


def _debit(ctx: RequestContext, order: Document, settings: Mapping[str, Any]) -> sepa.Debit | None:
    """The debit of an order; None where its payment names no account or no mandate."""
    account = _account(ctx, order)
    if not account.get("iban") or not account.get("sepaMandateReference"):
        return None
    customer = order.get("customer") or {}
    address = order.get("billingAddress") or {}
    usage = str((settings.get("debitInformation") or {}).get("usage") or "{merchantName}")
    merchant = site_mixin(ctx, order["siteCode"], "merchantInfo") or {}
    usage = usage.replace("{merchantName}", str(merchant.get("merchantName") or ""))
    created = datetime.fromisoformat(str(order.get("created")))
    return sepa.Debit(
        reference=str(order["id"]),
        amount=amount_due(order),
        name=str(account.get("cardHolderName") or customer.get("name") or address.get("contactName") or ""),
        iban=_joined(account["iban"]),
        bic=str(account.get("bic") or ""),
        mandate=str(account["sepaMandateReference"]),
        signed=created.date(),
        text=f"{usage} {order['id']}".strip(),
    )


def _account(ctx: RequestContext, order: Document) -> Document:
    for payment in order.get("payments") or ():
        if payment.get("transactionId"):
            path = {"transactionId": payment["transactionId"]}
            try:
                found = ctx.call(
                    "payment-gateway", "GET-payment-gateway-retrieve-transaction-by-transactionId", path=path
                ).body
            except NotFound:
                continue
            return dict(found.get("paymentInformation") or {})
    return {}


def _terms(settings: Mapping[str, Any]) -> sepa.Terms:
    kind, how = settings.get("transactionType") or {}, settings.get("debitInformation") or {}
    usual = sepa.Terms()
    return sepa.Terms(
        service_level=kind.get("serviceLevel") or usual.service_level,
        instrument=kind.get("debitArt") or usual.instrument,
        sequence=kind.get("sequenceType") or usual.sequence,
        batch=bool(how.get("batchBooking", usual.batch)),
        charges=how.get("chargeBearer") or usual.charges,
        payment_prefix=how.get("pmtInfId") or usual.payment_prefix,
    )


def _move_on(ctx: RequestContext, order: Document, status: str) -> None:
    attributes = (order.get("mixins") or {}).get("generalAttributes") or {}
    mixins = {"generalAttributes": {**attributes, "extendedOrderStatus": status}}
    path = {"orderId": order["id"]}
    ctx.call("order", "PATCH-order-partial-update-order", path=path, body={"mixins": mixins})


def _joined(iban: str) -> str:
    return iban.replace(" ", "")
