"""Checking and redeeming coupons over HTTP, and who may see redemptions."""

import re
from datetime import UTC, datetime

import pytest

NOW = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
PURCHASE = {"orderTotal": {"amount": 50, "currency": "EUR"}, "discount": {"amount": 5, "currency": "EUR"}}
FORBIDDEN = "Insufficient permissions to redeem the coupon"


@pytest.fixture
def employee(shop):
    shop.at(NOW)
    return shop.employee()


@pytest.fixture
def coupons(shop):
    return f"/coupon/{shop.tenant}/coupons"


def attempts(client, path, **request):
    """The answers of the check and of the redemption to the same request."""
    body = {**PURCHASE, **request}
    return client.post(f"{path}/validation", json=body), client.post(f"{path}/redemptions", json=body)


def test_a_customer_redeems_for_himself(shop, employee, coupons, ok):
    code = shop.coupon(maxRedemptions=2)
    path, own = f"{coupons}/{code.lower()}", shop.customer("C1")
    checked, redeemed = attempts(own, path, orderCode="EON1", legalEntityId="L1", id="mine", note="kept")
    assert (checked.status_code, checked.content) == (200, b"")
    redemption = ok(redeemed, 201)["id"]
    assert re.fullmatch("[0-9a-f]{24}", redemption)
    expected = {
        "id": redemption,
        "code": code,
        "orderCode": "EON1",
        "customerNumber": "C1",
        "legalEntityId": "L1",
        "note": "kept",
        **PURCHASE,
        "redeemedAt": "2024-03-01T12:00:00.000Z",
    }
    assert ok(own.get(f"{path}/redemptions/{redemption}")) == expected
    assert ok(employee.get(f"{path}/redemptions")) == [expected]
    found = ok(employee.get(path))
    assert (found["redemptionCount"], found["status"]) == (1, "VALID")
    assert found["legalEntityRedemptions"] == [{"legalEntityId": "L1", "count": 1}]


def test_checking_changes_nothing(shop, employee, coupons, ok):
    path = f"{coupons}/{shop.coupon(maxRedemptions=1)}"
    before = ok(employee.get(path))
    for _ in range(3):
        ok(shop.customer().post(f"{path}/validation", json=PURCHASE))
    assert ok(employee.get(path)) == before


def test_taking_a_redemption_back_makes_the_coupon_valid_again(shop, employee, coupons, ok):
    path, own = f"{coupons}/{shop.coupon(maxRedemptions=1)}", shop.customer("C1")
    redemption = ok(own.post(f"{path}/redemptions", json={**PURCHASE, "legalEntityId": "L1"}), 201)["id"]
    assert ok(employee.get(path))["status"] == "USED"
    gone = employee.delete(f"{path}/redemptions/{redemption}")
    assert (gone.status_code, gone.content) == (204, b"")
    found = ok(employee.get(path))
    assert (found["status"], found["redemptionCount"]) == ("VALID", 0)
    assert found["legalEntityRedemptions"] == [{"legalEntityId": "L1", "count": 0}]
    assert ok(employee.get(f"{path}/redemptions")) == []
    for answer in (
        employee.get(f"{path}/redemptions/{redemption}"),
        employee.delete(f"{path}/redemptions/{redemption}"),
    ):
        message = f"Redemption with id {redemption} not found."
        assert ok(answer, 404) == {"type": "resource_not_found", "status": 404, "message": message}

    shop.switch("coupon/deleted-redemption", "still-counted")
    redemption = ok(own.post(f"{path}/redemptions", json=PURCHASE), 201)["id"]
    ok(employee.delete(f"{path}/redemptions/{redemption}"), 204)
    assert ok(employee.get(path))["status"] == "USED"


