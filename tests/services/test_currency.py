"""Currencies and exchange rates over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.conftest import World

CHANGED = "The object that you are trying to update has already changed. Please refresh and try again!"
ALL = {"Content-Language": "*", "Accept-Language": "*"}


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, status: int, rule: str) -> dict[str, Any]:
    body = dict(ok(answer, status))
    assert answer.headers["x-emporix-mock-rule"] == f"currency-service/{rule}"
    return body


def test_a_currency_from_creation_to_deletion(either: World):
    currencies = f"/currency/{either.tenant}/currencies"
    with either.backend() as http:
        franc = {"code": "CHF", "name": {"en": "Swiss franc", "de": "Schweizer Franken"}}
        assert ok(http.post(currencies, json=franc, headers=ALL), 201) == {"code": "CHF"}
        read = ok(http.get(f"{currencies}/CHF", headers=ALL))
        assert read == {**franc, "metadata": read["metadata"]}
        assert read["metadata"]["version"] == 1
        assert ok(http.get(f"{currencies}/CHF"))["name"] == "Swiss franc"
        assert (
            ok(http.get(f"{currencies}/CHF", headers={"Accept-Language": "de"}))["name"]
            == "Schweizer Franken"
        )
        assert refused(http.post(currencies, json=franc, headers=ALL), 409, "duplicate-code")["code"] == 409

        page = http.get(
            currencies,
            params={"sort": "code:desc", "pageSize": 2, "pageNumber": 2},
            headers={"X-Total-Count": "true"},
        )
        assert [row["code"] for row in ok(page)] == ["GBP", "EUR"]
        assert page.headers["x-total-count"] == "5"
        assert [row["code"] for row in ok(http.get(currencies, params={"name": "FRANC"}))] == ["CHF"]
        assert [row["code"] for row in ok(http.get(currencies, params={"code": "u"}))] == ["EUR", "USD"]

        renamed = {"name": "Franc", "code": "XTS", "metadata": {"version": 1}}
        assert http.put(f"{currencies}/CHF", json=renamed).status_code == 204
        read = ok(http.get(f"{currencies}/CHF", headers=ALL))
        assert (read["code"], read["name"], read["metadata"]["version"]) == ("CHF", {"en": "Franc"}, 2)
        assert (
            refused(http.put(f"{currencies}/CHF", json=renamed), 409, "stale-version")["message"] == CHANGED
        )
        assert http.put(f"{currencies}/CHF", json={"name": "Franc"}).status_code == 400

        assert http.delete(f"{currencies}/CHF").status_code == 204
        assert http.delete(f"{currencies}/CHF").status_code == 204
        gone = ok(http.get(f"{currencies}/CHF"), 404)
        assert (gone["code"], gone["message"]) == (404, "The currency was not found for this code")
        assert http.put(f"{currencies}/CHF", json=renamed).status_code == 404
        either.stored.switches["currency-service/delete-of-absent"] = "not-found"
        assert http.delete(f"{currencies}/CHF").status_code == 404


@pytest.mark.parametrize("code", ["eur", "EURO", "E1R", "€€€", "EU"])
def test_codes_are_three_capital_letters(either: World, code: str):
    with either.backend() as http:
        answer = http.post(f"/currency/{either.tenant}/currencies", json={"code": code, "name": "Coin"})
        refused(answer, 400, "invalid-code")


def test_an_exchange_rate_from_creation_to_deletion(either: World):
    exchanges = f"/currency/{either.tenant}/exchanges"
    with either.backend() as http:
        rate = {"sourceCurrency": "EUR", "targetCurrency": "USD", "rate": "1.1"}
        with_version = {**rate, "metadata": {"version": 1}}
        assert ok(http.post(exchanges, json=with_version), 201) == {"code": "EUR_USD"}
        read = ok(http.get(f"{exchanges}/EUR_USD"))
        assert read == {**rate, "code": "EUR_USD", "metadata": read["metadata"]}
        refused(http.post(exchanges, json=rate), 409, "duplicate-code")

        listed = ok(http.get(exchanges, params={"targetCurrency": "EUR", "sort": "rate:desc"}))
        assert [row["code"] for row in listed] == ["GBP_EUR", "USD_EUR"]
        from_euro = {"sourceCurrency": "EUR", "pageSize": 1, "pageNumber": 2}
        assert [row["code"] for row in ok(http.get(exchanges, params=from_euro))] == ["EUR_USD"]

        change = {"rate": 1.0934, "sourceCurrency": "GBP", "metadata": {"version": 1}}
        assert http.put(f"{exchanges}/EUR_USD", json=change).status_code == 204
        read = ok(http.get(f"{exchanges}/EUR_USD"))
        assert (read["rate"], read["sourceCurrency"], read["metadata"]["version"]) == ("1.0934", "EUR", 2)
        assert (
            refused(http.put(f"{exchanges}/EUR_USD", json=change), 409, "stale-version")["message"] == CHANGED
        )

        assert http.delete(f"{exchanges}/EUR_USD").status_code == 204
        assert http.delete(f"{exchanges}/EUR_USD").status_code == 204
        gone = ok(http.get(f"{exchanges}/EUR_USD"), 404)
        assert gone["message"] == "The currency was not found for this code"
        assert http.put(f"{exchanges}/EUR_USD", json=change).status_code == 404


@pytest.mark.parametrize("rate", ["0", "0.00", "-1", "1,09", "", "a", "1e3", 0, -2.5])
def test_a_rate_is_a_decimal_above_zero(either: World, rate: Any):
    with either.backend() as http:
        body = {"sourceCurrency": "EUR", "targetCurrency": "NOK", "rate": rate}
        refused(http.post(f"/currency/{either.tenant}/exchanges", json=body), 400, "invalid-rate")


def test_rates_stand_between_currencies_that_there_are(either: World):
    base = f"/currency/{either.tenant}"
    with either.backend() as http:
        body = {"sourceCurrency": "EUR", "targetCurrency": "CHF", "rate": 0.00000012}
        refused(http.post(f"{base}/exchanges", json=body), 400, "unknown-currency")
        ok(http.post(f"{base}/currencies", json={"code": "CHF", "name": "Franc"}), 201)
        ok(http.post(f"{base}/exchanges", json=body), 201)
        assert ok(http.get(f"{base}/exchanges/EUR_CHF"))["rate"] == "0.00000012"
        assert http.delete(f"{base}/currencies/EUR", params={"forceDelete": "true"}).status_code == 204
        assert ok(http.get(f"{base}/exchanges")) == []
    deleted = [event["payload"] for event in either.stored.events if event["type"] == "currency.deleted"]
    assert deleted == [{"code": "EUR"}]


def test_who_reads_and_who_writes(either: World):
    base = f"/currency/{either.tenant}"
    with either.client(either.anonymous()["access_token"]) as guest:
        assert [row["code"] for row in ok(guest.get(f"{base}/currencies"))] == ["EUR", "GBP", "NOK", "USD"]
        assert guest.get(f"{base}/exchanges").status_code == 403
        assert guest.delete(f"{base}/currencies/EUR").status_code == 403
    with either.backend("currency.currency_read") as reader:
        assert len(ok(reader.get(f"{base}/exchanges"))) == 3
        assert reader.delete(f"{base}/exchanges/USD_EUR").status_code == 403
