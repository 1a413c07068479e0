"""Localized resources read and written in the languages of the headers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.engine.conftest import Shop

CURRENCIES = "/currency/{tenant}/currencies"
CATALOGS = "/catalog/{tenant}/catalogs"
LISTS = "/price/{tenant}/price-lists"
ZONES = "/shipping/{tenant}/main/zones"
TAXES = "/tax/{tenant}/taxes"
MAP = {"en": "Pound", "de": "Pfund"}


@pytest.mark.parametrize(
    ("header", "text"),
    [(None, "Pound"), ("*", MAP), ("de", "Pfund"), ("fr;q=0.5, de", "Pfund"), ("fr", "Pound")],
)
def test_the_general_rule_reads_strings(shop: Shop, header: str | None, text: Any) -> None:
    shop.languages("en", "de", "fr")
    shop.done("POST", CURRENCIES, {"code": "GBP", "name": MAP}, headers={"Content-Language": "*"})
    headers = {"Accept-Language": header} if header else {}
    assert shop.done("GET", f"{CURRENCIES}/GBP", headers=headers)["name"] == text
    assert shop.done("GET", CURRENCIES, headers=headers)[0]["name"] == text


@pytest.mark.parametrize(
    ("header", "name", "stored"),
    [
        (None, "Pound", {"en": "Pound"}),
        (None, MAP, MAP),
        ("de", "Pfund", {"de": "Pfund"}),
        ("*", MAP, MAP),
    ],
)
def test_the_general_rule_stores_maps(shop: Shop, header: str | None, name: Any, stored: Any) -> None:
    shop.languages("en", "de")
    headers = {"Content-Language": header} if header else {}
    shop.done("POST", CURRENCIES, {"code": "GBP", "name": name}, headers=headers)
    document = shop.collection("currency-service", "currencies").get("GBP")
    assert document is not None
    assert document["name"] == stored


@pytest.mark.parametrize("names", ["Accept-Language", "Content-Language"])
def test_a_language_that_the_tenant_lacks_is_named(shop: Shop, names: str) -> None:
    shop.languages("en")
    method, body = ("GET", None) if names == "Accept-Language" else ("POST", {"code": "GBP", "name": "x"})
    refused = shop.ask(method, CURRENCIES, body, headers={names: "ru"})
    assert (refused.status_code, refused.headers["x-emporix-mock-rule"]) == (400, "engine/language")
    assert refused.json()["message"] == "Language header validation failed"
    assert refused.json()["details"] == ["Following languages are not supported: 'ru'"]


def test_a_map_service_gives_maps_of_what_was_asked(shop: Shop) -> None:
    shop.languages("en", "de")
    own = shop.done("POST", CATALOGS, {"name": MAP})["id"]
    assert shop.done("GET", f"{CATALOGS}/{own}")["name"] == MAP
    found = shop.done("GET", f"{CATALOGS}/{own}", headers={"Accept-Language": "de"})
    assert found["name"] == {"de": "Pfund"}
    assert set(found["metadata"]) == {"version", "createdAt", "updatedAt"}


def test_price_lists_read_entries(shop: Shop) -> None:
    shop.languages("en", "de")
    own = shop.done("POST", LISTS, {"siteCode": "main", "name": MAP})["id"]
    assert shop.done("GET", f"{LISTS}/{own}")["name"] == {"en": "Pound"}
    assert shop.done("GET", f"{LISTS}/{own}", headers={"Accept-Language": "de"})["name"] == {"de": "Pfund"}
    assert shop.done("GET", f"{LISTS}/{own}", headers={"Accept-Language": "*"})["name"] == MAP


def test_shipping_refuses_several_languages_under_one(shop: Shop) -> None:
    shop.languages("en", "de")
    zone = {"id": "z", "name": MAP, "shipTo": [{"country": "DE"}]}
    refused = shop.ask("POST", ZONES, zone, headers={"Content-Language": "en"})
    assert (refused.status_code, refused.headers["x-emporix-mock-rule"]) == (400, "engine/localized-shape")
    shop.done("POST", ZONES, zone)
    assert shop.done("GET", f"{ZONES}/z")["name"] == MAP


def test_a_merge_under_one_language_leaves_the_others(shop: Shop) -> None:
    shop.languages("en", "de")
    zone = {"id": "z", "name": MAP, "shipTo": [{"country": "DE"}]}
    shop.done("POST", ZONES, zone)
    shop.done("PATCH", f"{ZONES}/z", {**zone, "name": "Neu"}, headers={"Content-Language": "de"})
    assert shop.done("GET", f"{ZONES}/z")["name"] == {"en": "Pound", "de": "Neu"}


def test_a_required_header_is_required_and_arrays_are_entered(shop: Shop) -> None:
    shop.languages("en", "de")
    tax = {
        "location": {"countryCode": "DE"},
        "taxClasses": [{"code": "STANDARD", "name": "Normal", "rate": 19}],
    }
    assert shop.ask("POST", TAXES, tax).status_code == 400
    shop.done("POST", TAXES, tax, headers={"Content-Language": "de"})
    found = shop.done("GET", f"{TAXES}/DE", headers={"Accept-Language": "*"})
    assert found["taxClasses"][0]["name"] == {"de": "Normal"}


def test_lists_are_sorted_and_searched_in_a_language(shop: Shop) -> None:
    shop.languages("en", "de")
    for code, name in (("AAA", {"en": "b", "de": "y"}), ("BBB", {"en": "a", "de": "z"})):
        shop.done("POST", CURRENCIES, {"code": code, "name": name}, headers={"Content-Language": "*"})
    by_name = f"{CURRENCIES}?sort=name"
    assert [one["code"] for one in shop.done("GET", by_name)] == ["BBB", "AAA"]
    german = {"Accept-Language": "de"}
    assert [one["code"] for one in shop.done("GET", by_name, headers=german)] == ["AAA", "BBB"]
    assert [one["code"] for one in shop.done("GET", f"{CURRENCIES}?sort=name.de:desc")] == ["BBB", "AAA"]
    assert [one["code"] for one in shop.done("GET", f"{CURRENCIES}?name=z")] == ["BBB"]