def test_redemptions_page_sort_filter_and_count(shop, employee, coupons, ok):
    path, other = f"{coupons}/{shop.coupon()}", shop.coupon()
    for number in range(18):
        body = {**PURCHASE, "customerNumber": f"C{number % 3}", "orderCode": f"E{number:02}"}
        ok(employee.post(f"{path}/redemptions", json=body), 201)
    ok(employee.post(f"{coupons}/{other}/redemptions", json={**PURCHASE, "customerNumber": "C1"}), 201)
    assert len(ok(employee.get(f"{path}/redemptions"))) == 16
    query = {"q": "customerNumber:C1", "sort": "orderCode:desc", "pageSize": 2, "totalCount": "true"}
    answer = employee.get(f"{path}/redemptions", params=query)
    assert [entry["orderCode"] for entry in ok(answer)] == ["E16", "E13"]
    assert answer.headers["Items-Count"] == "6"


# Refusals: the check and the redemption say the same.

RULES_400 = {
    "future": ({"restrictions": {"validFrom": "2024-03-02T00:00:00Z"}}, "coupon_status", "status"),
    "past": ({"restrictions": {"validUntil": "2024-02-28T00:00:00Z"}}, "coupon_status", "status"),
    "used up": ({"maxRedemptions": 0}, "coupon_status", "status"),
    "too small": (
        {"restrictions": {"minOrderValue": {"amount": 50.01, "currency": "EUR"}}},
        "minimum_order_value",
        "orderTotal",
    ),
    "other currency": (
        {"restrictions": {"minOrderValue": {"amount": 1, "currency": "GBP"}}},
        "minimum_order_value",
        "orderTotal",
    ),
    "per customer": ({"maxRedemptionsPerCustomer": 0}, "customer_limit", "maxRedemptionsPerCustomer"),
}


@pytest.mark.parametrize("name", RULES_400)
def test_the_check_and_the_redemption_refuse_alike(shop, employee, coupons, ok, name):
    coupon, rule, field = RULES_400[name]
    path = f"{coupons}/{shop.coupon(**coupon)}"
    for answer in attempts(shop.customer("C1"), path):
        error = ok(answer, 400)
        assert (error["type"], error["message"]) == (
            "validation_violation",
            "The request violates validation constraints.",
        )
        (detail,) = error["details"]
        assert (detail["field"], detail["type"]) == (field, rule)
        assert answer.headers["x-emporix-mock-rule"] == f"coupon/{rule}"
    assert ok(employee.get(f"{path}/redemptions")) == []


def test_a_coupon_for_some_is_refused_to_others(shop, employee, coupons, ok):
    code = shop.coupon(restrictions={"validFor": ["C1", "C3"]})
    path = f"{coupons}/{code}"
    for answer in attempts(shop.customer("C2"), path):
        assert ok(answer, 403) == {
            "type": "insufficient_permissions",
            "status": 403,
            "message": f"{FORBIDDEN} {code} for this customer",
        }
        assert answer.headers["x-emporix-mock-rule"] == "coupon/valid_for"
    assert [answer.status_code for answer in attempts(shop.customer("C3"), path)] == [200, 201]
    assert [answer.status_code for answer in attempts(employee, path, customerNumber="C1")] == [200, 201]
    assert [answer.status_code for answer in attempts(employee, path, customerNumber="C2")] == [403, 403]


def test_guests_redeem_only_what_is_for_them(shop, coupons, ok):
    closed, public = shop.coupon(), shop.coupon(allowAnonymous=True)
    for answer in attempts(shop.guest(), f"{coupons}/{closed}"):
        assert ok(answer, 403)["message"] == f"{FORBIDDEN} {closed} without signing in"
        assert answer.headers["x-emporix-mock-rule"] == "coupon/anonymous"
    checked, redeemed = attempts(shop.guest(), f"{coupons}/{public}")
    assert ok(checked) is None
    redemption = ok(redeemed, 201)["id"]
    stored = ok(shop.employee().get(f"{coupons}/{public}/redemptions/{redemption}"))
    assert "customerNumber" not in stored


def test_a_backend_that_names_nobody_counts_as_a_guest_unless_switched(shop, employee, coupons):
    path = f"{coupons}/{shop.coupon()}"
    assert [answer.status_code for answer in attempts(employee, path)] == [403, 403]
    shop.switch("coupon/nameless-caller", "accepted")
    assert [answer.status_code for answer in attempts(employee, path)] == [200, 201]
    assert [answer.status_code for answer in attempts(shop.guest(), path)] == [403, 403]


