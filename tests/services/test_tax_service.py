"""Tax configurations and calculations over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from tests.conftest import World

ALL = {"Content-Language": "*"}
CHANGED = "The object that you are trying to update has already changed. Please refresh and try again!"
FRANCE = {
    "location": {"countryCode": "FR"},
    "taxClasses": [
        {"code": "STANDARD", "name": {"en": "Standard rate"}, "order": 0, "rate": 20, "isDefault": True},
        {"code": "REDUCED", "name": {"en": "Reduced rate"}, "order": 1, "rate": 5.5},
    ],
}


class Taxes:
    """The tax service of one world as the backend key sees it."""

    def __init__(self, world: World) -> None:
        self.base = f"/tax/{world.tenant}/taxes"
        self.http = world.backend()

    def __call__(self, method: str, path: str = "", **request: Any) -> httpx.Response:
        return self.http.request(method, f"{self.base}{path}", **request)

    def calculated(self, **given: Any) -> dict[str, Any]:
        body = {"targetLocation": {"countryCode": "DE"}, "targetTaxClass": "STANDARD", "price": 1.59, **given}
        answer = self("PUT", "/calculation-commands", json={"input": body})
        assert answer.status_code == 200, answer.text
        assert answer.json()["input"] == body
        return dict(answer.json()["output"])


@pytest.fixture
def taxes(either: World) -> Iterator[Taxes]:
    taxes = Taxes(either)
    with taxes.http:
        yield taxes


def test_the_life_of_a_configuration(taxes: Taxes):
    made = taxes("POST", json=FRANCE, headers=ALL)
    assert (made.status_code, made.json()) == (201, {"locationCode": "FR"})
    read = taxes("GET", "/FR", headers={"Accept-Language": "*"}).json()
    assert read["taxClasses"] == FRANCE["taxClasses"]
    assert (read["locationCode"], read["metadata"]["version"]) == ("FR", 1)
    again = taxes("POST", json=FRANCE, headers=ALL)
    assert (again.status_code, again.json()["message"]) == (409, CHANGED)

    new = {**FRANCE, "taxClasses": FRANCE["taxClasses"][:1], "metadata": {"version": 1}}
    assert taxes("PUT", "/FR", json=new, headers=ALL).status_code == 204
    stale = taxes("PUT", "/FR", json=new, headers=ALL)
    assert stale.status_code == 409
    assert stale.json() == {
        "code": 409,
        "status": "Conflict",
        "message": CHANGED,
        "taxConfigurationCode": "FR",
    }
    assert taxes("GET", "/FR").json()["metadata"]["version"] == 2

    assert taxes("DELETE", "/FR").status_code == 204
    gone = taxes("GET", "/FR")
    assert (gone.status_code, gone.json()["message"]) == (404, "The tax was not found for this code")
    assert taxes("DELETE", "/FR").status_code == 404
    assert taxes("PUT", "/FR", json=new, headers=ALL).status_code == 404


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["AT", "CH", "DE", "GB"]),
        ({"countryCode": "AT"}, ["AT"]),
        ({"taxClassCode": "ZERO"}, ["DE", "GB"]),
        ({"rate": "8.1"}, ["CH"]),
        ({"name": "zero"}, ["DE", "GB"]),
        ({"sort": "locationCode:desc"}, ["GB", "DE", "CH", "AT"]),
        ({"pageSize": 3, "pageNumber": 2}, ["GB"]),
    ],
)
def test_listing(taxes: Taxes, query: dict[str, Any], found: list[str]):
    answer = taxes("GET", params=query, headers={"X-Total-Count": "true"})
    assert [entry["locationCode"] for entry in answer.json()] == found
    assert answer.headers["X-Total-Count"] == str(4 if "pageSize" in query else len(found))


def test_names_are_plain_text_in_one_language(taxes: Taxes):
    assert taxes("GET", "/DE").json()["taxClasses"][0]["name"] == "Standard rate"
    named = taxes("GET", "/DE", headers={"Accept-Language": "*"}).json()["taxClasses"][0]["name"]
    assert named == {"en": "Standard rate", "de": "Regelsatz"}
    plain = [{**tax_class, "name": "Rate"} for tax_class in FRANCE["taxClasses"]]
    made = taxes("POST", json={**FRANCE, "taxClasses": plain}, headers={"Content-Language": "en"})
    assert made.status_code == 201
    read = taxes("GET", "/FR", headers={"Accept-Language": "*"}).json()
    assert read["taxClasses"][0]["name"] == {"en": "Rate"}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"metadata": {}}, "version-required"),
        ({"location": {"countryCode": "PL"}}, "country-fixed"),
        ({"taxClasses": [{**c, "isDefault": True} for c in FRANCE["taxClasses"]]}, "tax-classes"),
        ({"taxClasses": [FRANCE["taxClasses"][0]] * 2}, "tax-classes"),
    ],
)
def test_updates_that_a_rule_refuses(taxes: Taxes, change: dict[str, Any], rule: str):
    taxes("POST", json=FRANCE, headers=ALL)
    answer = taxes("PUT", "/FR", json={**FRANCE, "metadata": {"version": 1}, **change}, headers=ALL)
    assert (answer.status_code, answer.headers["x-emporix-mock-rule"]) == (400, f"tax-service/{rule}")
    assert taxes("GET", "/FR").json()["metadata"]["version"] == 1


def test_writing_needs_a_language(taxes: Taxes):
    assert taxes("POST", json=FRANCE).status_code == 400


def test_the_golden_calculations(taxes: Taxes):
    assert taxes.calculated(includesTax=False) == {
        "netPrice": 1.59,
        "grossPrice": 1.8921,
        "targetTaxRate": 19,
    }
    assert taxes.calculated(includesTax=True) == {
        "netPrice": 1.3361344538,
        "grossPrice": 1.59,
        "sourceTaxRate": 19,
    }
    taxes("POST", json={**FRANCE, "location": {"countryCode": "PL"}, "taxClasses": [poland()]}, headers=ALL)
    source = {"sourceLocation": {"countryCode": "DE"}, "sourceTaxClass": "STANDARD"}
    assert taxes.calculated(includesTax=True, targetLocation={"countryCode": "PL"}, **source) == {
        "netPrice": 1.3361344538,
        "grossPrice": 1.643445378174,
        "sourceTaxRate": 19,
        "targetTaxRate": 23,
    }
    text = {"targetLocation": {"countryCode": "DE"}, "targetTaxClass": "STANDARD", "price": "1.59"}
    answer = taxes("PUT", "/calculation-commands", json={"input": text})
    assert answer.json()["output"]["grossPrice"] == 1.8921


def poland() -> dict[str, Any]:
    return {"code": "STANDARD", "name": {"en": "Standard rate"}, "rate": 23, "isDefault": True}


def test_any_token_may_calculate_and_the_command_has_an_id(either: World):
    command = {
        "input": {"targetLocation": {"countryCode": "GB"}, "targetTaxClass": "ZERO", "price": 10},
        "commandUuid": "5d0f6c1e-91b4-4a57-8c0e-2b7d3f9a4c03",
    }
    url = f"/tax/{either.tenant}/taxes/calculation-commands"
    with either.client(either.anonymous()["access_token"]) as guest:
        answer = guest.put(url, json=command).json()
        assert answer["output"] == {"netPrice": 10, "grossPrice": 10, "targetTaxRate": 0}
        assert answer["commandUuid"] == command["commandUuid"]
        assert len(guest.put(url, json={"input": command["input"]}).json()["commandUuid"]) == 36


@pytest.mark.parametrize(
    ("given", "rule"),
    [
        ({"targetLocation": {"countryCode": "XX"}}, "unknown-tax"),
        ({"targetTaxClass": "LUXURY"}, "unknown-tax"),
        ({"includesTax": True, "sourceTaxClass": "STANDARD"}, "calculation-input"),
    ],
)
def test_calculations_that_a_rule_refuses(taxes: Taxes, given: dict[str, Any], rule: str):
    body = {"targetLocation": {"countryCode": "DE"}, "targetTaxClass": "STANDARD", "price": 1, **given}
    answer = taxes("PUT", "/calculation-commands", json={"input": body})
    assert (answer.status_code, answer.headers["x-emporix-mock-rule"]) == (400, f"tax-service/{rule}")


def test_the_switches(taxes: Taxes, either: World):
    either.stored.switches |= {"tax-service/includes-tax-default": "true"}
    assert taxes.calculated()["netPrice"] == 1.3361344538
    either.stored.switches |= {"tax-service/gross-without-source": "refuse"}
    command = {"targetLocation": {"countryCode": "DE"}, "targetTaxClass": "STANDARD", "price": 1}
    assert taxes("PUT", "/calculation-commands", json={"input": command}).status_code == 400
