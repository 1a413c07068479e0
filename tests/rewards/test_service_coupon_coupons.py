"""Coupons over HTTP: create, list, read, change, delete."""

import re
from datetime import UTC, datetime

import pytest

NOW = datetime(2024, 3, 1, 12, 0, tzinfo=UTC)
CONSTRAINTS = "The request violates validation constraints."
DEFAULTS = {
    "discountType": "ABSOLUTE",
    "discountAbsolute": {"amount": 0, "currency": "USD"},
    "discountCalculationType": "SUBTOTAL",
    "allowAnonymous": False,
    "maxRedemptions": -1,
    "maxRedemptionsPerCustomer": -1,
    "categoryRestricted": False,
    "segmentRestricted": False,
    "redemptionCount": 0,
    "referralCoupon": False,
    "deleted": False,
    "status": "VALID",
    "metadata": {"version": 0},
}


@pytest.fixture
def employee(shop):
    shop.at(NOW)
    return shop.employee()


@pytest.fixture
def coupons(shop):
    return f"/coupon/{shop.tenant}/coupons"


def missing(code):
    return {
        "type": "resource_not_found",
        "status": 404,
        "message": f"Coupon with code {code} not found.",
    }


# Create and read.


def test_a_name_is_enough(shop, employee, coupons, ok):
    created = employee.post(coupons, json={"name": "Bare", "code": "bare-1"})
    assert ok(created, 201) == {"id": "BARE-1"}
    expected = {"code": "BARE-1", "name": "Bare", **DEFAULTS}
    assert ok(employee.get(f"{coupons}/BARE-1")) == expected
    assert ok(employee.get(f"{coupons}/bare-1")) == expected
    assert ok(employee.get(coupons)) == [expected]


@pytest.mark.parametrize(("sent", "kept"), [("10", 10), ("7.5", 7.5), ("100", 100)])
def test_a_percentage_may_be_text(employee, coupons, ok, sent, kept):
    body = {"name": "Text", "code": "TEXT", "discountType": "PERCENT", "discountPercentage": sent}
    ok(employee.post(coupons, json=body), 201)
    assert ok(employee.get(f"{coupons}/TEXT"))["discountPercentage"] == kept
    for wrong in ("ten", "100.5", "-1", ""):
        answer = employee.post(coupons, json={**body, "code": "WRONG", "discountPercentage": wrong})
        assert answer.status_code == 400


def test_what_the_server_counts_cannot_be_sent(employee, coupons, ok):
    own = {"status": "USED", "redemptionCount": 5, "deleted": True, "referralCoupon": True}
    sent = {"legalEntityRedemptions": [{"legalEntityId": "L", "count": 1}], "metadata": {"version": 9}}
    code = ok(employee.post(coupons, json={"name": "Bare", **own, **sent}), 201)["id"]
    assert ok(employee.get(f"{coupons}/{code}")) == {"code": code, "name": "Bare", **DEFAULTS}


def test_everything_that_clients_write_is_kept(employee, coupons, ok):
    body = {
        "code": "ALL",
        "name": "All",
        "description": "Text",
        "discountType": "PERCENT",
        "discountPercentage": 12.5,
        "discountAbsolute": {"amount": 3, "currency": "EUR"},
        "allowAnonymous": True,
        "maxRedemptions": 7,
        "maxRedemptionsPerCustomer": -1,
        "discountCalculationType": "TOTAL",
        "categoryRestricted": True,
        "segmentRestricted": False,
        "restrictions": {
            "validFor": [],
            "validFrom": "2024-01-01T00:00:00Z",
            "validUntil": "2024-12-31T00:00:00.000Z",
            "minOrderValue": {"amount": 10, "currency": "EUR"},
            "includedCategories": ["a"],
            "excludedCategories": ["b"],
        },
        "issuedTo": "",
        "mixins": {"extra": {"deep": [1]}},
        "metadata": {"mixins": {"extra": "https://schemas.example.com/extra.json"}},
    }
    ok(employee.post(coupons, json=body), 201)
    stored = ok(employee.get(f"{coupons}/ALL"))
    assert stored == {**DEFAULTS, **body, "metadata": {"version": 0, **body["metadata"]}}


def test_codes_are_generated_as_the_main_site_says(shop, employee, coupons, ok):
    shop.site(codePrefix="ed", length=3)
    codes = {ok(employee.post(coupons, json={"name": "x", "code": given}), 201)["id"] for given in ("", "")}
    codes.add(ok(employee.post(coupons, json={"name": "x"}), 201)["id"])
    assert len(codes) == 3
    assert all(re.fullmatch("ED-[0-9A-Z]{3}", code) for code in codes)


