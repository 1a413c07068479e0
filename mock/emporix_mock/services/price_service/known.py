"""What a match of many items looks up once: models, products, tax rates, the moment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emporix_mock.platform import taxes
from emporix_mock.rules.tax import exact
from emporix_mock.services.price_service.declared import MODELS, payload_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@dataclass(frozen=True, slots=True)
class Model:
    """A price model made ready: what answers show of it, its unit and its tiers."""

    shown: Document
    includes_tax: bool
    unit: str
    measured: Decimal
    kind: str
    tiers: Sequence[str]
    least: Sequence[Decimal]
    tier_unit: str

    @classmethod
    def of(cls, stored: Document) -> Model:
        """The model that a stored document describes."""
        definition, measured = stored["tierDefinition"], stored["measurementUnit"]
        tiers = definition["tiers"]
        return cls(
            shown=payload_of(stored),
            includes_tax=bool(stored["includesTax"]),
            unit=measured["unitCode"],
            measured=exact(measured["quantity"]),
            kind=definition["tierType"],
            tiers=[tier["id"] for tier in tiers],
            least=[exact(tier["minQuantity"]["quantity"]) for tier in tiers],
            tier_unit=tiers[0]["minQuantity"]["unitCode"],
        )


class Known:
    """The lookups of one request. Documents that it gives are only to be looked at."""

    def __init__(self, state: State) -> None:
        self.state = state
        self.now = state.timestamp()
        self._products = state.world.state("product-service").collection("products")
        self._stored_models = state.collection(MODELS)
        self._models: dict[str, Model | None] = {}
        self._rates: dict[tuple[str, str], Decimal | None] = {}

    def model(self, own: str) -> Model | None:
        """A price model; None where it is gone."""
        if own not in self._models:
            stored = self._stored_models.peek(own)
            self._models[own] = None if stored is None else Model.of(stored)
        return self._models[own]

    def product(self, own: str) -> Mapping[str, Any]:
        """A product; empty where it is gone."""
        return self._products.peek(own) or {}

    def rate(self, product: Mapping[str, Any], country: str) -> Decimal | None:
        """The tax rate (percent) of a product in a country; None without class or rate."""
        code = (product.get("taxClasses") or {}).get(country)
        if code is None:
            return None
        if (country, code) not in self._rates:
            self._rates[country, code] = taxes.rate(self.state, country, code)
        return self._rates[country, code]
