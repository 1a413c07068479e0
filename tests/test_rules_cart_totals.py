"""What a cart adds up to: the worked figures of the checkout facts, and what must hold for every cart."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emporix_mock.rules.cart_document import basket_of
from emporix_mock.rules.cart_old_sums import old_sums
from emporix_mock.rules.cart_totals import priced
from emporix_mock.rules.cart_values import (
    Basket,
    Discount,
    Fee,
    Line,
    PaymentFee,
    Shipping,
    Sum,
    Tax,
    fee_price,
)
from emporix_mock.rules.tax import exact

if TYPE_CHECKING:
    from collections.abc import Sequence

STANDARD, REDUCED = Tax("STANDARD", Decimal(19)), Tax("REDUCED", Decimal(7))
PICKING = Fee("picking", "ABSOLUTE", Sum.of(Decimal("3.5"), REDUCED, gross=False), REDUCED)
EXTERNAL = Discount("two-for-one", "PERCENT", Decimal(40), origin="EXTERNAL")
COUPON = Discount("HUNDRED", "ABSOLUTE", Decimal(100), total=True)


def line(own: str, gross: float, tax: Tax, **more: Any) -> Line:
    return Line(own, Sum.of(exact(gross), tax, gross=True), tax, **more)


GOLDEN = Basket(
    (
        line("0", 700, STANDARD, fees=(PICKING,), discounts=(EXTERNAL,)),
        line("1", 10, REDUCED),
        line("2", 110, REDUCED, fees=(PICKING,), uplift=Sum.of(Decimal(33), REDUCED, gross=True)),
    ),
    gross=True,
    discounts=(COUPON,),
    shipping=Shipping(Sum.of(Decimal("7.22"), REDUCED, gross=False), REDUCED),
)


def values(node: dict[str, Any]) -> tuple[float, float, float]:
    return node["netValue"], node["grossValue"], node["taxValue"]


def applied(node: dict[str, Any]) -> dict[str, tuple[float, float]]:
    return {a["id"]: (a["price"]["netValue"], a["value"]) for a in node["appliedDiscounts"]}


def test_the_lines_of_the_golden_cart():
    first, second, third = priced(GOLDEN).lines.values()
    assert values(first["price"]) == (588.235, 700, 111.765)
    assert (first["price"]["taxCode"], first["price"]["taxRate"]) == ("STANDARD", 19)
    assert values(first["discountedPrice"]) == (282.511, 336.188, 53.677)
    assert applied(first["discountedPrice"]) == {"two-for-one": (235.294, 280), "HUNDRED": (70.43, 83.812)}
    (fee,) = first["fees"]
    assert (values(fee["price"]), values(fee["discountedPrice"])) == (
        (3.5, 3.745, 0.245),
        (3.081, 3.297, 0.216),
    )
    assert applied(first["totalFee"]) == {"HUNDRED": (0.419, 0.448)}
    assert values(first["totalDiscount"]["price"]) == (306.143, 364.26, 58.117)
    assert applied(first["totalDiscount"]) == {"two-for-one": (235.294, 280), "HUNDRED": (70.849, 84.26)}
    assert first["totalDiscount"]["calculationType"] == "ApplyDiscountAfterTax"
    assert first["finalPrice"] == {"netValue": 285.592, "grossValue": 339.485, "taxValue": 53.893}
    assert [values(second[n])[:2] for n in ("price", "finalPrice")] == [(9.346, 10), (8.227, 8.803)]
    assert applied(second["discountedPrice"]) == {"HUNDRED": (1.119, 1.197)}
    assert values(second["finalPrice"])[2] == 0.576
    assert "fees" not in second
    assert "totalFee" not in second
    assert "upliftValue" not in second
    assert values(third["discountedPrice"])[:2] == (90.495, 96.83)
    assert applied(third["discountedPrice"]) == {"HUNDRED": (12.308, 13.17)}
    assert applied(third["totalDiscount"]) == {"HUNDRED": (12.727, 13.618)}
    assert third["finalPrice"] == {
        "netValue": 93.576,
        "grossValue": 100.127,
        "taxValue": 6.551,
        "taxCode": "REDUCED",
        "taxRate": 7,
    }


def test_the_sums_of_the_golden_cart():
    cart = priced(GOLDEN).cart
    assert {name: values(cart[name]) for name in cart if name != "totalDiscount"} == {
        "price": (700.385, 820, 119.615),
        "upliftValue": (30.841, 33, 2.159),
        "discountedPrice": (381.233, 441.821, 60.588),
        "fees": (7, 7.49, 0.49),
        "totalFee": (6.162, 6.594, 0.432),
        "shipping": (7.22, 7.725, 0.505),
        "totalShipping": (6.355, 6.8, 0.445),
        "finalPrice": (393.75, 455.215, 61.465),
    }
    assert values(cart["totalDiscount"]["price"]) == (320.853, 380, 59.147)
    assert applied(cart["totalDiscount"]) == {"two-for-one": (235.294, 280), "HUNDRED": (85.559, 100)}
    assert applied(cart["discountedPrice"])["HUNDRED"] == (83.857, 98.179)
    assert applied(cart["totalFee"]) == {"HUNDRED": (0.838, 0.896)}
    assert applied(cart["totalShipping"]) == {"HUNDRED": (0.864, 0.925)}
    assert "taxCode" not in cart["price"]
    assert cart["upliftValue"]["taxRate"] == 7
    lines = cart["finalPrice"]["taxAggregate"]["lines"]
    assert [(entry["taxCode"], values(entry)) for entry in lines] == [
        ("REDUCED", (111.239, 119.027, 7.788)),
        ("STANDARD", (282.511, 336.188, 53.677)),
    ]


def test_the_old_sums_of_the_golden_cart():
    old = old_sums(GOLDEN, "EUR", str.upper)
    amounts = {name: node["amount"] for name, node in old.cart.items() if "amount" in node}
    assert amounts == {
        "totalPrice": 734.22,
        "subTotalPrice": 820,
        "totalDiscount": 100,
        "totalTax": 0,
        "totalAuthorizedAmount": 767.22,
    }
    assert old.cart["shipping"]["total"] == {"subTotal": 7.22, "totalTax": 0, "total": 6.35, "discount": 0.87}
    fee = {"subTotal": 3.5, "totalTax": 0, "total": 3.08, "discount": 0.42}
    first, second, third = old.items.values()
    assert first["fees"] == {
        "elements": [{"yrn": "PICKING", "taxCode": "REDUCED", "total": fee}],
        "total": fee,
    }
    assert [item["couponDiscounts"][0]["value"] for item in (first, second, third)] == [84.32, 1.2, 13.61]
    assert [item["authorizedAmount"]["amount"] for item in (first, second, third)] == [700, 10, 143]
    assert old.cart["feeYrnAggregate"]["total"]["discount"] == 0.84
    assert old.cart["taxAggregate"]["lines"] == [
        {"name": "REDUCED", "amount": 7.85, "rate": 7, "taxable": 120},
        {"name": "STANDARD", "amount": 111.77, "rate": 19, "taxable": 700.01},
    ]
    assert old.cart["subtotalAggregate"] == {
        "currency": "EUR",
        "netValue": 700.39,
        "grossValue": 820.01,
        "taxValue": 119.62,
    }


def order_of(basket: Basket) -> Basket:
    delivery = Shipping(Sum.of(Decimal(10), STANDARD, gross=False), STANDARD)
    return replace(basket, shipping=delivery, payment_fee=PaymentFee("PERCENT", Decimal(10), REDUCED))


def test_the_order_of_the_golden_cart():
    found = priced(order_of(GOLDEN))
    shares = [found.lines[own]["discountedPrice"]["appliedDiscounts"][-1]["value"] for own in "012"]
    assert shares == [83.394, 1.191, 13.105]
    assert found.lines["0"]["totalFee"]["appliedDiscounts"][0]["value"] == 0.446
    assert applied(found.cart["totalShipping"])["HUNDRED"][1] == 1.418
    assert {
        name: values(found.cart[name])[:2] for name in ("fees", "totalFee", "totalShipping", "finalPrice")
    } == {
        "fees": (46.663, 49.929),
        "totalFee": (45.829, 49.037),
        "totalShipping": (8.808, 10.482),
        "finalPrice": (436.288, 501.829),
    }
    assert values(found.cart["paymentFees"])[:2] == (39.663, 42.439)
    assert values(found.cart["discountedPrice"])[0] == 381.651
    uplift = found.cart["upliftValue"]["grossValue"]
    assert exact(found.cart["finalPrice"]["grossValue"]) + exact(uplift) == Decimal("534.829")


def answered(basket: Basket) -> dict[str, Any]:
    """A cart as the service answers it, as far as totals depend on it."""
    found = priced(basket)
    items = [{"id": own, "calculatedPrice": tree} for own, tree in found.lines.items()]
    items[0]["externalDiscounts"] = [{"id": "two-for-one", "discountType": "PERCENT", "value": 40}]
    coupon = {
        "code": "HUNDRED",
        "discountType": "ABSOLUTE",
        "amount": 100,
        "discountCalculationType": "TOTAL",
    }
    return {"items": items, "discounts": [{**coupon, "valid": True}], "calculatedPrice": found.cart}


def test_an_answered_cart_is_read_back():
    assert basket_of(answered(GOLDEN), gross=True) == GOLDEN
    assert priced(order_of(basket_of(answered(GOLDEN), gross=True))) == priced(order_of(GOLDEN))


def test_percentages_are_of_original_prices():
    twice = tuple(Discount(own, "PERCENT", Decimal(10)) for own in "ab")
    cart = priced(Basket((line("0", 15, STANDARD),), gross=True, discounts=twice)).cart
    assert cart["finalPrice"]["grossValue"] == 12
    assert [a["value"] for a in cart["totalDiscount"]["appliedDiscounts"]] == [1.5, 1.5]


def test_free_shipping_comes_first_and_takes_all_of_it():
    coupons = (COUPON, Discount("FREE", "FREE_SHIPPING"))
    cart = priced(replace(GOLDEN, discounts=coupons)).cart
    assert values(cart["totalShipping"]) == (0, 0, 0)
    assert applied(cart["totalShipping"]) == {"FREE": (7.22, 7.725)}
    assert applied(cart["totalDiscount"])["HUNDRED"][1] == 100


def test_a_coupon_for_some_lines_never_reaches_shipping():
    some = replace(COUPON, lines=frozenset({"2"}))
    found = priced(replace(GOLDEN, discounts=(some,)))
    assert "appliedDiscounts" not in found.cart["totalShipping"]
    assert "HUNDRED" not in applied(found.lines["0"]["totalDiscount"])
    assert applied(found.lines["2"]["totalDiscount"])["HUNDRED"][1] == 100


def test_what_a_line_cannot_take_goes_to_the_others():
    half = Discount("half", "PERCENT", Decimal(100), origin="EXTERNAL")
    lines = (line("0", 90, STANDARD, discounts=(half,)), line("1", 10, STANDARD))
    found = priced(Basket(lines, gross=True, discounts=(Discount("C", "ABSOLUTE", Decimal(8)),)))
    assert found.lines["1"]["discountedPrice"]["grossValue"] == 2
    assert found.cart["finalPrice"]["grossValue"] == 2


def test_net_sites_discount_net_prices():
    net = Line("0", Sum.of(Decimal(100), STANDARD, gross=False), STANDARD)
    found = priced(Basket((net,), gross=False, discounts=(Discount("C", "ABSOLUTE", Decimal(10)),)))
    assert values(found.cart["finalPrice"]) == (90, 107.1, 17.1)
    assert found.cart["totalDiscount"]["calculationType"] == "ApplyDiscountBeforeTax"


@pytest.mark.parametrize(
    ("kind", "value", "net", "gross"),
    [
        ("ABSOLUTE", "3.5", "3.5", "3.745"),
        ("PERCENT", "10", "58.824", "62.942"),
        ("ABSOLUTE_MULTIPLY_ITEMQUANTITY", "2", "6", "6.42"),
    ],
)
def test_the_price_of_a_fee(kind: str, value: str, net: str, gross: str):
    price = Sum.of(Decimal(700), STANDARD, gross=True)
    found = fee_price(kind, Decimal(value), REDUCED, line=price, quantity=Decimal(3))
    assert found == (Decimal(net), Decimal(gross))


# What holds for every cart.

money = st.decimals(min_value=0, max_value=5000, places=2)
taxes = st.sampled_from([STANDARD, REDUCED, Tax("ZERO", Decimal(0)), Tax()])
percent = st.decimals(min_value=0, max_value=100, places=1)


@st.composite
def discounts(draw: st.DrawFn, own: str, *, cart: bool) -> Discount:
    kind = draw(st.sampled_from(["PERCENT", "ABSOLUTE", *(["FREE_SHIPPING"] if cart else [])]))
    value = draw(percent if kind == "PERCENT" else money)
    lines = (
        draw(st.none() | st.frozensets(st.sampled_from("0123"))) if cart and kind != "FREE_SHIPPING" else None
    )
    flag = draw(st.booleans())
    origin = "INTERNAL" if cart else "EXTERNAL"
    return Discount(own, kind, value, total=cart and flag, origin=origin, lines=lines, fees=not cart and flag)


@st.composite
def baskets(draw: st.DrawFn) -> Basket:
    gross = draw(st.booleans())
    lines = []
    for own in range(draw(st.integers(0, 4))):
        tax = draw(taxes)
        price = Sum.of(draw(money), tax, gross=gross)
        fees = [
            Fee("f", "ABSOLUTE", Sum.of(draw(money), t, gross=False), t)
            for t in draw(st.lists(taxes, max_size=2))
        ]
        external = [draw(discounts(f"x{own}{n}", cart=False)) for n in range(draw(st.integers(0, 2)))]
        lines.append(Line(str(own), price, tax, tuple(fees), tuple(external)))
    coupons = tuple(draw(discounts(f"C{n}", cart=True)) for n in range(draw(st.integers(0, 3))))
    tax = draw(taxes)
    shipping = draw(st.none() | st.builds(lambda a: Shipping(Sum.of(a, tax, gross=False), tax), money))
    kinds = st.sampled_from(["PERCENT", "ABSOLUTE"])
    fee = draw(st.none() | st.builds(PaymentFee, kinds, percent, taxes))
    return Basket(tuple(lines), gross, coupons, shipping, fee)


def numbers(node: Any, name: str) -> Sequence[Decimal]:
    if isinstance(node, dict):
        return [exact(v) for k, v in node.items() if k == name and not isinstance(v, dict)] + [
            n for v in node.values() for n in numbers(v, name)
        ]
    return [n for v in node for n in numbers(v, name)] if isinstance(node, list) else []


@settings(max_examples=300, deadline=None)
@given(baskets())
def test_nothing_is_ever_negative_and_taxes_add_up(basket: Basket):
    found = priced(basket)
    for tree in (found.cart, *found.lines.values()):
        for name in ("netValue", "grossValue", "taxValue", "value"):
            assert all(number >= 0 for number in numbers(tree, name))
    final = found.cart["finalPrice"]
    for name in ("netValue", "grossValue", "taxValue"):
        assert sum((exact(entry[name]) for entry in final["taxAggregate"]["lines"]), Decimal(0)) == exact(
            final[name]
        )
    assert exact(final["grossValue"]) - exact(final["netValue"]) == exact(final["taxValue"])


@settings(max_examples=300, deadline=None)
@given(baskets())
def test_the_lines_add_up_to_the_total(basket: Basket):
    found = priced(basket)
    for name in ("netValue", "grossValue"):
        parts = [tree["finalPrice"][name] for tree in found.lines.values()]
        parts += [
            found.cart[extra][name] for extra in ("totalShipping", "paymentFees") if extra in found.cart
        ]
        assert sum(map(exact, parts), Decimal(0)) == exact(found.cart["finalPrice"][name])
    side = "grossValue" if basket.gross else "netValue"
    before = [exact(found.cart[n][side]) for n in ("price", "fees", "shipping") if n in found.cart]
    off = exact(found.cart.get("totalDiscount", {"value": 0})["value"])
    assert sum(before, Decimal(0)) - off == exact(found.cart["finalPrice"][side])


@settings(max_examples=300, deadline=None)
@given(baskets(), st.randoms(use_true_random=False))
def test_totals_do_not_depend_on_the_order_of_the_lines(basket: Basket, chance: Any):
    lines = list(basket.lines)
    chance.shuffle(lines)
    assert priced(replace(basket, lines=tuple(lines))).cart["finalPrice"] == priced(basket).cart["finalPrice"]


@settings(max_examples=200, deadline=None)
@given(baskets(), money)
def test_a_coupon_for_an_amount_takes_exactly_that_while_there_is_enough(basket: Basket, amount: Decimal):
    coupon = Discount("A", "ABSOLUTE", amount, total=True)
    cart = priced(replace(basket, discounts=(coupon,), payment_fee=None)).cart
    plain = priced(replace(basket, discounts=(), payment_fee=None)).cart
    side = "grossValue" if basket.gross else "netValue"
    before, after = exact(plain["finalPrice"][side]), exact(cart["finalPrice"][side])
    assert before - after == min(before, amount)


@settings(max_examples=200, deadline=None)
@given(baskets())
def test_old_sums_are_never_negative(basket: Basket):
    old = old_sums(basket, "EUR", str)
    for tree in (old.cart, *old.items.values()):
        for name in ("amount", "total", "subTotal", "discount", "value", "netValue", "grossValue"):
            assert all(number >= 0 for number in numbers(tree, name))
