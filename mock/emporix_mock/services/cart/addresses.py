"""The addresses of a cart, and which country and postal code follow from them (cart facts 1.3 and 1.7)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from emporix_mock.errors import NotFound
from emporix_mock.platform import directory
from emporix_mock.platform.sites import site
from emporix_mock.platform.taxes import deciding_address
from emporix_mock.platform.tenant_settings import setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

SHIPPING, BILLING = "SHIPPING", "BILLING"
COPIED: Final = (
    "contactName",
    "companyName",
    "street",
    "streetNumber",
    "streetAppendix",
    "zipCode",
    "city",
    "country",
    "state",
    "contactPhone",
)


class Place(NamedTuple):
    """Where something is sent to or taxed."""

    country: str
    zip_code: str | None


class Addresses:
    """The addresses that a cart has and those that stand in for missing ones; each is looked up once."""

    def __init__(self, ctx: RequestContext, state: State, cart: Document) -> None:
        self._ctx = ctx
        self._state = state
        self._cart = cart
        self.site: Mapping[str, Any] = site(ctx, cart["siteCode"])
        self._customers: list[Document] | None = None
        self._company: tuple[Document, list[Document]] | None = None

    def shown(self) -> list[Document]:
        """One address of each type: as sent, else of the company, the customer, the site.

        After a replacement by the client a type that it left out is an empty stub (client-quirks 23).
        """
        return [self._shown(kind) for kind in (SHIPPING, BILLING)]

    def _shown(self, kind: str) -> Document:
        sent = self._sent(kind)
        if sent is not None:
            return {"origin": "REQUEST", **sent}
        if self._cart.get("_replaced"):
            return {"type": kind}
        return self._of_company(kind) or self._of_customer(kind) or self._of_site(kind) or {"type": kind}

    @property
    def tax_country(self) -> str | None:
        """The country whose taxes hold, by the kind of address that the site looks at."""
        place = self._place(deciding_address(self.site))
        return place.country if place else None

    @property
    def destination(self) -> Place | None:
        """Where the goods go."""
        return self._place(SHIPPING)

    def _place(self, kind: str) -> Place | None:
        sent = self._sent(kind)
        if sent is not None and sent.get("country"):
            return Place(sent["country"].upper(), sent.get("zipCode"))
        if self._cart.get("countryCode"):
            return Place(self._cart["countryCode"].upper(), self._cart.get("zipCode"))
        found = self._of_company(kind) or self._of_customer(kind) or self._of_site(kind)
        return Place(found["country"], found.get("zipCode")) if found and found.get("country") else None

    def _sent(self, kind: str) -> Document | None:
        given = self._cart.get("addresses") or ()
        return next((address for address in given if address.get("type") == kind), None)

    def _of_company(self, kind: str) -> Document | None:
        company, locations = self._company_locations()
        for location in locations:
            details = location.get("contactDetails") or {}
            if details.get("countryCode") and details.get("postcode") and kind in (details.get("tags") or ()):
                address = {
                    "origin": "LEGAL_ENTITY",
                    "legalEntityId": company["id"],
                    "legalEntityLocationId": location["id"],
                    "companyName": company.get("name"),
                    "street": details.get("addressLine1"),
                    "streetAppendix": details.get("addressLine2"),
                    "zipCode": details["postcode"],
                    "city": details.get("city"),
                    "state": details.get("state"),
                    "country": details["countryCode"],
                    "type": kind,
                }
                return {name: value for name, value in address.items() if value}
        return None

    def _company_locations(self) -> tuple[Document, list[Document]]:
        if self._company is None:
            self._company = {}, []
            own = self._cart.get("legalEntityId")
            if own and setting(self._state, "enableLegalEntityAddressFallbackInCart"):
                try:
                    path = {"legalEntityId": own}
                    found = self._ctx.call(
                        "client-management", "GET-customer-mgmt-retrieve-legal-entity", path=path
                    )
                    self._company = found.body, found.body.get("entitiesAddresses") or []
                except NotFound:
                    pass
        return self._company

    def _of_customer(self, kind: str) -> Document | None:
        if not self._cart.get("customerId"):
            return None
        if self._customers is None:
            self._customers = directory.addresses_of(self._state, self._cart["customerId"])
        default = [a for a in self._customers if a.get("isDefault") and kind in _tags(a)]
        complete = [a for a in self._customers if a.get("country") and a.get("zipCode")]
        found = next(iter([*default, *complete]), None)
        if found is None:
            return None
        own = {"origin": "CUSTOMER", "customerAddressId": found["id"]}
        return {**own, **{name: found[name] for name in COPIED if found.get(name)}, "type": kind}

    def _of_site(self, kind: str) -> Document | None:
        base = (self.site.get("homeBase") or {}).get("address") or {}
        if not base.get("country"):
            return None
        copied = {name: base[name] for name in COPIED if base.get(name)}
        return {"origin": "SITE", "siteCode": self._cart["siteCode"], **copied, "type": kind}


def _tags(address: Document) -> list[str]:
    return [str(tag).upper() for tag in address.get("tags") or ()]


def country_of(ctx: RequestContext, state: State, cart: Document) -> str | None:
    """The country whose taxes and prices hold for a cart."""
    return Addresses(ctx, state, cart).tax_country
