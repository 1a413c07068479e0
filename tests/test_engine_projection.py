"""`fields`: what is kept of a document."""

from __future__ import annotations

from typing import Any

import pytest

from emporix_mock.engine.projection import project

CART = {
    "id": "c1",
    "yrn": "urn:c1",
    "name": {"en": "Cart", "de": "Korb"},
    "items": [
        {"id": "i1", "quantity": 2, "product": {"id": "p1", "code": "A"}},
        {"id": "i2", "product": {"code": "B"}},
        "odd",
        [{"id": "i3"}],
    ],
    "note": None,
    "product-template-id": 5,
}


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("name", {"id": "c1", "name": CART["name"]}),
        ("note,yrn", {"id": "c1", "yrn": "urn:c1", "note": None}),
        (" note , yrn ,", {"id": "c1", "yrn": "urn:c1", "note": None}),
        ("id", {"id": "c1"}),
        ("unknown", {"id": "c1"}),
        ("unknown.deep", {"id": "c1"}),
        ("name.en", {"id": "c1", "name": {"en": "Cart"}}),
        ("name.fr", {"id": "c1", "name": {}}),
        ("yrn.deep", {"id": "c1"}),
        ("note.deep", {"id": "c1"}),
        ("items.id", {"id": "c1", "items": [{"id": "i1"}, {"id": "i2"}, [{"id": "i3"}]]}),
        (
            "items.product.code,items.quantity",
            {
                "id": "c1",
                "items": [{"quantity": 2, "product": {"code": "A"}}, {"product": {"code": "B"}}, [{}]],
            },
        ),
        ("items,items.id", {"id": "c1", "items": CART["items"]}),
        ("items.id,items", {"id": "c1", "items": CART["items"]}),
        ("product-template-id", {"id": "c1", "product-template-id": 5}),
        ("", CART),
        (" , ", CART),
    ],
)
def test_project(fields: str, expected: dict[str, Any]) -> None:
    assert project(CART, fields) == expected


@pytest.mark.parametrize(
    ("keep", "expected"),
    [
        (("id", "yrn"), {"id": "c1", "yrn": "urn:c1", "note": None}),
        ((), {"note": None}),
        (("name.en",), {"name": {"en": "Cart"}, "note": None}),
    ],
)
def test_what_is_always_kept(keep: tuple[str, ...], expected: dict[str, Any]) -> None:
    assert project(CART, "note", keep) == expected


def test_members_keep_their_stored_order() -> None:
    assert list(project(CART, "note,name,yrn")) == ["id", "yrn", "name", "note"]


def test_the_result_is_a_new_document() -> None:
    whole = project(CART, "")
    whole["extra"] = 1
    assert "extra" not in CART
