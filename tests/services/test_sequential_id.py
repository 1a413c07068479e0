"""Sequence schemas and the ids drawn from them, over HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.conftest import World

ORDERS = "65c3d4e5f60718290a000001"
MONTHLY = {
    "name": "orders-by-month",
    "schemaType": "orderNoSequence",
    "preText": "C-__year__-__month__-",
    "postText": "-D",
    "startValue": 3,
    "maxValue": 999999999,
    "numberOfDigits": 9,
    "placeholders": {"__year__": {"required": True}, "__month__": {"required": True}},
}


class Numbers:
    """The sequential-id service of one world as a backend sees it."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.world = world
        self.http = http
        self.schemas = f"/sequential-id/{world.tenant}/schemas"

    def new(self, **changes: Any) -> str:
        """The id of a new schema that is active."""
        made = ok(self.http.post(self.schemas, json={**MONTHLY, **changes}), 201)["id"]
        ok(self.http.post(f"{self.schemas}/{made}/setActive"))
        return str(made)

    def draw(self, kind: str = "orderNoSequence", site: str | None = None, **body: Any) -> httpx.Response:
        query = {"siteCode": site} if site else {}
        return self.http.post(f"{self.schemas}/types/{kind}/nextId", params=query, json=body)

    def next(self, kind: str = "orderNoSequence", site: str | None = None, **body: Any) -> str:
        return str(ok(self.draw(kind, site, **body), 201)["id"])

    def batch(self, **body: Any) -> httpx.Response:
        return self.http.post("/sequential-id/sequenceSchemaBatch/nextIds", json=body)

    def switch(self, name: str, value: str) -> None:
        self.world.stored.switches[f"sequential-id/{name}"] = value