def test_codes_are_generated_without_settings_too(employee, coupons, ok):
    assert re.fullmatch("[0-9A-Z]{6}", ok(employee.post(coupons, json={"name": "x"}), 201)["id"])


def test_a_code_is_taken_once(shop, employee, coupons, ok):
    shop.coupon(code="TWICE")
    again = employee.post(coupons, json={"name": "x", "code": "twice"})
    assert ok(again, 409) == {
        "type": "conflict_resource",
        "status": 409,
        "message": f"Duplicate Coupon 'TWICE' on tenant '{shop.tenant}'",
    }
    assert again.headers["x-emporix-mock-rule"] == "coupon/duplicate-code"


@pytest.mark.parametrize("value", [True, "true"])
def test_codes_can_keep_their_case(shop, employee, coupons, ok, value):
    shop.configure("enableCouponCodeCaseSensitivity", value)
    assert (shop.coupon(code="Mixed"), shop.coupon(code="MIXED")) == ("Mixed", "MIXED")
    assert ok(employee.get(f"{coupons}/mixed"), 404) == missing("mixed")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"discountType": "FREE_SHIPPING", "categoryRestricted": True}, "categoryRestricted"),
        (
            {"segmentRestricted": True, "categoryRestricted": True, "restrictions": {"segments": ["s"]}},
            "segmentRestricted",
        ),
        (
            {"segmentRestricted": True, "restrictions": {"segments": ["s"], "validFor": ["C1"]}},
            "segmentRestricted",
        ),
        ({"segmentRestricted": True}, "restrictions.segments"),
        ({"restrictions": {"segments": ["s"]}}, "restrictions.segments"),
        (
            {
                "categoryRestricted": True,
                "restrictions": {"includedCategories": ["a"], "excludedCategories": ["a"]},
            },
            "restrictions.excludedCategories",
        ),
        ({"restrictions": {"includedCategories": ["a"]}}, "restrictions.includedCategories"),
        ({"allowAnonymous": True, "restrictions": {"validFor": ["C1"]}}, "restrictions.validFor"),
        ({"allowAnonymous": True, "maxRedemptionsPerCustomer": 1}, "maxRedemptionsPerCustomer"),
        ({"restrictions": {"validUntil": "2016-12-31T23:59:60Z"}}, "restrictions.validUntil"),
    ],
)
def test_documented_constraints_hold_at_creation_and_update(shop, employee, coupons, ok, *, body, field):
    code = shop.coupon()
    before = ok(employee.get(f"{coupons}/{code}"))
    for answer in (
        employee.post(coupons, json={"name": "x", **body}),
        employee.put(f"{coupons}/{code}", json={"name": "x", **body}),
        employee.patch(f"{coupons}/{code}", json=body),
    ):
        error = ok(answer, 400)
        assert (error["type"], error["status"], error["message"]) == (
            "validation_violation",
            400,
            CONSTRAINTS,
        )
        assert [(detail["field"], detail["type"]) for detail in error["details"]] == [
            (field, "invalid_field")
        ]
        assert answer.headers["x-emporix-mock-rule"] == "coupon/constraint"
    assert ok(employee.get(coupons)) == [before]


@pytest.mark.parametrize(
    ("money", "field"),
    [({"amount": -1}, "discountAbsolute.amount"), ({"currency": "eur"}, "discountAbsolute.currency")],
)
def test_updates_keep_to_the_limits_of_creation(shop, employee, coupons, ok, *, money, field):
    path = f"{coupons}/{shop.coupon()}"
    answer = employee.patch(path, json={"discountAbsolute": money})
    assert ok(answer, 400)["details"][0]["field"] == field


def test_values_can_be_demanded(shop, employee, coupons, ok):
    percent = {"name": "x", "discountType": "PERCENT"}
    category = {"name": "x", "categoryRestricted": True}
    for body in (percent, category, {"name": "x"}):
        ok(employee.post(coupons, json=body), 201)
    shop.switch("coupon/discount-value", "required")
    shop.switch("coupon/category-list", "required")
    for body, fields in (
        (percent, ["discountPercentage"]),
        (category, ["discountAbsolute.amount", "restrictions.includedCategories"]),
        ({"name": "x"}, ["discountAbsolute.amount"]),
    ):
        details = ok(employee.post(coupons, json=body), 400)["details"]
        assert [detail["field"] for detail in details] == fields
    ok(employee.post(coupons, json={**percent, "discountPercentage": 5}), 201)


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": 1},
        {"name": "x", "discountPercentage": 101},
        {"name": "x", "discountType": "HALF"},
        {"name": "x", "discountAbsolute": {"amount": -1}},
        {"name": "x", "metadata": {"other": 1}},
    ],
)
def test_bodies_have_to_fit(employee, coupons, ok, body):
    error = ok(employee.post(coupons, json=body), 400)
    assert (error["type"], error["message"]) == ("validation_violation", CONSTRAINTS)


