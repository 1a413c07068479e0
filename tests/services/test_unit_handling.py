"""Units and their conversion over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.conftest import World

ALL = {"Content-Language": "*"}
MG = {
    "code": "mg",
    "name": {"en": "milligram", "de": "Milligramm"},
    "type": "mass",
    "symbol": "mg",
    "baseUnit": False,
    "factor": 1.0e-06,
}


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def test_a_unit_from_creation_to_deletion(either: World):
    units = f"/unit-handling/{either.tenant}/units"
    with either.backend() as http:
        assert ok(http.post(units, json=MG, headers=ALL), 201) == {"code": "mg"}
        everything = http.get(f"{units}/mg", headers={"Accept-Language": "*"})
        assert ok(everything) == {**MG, "metadata": ok(everything)["metadata"]}
        assert ok(everything)["metadata"]["version"] == 1
        assert everything.headers["content-language"] == "*"
        english = http.get(f"{units}/mg")
        assert (ok(english)["name"], english.headers["content-language"]) == ("milligram", "en")
        again = ok(http.post(units, json=MG, headers=ALL), 409)
        assert again == {
            "code": 409,
            "status": "Conflict",
            "message": "The unit with given code already exists.",
        }

        renamed = {**MG, "name": "Milligramm!", "metadata": {"version": 1}}
        assert http.put(f"{units}/mg", json=renamed, headers={"Content-Language": "de"}).status_code == 204
        assert ok(http.get(f"{units}/mg", headers={"Accept-Language": "*"}))["name"] == {
            "de": "Milligramm!",
            "en": "",
        }
        assert ok(http.get(f"{units}/mg"))["name"] == ""
        stale = ok(http.put(f"{units}/mg", json=renamed, headers={"Content-Language": "de"}), 404)
        assert stale == {
            "unitCode": "mg",
            "code": 404,
            "status": "Not Found",
            "message": "Cannot find the unit with code: mg and version: 1. It is possible to update "
            "a unit with the latest version only. Fetch the unit to get the latest version.",
        }
        assert http.put(f"{units}/mg", json=MG, headers=ALL).status_code == 204
        assert ok(http.get(f"{units}/mg"))["metadata"]["version"] == 3
        other = ok(http.put(f"{units}/g", json=MG, headers=ALL), 400)
        assert other["message"] == "The unit code from URL does not match the unit code from request body"

        assert http.delete(f"{units}/mg").status_code == 204
        for gone in (
            http.get(f"{units}/mg"),
            http.put(f"{units}/mg", json=MG, headers=ALL),
            http.delete(f"{units}/mg"),
        ):
            assert ok(gone, 404) == {
                "unitCode": "mg",
                "code": 404,
                "status": "Not Found",
                "message": "The unit with code mg has not been found.",
            }


def test_units_are_listed_by_every_field(either: World):
    units = f"/unit-handling/{either.tenant}/units"
    with either.client(either.anonymous()["access_token"]) as guest:

        def codes(language: str | None = None, **query: Any) -> list[str]:
            headers = {} if language is None else {"Accept-Language": language}
            return [unit["code"] for unit in ok(guest.get(units, params=query, headers=headers))]

        assert codes(type="as", name="GRAM") == ["kg", "g", "ug", "KGM", "GRM"]
        assert codes(name="stück") == []
        assert codes("de", name="stück") == ["H87"]
        assert codes("*", name="stück") == ["H87"]
        assert codes(factor=0.001, type="mass") == ["g", "GRM"]
        assert codes(baseUnit="true", sort="code") == ["H87", "kg", "l", "m"]
        assert codes(symbol="fl") == ["us-fl-oz"]
        assert codes(sort="factor:desc,code:desc", type="volume", pageSize=2) == ["l", "LTR"]
        counted = guest.get(units, params={"pageSize": 1, "pageNumber": 2}, headers={"X-Total-Count": "true"})
        assert ([unit["code"] for unit in ok(counted)], counted.headers["x-total-count"]) == (["g"], "14")
        assert ok(guest.get(f"/unit-handling/{either.tenant}/types")) == [
            "length",
            "mass",
            "quantity",
            "volume",
        ]
        assert guest.post(units, json=MG, headers=ALL).status_code == 403


def test_several_units_are_deleted_at_once(either: World):
    units = f"/unit-handling/{either.tenant}/units"
    with either.backend() as http:
        assert http.request("DELETE", units, json=["cl", "us-fl-oz", "nothing"]).status_code == 204
        assert http.get(f"{units}/cl").status_code == 404
        assert len(ok(http.get(units))) == 12
        error = ok(http.delete(units), 400)
        wanted = {"message": "Required Body [unitCodes] not specified", "path": "/unitCodes"}
        assert error["_embedded"]["errors"] == [wanted]


@pytest.mark.parametrize(
    ("change", "detail"),
    [
        ({"code": None}, "The unit code must be specified"),
        ({"code": ""}, "The unit code must be specified"),
        ({"name": None}, "The unit name must be specified"),
        ({"name": {}}, "The unit name must be specified"),
        ({"factor": 0}, "The unit factor must be greater than zero"),
        ({"factor": -1}, "The unit factor must be greater than zero"),
        ({"type": "time"}, "The unit type must be one of length, mass, quantity, volume"),
    ],
)
def test_what_a_unit_has_to_be(either: World, change: dict[str, Any], detail: str):
    unit = {name: value for name, value in {**MG, **change}.items() if value is not None}
    with either.backend() as http:
        error = ok(http.post(f"/unit-handling/{either.tenant}/units", json=unit, headers=ALL), 400)
    assert (error["message"], error["details"]) == ("There is a validation error.", [detail])


def test_writes_need_a_language(either: World):
    units = f"/unit-handling/{either.tenant}/units"
    with either.backend() as http:
        for headers in ({}, {"Content-Language": ""}):
            for answer in (
                http.post(units, json=MG, headers=headers),
                http.put(f"{units}/g", json={**MG, "code": "g"}, headers=headers),
            ):
                assert ok(answer, 400)["message"] == "The Content-Language cannot be empty"
        assert http.post(units, json={**MG, "type": "time"}, headers=ALL).status_code == 400
        either.stored.switches["unit-handling-service/unknown-unit-type"] = "accept"
        assert http.post(units, json={**MG, "type": "time"}, headers=ALL).status_code == 201


@pytest.mark.parametrize(
    ("amount", "source", "target", "factor", "result"),
    [
        (100, "g", "kg", 0.001, 0.1),
        (10, "kg", "g", 1000, 10000),
        (100, "us-fl-oz", "cl", 2.95735296, 295.735296),
        (3, "ug", "g", 0.000001, 0.000003),
        (0, "l", "MLT", 1000, 0),
        (7, "H87", "RO", 1, 7),
    ],
)
def test_conversions(either: World, amount: float, source: str, target: str, factor: float, result: float):
    units = f"/unit-handling/{either.tenant}/units"
    given = {"sourceUnitAmount": amount, "sourceUnit": source, "targetUnit": target}
    command = {"commandUuid": "7a4d1c52-0e6b-4f0d-9b52-1f6c2e8a3b01", "input": given}
    with either.client(either.anonymous()["access_token"]) as guest:
        found = ok(guest.put(f"{units}/conversion-factor-commands", json=command), 201)
        assert found == {**command, "output": {"conversionFactor": factor}}
        done = ok(guest.put(f"{units}/convert-unit-commands", json=command), 201)
        assert done == {**command, "output": {"targetUnitAmount": result, "targetUnit": target}}


def test_conversions_that_make_no_sense(either: World):
    units = f"/unit-handling/{either.tenant}/units"
    with either.client(either.anonymous()["access_token"]) as guest:
        for command in ("conversion-factor-commands", "convert-unit-commands"):

            def put(_command: str = command, **given: Any) -> httpx.Response:
                return guest.put(f"{units}/{_command}", json={"input": {"sourceUnitAmount": 1, **given}})

            error = ok(put(sourceUnit="kg", targetUnit="cl"), 400)
            assert error["message"] == "Units of different type cannot be converted."
            error = ok(put(sourceUnit="kg", targetUnit="lb"), 404)
            assert (error["unitCode"], error["message"]) == (
                "lb",
                "The unit with code lb has not been found.",
            )
            assert guest.put(f"{units}/{command}").status_code == 400
            assert ok(guest.put(f"{units}/{command}", json={}), 400) == {
                "code": 400,
                "status": "Bad Request",
                "message": "There is a validation error. Please check the details.",
                "details": ["The conversion input must be specified"],
            }
        huge = {"input": {"sourceUnitAmount": 1e308, "sourceUnit": "kg", "targetUnit": "g"}}
        assert guest.put(f"{units}/convert-unit-commands", json=huge).status_code == 400
        amountless = {"input": {"sourceUnit": "kg", "targetUnit": "g"}}
        assert guest.put(f"{units}/convert-unit-commands", json=amountless).status_code == 400
