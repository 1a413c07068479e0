"""Direct debits exported over HTTP; the files are checked against the ISO 20022 schema."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import XML

import pytest
import xmlschema

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

SEEDED = "a83c5d17-9e20-4b64-8f1d-000000000001"
SEEDED_FILE = "a83c5d17-9e20-4b64-8f1d-000000000101"
MODE = "7d1f0c3a-2b4e-4c6d-8f90-000000000001"
SCHEMA = "https://schemas.example.com/acme/{}.json".format
MERCHANT = {
    "merchantName": "Nordwind Coffee",
    "merchantId": "nordwind",
    "merchantFinanceInfo": {"merchantIban": "DE89 3704 0044 0532 0130 00", "merchantBic": "COBADEFFXXX"},
}
DEBIT = {
    "orderInformation": {"paymentMethod": "paymentByDebit", "status": "80", "postExportOrderStatus": "95"},
    "transactionType": {"serviceLevel": "SEPA", "sequenceType": "RCUR", "debitArt": "CORE"},
    "debitInformation": {"batchBooking": False, "usage": "Order of {merchantName}", "pmtInfId": "PMT-"},
}
NAMES = {"p": "urn:iso:std:iso:20022:tech:xsd:pain.008.001.02"}


class Exports:
    """The SEPA export of one world as a backend sees it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = world.backend()
        world.stored.clock.freeze()

    def start(self, site: str = "main") -> httpx.Response:
        return self.http.post(f"/sepa-export/{self.world.tenant}/jobs", json={"siteCode": site})

    def finish(self) -> None:
        clock = f"/_mock/worlds/{self.world.tenant}/clock"
        assert self.http.put(clock, json={"advance": 4}).status_code == 200

    def jobs(self, **params: Any) -> list[dict[str, Any]]:
        path = f"/sepa-export/{self.world.tenant}/jobs"
        return list(self.http.get(path, params={"siteCode": "main", **params}).json())

    def file(self, own: str) -> httpx.Response:
        return self.http.get(f"/sepa-export/{self.world.tenant}/files/{own}")

    def mixin(self, name: str, value: dict[str, Any]) -> None:
        path = f"/site/{self.world.tenant}/sites/main/mixins"
        if self.http.get(f"{path}/{name}").status_code == 200:
            made = self.http.patch(f"{path}/{name}", json=value)
        else:
            made = self.http.post(path, json={name: {**value, "metadata": {"schema": SCHEMA(name)}}})
        assert made.is_success, made.text

    def creditor(self) -> None:
        """Fill in who collects."""
        self.mixin("merchantInfo", MERCHANT)
        setting = [{"key": "sepaCreditor", "value": "DE98ZZZ09999999999", "version": 1}]
        self.http.post(f"/configuration/{self.world.tenant}/configurations", json=setting)

    def paid_by_debit(self, own: str, iban: str | None = "DE02120300000000202051", **more: Any) -> None:
        """Make a stored order one that waits for its direct debit."""
        transaction = f"00000000-0000-4000-8000-0000{own[3:]:0>8}"
        account = {"iban": iban, "bic": "BYLADEM1001", "sepaMandateReference": f"M-{own}"} if iban else {}
        paid = {
            "id": transaction,
            "provider": "INVOICE",
            "paymentInformation": {"paymentMode": MODE, **account},
        }
        self.world.stored.state("payment-gateway").collection("transactions").put(
            transaction, {**paid, "entries": []}
        )
        orders = self.world.stored.state("order").collection("orders")
        payment = {"method": "paymentByDebit", "paidAmount": 0, "currency": "EUR"}
        change = {
            "payments": [{**payment, "transactionId": transaction}],
            "mixins": {"generalAttributes": {"extendedOrderStatus": "80", "orderNumber": own}},
            **more,
        }
        orders.put(own, {**(orders.get(own) or {}), **change})

    def extended(self, own: str) -> str:
        order = self.http.get(f"/order-v2/{self.world.tenant}/salesorders/{own}").json()
        return str(order["mixins"]["generalAttributes"]["extendedOrderStatus"])


@pytest.fixture
def exports(either: World) -> Iterator[Exports]:
    found = Exports(either)
    with found.http:
        yield found


@pytest.fixture(scope="module")
def schema() -> xmlschema.XMLSchema:
    return xmlschema.XMLSchema(str(files("sepaxml") / "schemas" / "pain.008.001.02.xsd"))


