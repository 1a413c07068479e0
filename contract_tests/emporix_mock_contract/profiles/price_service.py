"""Prices: a model, a list and a price of each kind, all of this run."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "price-service",
    steps=[
        Make("POST-price-create-price-model", {"model": "/id"}, {"id": None}),
        Make("POST-price-create-price-list", {"list": "/id"}, {"id": None, "legalEntityId": None}),
        Make("POST-price-create-price", {"price": "/id"}, {"id": None, "itemId": "{item}"}),
        Make("POST-price-create-price-in-price-list", {"listed": "/id"}, {"id": None}),
    ],
    values={
        "item": {"itemType": "PRODUCT", "id": "contract"},
        "currency": "EUR",
        "site": "main",
        "country": "DE",
        "version": 1,
        "order": "id:asc",
    },
    fill={
        "path.priceModelId": "model",
        "path.priceListId": "list",
        "path.priceId": "price",
        "query.sort": "order",
        "body.currency": "currency",
        "body.targetCurrency": "currency",
        "body.siteCode": "site",
        "body.location.countryCode": "country",
        "body.targetLocation.countryCode": "country",
        "body.itemId": "item",
        "body.q": "query",
        "body.metadata.version": "version",
    },
    calls=dict.fromkeys(
        (
            "GET-price-retrieve-prices-from-price-list",
            "PUT-price-update-price-in-price-list",
            "DELETE-price-remove-price-from-price-list",
        ),
        Call(fill={"path.priceId": "listed"}),
    ),
)
