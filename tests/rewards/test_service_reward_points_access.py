"""Who may call what of the reward points service."""

import pytest

C1 = "/reward-points/customer/C1"
OPTIONS = "/reward-points/{tenant}/redeemOptions"
OPTION = {"type": "coupon", "name": "Voucher", "points": 5}
VIEW = [("GET", "/reward-points/summaryBatch", None), ("GET", C1, None), ("GET", f"{C1}/summary", None)]
MANAGE = [
    ("POST", C1, {}),
    ("DELETE", C1, None),
    ("POST", f"{C1}/addPoints", {"points": 1}),
    ("POST", f"{C1}/redeemPoints", {"points": 1}),
    ("POST", OPTIONS, OPTION),
    ("PUT", f"{OPTIONS}/x", OPTION),
    ("DELETE", f"{OPTIONS}/x", None),
]
OWN = [
    ("GET", "/reward-points/public/customer", None),
    ("GET", "/reward-points/public/customer/summary", None),
    ("POST", "/reward-points/public/customer/redeem", {"id": "x"}),
]
ANYONE = [("GET", OPTIONS, None), ("GET", "/reward-points/public/customer/redeemOptions", None)]


def call(shop, client, operation):
    method, path, body = operation
    return client.request(method, path.replace("{tenant}", shop.tenant), json=body)


def lacking(scopes):
    return {
        "code": 403,
        "status": "Forbidden",
        "message": "Scope validation failed",
        "details": [f"Missing required scopes '[{scopes}]'"],
    }


@pytest.mark.parametrize("operation", VIEW)
def test_looking_needs_one_of_two_scopes(shop, ok, operation):
    refused = ok(call(shop, shop.client("service", "rewardspoints.rewardpoints_manage"), operation), 403)
    assert refused == lacking("rewardspoints.rewardpoints_view, saasag.rewardpoints_view")
    for scope in ("rewardspoints.rewardpoints_view", "saasag.rewardpoints_view"):
        assert call(shop, shop.client("service", scope), operation).status_code in (200, 404)
    assert call(shop, shop.customer("C1"), operation).status_code == 403


@pytest.mark.parametrize("operation", MANAGE)
def test_changing_needs_the_manage_scope_whoever_calls(shop, ok, operation):
    expected = lacking("rewardspoints.rewardpoints_manage")
    viewer = shop.client("service", "rewardspoints.rewardpoints_view")
    for client in (viewer, shop.customer("C1"), shop.guest()):
        assert ok(call(shop, client, operation), 403) == expected
    manager = shop.client("service", "rewardspoints.rewardpoints_manage")
    assert call(shop, manager, operation).status_code not in (401, 403)


@pytest.mark.parametrize("operation", OWN)
def test_own_points_are_for_signed_in_customers(shop, ok, operation):
    assert call(shop, shop.customer("C1"), operation).status_code == 404
    for client in (shop.employee(), shop.guest()):
        refused = ok(call(shop, client, operation), 403)
        assert (refused["code"], refused["status"]) == (403, "Forbidden")


@pytest.mark.parametrize("operation", ANYONE)
def test_every_token_may_list_the_options(shop, ok, operation):
    for client in (shop.client("service"), shop.customer("C1"), shop.guest()):
        assert ok(call(shop, client, operation)) == []


@pytest.mark.parametrize("operation", VIEW + MANAGE + OWN + ANYONE)
def test_nobody_gets_in_without_a_token(shop, ok, operation):
    client = shop.guest()
    client.headers["Authorization"] = "Bearer unknown"
    fault = {"faultstring": "Invalid access token", "detail": {"errorcode": "oauth.v2.InvalidAccessToken"}}
    assert ok(call(shop, client, operation), 401) == {"fault": fault}


@pytest.mark.parametrize("operation", [MANAGE[4], MANAGE[5], MANAGE[6], ANYONE[0]])
def test_options_belong_to_the_tenant_of_the_token(shop, new_shop, operation):
    assert call(new_shop(), shop.employee(), operation).status_code == 400


@pytest.mark.parametrize(("service", "number"), [("reward-points", 14), ("coupon", 13)])
def test_every_operation_has_behaviour(shop, service, number):
    served = shop.app.runtime.service(service)
    assert [served.level(operation) for operation in served.places] == ["behaviour"] * number
