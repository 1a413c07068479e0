"""Currencies: one of this run, and an exchange rate into it."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "currency-service",
    steps=[
        Make("POST-currency-create-currency", change={"code": "DKK"}),
        Make("POST-currency-create-exchange-rate", {"rate": "/code"}, {"targetCurrency": "DKK"}),
    ],
    values={"currency": "DKK", "other": "EUR", "version": 1, "order": "code:asc"},
    fill={
        "path.currencyCode": "currency",
        "path.code": "rate",
        "query.sort": "order",
        "body.sourceCurrency": "currency",
        "body.targetCurrency": "other",
        "body.metadata.version": "version",
    },
)
