"""Referral coupons over HTTP."""

import pytest


@pytest.fixture
def employee(shop):
    return shop.employee()


@pytest.fixture
def referral(shop):
    return lambda number: f"/coupon/{shop.tenant}/referral-coupons/{number}"


@pytest.fixture
def customer(shop, employee, ok):
    """The number of a customer made by an employee."""

    def make(first="John", last="Doe"):
        body = {"firstName": first, "lastName": last, "contactEmail": f"{first}@example.com".lower()}
        return ok(employee.post(f"/customer/{shop.tenant}/customers", json=body), 201)["id"]

    return make


def test_a_referral_coupon_is_made_once_from_the_main_sites_settings(shop, employee, customer, referral, ok):
    shop.site(referral={"codePrefix": "E", "value": 8, "redemptionCodeValue": 5})
    john, jane = customer(), customer("Jane")
    none = employee.get(referral(john))
    assert (none.status_code, none.content) == (204, b"")

    made = ok(employee.post(referral(john)))
    assert made == {
        "code": "E_1",
        "name": "Empfehlungsgutschein John Doe (Shop main)",
        "description": "A referral Coupon",
        "discountType": "ABSOLUTE",
        "discountAbsolute": {"amount": 8, "currency": "EUR"},
        "discountCalculationType": "SUBTOTAL",
        "allowAnonymous": True,
        "maxRedemptions": -1,
        "maxRedemptionsPerCustomer": -1,
        "categoryRestricted": False,
        "segmentRestricted": False,
        "restrictions": {"validFor": []},
        "issuedTo": john,
        "referralCoupon": True,
        "redemptionCount": 0,
        "deleted": False,
        "status": "VALID",
        "metadata": {"version": 0},
    }
    assert ok(employee.post(referral(john))) == made
    assert ok(employee.get(referral(john))) == made
    assert ok(employee.get(f"/coupon/{shop.tenant}/coupons/E_1")) == made
    assert ok(employee.post(referral(jane)))["code"] == "E_2"
    assert [c["code"] for c in ok(employee.get(f"/coupon/{shop.tenant}/coupons"))] == ["E_1", "E_2"]


def test_any_token_may_ask_but_a_storefront_only_for_its_own(shop, customer, referral, ok):
    number = customer()
    for client in (shop.customer(number), shop.client("service")):
        assert ok(client.post(referral(number)))["issuedTo"] == number
        assert ok(client.get(referral(number)))["code"] == "REF_1"
    guest = shop.guest()
    assert guest.get(referral(number)).status_code == guest.post(referral(number)).status_code == 404
    shop.switch("coupon/referral-coupons-of-others", "shown")
    assert ok(guest.get(referral(number)))["code"] == "REF_1"


def test_without_settings_it_is_worth_nothing(shop, employee, customer, referral, ok):
    made = ok(employee.post(referral(customer())))
    assert made["discountAbsolute"] == {"amount": 0, "currency": "USD"}
    assert made["name"] == f"Empfehlungsgutschein John Doe ({shop.tenant})"


def test_an_unknown_customer_has_none(shop, employee, referral, ok):
    for answer in (employee.get(referral("nobody")), employee.post(referral("nobody"))):
        assert ok(answer, 404) == {
            "type": "resource_not_found",
            "status": 404,
            "message": "Customer with number nobody not found.",
        }
    assert ok(employee.get(f"/coupon/{shop.tenant}/coupons")) == []


def test_a_deleted_one_makes_room_and_keeps_its_code(shop, employee, customer, referral, ok):
    number = customer()
    first = ok(employee.post(referral(number)))["code"]
    ok(employee.delete(f"/coupon/{shop.tenant}/coupons/{first}"), 204)
    assert employee.get(referral(number)).status_code == 204
    assert ok(employee.post(referral(number)))["code"] == "REF_2"


def test_a_code_that_is_taken_is_passed_over(shop, employee, customer, referral, ok):
    shop.coupon(code="ref_1")
    assert ok(employee.post(referral(customer())))["code"] == "REF_2"


def test_other_coupons_of_a_customer_are_no_referral_coupons(shop, employee, customer, referral):
    number = customer()
    shop.coupon(issuedTo=number, referralCoupon=True)
    assert employee.get(referral(number)).status_code == 204


def test_friends_redeem_it(shop, employee, customer, referral, ok):
    number = customer()
    code = ok(employee.post(referral(number)))["code"]
    purchase = {"orderTotal": {"amount": 50, "currency": "EUR"}, "discount": {"amount": 8, "currency": "EUR"}}
    ok(shop.guest().post(f"/coupon/{shop.tenant}/coupons/{code}/redemptions", json=purchase), 201)
    assert ok(employee.get(referral(number)))["redemptionCount"] == 1