def test_an_empty_payload_is_named(employee, coupons, ok):
    assert ok(employee.post(coupons), 400) == {
        "type": "validation_violation",
        "status": 400,
        "message": CONSTRAINTS,
        "details": [{"type": "missing_payload", "message": "Empty payload was sent", "moreInfo": ""}],
    }


# Status.


def test_the_status_follows_the_clock(shop, employee, coupons, ok):
    period = {"validFrom": "2024-03-02T00:00:00Z", "validUntil": "2024-03-03T00:00:00Z"}
    path = f"{coupons}/{shop.coupon(restrictions=period)}"
    seen = []
    for day in (1, 2, 3, 4):
        shop.at(datetime(2024, 3, day, tzinfo=UTC))
        seen.append(ok(employee.get(path))["status"])
    assert seen == ["INACTIVE", "VALID", "VALID", "EXPIRED"]


def test_expired_beats_used_unless_switched(shop, employee, coupons, ok):
    path = f"{coupons}/{shop.coupon(maxRedemptions=0, restrictions={'validUntil': '2024-02-01T00:00:00Z'})}"
    assert ok(employee.get(path))["status"] == "EXPIRED"
    shop.switch("coupon/status-order", "used-first")
    assert ok(employee.get(path))["status"] == "USED"
    assert ok(employee.get(coupons, params={"q": "status:USED"}))[0]["status"] == "USED"


# Lists.


def test_lists_page_sort_filter_and_count(shop, employee, coupons, ok):
    for number in range(20):
        shop.coupon(
            code=f"N{number:02}", maxRedemptions=number, description="even" if number % 2 == 0 else "odd"
        )
    page = employee.get(coupons)
    assert [coupon["code"] for coupon in ok(page)] == [f"N{number:02}" for number in range(16)]
    assert "Items-Count" not in page.headers

    def codes(**query):
        answer = employee.get(coupons, params=query)
        return [coupon["code"] for coupon in ok(answer)], answer.headers.get("Items-Count")

    assert codes(pageNumber=2, totalCount="true") == (["N16", "N17", "N18", "N19"], "20")
    assert codes(pageNumber=3, pageSize=10, totalCount="true") == ([], "20")
    assert codes(sort="maxRedemptions:desc", pageSize=2) == (["N19", "N18"], None)
    assert codes(sort="code:asc", q="description:odd", pageSize=2, totalCount="true") == (
        ["N01", "N03"],
        "10",
    )
    assert codes(q="status:USED") == (["N00"], None)
    assert codes(q="code:N07") == (["N07"], None)
    assert codes(q="maxRedemptions:(>17)", totalCount="false") == (["N18", "N19"], None)
    assert codes(sort="", q="", pageSize=1) == (["N00"], None)


@pytest.mark.parametrize("path", ["", "/{code}/redemptions"])
def test_a_filter_that_is_none_is_refused(shop, employee, coupons, ok, path):
    answer = employee.get(coupons + path.format(code=shop.coupon()), params={"q": "bare"})
    error = ok(answer, 400)
    assert error["type"] == "validation_violation"
    assert error["details"] == [
        {"field": "q", "message": "not a valid query", "type": "invalid_query_parameter"}
    ]
    assert answer.headers["x-emporix-mock-rule"] == "coupon/invalid-query"


@pytest.mark.parametrize(
    "query", [{"pageSize": 0}, {"pageNumber": 0}, {"pageNumber": "x"}, {"pageNumber": 10**15}]
)
def test_pages_have_to_be_pages(employee, coupons, ok, query):
    assert ok(employee.get(coupons, params=query), 400)["type"] == "validation_violation"


# Change.


