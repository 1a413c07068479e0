"""Whom a quote concerns and where it goes: customer, company, employee, addresses, cost of delivery."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.errors import NotFound
from emporix_mock.platform import directory, taxes
from emporix_mock.platform.sites import home_country, site
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules.members import without_gaps
from emporix_mock.rules.quotes import gross_of
from emporix_mock.rules.tax import exact, plain
from emporix_mock.services.quote.declared import INCOMPLETE, RESTRICTION, UNKNOWN, refusal

if TYPE_CHECKING:
    from decimal import Decimal

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

LINES = ("addressLine1", "addressLine2", "city", "postcode", "state", "countryCode")


def customer_number(state: State, body: Document) -> str:
    """The customer that a body names by number or by e-mail address. Raises 400 for none."""
    if body.get("customerId"):
        return str(body["customerId"])
    email = body.get("customerEmail")
    if not email:
        raise refusal(INCOMPLETE, "customerId: must not be null")
    found = directory.customers(state).find("contactEmail", email)
    if not found:
        raise refusal(UNKNOWN, f"customerEmail: there is no customer with the address {email}")
    return found[0]


def concern(ctx: RequestContext, state: State, number: str, company: str | None) -> Document:
    """The members that say whom the quote is for. Raises 400 for a number that nobody has."""
    found = directory.find(state, number)
    if found is None:
        raise refusal(UNKNOWN, f"customerId: there is no customer {number}")
    companies = (found.get("b2b") or {}).get("legalEntities") or []
    company = company or next((entity.get("id") for entity in companies), None)
    name = _company_name(ctx, company) if company else None
    person = {
        "customerId": number,
        "firstName": found.get("firstName"),
        "lastName": found.get("lastName"),
        "contactEmail": found.get("contactEmail") or found.get("email"),
    }
    members: Document = {
        "businessModel": "B2B" if company else "B2C",
        "customer": without_gaps(person),
        "legalEntityId": company,
        "company": {"name": name} if name else None,
    }
    return without_gaps(members)


def _company_name(ctx: RequestContext, company: str) -> str | None:
    path = {"legalEntityId": company}
    try:
        body = ctx.call("client-management", "GET-customer-mgmt-retrieve-legal-entity", path=path).body
    except NotFound:
        return None
    name: str | None = body.get("name")
    return name


def employee(ctx: RequestContext, own: str) -> Document:
    """An employee with the name that IAM knows."""
    try:
        found = ctx.call("iam", "GET-iam-retrieve-user-and-groups", path={"userId": own}).body
    except NotFound:
        found = {}
    return without_gaps(
        {"employeeId": own, "firstName": found.get("firstName"), "lastName": found.get("lastName")}
    )


def address(ctx: RequestContext, state: State, own: str, number: str) -> Document:
    """An address of the customer, or a location, by its id. Raises 400 for an id that is neither."""
    for known in directory.addresses_of(state, number):
        if known.get("id") == own:
            return of_customer(known)
    try:
        path = {"locationId": own}
        found = ctx.call("client-management", "GET-customer-mgmt-retrieve-location", path=path).body
    except NotFound as unknown:
        raise refusal(UNKNOWN, f"There is no address or location with id '{own}'") from unknown
    details = found.get("contactDetails") or {}
    return without_gaps({"id": own, "name": found.get("name"), **{name: details.get(name) for name in LINES}})


def of_customer(known: Document) -> Document:
    """An address as customers and carts have it, in the form of quotes."""
    return without_gaps(
        {
            "id": known.get("id"),
            "name": known.get("companyName") or known.get("contactName"),
            "addressLine1": known.get("street"),
            "addressLine2": known.get("streetNumber"),
            "city": known.get("city"),
            "postcode": known.get("zipCode"),
            "state": known.get("state"),
            "countryCode": known.get("country"),
        }
    )


def tax_rate(ctx: RequestContext, state: State, quote: Document, code: str | None) -> Decimal | None:
    """The rate (percent) of a tax class where the quote is sent to."""
    country = (quote.get("shippingAddress") or {}).get("countryCode")
    country = country or home_country(site(ctx, quote["siteCode"]))
    return taxes.rate(state, country, code)


def check_amount(name: str, value: Any) -> None:
    """400 for what is given as an amount and is none."""
    if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
        raise refusal(INCOMPLETE, f"{name}: must be a number, 0 or more")


def delivery(ctx: RequestContext, state: State, quote: Document, given: Any) -> Document:
    """The cost of delivery with its tax and the name of its method."""
    given = {} if not isinstance(given, dict) else given
    check_amount("shipping.value", given.get("value"))
    names = ("value", "methodId", "zoneId", "shippingTaxCode")
    shipping: Document = {name: given[name] for name in names if given.get(name) is not None}
    rate = tax_rate(ctx, state, quote, shipping.get("shippingTaxCode"))
    if shipping.get("value") is not None:
        shipping["grossValue"] = plain(gross_of(exact(shipping["value"]), rate or exact(0)))
    if rate is not None:
        shipping["taxRate"] = plain(rate)
    if shipping.get("methodId") and shipping.get("zoneId"):
        path = {"site": quote["siteCode"], "zoneId": shipping["zoneId"], "methodId": shipping["methodId"]}
        try:
            method = ctx.call("shipping", "GET-shipping-retrieve-shipping-method", path=path).body
        except NotFound:
            method = {}
        if isinstance(method.get("name"), dict):
            shipping["methodName"] = method["name"]
    return shipping


def restriction(state: State, given: Any) -> str:
    """A restriction that the tenant has. Raises 400 for another."""
    if given not in setting(state, "restrictions"):
        raise refusal(RESTRICTION, f"restriction: '{given}' is none of the tenant's restrictions")
    return str(given)


def inherited(state: State, quote: Document, *, employee: bool) -> str | None:
    """The restriction of a quote that is given none: the customer's, or the site where the tenant wants."""
    if not employee:
        customer = directory.find(state, quote["customer"]["customerId"]) or {}
        own: str | None = customer.get("restriction")
        return own
    synchronous = setting(state, "enableSyncBetweenRestrictionsAndSiteCodes")
    return str(quote["siteCode"]) if synchronous else None
