"""Customers as plain values: which fields a caller may write, and the two views on a stored customer.

Both documents of the customer service show the same person; the customer's own view has no status
flags, the tenant's view no last login.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

Customer = Mapping[str, Any]

OWN_PROFILE: Final = (
    "title",
    "firstName",
    "middleName",
    "lastName",
    "contactEmail",
    "contactPhone",
    "company",
    "preferredLanguage",
    "preferredCurrency",
    "preferredSite",
    "b2b",
    "metadata",
    "mixins",
)
NEW_PROFILE: Final = (*OWN_PROFILE, "type", "photoUrl", "restriction")
"""What a tenant says of a new customer: whether it is active is a setting's matter, then an update's."""

PROFILE: Final = (*NEW_PROFILE, "active", "onHold")
ADDRESS: Final = (
    "contactName",
    "companyName",
    "street",
    "streetNumber",
    "streetAppendix",
    "extraLine1",
    "extraLine2",
    "extraLine3",
    "extraLine4",
    "zipCode",
    "city",
    "country",
    "state",
    "contactPhone",
    "isDefault",
    "tags",
    "metadata",
    "mixins",
)
PREFERENCES: Final[Mapping[str, str]] = {
    "preferredLanguage": "en_US",
    "preferredCurrency": "USD",
    "preferredSite": "main",
}
ANONYMOUS: Final[Mapping[str, Any]] = {
    "id": "00000000",
    "customerNumber": "00000000",
    "firstName": "Anonymous",
    "lastName": "Anonymous",
    "preferredSite": "default",
    "accounts": [],
}

_ID: Final = re.compile(r"[A-Za-z0-9_-]{1,66}")
_NOT_OWN: Final = ("active", "onHold", "email", "type", "photoUrl", "restriction", "metadataCreatedAt")


def picked(body: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """What `body` says about `fields`; everything else a client sends along is ignored.

    Of `b2b` only the registration id can be written.
    """
    found = {name: body[name] for name in fields if name in body}
    b2b = found.get("b2b")
    if isinstance(b2b, dict):
        found["b2b"] = {k: v for k, v in b2b.items() if k == "companyRegistrationId"}
    return found


def tidied(profile: Mapping[str, Any]) -> dict[str, Any]:
    """`profile` without nulls and without contact data that an empty string clears."""
    return {
        name: value
        for name, value in profile.items()
        if value is not None and not (value == "" and name in ("contactPhone", "contactEmail"))
    }


def is_id(text: str) -> bool:
    """Whether `text` can be the id of a customer or an address (conventions, section 11)."""
    return _ID.fullmatch(text) is not None


def company_ids(customer: Customer) -> frozenset[str]:
    """The companies that the customer is assigned to."""
    entities = (customer.get("b2b") or {}).get("legalEntities") or []
    return frozenset(str(entity["id"]) for entity in entities if "id" in entity)


def seller_view(
    customer: Customer,
    expand: str,
    *,
    accounts: Sequence[Mapping[str, Any]],
    addresses: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The tenant's view; accounts, addresses and mixins only as far as `expand` names them."""
    wanted = {part.strip() for part in expand.split(",")}
    view = {"customerNumber": customer["id"], "active": True, "onHold": False, **PREFERENCES, **customer}
    view["businessModel"] = "B2B" if company_ids(customer) else "B2C"
    view.pop("lastLogin", None)
    mixins = view.pop("mixins", {})
    if "mixin" in wanted or "mixin:*" in wanted:
        view["mixins"] = mixins
    elif chosen := {part[6:] for part in wanted if part.startswith("mixin:")}:
        view["mixins"] = {name: value for name, value in mixins.items() if name in chosen}
    if "accounts" in wanted:
        view["accounts"] = list(accounts)
    if "addresses" in wanted:
        view["addresses"] = list(addresses)
        default = next((address for address in addresses if address.get("isDefault")), None)
        if default is not None:
            view["defaultAddress"] = default
    return view


def own_view(
    customer: Customer,
    expand: str,
    *,
    accounts: Sequence[Mapping[str, Any]],
    addresses: Sequence[Mapping[str, Any]],
) -> dict[str, Any]:
    """The customer's own view; accounts are always there."""
    view = seller_view(customer, f"{expand},accounts", accounts=accounts, addresses=addresses)
    for name in _NOT_OWN:
        view.pop(name, None)
    if customer.get("lastLogin"):
        view["lastLogin"] = customer["lastLogin"]
    return view


def account_view(account: Mapping[str, Any]) -> dict[str, Any]:
    """A login account as both views list it; only social accounts name their provider."""
    provider = account.get("providerId")
    return {"id": account["id"], **({"providerId": provider} if provider else {})}


def tag_list(text: str) -> list[str]:
    """The tags of a comma-separated parameter."""
    return [tag for part in text.split(",") if (tag := part.strip())]


def with_tags(tags: Sequence[str], more: Sequence[str]) -> list[str]:
    """`tags` as a set with `more` added; spellings that differ in case only are one tag."""
    found = {tag.casefold(): tag for tag in reversed([*tags, *more])}
    return [found.pop(key) for tag in [*tags, *more] if (key := tag.casefold()) in found]


def without_tags(tags: Sequence[str], less: Sequence[str]) -> list[str]:
    """`tags` without `less`, whatever their case."""
    gone = {tag.casefold() for tag in less}
    return [tag for tag in tags if tag.casefold() not in gone]