def test_acting_for_another_customer_takes_the_scope(shop, employee, coupons, ok):
    code = shop.coupon(allowAnonymous=True)
    path = f"{coupons}/{code}"
    redeemer = shop.client("service", "coupon.coupon_redeem")
    for client in (shop.customer("C2"), shop.guest(), redeemer):
        for answer in attempts(client, path, customerNumber="C1"):
            assert ok(answer, 403)["message"] == f"{FORBIDDEN} {code} for another customer"
            assert answer.headers["x-emporix-mock-rule"] == "coupon/on_behalf"
    assert [answer.status_code for answer in attempts(shop.customer("C1"), path, customerNumber="C1")] == [
        200,
        201,
    ]
    redemption = ok(attempts(employee, path, customerNumber="C9")[1], 201)["id"]
    assert ok(employee.get(f"{path}/redemptions/{redemption}"))["customerNumber"] == "C9"


def test_redeeming_needs_some_right_to_redeem_and_checking_none(shop, coupons):
    path = f"{coupons}/{shop.coupon(allowAnonymous=True)}"
    bare, redeemer = (
        shop.client("service", "coupon.coupon_read"),
        shop.client("service", "coupon.coupon_redeem"),
    )
    assert [answer.status_code for answer in attempts(bare, path)] == [200, 403]
    assert [answer.status_code for answer in attempts(redeemer, path)] == [200, 201]


def test_the_limit_per_customer_counts_per_company_where_one_is_named(shop, coupons):
    path, own, other = (
        f"{coupons}/{shop.coupon(maxRedemptionsPerCustomer=1)}",
        shop.customer("C1"),
        shop.customer("C2"),
    )

    def redeems(client, **request):
        return [answer.status_code for answer in attempts(client, path, **request)]

    assert redeems(own, legalEntityId="L1") == [200, 201]
    assert redeems(own, legalEntityId="L1") == [400, 400]
    assert redeems(own, legalEntityId="L2") == [200, 201]
    assert redeems(own) == [400, 400]
    assert redeems(other) == [200, 201]
    assert redeems(other, legalEntityId="L1") == [200, 201]


def test_coupons_of_segments_are_for_their_members(shop, employee, coupons, ok):
    path = f"{coupons}/{shop.coupon(segmentRestricted=True, restrictions={'segments': ['s', 't']})}"
    segments = shop.world.state("customer-segments")
    about = {"name": {"en": "S"}, "status": "ACTIVE", "siteCode": "main", "metadata": {"version": 1}}
    segments.collection("segments").put("s", {"id": "s", **about})
    for number, company in (("C1", {}), ("C3", {"legalEntity": {"id": "L1"}})):
        member = {"segmentId": "s", "customer": {"id": number}, **company}
        segments.collection("customerAssignments").put(f"s/{number}", member)

    def redeems(client, **request):
        return [answer.status_code for answer in attempts(client, path, **request)]

    stranger, buyer = shop.customer("C2"), shop.customer("C3")
    assert redeems(shop.customer("C1")) == redeems(employee, customerNumber="C1") == [200, 201]
    assert redeems(stranger) == redeems(employee, customerNumber="C2") == redeems(shop.guest()) == [403, 403]
    assert redeems(buyer) == [403, 403]
    assert redeems(buyer, legalEntityId="L1") == [200, 201]
    refused = stranger.post(f"{path}/validation", json=PURCHASE)
    assert ok(refused, 403)["type"] == "insufficient_permissions"
    assert refused.headers["x-emporix-mock-rule"] == "coupon/segment"
    shop.switch("coupon/segment-coupon-for", "everyone")
    assert redeems(stranger) == [200, 201]


def test_one_order_may_redeem_again_unless_switched(shop, coupons, ok):
    path, own = f"{coupons}/{shop.coupon()}", shop.customer()
    for _ in range(2):
        ok(own.post(f"{path}/redemptions", json={**PURCHASE, "orderCode": "E1"}), 201)
    shop.switch("coupon/order-redeems-again", "conflict")
    again = own.post(f"{path}/redemptions", json={**PURCHASE, "orderCode": "E1"})
    assert ok(again, 409)["type"] == "conflict_resource"
    assert again.headers["x-emporix-mock-rule"] == "coupon/repeated-order"
    ok(own.post(f"{path}/redemptions", json={**PURCHASE, "orderCode": "E2"}), 201)
    ok(own.post(f"{path}/redemptions", json=PURCHASE), 201)


