"""Fees and what carries them over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

PACKAGING, INVOICE = "65d0a1b2c3d4e5f60b000001", "65d0a1b2c3d4e5f60b000002"
AURORA = "aurora-230v-steel"
DEPOSIT = {
    "name": {"en": "Deposit", "de": "Pfand"},
    "code": "DEPOSIT",
    "feeType": "ABSOLUTE_MULTIPLY_ITEMQUANTITY",
    "feeAbsolute": {"amount": 0.25, "currency": "EUR"},
    "itemType": "PRODUCT",
    "siteCode": "main",
    "active": True,
    "taxable": False,
}
MAPS = {"Content-Language": "*"}


class Fees:
    """The fee service of one world as the backend key sees it."""

    def __init__(self, world: World) -> None:
        self.tenant = world.tenant
        self.http = world.backend()

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.http.request(method, f"/fee/{self.tenant}{path}", **request)

    def yrn(self, product: str = AURORA) -> str:
        return f"urn:yaas:saasag:caasproduct:product:{self.tenant};{product}"

    def fee(self, **changes: Any) -> str:
        answer = self("POST", "/fees", json={**DEPOSIT, **changes}, headers=MAPS)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    def of_product(self, product: str = AURORA, **query: Any) -> list[Any]:
        return list(self("GET", f"/productFees/{product}/fees", params=query).json())


@pytest.fixture
def fees(either: World) -> Iterator[Fees]:
    fees = Fees(either)
    with fees.http:
        yield fees


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").removeprefix("fee/")


def test_the_life_of_a_fee(fees: Fees):
    made = fees("POST", "/fees", json={**DEPOSIT, "yrn": "dropped"}, headers=MAPS)
    assert made.status_code == 201
    fee_id = made.json()["id"]
    yrn = f"urn:yaas:saasag:fee:id:{fees.tenant};{fee_id}"
    assert made.json() == {"id": fee_id, "yrn": yrn}
    stored = {**DEPOSIT, "id": fee_id, "yrn": yrn}
    assert fees("GET", f"/fees/{fee_id}").json() == {"fee": stored}

    assert [f["code"] for f in fees("GET", "/fees").json()] == ["PACKAGING", "invoice", "DEPOSIT"]
    assert [f["id"] for f in fees("GET", "/fees", params={"code": "DEPOSIT"}).json()] == [fee_id]
    second = fees("GET", "/fees", params={"pageSize": 1, "pageNumber": 2}).json()
    assert [f["id"] for f in second] == [INVOICE]
    assert fees("GET", "/fees", params={"siteCode": "uk"}).json() == []

    dearer = {**DEPOSIT, "feeAbsolute": {"amount": 0.3, "currency": "EUR"}}
    changed = fees("PUT", f"/fees/{fee_id}", json=dearer, headers=MAPS)
    assert (changed.status_code, changed.content) == (200, b"")
    assert fees("GET", f"/fees/{fee_id}").json()["fee"] == {**stored, **dearer}

    taken = fees("POST", "/fees", json=DEPOSIT, headers=MAPS)
    assert refusal(taken) == (409, "duplicate-code")
    assert taken.json() == {
        "status": 409,
        "type": "conflict_resource",
        "message": "FeeCode does already exist.",
        "details": [
            {
                "field": "code",
                "type": "conflict",
                "message": f"Duplicate FeeCode 'DEPOSIT' on tenant '{fees.tenant}",
                "moreInfo": "",
            }
        ],
    }
    assert refusal(fees("PUT", f"/fees/{PACKAGING}", json=DEPOSIT, headers=MAPS))[0] == 409

    assert fees("DELETE", f"/fees/{fee_id}").status_code == 204
    for method in ("GET", "PUT", "DELETE"):
        body = {"json": DEPOSIT} if method == "PUT" else {}
        gone = fees(method, f"/fees/{fee_id}", **body)
        text = f"Could not find a fee with id '{fee_id}' on tenant '{fees.tenant}'"
        assert (gone.status_code, gone.json()["message"]) == (404, "Fee Not Found.")
        assert gone.json()["type"] == "application/json"
        assert gone.json()["details"][0]["message"] == text


def test_a_part_of_a_fee_can_be_changed(fees: Fees):
    fee_id = fees.fee(description={"en": "For bottles"})
    part = {"active": False}
    assert fees("PUT", f"/fees/{fee_id}", json=part, params={"partial": "true"}).status_code == 200
    fee = fees("GET", f"/fees/{fee_id}").json()["fee"]
    assert (fee["active"], fee["description"]) == (False, {"en": "For bottles"})
    assert refusal(fees("PUT", f"/fees/{fee_id}", json=part)) == (400, "incomplete-fee")
    assert fees("PUT", f"/fees/{fee_id}", json={**DEPOSIT, **part}).status_code == 200
    assert "description" not in fees("GET", f"/fees/{fee_id}").json()["fee"]


@pytest.mark.parametrize(
    "change",
    [
        {"feeType": "PERCENT"},
        {"feeType": "ABSOLUTE", "feeAbsolute": None},
        {"taxable": True},
    ],
)
def test_a_fee_needs_what_its_kind_needs(fees: Fees, change: dict[str, Any]):
    body = {name: value for name, value in {**DEPOSIT, **change}.items() if value is not None}
    assert refusal(fees("POST", "/fees", json=body)) == (400, "incomplete-fee")
    assert fees("POST", "/fees").status_code == 400


def test_names_in_one_language(fees: Fees):
    name = fees("GET", f"/fees/{PACKAGING}", headers={"Accept-Language": "en"}).json()["fee"]["name"]
    assert name == "Packaging"
    made = fees("POST", "/fees", json={**DEPOSIT, "name": "Deposit"}, headers={"Content-Language": "en"})
    fee = fees("GET", f"/fees/{made.json()['id']}").json()["fee"]
    assert fee["name"] == {"en": "Deposit"}


def test_fees_on_an_item(fees: Fees):
    yrn, deposit = fees.yrn("bottle"), fees.fee()
    new = {"siteCode": "main", "itemYrn": yrn, "feeIds": [deposit]}
    made = fees("POST", "/itemFees", json=new)
    assert made.status_code == 201
    entry = {"id": made.json()["id"], **new}
    assert made.json()["yrn"] == f"urn:yaas:saasag:fee:id:{fees.tenant};{entry['id']}"
    assert refusal(fees("POST", "/itemFees", json=new)) == (409, "duplicate-item")

    assert [e["itemYrn"] for e in fees("GET", "/itemFees").json()] == [fees.yrn(), yrn]
    assert fees("GET", "/itemFees", params={"feeIds": f"{deposit},other"}).json() == [entry]
    assert fees("GET", "/itemFees", params={"productIds": "bottle"}).json() == [entry]
    assert fees("GET", "/itemFees", params={"pageNumber": 2, "pageSize": 1}).json() == [entry]
    expanded = fees("GET", "/itemFees", params={"productIds": "bottle", "expand": "true"}).json()
    assert [fee["code"] for fee in expanded[0]["fees"]] == ["DEPOSIT"]

    path = f"/itemFees/{yrn}/fees"
    assert fees("GET", path).json() == [deposit]
    assert fees("GET", path, params={"siteCode": "uk"}).json() == []
    assert [fee["code"] for fee in fees("GET", path, params={"expand": "true"}).json()] == ["DEPOSIT"]
    more = fees("PUT", path, json={"feeIds": [PACKAGING]}, params={"partial": "true"})
    assert (more.status_code, fees("GET", path).json()) == (200, [deposit, PACKAGING])
    assert fees("PUT", path, json={"feeIds": [PACKAGING]}).status_code == 200
    assert fees("GET", path).json() == [PACKAGING]
    assert fees("DELETE", f"{path}/{deposit}").status_code == 404
    assert fees("DELETE", f"{path}/{PACKAGING}").status_code == 204
    assert fees("GET", path).json() == []
    assert fees("DELETE", path).status_code == 204


def test_fees_that_a_site_does_not_have_are_not_added(fees: Fees):
    british = fees.fee(code="UK", siteCode="uk")
    for wrong in ("nothing", british):
        answer = fees("PUT", f"/productFees/{AURORA}/fees", json={"feeIds": [wrong]})
        assert refusal(answer) == (400, "fees-not-added")
        text = f"These fees '[{wrong}]' can not be added to itemYRN '{fees.yrn()}' and site 'main'"
        assert answer.json()["message"] == "Fees Not Added"
        assert answer.json()["details"][0]["message"] == text
    assert fees.of_product() == [PACKAGING]
    mixed = {"feeIds": [british, PACKAGING]}
    assert refusal(fees("PUT", f"/itemFees/{fees.yrn()}/fees", json=mixed)) == (400, "fees-not-added")


def test_fees_of_a_product_per_site(fees: Fees):
    british = fees.fee(code="UK", siteCode="uk")
    assert fees.of_product() == [PACKAGING]
    put = fees("PUT", f"/productFees/{AURORA}/fees", json={"feeIds": [british]}, params={"siteCode": "uk"})
    assert put.status_code == 200
    assert fees.of_product(siteCode="uk", expand="true")[0]["code"] == "UK"
    assert fees.of_product() == [PACKAGING]
    both = fees(
        "POST", "/itemFees/searchByProductId", json={"productId": AURORA, "siteCodes": ["main", "uk"]}
    )
    assert [entry["siteCode"] for entry in both.json()] == ["main", "uk"]
    assert fees("DELETE", f"/productFees/{AURORA}/fees/{british}").status_code == 204
    assert fees("DELETE", f"/productFees/{AURORA}/fees/{british}").status_code == 404
    assert fees("DELETE", f"/productFees/{AURORA}/fees").status_code == 204
    assert fees.of_product() == []


def test_searches(fees: Fees):
    main = {"itemYrns": [fees.yrn(), fees.yrn("other")], "siteCode": "main"}
    assert [entry["feeIds"] for entry in fees("POST", "/itemFees/search", json=main).json()] == [[PACKAGING]]
    wanted = {"productIds": f"other, {AURORA}", "siteCode": "uk"}
    assert fees("POST", "/itemFees/searchByProductIds", json=wanted).json() == []
    fallback = {"siteFallback": "true"}
    found = fees("POST", "/itemFees/searchByProductIds", json=wanted, params=fallback).json()
    assert [(entry["siteCode"], entry["itemYrn"]) for entry in found] == [("main", fees.yrn())]
    listed = fees("GET", "/itemFees", params={"siteCode": "uk", "productIds": AURORA, **fallback}).json()
    assert listed == found


def test_a_fee_names_its_items_and_leaves_them_when_it_goes(fees: Fees):
    read = fees("GET", f"/fees/{PACKAGING}", params={"withItems": "true"}).json()
    assert read["itemYRNs"] == {"siteCode": "main", "itemYrns": [fees.yrn()]}
    assert fees("DELETE", f"/fees/{PACKAGING}").status_code == 204
    assert fees("GET", "/itemFees").json() == []
    assert fees.of_product() == []


def test_reading_needs_no_scope_and_writing_does(either: World):
    with either.backend(scope="fee.fee_create") as http:
        assert http.get(f"/fee/{either.tenant}/fees").status_code == 200
        assert http.delete(f"/fee/{either.tenant}/fees/{PACKAGING}").status_code == 403
        assert http.delete(f"/fee/{either.tenant}/productFees/{AURORA}/fees").status_code == 403


def test_the_site_of_an_item_can_be_the_main_one_always(fees: Fees, either: World):
    british = fees.fee(code="UK", siteCode="uk")
    path = f"/itemFees/{fees.yrn('tea')}/fees"
    assert fees("PUT", path, json={"feeIds": [british]}).status_code == 200
    assert fees("GET", path, params={"siteCode": "uk"}).json() == [british]
    either.stored.switches |= {"fee/item-put-site": "main"}
    assert refusal(fees("PUT", path, json={"feeIds": [british]})) == (400, "fees-not-added")
