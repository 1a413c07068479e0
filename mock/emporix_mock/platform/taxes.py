"""Tax rates by country and class, as the tax service stores them, for the services that price things."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.rules.tax import exact, rate_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from decimal import Decimal

    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SHIPPING, BILLING = "SHIPPING", "BILLING"
_SERVICE: Final = "tax-service"
_COLLECTION: Final = "taxes"


def rates_in(state: State, country: str | None) -> dict[str, Decimal] | None:
    """The rates (percent) of a country by tax class; None for a country without configuration."""
    found = _configuration(state, country)
    if found is None:
        return None
    return {each["code"]: exact(each["rate"]) for each in found.get("taxClasses") or ()}


def rate(state: State, country: str | None, code: str | None) -> Decimal | None:
    """The rate (percent) of a tax class in a country; None without class or rate."""
    found = _configuration(state, country)
    return None if found is None or code is None else rate_of(found.get("taxClasses") or (), code)


def configured(state: State, country: str) -> bool:
    """Whether a country has a tax configuration."""
    return country in state.world.state(_SERVICE).collection(_COLLECTION)


def deciding_address(shop: Mapping[str, Any]) -> str:
    """The type of the address whose country taxes what a site sells (`taxDeterminationBasedOn`)."""
    return SHIPPING if shop.get("taxDeterminationBasedOn") == "SHIPPING_ADDRESS" else BILLING


def country_of(shop: Mapping[str, Any], addresses: Sequence[Mapping[str, Any]]) -> str | None:
    """The country that taxes a sale of a site, by its addresses with `type` and `country`."""
    kind = deciding_address(shop)
    for address in addresses:
        if str(address.get("type")).upper() == kind:
            return str(address["country"]).upper() if address.get("country") else None
    return None


def _configuration(state: State, country: str | None) -> Document | None:
    return state.world.state(_SERVICE).collection(_COLLECTION).peek(country or "")