def ok(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json() if answer.content else None


def refused(answer: httpx.Response, rule: str) -> list[str]:
    """The fields that a refusal names."""
    body = ok(answer, 400)
    assert answer.headers["x-emporix-mock-rule"] == f"sequential-id/{rule}"
    assert body["message"] == "There are validation problems, see details section for more information"
    return [detail["field"] for detail in body["errorDetails"]]


@pytest.fixture
def numbers(either: World) -> Any:
    with either.backend() as http:
        yield Numbers(either, http)


def test_a_schema_from_creation_to_deletion(numbers: Numbers):
    http, schemas = numbers.http, numbers.schemas
    made = ok(http.post(schemas, json={**MONTHLY, "active": True, "counter": 7}), 201)["id"]
    read = ok(http.get(f"{schemas}/{made}"))
    assert read == {**MONTHLY, "id": made, "active": False, "metadata": read["metadata"]}
    listed = ok(http.get(f"{schemas}/types/orderNoSequence"))
    assert [(schema["name"], schema["active"]) for schema in listed] == [
        ("orders", True),
        ("orders-by-month", False),
    ]
    assert len(ok(http.get(schemas))) == 7
    assert ok(http.get(f"{schemas}/types/nothing")) == []

    done = http.post(f"{schemas}/{made}/setActive")
    assert (done.status_code, done.content) == (200, b"")
    listed = ok(http.get(f"{schemas}/types/orderNoSequence"))
    assert [(schema["name"], schema["active"]) for schema in listed] == [
        ("orders", False),
        ("orders-by-month", True),
    ]
    assert http.put(f"{schemas}/{made}", json=MONTHLY).status_code == 405

    assert http.delete(f"{schemas}/{made}").status_code == 204
    assert http.delete(f"{schemas}/{made}").status_code == 204
    for gone in (http.get(f"{schemas}/{made}"), http.post(f"{schemas}/{made}/setActive")):
        assert ok(gone, 404) == {"status": 404, "message": "Resource does not exist."}
    error = ok(numbers.draw(), 404)
    assert error["message"] == "Active schema with the type orderNoSequence doesn't exist!"
    numbers.switch("read-of-absent-schema", "empty")
    empty = http.get(f"{schemas}/{made}")
    assert (empty.status_code, empty.content) == (200, b"")


def test_numbers_of_a_tenant(numbers: Numbers):
    assert [numbers.next(), numbers.next()] == ["EON1008", "EON1009"]
    assert numbers.next("invoiceNoSequence") == "EIN1004"
    assert numbers.next("quoteNoSequence") == "QUO1003"
    assert numbers.next("customerNoSequence") == "C0001"
    assert numbers.next("orderHoldingAreaNoSequence") == "OHA0001"
    assert numbers.next("pickPackNoSequence") == "PP0001"
    assert ok(numbers.http.get(f"{numbers.schemas}/{ORDERS}"))["counter"] == 1009


def test_a_site_fills_built_in_names_and_a_body_is_not_needed(world: World):
    with world.backend() as http:
        numbers = Numbers(world, http)
        numbers.new(name="own", schemaType="own", preText="__country__-", postText="", placeholders={})
        answer = http.post(f"{numbers.schemas}/types/own/nextId", params={"siteCode": "main"})
        assert ok(answer, 201) == {"id": "DE-000000003"}
        assert numbers.next("own", placeholders={"__country__": "AT"}) == "AT-000000004"


def test_each_sequence_key_has_a_pool(numbers: Numbers):
    """The worked example of the guide."""
    made = numbers.new()
    may = {"sequenceKey": "2025-05", "placeholders": {"__year__": "2025", "__month__": "05"}}
    june = {"sequenceKey": "2025-06", "placeholders": {"__year__": "2025", "__month__": "06"}}
    assert [numbers.next(**may), numbers.next(**may)] == ["C-2025-05-000000003-D", "C-2025-05-000000004-D"]
    assert numbers.next(**june) == "C-2025-06-000000003-D"
    assert numbers.next(placeholders=may["placeholders"]) == "C-2025-05-000000003-D"
    assert numbers.next(**may) == "C-2025-05-000000005-D"

    pools = {s["name"]: s for s in ok(numbers.http.get(numbers.schemas)) if "--" in s["name"]}
    assert {name: (pool["counter"], pool["active"]) for name, pool in pools.items()} == {
        "orderNoSequence--2025-05": (5, False),
        "orderNoSequence--2025-06": (3, False),
    }
    numbers.switch("keyed-pools", "hidden")
    assert len(ok(numbers.http.get(numbers.schemas))) == 7
    assert numbers.next(**june) == "C-2025-06-000000004-D"
    assert numbers.http.delete(f"{numbers.schemas}/{made}").status_code == 204
    numbers.switch("keyed-pools", "listed")
    assert len(ok(numbers.http.get(numbers.schemas))) == 6


def test_several_ids_at_once(numbers: Numbers):
    numbers.new()
    month = {"__year__": "2026", "__month__": "01"}
    answer = ok(
        numbers.batch(
            orders={},
            quotes={"numberOfIds": 2},
            **{"orders-by-month": {"numberOfIds": 2, "sequenceKey": "k", "placeholders": month}},
        ),
        201,
    )
    assert answer == {
        "orders": {"ids": ["EON1008"]},
        "quotes": {"ids": ["QUO1003", "QUO1004"]},
        "orders-by-month": {"ids": ["C-2026-01-000000003-D", "C-2026-01-000000004-D"]},
    }
    assert refused(numbers.batch(orders={}, nothing={}), "unknown-schema") == ["nothing"]
    assert refused(numbers.batch(orders={"numberOfIds": 1.5}), "too-many-ids") == ["orders.numberOfIds"]
    assert refused(numbers.batch(orders={"numberOfIds": 10_001}), "too-many-ids") == ["orders.numberOfIds"]
    assert numbers.batch(orders={"numberOfIds": 0}).status_code == 400
    assert numbers.next("quoteNoSequence") == "QUO1005"
    assert numbers.batch().status_code == 201


def test_placeholders_of_a_site(numbers: Numbers):
    numbers.world.stored.clock.freeze(datetime(2025, 12, 31, 23, 30, 5, tzinfo=UTC))
    regions = {"required": True, "sitePath": "shipToCountries", "arrayLimit": 2, "delimiter": "_"}
    numbers.new(
        preText="__country__ __year__-__month__-__day__ __hour__:__minute__:__second__ __regions__ ",
        postText=" __currency__ __merchant__ __note__ __nobody__",
        placeholders={
            **{
                name: {"required": True}
                for name in (
                    "__country__",
                    "__year__",
                    "__month__",
                    "__day__",
                    "__hour__",
                    "__minute__",
                    "__second__",
                )
            },
            "__regions__": regions,
            "__currency__": {"required": True, "sitePath": "currency"},
            "__merchant__": {"required": False, "sitePath": "mixins.merchantInfo.merchantName"},
            "__note__": {"required": False, "default": "none", "sitePath": "mixins.merchantInfo.note"},
        },
    )
    berlin = "DE 2026-01-01 00:30:05 DE_AT"
    assert numbers.next(site="main") == f"{berlin} 000000003 EUR Main shop none __nobody__"
    given = numbers.next(site="main", placeholders={"__year__": "99", "__merchant__": "x" * 150})
    assert given == f"{berlin.replace('2026', '99')} 000000004 EUR {'x' * 100} none __nobody__"
    assert numbers.next(site="uk").startswith("GB 2025-12-31 23:30:05 GB 000000005 GBP  none")
    assert refused(numbers.draw(site="nowhere"), "unknown-site") == ["siteCode"]
    assert refused(numbers.draw(), "unresolved-placeholder") == ["__country__"]


@pytest.mark.parametrize(("switch", "following"), [("takes-number", "00007"), ("takes-none", "00003")])
def test_a_refused_call_takes_a_number(numbers: Numbers, switch: str, following: str):
    numbers.switch("refused-call", switch)
    numbers.new(preText="", postText="", numberOfDigits=5)
    month = {"__year__": "2026", "__month__": "01"}
    for _ in range(2):
        assert refused(numbers.draw(), "unresolved-placeholder") == ["__year__"]
    batch = {"orders-by-month": {"numberOfIds": 2, "placeholders": {"__year__": "1"}}}
    assert refused(numbers.batch(**batch), "unresolved-placeholder") == ["__month__"]
    assert numbers.next(placeholders=month) == following


def test_a_sequence_comes_to_an_end(numbers: Numbers):
    numbers.new(preText="", postText="", placeholders={}, maxValue=5, numberOfDigits=1)
    assert refused(numbers.batch(**{"orders-by-month": {"numberOfIds": 4}}), "exhausted") == ["maxValue"]
    assert [numbers.next() for _ in range(3)] == ["3", "4", "5"]
    assert refused(numbers.draw(), "exhausted") == ["maxValue"]
    assert refused(numbers.draw(), "exhausted") == ["maxValue"]


def test_the_first_number_and_plain_text_are_choices(numbers: Numbers):
    numbers.switch("first-number", "after-start")
    numbers.switch("id-answer", "text")
    made = numbers.http.post(numbers.schemas, json={**MONTHLY, "placeholders": {}, "preText": "A"})
    assert (made.status_code, made.headers["content-type"]) == (201, "text/plain")
    assert numbers.http.post(f"{numbers.schemas}/{made.text}/setActive").status_code == 200
    drawn = numbers.draw()
    assert (drawn.status_code, drawn.text) == (201, "A000000004-D")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"startValue": -1}, "startValue"),
        ({"startValue": 1.5}, "startValue"),
        ({"startValue": 9, "maxValue": 8}, "maxValue"),
        ({"maxValue": 1e300}, "maxValue"),
        ({"numberOfDigits": 0}, "numberOfDigits"),
        ({"numberOfDigits": 1000}, "numberOfDigits"),
        ({"placeholders": {"--prefix--": {"required": True}}}, "placeholders.--prefix--"),
        *(
            ({"placeholders": {"__x__": {"required": True, "sitePath": path}}}, "placeholders.__x__.sitePath")
            for path in (
                "shipping[0].id",
                "mixins",
                "metadata.version",
                "mixins.a.metadata",
                "colour",
                "",
                "a..b",
            )
        ),
    ],
)
def test_what_a_schema_has_to_be(numbers: Numbers, change: dict[str, Any], field: str):
    assert refused(numbers.http.post(numbers.schemas, json={**MONTHLY, **change}), "invalid-schema") == [
        field
    ]


def test_a_body_that_breaks_the_document_is_named(numbers: Numbers):
    error = ok(numbers.http.post(numbers.schemas, json={"name": "n", "startValue": 1, "maxValue": 2}), 400)
    assert [detail["field"] for detail in error["errorDetails"]] == ["numberOfDigits"]
    assert error["type"] == "validation_violation"


def test_drawing_takes_the_view_scope_only(either: World):
    schemas = f"/sequential-id/{either.tenant}/schemas"
    with either.backend("sequentialid.schema_view") as viewer:
        assert viewer.post(f"{schemas}/types/orderNoSequence/nextId", json={}).json() == {"id": "EON1008"}
        assert viewer.delete(f"{schemas}/{ORDERS}").status_code == 403
    with either.backend("sequentialid.schema_manage") as manager:
        assert manager.post(f"{schemas}/types/orderNoSequence/nextId", json={}).status_code == 403
        assert manager.get(schemas).status_code == 403
        body = manager.post("/sequential-id/sequenceSchemaBatch/nextIds", json={"orders": {}})
        assert body.status_code == 403
