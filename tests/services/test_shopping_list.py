"""Shopping lists over HTTP, as customers and as employees meet them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import httpx
    from tests.conftest import World

ESPRESSO, KETTLE = "65d0a1b2c3d4e5f604000001", "65d0a1b2c3d4e5f604000003"
MIA, JONAS = "10000001", "10000002"
JONAS_LOGIN = ("jonas.brandt@example.com", "Loyal-Points-2")
ITEMS = [{"id": 1, "productId": ESPRESSO, "quantity": 7.1, "comment": "ground"}]


def path(world: World, customer: str | None = None) -> str:
    return f"/shoppinglist/{world.tenant}/shopping-lists" + (f"/{customer}" if customer else "")


def refusal(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.headers.get("x-emporix-mock-rule", "").removeprefix("shopping-list/")


def lists_of(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [name for name in answer.json() if name not in ("customerId", "metadata")]


def test_the_life_of_a_list(either: World):
    with either.customer(*JONAS_LOGIN) as jonas:
        assert jonas.get(path(either)).json() == []
        made = jonas.post(path(either), json={"name": "office", "items": ITEMS})
        assert (made.status_code, made.json()) == (201, {"id": JONAS})
        assert jonas.post(path(either), json={"name": "camping"}).status_code == 201

        [lists] = jonas.get(path(either)).json()
        assert lists["customerId"] == JONAS
        office = lists["office"]
        assert (office["name"], office["items"], office["metadata"]["version"]) == ("office", ITEMS, 1)
        assert lists["camping"]["items"] == []
        assert isinstance(office["metadata"]["createdAt"], str)
        assert lists_of(jonas.get(path(either, JONAS))) == ["office", "camping"]
        assert lists_of(jonas.get(path(either, JONAS), params={"name": "camping"})) == ["camping"]
        [named] = jonas.get(path(either), params={"name": "office"}).json()
        assert "camping" not in named
        assert jonas.get(path(either), params={"name": "none"}).json() == []

        again = jonas.post(path(either), json={"name": "office"})
        assert refusal(again) == (409, "list-exists")
        assert again.json()["type"] == "conflict_resource"

        change = {"name": "office", "items": [], "mixins": {"a": {"b": 1}}, "metadata": {"version": 1}}
        assert jonas.put(path(either, JONAS), json=change, params={"name": "office"}).status_code == 204
        office = jonas.get(path(either, JONAS)).json()["office"]
        assert (office["items"], office["mixins"], office["metadata"]["version"]) == ([], {"a": {"b": 1}}, 2)
        assert refusal(jonas.put(path(either, JONAS), json=change)) == (409, "stale-version")
        del change["metadata"]
        assert jonas.put(path(either, JONAS), json=change).status_code == 204

        assert jonas.delete(path(either, JONAS), params={"name": "office"}).status_code == 204
        assert lists_of(jonas.get(path(either, JONAS))) == ["camping"]
        assert jonas.delete(path(either, JONAS)).status_code == 204
        for answer in (
            jonas.get(path(either, JONAS)),
            jonas.put(path(either, JONAS), json=change),
            jonas.delete(path(either, JONAS)),
        ):
            assert answer.status_code == 404
            assert answer.json()["type"] == "element_resource_non_existing"
            assert answer.json()["message"] == "The requested URI does not map to a single element resource."
        assert jonas.get(path(either)).json() == []


def test_employees_see_the_lists_of_all(either: World):
    with either.backend("shoppinglist.shoppinglist_read shoppinglist.shoppinglist_manage") as employee:
        new = {"customerId": JONAS, "name": "kitchen", "items": [{"productId": KETTLE, "quantity": 1}]}
        assert employee.post(path(either), json=new).json() == {"id": JONAS}
        every = employee.get(path(either), params={"name": "default"}).json()
        assert [(lists["customerId"], *sorted(lists)[1:]) for lists in every] == [
            (MIA, "default", "kitchen", "metadata"),
            (JONAS, "kitchen", "metadata"),
        ]
        assert lists_of(employee.get(path(either, MIA), params={"name": "kitchen"})) == ["kitchen"]
        assert employee.get(path(either, MIA), params={"name": "none"}).status_code == 404
        assert refusal(employee.post(path(either), json={"name": "x"})) == (400, "customer-needed")
        assert employee.delete(path(either, MIA), params={"name": "none"}).status_code == 404
        assert employee.delete(path(either, MIA)).status_code == 204
        assert [lists["customerId"] for lists in employee.get(path(either)).json()] == [JONAS]


def test_nobody_touches_the_lists_of_others(either: World):
    with either.customer(*JONAS_LOGIN) as jonas, either.backend("cart.cart_manage") as other:
        for http in (jonas, other):
            body: dict[str, Any] = {"name": "default", "items": []}
            assert http.get(path(either, MIA)).status_code == 403
            assert http.put(path(either, MIA), json=body).status_code == 403
            assert http.delete(path(either, MIA)).status_code == 403
            assert http.post(path(either), json={**body, "customerId": MIA}).status_code == 403
        assert other.get(path(either)).status_code == 403
        assert jonas.get(path(either)).json() == []
    with either.client(either.anonymous()["access_token"]) as guest:
        assert guest.get(path(either)).status_code == 403
    with either.customer() as mia:
        assert lists_of(mia.get(path(either, MIA))) == ["default", "kitchen"]
        either.stored.switches |= {"shopping-list/own-by-id": "refused"}
        assert refusal(mia.get(path(either, MIA))) == (403, "others-lists")


@pytest.mark.parametrize("name", ["", "metadata", "customerId"])
def test_names_that_no_list_can_have(either: World, name: str):
    with either.customer() as mia:
        assert refusal(mia.post(path(either), json={"name": name})) == (400, "list-name")
        assert refusal(mia.put(path(either, MIA), json={"name": name})) == (400, "list-name")


def test_what_a_list_needs(either: World):
    with either.customer() as mia:
        assert mia.post(path(either)).status_code == 400
        assert mia.post(path(either), json={"name": "x", "items": [{"quantity": 1}]}).status_code == 400


def test_lists_that_the_body_does_not_name(either: World):
    items = [{"productId": "65d0a1b2c3d4e5f604000002", "quantity": 7.1}]
    with either.customer("jonas.brandt@example.com", "Loyal-Points-2") as jonas:
        assert jonas.post(path(either), json={"items": []}).status_code == 201
        assert lists_of(jonas.get(path(either, "10000002"))) == ["default"]
        assert refusal(jonas.post(path(either), json={})) == (409, "list-exists")
    with either.customer() as mia:
        assert mia.put(f"{path(either, MIA)}?name=kitchen", json={"items": items}).status_code == 204
        [lists] = mia.get(path(either)).json()
        assert (lists["kitchen"]["name"], lists["kitchen"]["items"]) == ("kitchen", items)
        either.stored.switches |= {"shopping-list/unnamed-list": "refused"}
        assert refusal(mia.put(path(either, MIA), json={"items": []})) == (400, "list-name")


def test_moments_as_seconds(either: World):
    either.stored.switches |= {"shopping-list/times": "seconds"}
    with either.customer() as mia:
        [lists] = mia.get(path(either)).json()
    assert lists["kitchen"]["metadata"]["createdAt"] == {"epochSecond": 1768552200, "nano": 0}
    assert lists["metadata"]["modifiedAt"] == {"epochSecond": 1768552200, "nano": 0}