def test_put_replaces_and_patch_merges(shop, employee, coupons, ok):
    limits = {"validUntil": "2025-01-01T00:00:00Z", "minOrderValue": {"amount": 5, "currency": "EUR"}}
    code = shop.coupon(description="old", issuedTo="C1", maxRedemptions=5, restrictions=limits)
    path = f"{coupons}/{code}"

    patched = employee.patch(
        path.lower(), json={"restrictions": {"minOrderValue": {"amount": 9}}, "name": "new"}
    )
    assert (patched.status_code, patched.content) == (200, b"")
    found = ok(employee.get(path))
    assert found["restrictions"] == {**limits, "minOrderValue": {"amount": 9, "currency": "EUR"}}
    assert (found["name"], found["description"], found["metadata"]) == ("new", "old", {"version": 1})

    put = employee.put(path, json={"name": "other", "discountType": "PERCENT", "discountPercentage": 7})
    assert (put.status_code, put.content) == (200, b"")
    without_amount = {key: value for key, value in DEFAULTS.items() if key != "discountAbsolute"}
    assert ok(employee.get(path)) == {
        **without_amount,
        "code": code,
        "name": "other",
        "discountType": "PERCENT",
        "discountPercentage": 7,
        "metadata": {"version": 2},
    }

    ok(employee.put(path, params={"partial": "true"}, json={"description": "merged"}))
    found = ok(employee.get(path))
    assert (found["description"], found["discountPercentage"]) == ("merged", 7)


@pytest.mark.parametrize("method", ["put", "patch"])
def test_only_the_current_version_can_be_changed(shop, employee, coupons, ok, method):
    code = shop.coupon()
    path, change = f"{coupons}/{code}", getattr(employee, method)
    ok(change(path, json={"name": "one", "metadata": {"version": 0}}))
    stale = change(path, json={"name": "two", "metadata": {"version": 0}})
    assert ok(stale, 409) == {
        "type": "conflict_resource",
        "status": 409,
        "message": f"The resource that was requested for update with id = {code} has changed. "
        "Please retry your request with valid version",
    }
    assert stale.headers["x-emporix-mock-rule"] == "coupon/stale-version"
    ok(change(path, json={"name": "three", "metadata": {"mixins": {"m": "https://schemas.example.com/m"}}}))
    found = ok(employee.get(path))
    assert found["name"] == "three"
    assert found["metadata"] == {"version": 2, "mixins": {"m": "https://schemas.example.com/m"}}


def test_versions_can_start_at_one(shop, employee, coupons, ok):
    shop.switch("coupon/version-start", "1")
    assert ok(employee.get(f"{coupons}/{shop.coupon()}"))["metadata"] == {"version": 1}


@pytest.mark.parametrize("method", ["put", "patch"])
def test_updates_do_not_touch_what_the_server_counts(shop, employee, coupons, ok, method):
    code = shop.coupon(maxRedemptions=1)
    purchase = {"orderTotal": {"amount": 1}, "discount": {"amount": 1}, "customerNumber": "C1"}
    ok(employee.post(f"{coupons}/{code}/redemptions", json={**purchase, "legalEntityId": "L1"}), 201)
    before = ok(employee.get(f"{coupons}/{code}"))
    assert before["status"] == "USED"
    change = {
        **before,
        "code": "OTHER",
        "redemptionCount": 0,
        "status": "VALID",
        "deleted": True,
        "name": "n",
    }
    ok(getattr(employee, method)(f"{coupons}/{code}", json=change))
    assert ok(employee.get(coupons)) == [{**before, "name": "n", "metadata": {"version": 1}}]


def test_a_coupon_keeps_a_name(shop, employee, coupons, ok):
    answer = employee.put(f"{coupons}/{shop.coupon()}", json={})
    assert ok(answer, 400)["details"][0]["field"] == "name"


# Delete.


def test_deleting_hides_and_keeps_the_code_taken(shop, employee, coupons, ok):
    code = shop.coupon()
    path = f"{coupons}/{code}"
    gone = employee.delete(path)
    assert (gone.status_code, gone.content) == (204, b"")
    assert ok(employee.get(coupons, params={"totalCount": "true"})) == []
    (deleted,) = ok(employee.get(coupons, params={"showDeleted": "true"}))
    assert (deleted["code"], deleted["deleted"]) == (code, True)
    for answer in (
        employee.get(path),
        employee.delete(path),
        employee.put(path, json={"name": "x"}),
        employee.patch(path, json={"name": "x"}),
        employee.get(f"{path}/redemptions"),
        employee.post(f"{path}/validation", json={"orderTotal": {}, "discount": {}}),
    ):
        assert ok(answer, 404) == missing(code)
    assert ok(employee.post(coupons, json={"name": "x", "code": code}), 409)["status"] == 409
    shop.switch("coupon/deleted-coupon-read", "shown")
    assert ok(employee.get(path))["deleted"] is True