def test_an_export_with_its_file(exports: Exports, schema: xmlschema.XMLSchema):
    exports.creditor()
    exports.mixin("debitSettings", DEBIT)
    exports.paid_by_debit("EON1001")
    exports.paid_by_debit("EON1002", iban="DE02 5001 0517 0137 0750 30")
    exports.paid_by_debit("EON1004", iban=None)
    exports.paid_by_debit("EON1003", siteCode="uk")
    exports.paid_by_debit("EON1005", currency="GBP")

    started = exports.start()
    assert started.status_code == 201
    own = started.json()["id"]
    running = exports.jobs()[0]
    assert (running["jobId"], running["status"], running["active"]) == (own, "IN_PROGRESS", True)
    second = exports.start("uk")
    assert (second.status_code, second.json()) == (
        409,
        {"message": "Another job is in progress. You can have only one job at the same time."},
    )
    exports.finish()
    done = exports.jobs()[0]
    assert (done["status"], done["active"], done["ordersExportedCount"]) == ("FINISHED", False, 2)
    assert done["completedAt"] > done["createdAt"]

    got = exports.file(done["fileId"])
    assert (got.status_code, got.headers["content-type"]) == (200, "text/plain")
    schema.validate(got.content)
    root = XML(got.text)

    def shown(path: str) -> list[str | None]:
        return [found.text for found in root.findall(f".//p:{path.replace('/', '/p:')}", NAMES)]

    orders = exports.world.stored.state("order").collection("orders")
    amounts = [
        f"{(orders.get(o) or {})['calculatedPrice']['finalPrice']['grossValue']:.2f}"
        for o in ("EON1001", "EON1002")
    ]
    assert shown("InstdAmt") == amounts
    assert shown("EndToEndId") == ["EON1001", "EON1002"]
    assert shown("DbtrAcct/Id/IBAN") == ["DE02120300000000202051", "DE02500105170137075030"]
    assert shown("MndtId") == ["M-EON1001", "M-EON1002"]
    assert (shown("SeqTp"), shown("LclInstrm/Cd"), shown("BtchBookg")) == (["RCUR"], ["CORE"], ["false"])
    assert shown("CdtrAcct/Id/IBAN") == ["DE89370400440532013000"]
    assert shown("Ustrd")[0] == "Order of Nordwind Coffee EON1001"
    assert float(shown("GrpHdr/CtrlSum")[0] or 0) == pytest.approx(sum(map(float, amounts)))
    assert [exports.extended(o) for o in ("EON1001", "EON1002", "EON1004")] == ["95", "95", "80"]

    again = exports.start()
    exports.finish()
    assert again.status_code == 201
    assert (exports.jobs()[0]["ordersExportedCount"], "fileId" in exports.jobs()[0]) == (0, False)


def test_jobs_in_pages(exports: Exports):
    made = []
    for _ in range(2):
        made.append(exports.start().json()["id"])
        exports.finish()
    assert [job["jobId"] for job in exports.jobs()] == [made[1], made[0], SEEDED]
    assert [job["jobId"] for job in exports.jobs(sort="ASC")] == [SEEDED, *made]
    assert [job["jobId"] for job in exports.jobs(pageSize=2, pageNumber=2)] == [SEEDED]
    assert exports.jobs(siteCode="uk") == []
    assert exports.http.get(f"/sepa-export/{exports.world.tenant}/jobs").status_code == 400
    path = f"/sepa-export/{exports.world.tenant}/jobs"
    assert exports.http.get(path, params={"siteCode": "main", "sort": "jobId"}).status_code == 400


def test_a_site_without_its_account(exports: Exports):
    exports.paid_by_debit("EON1001")
    exports.start()
    exports.finish()
    assert exports.jobs()[0]["status"] == "FAILED"
    assert exports.extended("EON1001") == "80"
    exports.world.stored.switches["sepa-export/incomplete-merchant"] = "FINISHED"
    exports.start()
    exports.finish()
    assert exports.jobs()[0]["status"] == "FINISHED"


def test_the_guides_settings_hold_without_the_mixin(exports: Exports, schema: xmlschema.XMLSchema):
    exports.creditor()
    exports.paid_by_debit("EON1001")
    exports.start()
    exports.finish()
    job = exports.jobs()[0]
    assert job["ordersExportedCount"] == 1
    content = exports.file(job["fileId"]).text
    schema.validate(content.encode())
    assert "<Cd>COR1</Cd>" in content
    assert exports.extended("EON1001") == "90"


def test_the_seeded_file(exports: Exports, schema: xmlschema.XMLSchema):
    assert exports.jobs()[0]["fileId"] == SEEDED_FILE
    schema.validate(exports.file(SEEDED_FILE).content)


def test_what_is_refused(exports: Exports):
    gone = exports.file("none")
    assert (gone.status_code, gone.json()) == (404, {"message": "Given resource has not been found."})
    unknown = exports.start("nowhere")
    assert (unknown.status_code, unknown.headers["x-emporix-mock-rule"]) == (400, "sepa-export/unknown-site")
    assert unknown.json()["_embedded"]["errors"] == [
        {"message": "There is no site nowhere", "path": "/siteCode"}
    ]
    path = f"/sepa-export/{exports.world.tenant}"
    assert exports.http.post(f"{path}/jobs", json={"siteCode": ""}).status_code == 400
    with exports.world.backend("sepaexport.job_view") as http:
        refused = http.get(f"{path}/files/{SEEDED_FILE}")
        assert (refused.status_code, refused.json()["details"]) == (403, ["Missing required scopes"])
