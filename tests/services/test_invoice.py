"""Invoice jobs over HTTP, and the papers they leave."""

from __future__ import annotations

import re
import zlib
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from emporix_mock.rules import invoicing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World

SEEDED = "e61b7a40-2c9d-4f05-8b37-000000000001"
SETTINGS = {"threshold": "24", "status": "CREATED,CONFIRMED", "extendedOrderStatus": "70,75,76"}


class Invoices:
    """The invoice service of one world as a backend sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.backend()
        world.stored.clock.freeze(datetime(2026, 2, 23, 9, tzinfo=UTC))

    def start(self, kind: str, *orders: str) -> httpx.Response:
        body = {"jobType": kind} | ({"orderIds": list(orders)} if orders else {})
        return self.http.post(f"/invoice/{self.world.tenant}/jobs/invoices", json=body)

    def job(self, own: str) -> dict[str, Any]:
        answer = self.http.get(f"/invoice/{self.world.tenant}/jobs/invoices/{own}")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def advance(self, seconds: float) -> None:
        clock = f"/_mock/worlds/{self.world.tenant}/clock"
        assert self.http.put(clock, json={"advance": seconds}).status_code == 200

    def order(self, own: str) -> dict[str, Any]:
        return dict(self.http.get(f"/order-v2/{self.world.tenant}/salesorders/{own}").json())

    def change(self, own: str, **members: Any) -> None:
        """Change a stored order behind the back of the order service's rules."""
        orders = self.world.stored.state("order").collection("orders")
        orders.put(own, {**(orders.get(own) or {}), **members})


@pytest.fixture
def invoices(either: World) -> Iterator[Invoices]:
    found = Invoices(either)
    with found.http:
        yield found


def text_of(paper: bytes) -> str:
    """The texts that a PDF shows."""
    streams = re.findall(rb"stream\n(.*?)\nendstream", paper, re.DOTALL)
    drawn = b"".join(zlib.decompress(stream) for stream in streams if stream[:1] == b"x")
    return "\n".join(part.decode("latin-1") for part in re.findall(rb"\((.*?)\) Tj", drawn))


def test_a_job_over_given_orders(invoices: Invoices):
    started = invoices.start("MANUAL", "EON1006", "EON1002", "EON9999", "EON1005", "EON1006")
    assert started.status_code == 201
    own = started.json()["jobId"]
    assert set(started.json()) == {"jobId"}
    running = invoices.job(own)
    assert (running["jobStatus"], running["jobType"]) == ("IN_PROGRESS", "MANUAL")
    assert [o["orderStatus"] for o in running["orders"]] == ["PENDING"] * 4
    invoices.advance(1)
    assert [o["orderStatus"] for o in invoices.job(own)["orders"]] == ["SUCCESS", *["PENDING"] * 3]
    invoices.advance(60)
    done = invoices.job(own)
    assert done["jobStatus"] == "DONE"
    written, again, unknown, declined = done["orders"]
    assert written["invoiceNumber"] == "EIN1004"
    assert (again["orderStatus"], again["message"]) == ("FAILURE", "The order EON1002 has an invoice already")
    assert unknown["orderStatus"] == "FAILURE"
    assert declined["message"] == "The order EON1005 is DECLINED"

    paper = httpx.get(written["downloadLink"])
    assert (paper.status_code, paper.headers["content-type"]) == (200, "application/pdf")
    assert paper.content.startswith(b"%PDF-")
    order, shown = invoices.order("EON1006"), text_of(paper.content)
    for expected in ("EIN1004", "EON1006", "2026-02-23", f"{invoicing.amount_due(order)} EUR"):
        assert expected in shown
    mails = invoices.world.stored.state("customer-management").collection("mails").scan()
    assert [(m["type"], m["email"], m["orderId"]) for m in mails if m.get("invoiceNumber") == "EIN1004"] == [
        ("invoice", "clara.petersen@example.com", "EON1006")
    ]
    second = invoices.start("MANUAL", "EON1006").json()["jobId"]
    invoices.advance(1)
    assert invoices.job(second)["orders"][0]["orderStatus"] == "FAILURE"


def test_what_was_authorized_is_captured(invoices: Invoices):
    tenant = invoices.world.tenant
    asked = {
        "order": {"id": "EON1006"},
        "paymentModeId": "7d1f0c3a-2b4e-4c6d-8f90-000000000002",
        "creditCardToken": "card-token-1",
    }
    paid = invoices.http.post(f"/payment-gateway/{tenant}/payment/authorize", json=asked)
    assert paid.status_code == 200, paid.text
    transaction = next(
        p["transactionId"] for p in invoices.order("EON1006")["payments"] if p.get("transactionId")
    )
    own = invoices.start("MANUAL", "EON1006").json()["jobId"]
    invoices.advance(1)
    assert invoices.job(own)["orders"][0]["orderStatus"] == "SUCCESS"
    steps = invoices.http.get(f"/payment-gateway/{tenant}/transactions/{transaction}").json()["entries"]
    captured = next(step for step in steps if step["type"] == "CAPTURE")
    assert captured["amount"] == {
        "amount": float(invoicing.amount_due(invoices.order("EON1006"))),
        "currency": "EUR",
    }


