"""Lists and searches: pages, totals, order, filters, cursors, whose documents one sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.engine.conftest import Shop

VENDORS = "/vendor/{tenant}/vendors"
APPROVALS = "/approval/{tenant}/approvals"
ENTITIES = "/customer-management/{tenant}/legal-entities"
RUNS = "/importtool/{tenant}/configs/8b0d7f5a-0000-4000-8000-000000000001/runs"
STAMP = "2026-01-01T00:00:00.000Z"
NAMES = ("Delta", "alpha", "Charlie", "bravo")


def metadata(version: int = 1) -> dict[str, Any]:
    """Metadata as they are stored."""
    return {"version": version, "createdAt": STAMP, "modifiedAt": STAMP}


def vendors(shop: Shop, names: tuple[str, ...] = NAMES, **more: Any) -> None:
    """Vendors v0, v1, … with these names."""
    documents = shop.collection("vendor-service", "vendors")
    for index, name in enumerate(names):
        kind = "COMPANY" if index % 2 == 0 else "SUBSIDIARY"
        document = {"id": f"v{index}", "name": name, "type": kind, "metadata": metadata(index + 1), **more}
        documents.put(f"v{index}", document)


def ids(found: Any) -> list[str]:
    """The ids of a list."""
    return [document["id"] for document in found]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["v0", "v1", "v2", "v3"]),
        ("pageSize=2", ["v0", "v1"]),
        ("pageSize=2&pageNumber=2", ["v2", "v3"]),
        ("pageSize=3&pageNumber=2", ["v3"]),
        ("pageNumber=99", []),
        ("sort=name", ["v2", "v0", "v1", "v3"]),
        ("sort=name:desc", ["v3", "v1", "v0", "v2"]),
        ("sort=type,name:desc", ["v0", "v2", "v3", "v1"]),
        ("sort=metadata.version:DESC&pageSize=1", ["v3"]),
        ("q=type:COMPANY", ["v0", "v2"]),
        ("q=name:~l", ["v0", "v1", "v2"]),
        ("q=id:(v3,v1)", ["v1", "v3"]),
        ("q=metadata.version:%3E2", ["v2", "v3"]),
        ("q=nothing:x", []),
        ("type=COMPANY", ["v0", "v2"]),
        ("id=v2", ["v2"]),
        ("name=AL", ["v1"]),
        ("name=l&type=COMPANY&sort=name", ["v2", "v0"]),
        ("type=COMPANY&q=name:Delta", ["v0"]),
        ("id=none", []),
    ],
)
def test_a_list_is_filtered_ordered_and_cut(shop: Shop, query: str, expected: list[str]) -> None:
    vendors(shop)
    assert ids(shop.done("GET", f"{VENDORS}?{query}")) == expected


def test_the_page_size_is_that_of_the_document(shop: Shop) -> None:
    vendors(shop, tuple(f"n{index}" for index in range(20)))
    assert len(shop.done("GET", VENDORS)) == 16
    assert len(shop.done("POST", f"{VENDORS}/search", {})) == 16
    assert len(shop.done("GET", f"{VENDORS}?pageSize=19")) == 19


def test_a_list_without_paging_parameters_is_whole(shop: Shop) -> None:
    documents = shop.collection("shipping", "zones")
    for index in range(70):
        zone = {"id": f"z{index}", "name": {"en": "Z"}, "shipTo": [], "_parent": "main"}
        documents.put(f"main/z{index}", zone)
    assert len(shop.done("GET", "/shipping/{tenant}/main/zones")) == 70
    assert shop.done("GET", "/shipping/{tenant}/other/zones") == []


def test_page_numbers_that_are_text_are_numbers(shop: Shop) -> None:
    for index in range(3):
        shop.done("POST", "/brand/brands", {"id": f"b{index}", "name": "B"})
    assert ids(shop.done("GET", "/brand/brands?pageSize=2&pageNumber=2")) == ["b2"]
    for wrong in ("pageSize=x", "pageNumber=0", "pageSize=-1"):
        refused = shop.ask("GET", f"/brand/brands?{wrong}")
        assert (refused.status_code, refused.headers["x-emporix-mock-rule"]) == (400, "engine/page-range")


def test_totals_come_when_they_are_asked_for(shop: Shop) -> None:
    vendors(shop)
    asked = {"X-Total-Count": "true"}
    assert "x-total-count" not in shop.ask("GET", VENDORS).headers
    assert shop.ask("GET", f"{VENDORS}?pageSize=1", headers=asked).headers["x-total-count"] == "4"
    found = shop.ask("POST", f"{VENDORS}/search", {"q": "type:COMPANY"}, headers=asked)
    assert (found.headers["x-total-count"], ids(found.json())) == ("2", ["v0", "v2"])


def test_fields_keep_the_key(shop: Shop) -> None:
    vendors(shop)
    assert shop.done("GET", f"{VENDORS}?fields=name&pageSize=1") == [{"id": "v0", "name": "Delta"}]
    assert shop.done("GET", f"{VENDORS}/v0?fields=metadata.version") == {
        "id": "v0",
        "metadata": {"version": 1},
    }


def test_a_search_by_parent_and_index_keeps_the_order_of_creation(shop: Shop) -> None:
    vendors(shop)
    # v0 becomes a subsidiary last and still comes first.
    assert shop.ask("PUT", f"{VENDORS}/v0", {"name": "Delta", "type": "SUBSIDIARY"}).status_code == 204
    assert ids(shop.done("GET", f"{VENDORS}?type=SUBSIDIARY")) == ["v0", "v1", "v3"]
    assert ids(shop.done("GET", f"{VENDORS}?q=type:SUBSIDIARY")) == ["v0", "v1", "v3"]


def test_a_syntax_error_is_named(shop: Shop) -> None:
    refused = shop.ask("GET", f"{VENDORS}?q=nonsense")
    assert refused.status_code == 400
    assert "No value for key" in refused.json()["message"]


def test_an_unknown_field_is_refused_where_the_world_is_set_so(shop: Shop) -> None:
    vendors(shop)
    shop.world.switches["engine/unknown-query-field"] = "refuse"
    assert shop.ask("GET", f"{VENDORS}?q=nothing:x").status_code == 400
    assert ids(shop.done("GET", f"{VENDORS}?q=mixins.any.thing:missing metadata.version:1")) == ["v0"]


def test_compound_queries_are_for_those_who_have_them(shop: Shop) -> None:
    text = "compoundLogicalQuery:((name:Delta) OR (name:bravo))"
    vendors(shop)
    assert shop.ask("GET", VENDORS, params={"q": text}).status_code == 400
    documents = shop.collection("approval-service", "approvals")
    for own in ("a1", "a2", "a3"):
        documents.put(own, approval(own, "C1"))
    everyone = shop.token("approval.approval_read", kind="customer", customer_id="C9")
    query = {"q": "compoundLogicalQuery:((id:a1) OR (id:a3))"}
    assert ids(shop.done("GET", APPROVALS, params=query, token=everyone)) == ["a1", "a3"]


def test_only_what_may_be_sorted_by_is(shop: Shop) -> None:
    path = "/price/{tenant}/price-lists"
    assert shop.done("GET", f"{path}?sort=name.en:desc,metadata.createdAt") == []
    refused = shop.ask("GET", f"{path}?sort=currency")
    assert (refused.status_code, refused.headers["x-emporix-mock-rule"]) == (400, "engine/sort-field")


def test_a_list_parameter_takes_several_values(shop: Shop) -> None:
    path = "/configuration/{tenant}/configurations"
    shop.done("POST", path, [{"key": key, "value": key} for key in "abc"])
    assert [one["key"] for one in shop.done("GET", f"{path}?keys=c,a,none")] == ["a", "c"]


def test_totals_stand_in_the_body_where_the_document_has_them_there(shop: Shop) -> None:
    documents = shop.collection("import-service", "runs")
    parent = RUNS.split("/")[-2]
    for index in range(5):
        own = f"8b0d7f5a-0000-4000-8000-00000000010{index}"
        documents.put(f"{parent}/{own}", {"id": own, "configId": parent, "_parent": parent})
    page = shop.done("GET", f"{RUNS}?page=1&size=2")
    assert {name: page[name] for name in ("totalElements", "totalPages", "number", "size")} == {
        "totalElements": 5,
        "totalPages": 3,
        "number": 1,
        "size": 2,
    }
    assert [one["id"][-1] for one in page["content"]] == ["2", "3"]


# Whose documents.


def approval(own: str, user: str, company: str | None = None) -> dict[str, Any]:
    """A stored approval."""
    person = {"userId": user, "firstName": "F", "lastName": "L"}
    more = {"company": {"id": company}} if company else {}
    return {
        "id": own,
        "resourceType": "CART",
        "action": "CHECKOUT",
        "requestor": person,
        "approver": person,
        "status": "PENDING",
        "metadata": metadata(),
        **more,
    }


def test_a_caller_without_the_plain_scope_sees_its_own(shop: Shop) -> None:
    documents = shop.collection("approval-service", "approvals")
    for own, user, company in (
        ("a1", "C1", None),
        ("a2", "C2", None),
        ("a3", "C1", "L1"),
        ("a4", "C3", "L1"),
    ):
        documents.put(own, approval(own, user, company))
    held = ("approval.approval_read_own", "approval.approval_manage_own")
    mine = shop.token(*held, kind="customer", customer_id="C1")
    company = shop.token(*held, kind="customer", customer_id="C1", legal_entity_id="L1")
    nobody = shop.token(*held, kind="customer")
    assert ids(shop.done("GET", APPROVALS, token=mine)) == ["a1", "a3"]
    assert ids(shop.done("GET", APPROVALS, token=company)) == ["a3", "a4"]
    assert shop.done("GET", APPROVALS, token=nobody) == []
    everyone = shop.token("approval.approval_read", kind="customer", customer_id="C9")
    assert ids(shop.done("GET", APPROVALS, token=everyone)) == ["a1", "a2", "a3", "a4"]
    for method in ("GET", "DELETE"):
        assert shop.ask(method, f"{APPROVALS}/a2", token=mine).status_code == 404
    reader = shop.token("approval.approval_read", held[1], kind="customer", customer_id="C1")
    assert shop.ask("GET", f"{APPROVALS}/a2", token=reader).status_code == 200
    assert shop.ask("DELETE", f"{APPROVALS}/a2", token=reader).status_code == 404
    assert shop.ask("DELETE", f"{APPROVALS}/a1", token=mine).status_code == 204


def test_what_a_customer_creates_is_its_own(shop: Shop) -> None:
    held = ("approval.approval_read_own", "approval.approval_manage_own")
    mine = shop.token(*held, kind="customer", customer_id="C1")
    body = {
        "resourceType": "QUOTE",
        "resourceId": "q1",
        "action": "CHECKOUT",
        "approver": {"userId": "C2"},
    }
    made = shop.done("POST", APPROVALS, body, token=mine)["id"]
    stored = shop.collection("approval-service", "approvals").get(made)
    assert stored is not None
    assert stored["requestor"] == {"userId": "C1"}


def test_a_company_token_reads_only_its_company(shop: Shop) -> None:
    for own in ("L1", "L2"):
        shop.done("POST", ENTITIES, {"id": own, "name": own, "type": "COMPANY"})
    scope = "customermanagement.legalentity_read_own"
    token = shop.token(scope, kind="customer", customer_id="C1", legal_entity_id="L2")
    assert ids(shop.done("GET", ENTITIES, token=token)) == ["L2"]
    assert shop.ask("GET", f"{ENTITIES}/L1", token=token).status_code == 404