@pytest.mark.parametrize("leave_out", ["orderTotal", "discount"])
def test_total_and_discount_are_required(shop, coupons, ok, leave_out):
    path, own = f"{coupons}/{shop.coupon()}", shop.customer()
    body = {name: value for name, value in PURCHASE.items() if name != leave_out}
    for part in ("validation", "redemptions"):
        error = ok(own.post(f"{path}/{part}", json=body), 400)
        assert (error["type"], error["details"][0]["field"]) == ("validation_violation", leave_out)
        assert ok(own.post(f"{path}/{part}"), 400)["details"][0]["type"] == "missing_payload"


def test_unknown_coupons_cannot_be_redeemed(shop, coupons, ok):
    for answer in attempts(shop.customer(), f"{coupons}/nothing"):
        assert ok(answer, 404)["message"] == "Coupon with code NOTHING not found."


# Who sees a redemption.


@pytest.fixture
def redemption(shop, employee, coupons, ok):
    path = f"{coupons}/{shop.coupon(allowAnonymous=True)}/redemptions"
    return f"{path}/{ok(shop.customer('C1').post(path, json=PURCHASE), 201)['id']}"


def test_redemptions_are_seen_by_their_customer_and_by_managers(shop, redemption, ok):
    manager = shop.client("service", "coupon.coupon_manage")
    assert ok(manager.get(redemption))["customerNumber"] == "C1"
    assert ok(manager.get(redemption, params={"customerNumber": "C2"}))["customerNumber"] == "C1"
    own, other = shop.customer("C1"), shop.customer("C2")
    for query in ({}, {"customerNumber": "C1"}):
        assert ok(own.get(redemption, params=query))["customerNumber"] == "C1"
    for client, query in (
        (own, {"customerNumber": "C2"}),
        (other, {}),
        (other, {"customerNumber": "C1"}),
        (shop.client("service", "coupon.coupon_redeem"), {}),
        (shop.client("service", "coupon.coupon_redeem"), {"customerNumber": "C1"}),
    ):
        refused = client.get(redemption, params=query)
        number = redemption.rpartition("/")[2]
        assert ok(refused, 403) == {
            "type": "insufficient_permissions",
            "status": 403,
            "message": f"Insufficient permissions to retrieve the redemption with Id {number}",
        }
        assert refused.headers["x-emporix-mock-rule"] == "coupon/others-redemption"


def test_who_acts_for_customers_sees_theirs(shop, redemption, ok):
    on_behalf = shop.client("service", "coupon.coupon_redeem_on_behalf")
    assert ok(on_behalf.get(redemption, params={"customerNumber": "C1"}))["customerNumber"] == "C1"
    assert on_behalf.get(redemption, params={"customerNumber": "C2"}).status_code == 403
    assert on_behalf.get(redemption).status_code == 403


def test_a_guests_redemption_is_seen_by_managers_only(shop, employee, coupons, ok):
    path = f"{coupons}/{shop.coupon(allowAnonymous=True)}/redemptions"
    redemption = f"{path}/{ok(shop.guest().post(path, json=PURCHASE), 201)['id']}"
    assert shop.customer("C1").get(redemption).status_code == 403
    assert shop.client("service", "coupon.coupon_redeem").get(redemption).status_code == 403
    assert ok(employee.get(redemption))["id"]


def test_tokens_without_any_coupon_scope_see_no_redemption(shop, redemption, ok):
    for client in (shop.guest(), shop.client("service", "coupon.coupon_read")):
        assert ok(client.get(redemption), 403)["type"] == "insufficient_permissions"


def test_a_redemption_is_found_below_its_own_coupon_only(shop, redemption, coupons, ok):
    number = redemption.rpartition("/")[2]
    assert ok(shop.employee().get(f"{coupons}/{shop.coupon()}/redemptions/{number}"), 404)["status"] == 404