def test_a_card_that_declines_stands_against_the_invoice(invoices: Invoices):
    asked = {
        "order": {"id": "EON1006"},
        "paymentModeId": "7d1f0c3a-2b4e-4c6d-8f90-000000000002",
        "creditCardToken": "card-token-no-capture",
    }
    invoices.http.post(f"/payment-gateway/{invoices.world.tenant}/payment/authorize", json=asked)
    own = invoices.start("MANUAL", "EON1006").json()["jobId"]
    invoices.advance(1)
    assert invoices.job(own)["orders"] == [
        {"orderId": "EON1006", "orderStatus": "FAILURE", "message": "Card expired"}
    ]


def test_an_automatic_job_takes_the_orders_that_are_due(invoices: Invoices):
    nothing = invoices.start("AUTOMATIC").json()["jobId"]
    assert invoices.job(nothing) == {"jobStatus": "DONE", "jobType": "AUTOMATIC", "orders": []}
    setting = [{"key": "invoiceSettings", "value": SETTINGS, "version": 1}]
    made = invoices.http.post(f"/configuration/{invoices.world.tenant}/configurations", json=setting)
    assert made.status_code == 201, made.text
    window = invoices.order("EON1004")["deliveryWindow"]
    for own, status, extended, day in (
        ("EON1003", "CREATED", "70", "2026-02-22"),
        ("EON1006", "CREATED", "75", "2026-02-23"),
        ("EON1004", "CONFIRMED", "20", "2026-02-20"),
        ("EON1002", "SHIPPED", "76", "2026-02-20"),
    ):
        attributes = {"generalAttributes": {"extendedOrderStatus": extended}}
        invoices.change(own, status=status, mixins=attributes, deliveryWindow={**window, "deliveryDate": day})
    found = invoices.job(invoices.start("AUTOMATIC").json()["jobId"])
    assert [order["orderId"] for order in found["orders"]] == ["EON1003"]


@pytest.mark.parametrize(
    ("hours", "due"), [("24", True), ("33", True), ("33.5", False), ("96", False), (None, True)]
)
def test_how_long_after_the_delivery(hours: str | None, due: bool):
    order = {"status": "CREATED", "deliveryWindow": {"deliveryDate": "2026-02-22"}}
    now = datetime(2026, 2, 23, 9, tzinfo=UTC)
    assert invoicing.is_due(order, {"status": "CREATED", "threshold": hours}, now) is due
    assert not invoicing.is_due({"status": "CREATED"}, {"status": "CREATED", "threshold": hours}, now)


def test_without_a_schema_for_numbers(invoices: Invoices):
    schemas = invoices.world.stored.state("sequential-id").collection("schemas")
    schemas.clear()
    own = invoices.start("MANUAL", "EON1006").json()["jobId"]
    invoices.advance(1)
    assert invoices.job(own)["orders"][0]["message"] == (
        "Active schema with the type invoiceNoSequence doesn't exist!"
    )


def test_the_seeded_job(invoices: Invoices):
    orders = invoices.job(SEEDED)["orders"]
    assert [(o["orderId"], o["invoiceNumber"]) for o in orders] == [
        ("EON1002", "EIN1002"),
        ("EON1004", "EIN1003"),
    ]
    assert "Tim Hansen" in text_of(httpx.get(orders[1]["downloadLink"]).content)
    unknown = orders[0]["downloadLink"].replace("EIN1002", "EIN9999")
    assert httpx.get(unknown).status_code == 404


def test_what_is_refused(invoices: Invoices):
    refused = invoices.start("MANUAL")
    assert (refused.status_code, refused.json()) == (
        400,
        {"code": "400", "message": "A job of type MANUAL needs order ids"},
    )
    assert refused.headers["x-emporix-mock-rule"] == "invoice/no-orders"
    wrong = invoices.start("SOMETIMES")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "400")
    base = f"/invoice/{invoices.world.tenant}/jobs/invoices"
    assert invoices.http.post(base).status_code == 400
    gone = invoices.http.get(f"{base}/none")
    assert (gone.status_code, gone.json()) == (404, {"code": "404", "message": "No such job"})
    with invoices.world.client(invoices.world.anonymous()["access_token"]) as guest:
        for answer in (guest.post(base, json={"jobType": "AUTOMATIC"}), guest.get(f"{base}/{SEEDED}")):
            assert (answer.status_code, answer.json()["code"]) == (403, "403")