@pytest.mark.parametrize("value", [True, "true"])
def test_a_tenant_can_have_coupons_deleted_for_good(shop, employee, coupons, ok, value):
    purchase = {"orderTotal": {"amount": 1}, "discount": {"amount": 1}, "customerNumber": "C1"}
    code, other = shop.coupon(), shop.coupon()
    softly = shop.coupon()
    ok(employee.delete(f"{coupons}/{softly}"), 204)
    for each in (code, other):
        ok(employee.post(f"{coupons}/{each}/redemptions", json=purchase), 201)
    shop.configure("couponPermanentDelete", value)
    for each in (code, softly):
        ok(employee.delete(f"{coupons}/{each}"), 204)
        assert ok(employee.delete(f"{coupons}/{each}"), 404) == missing(each)
    assert [c["code"] for c in ok(employee.get(coupons, params={"showDeleted": "true"}))] == [other]
    assert shop.coupon(code=code) == code
    assert ok(employee.get(f"{coupons}/{code}"))["redemptionCount"] == 0
    assert ok(employee.get(f"{coupons}/{code}/redemptions")) == []
    assert len(ok(employee.get(f"{coupons}/{other}/redemptions"))) == 1


# Access.


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "", {"name": "x"}),
        ("PUT", "/X", {"name": "x"}),
        ("PATCH", "/X", {"name": "x"}),
        ("DELETE", "/X", None),
        ("GET", "/X/redemptions", None),
        ("DELETE", "/X/redemptions/1", None),
    ],
)
def test_managing_needs_the_manage_scope(shop, coupons, ok, *, method, path, body):
    shop.coupon(code="X")
    others = "coupon.coupon_read", "coupon.coupon_redeem", "coupon.coupon_redeem_on_behalf"
    for client in (shop.client("service", *others), shop.customer(), shop.guest()):
        assert (
            ok(client.request(method, coupons + path, json=body), 403)["type"] == "insufficient_permissions"
        )
    manager = shop.client("service", "coupon.coupon_manage")
    assert manager.request(method, coupons + path, json=body).status_code in (200, 201, 204, 404)


def test_listing_needs_one_of_two_scopes(shop, coupons, ok):
    for scope in ("coupon.coupon_read", "coupon.coupon_manage"):
        assert ok(shop.client("service", scope).get(coupons)) == []
    assert shop.customer().get(coupons).status_code == 403


def test_any_token_reads_a_coupon_and_only_some_for_others(shop, employee, coupons, ok):
    code = shop.coupon(restrictions={"validFor": ["C1"]})
    path = f"{coupons}/{code}"
    for client in (shop.customer("C1"), shop.customer("C2"), shop.guest(), shop.client("service")):
        assert ok(client.get(path))["code"] == code
    assert ok(shop.customer("C1").get(path, params={"customerNumber": "C1"}))["code"] == code
    assert ok(employee.get(path, params={"customerNumber": "C1"}))["code"] == code
    refused = shop.customer("C2").get(path, params={"customerNumber": "C1"})
    assert ok(refused, 403) == {
        "type": "insufficient_permissions",
        "status": 403,
        "message": f"Insufficient permissions to retrieve the coupon with Id {code}",
    }
    assert refused.headers["x-emporix-mock-rule"] == "coupon/others-coupon"


def test_reading_can_be_kept_to_those_a_coupon_is_for(shop, coupons, ok):
    shop.switch("coupon/coupon-read", "entitled")
    path = f"{coupons}/{shop.coupon(restrictions={'validFor': ['C1']})}"
    assert shop.customer("C2").get(path).status_code == 403
    assert shop.guest().get(path).status_code == 403
    assert shop.customer("C1").get(path).status_code == 200
    assert shop.client("service", "coupon.coupon_read").get(path).status_code == 200
    on_behalf = shop.client("service", "coupon.coupon_redeem_on_behalf")
    assert on_behalf.get(path, params={"customerNumber": "C1"}).status_code == 200
    assert on_behalf.get(path, params={"customerNumber": "C2"}).status_code == 403
    assert shop.guest().get(f"{coupons}/{shop.coupon()}").status_code == 200


def test_unknown_codes_are_404(shop, coupons, ok):
    assert ok(shop.guest().get(f"{coupons}/nothing"), 404) == missing("NOTHING")
