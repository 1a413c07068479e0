"""Sign-up, with or without a confirmation by mail.

A sign-up for a company (`b2b.companyRegistrationId`) makes the customer a contact of the company with
that registration id, else of a new one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.engine.context import Result
from emporix_mock.errors import Detail, NotFound
from emporix_mock.platform import credentials, directory, mails
from emporix_mock.platform.tenant_settings import setting
from emporix_mock.rules import customers as rules
from emporix_mock.services.customer_management.declared import required, service
from emporix_mock.services.customer_management.login import logged_in

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

COMPANIES: Final = "client-management"

OTHER_CONTACT_EMAIL = service.rule(
    "other-contact-email",
    400,
    type="validation_violation",
    source="document: contactEmail, where sent, is the e-mail of the sign-up",
)
COMPANY_INCOMPLETE = service.rule(
    "company-incomplete",
    400,
    type="validation_violation",
    source="document: a registration id needs first name, last name and company",
)


@service.operation("POST-customer-create-customer-account")
def sign_up(ctx: RequestContext, state: State) -> Document:
    """Create a customer with a login account and, where given, an address. No token is issued."""
    body = required(ctx.body, "email", "password")
    profile = rules.picked(body.get("customerDetails") or {}, rules.OWN_PROFILE)
    login = body.get("signup") or body
    if (profile.get("contactEmail") or body["email"]).lower() != body["email"].lower():
        raise OTHER_CONTACT_EMAIL(
            "contactEmail has to be the same as email.",
            details=[Detail("differs from email", "customerDetails.contactEmail", "invalid_field")],
        )
    if credentials.find(state, login["email"]) is not None:
        raise credentials.duplicate(state, login["email"])
    confirmed = not setting(state, "signUp.enableAccountCreationEmailConfirmation")
    wanted: Document = {"contactEmail": body["email"], **profile, "email": login["email"]}
    registration = (profile.get("b2b") or {}).get("companyRegistrationId")
    if registration:
        check_company(profile)
    if not confirmed:
        wanted["active"] = False
    number = directory.create(state, wanted)["id"]
    account = credentials.add(state, login["email"], number)
    credentials.set_password(state, account, login["password"])
    if registration:
        join_company(ctx, number, registration, profile["company"])
    if body.get("customerAddress"):
        add_address(ctx, state, number, rules.picked(body["customerAddress"], rules.ADDRESS))
    if not confirmed:
        ask_confirmation(state, login["email"], number)
    return {"id": number}


def add_address(ctx: RequestContext, state: State, number: str, address: Document) -> str:
    """Add an address under a new id by the tenant's operation, whose rules then hold here too; the id."""
    key = state.ids.hex(10)
    ctx.call(
        "customer-service",
        "PUT-customer-tenant-update-customer-address",
        path={"customerNumber": number, "addressId": key},
        body=address,
    )
    return key


def check_company(profile: Document) -> None:
    """Refuse a sign-up for a company that does not say enough."""
    for name in ("firstName", "lastName", "company"):
        if not profile.get(name):
            raise COMPANY_INCOMPLETE(
                "A company's customer needs firstName, lastName and company.",
                details=[Detail(f"{name} is missing", f"customerDetails.{name}", "missing_field")],
            )


def join_company(ctx: RequestContext, number: str, registration: str, name: str) -> None:
    """Make a customer a contact of the company with a registration id, which is made if need be."""
    query = {"legalInfo.registrationId": registration}
    known = ctx.call(COMPANIES, "POST-customer-mgmt-search-legal-entities", query=query).body
    if known:
        company = known[0]["id"]
    else:
        entity = {"name": name, "type": "COMPANY", "legalInfo": {"registrationId": registration}}
        company = ctx.call(COMPANIES, "POST-customer-mgmt-create-legal-entity", body=entity).body["id"]
    contact = {"legalEntity": {"id": company}, "customer": {"id": number}}
    ctx.call(COMPANIES, "POST-customer-mgmt-create-contact-assignment", body=contact)


def ask_confirmation(state: State, email: str, number: str) -> None:
    """Send the mail that activates an account."""
    token = mails.send(state, "opt-in", email, number)
    url = f"/customer/{state.tenant}/signup/optin/{token}"
    payload = {"customerNumber": number, "activateAccountUrl": url, "token": token, "tenant": state.tenant}
    state.emit("customer.opt-in", payload)


@service.operation("GET-customer-signup-customer-optin")
def confirm(ctx: RequestContext, state: State) -> Document:
    """Activate the account of a token and log its customer in."""
    mail = mails.take(state, "opt-in", ctx.path["token"])
    account = credentials.find(state, mail["email"]) if mail else None
    if account is None or directory.find(state, account["customerNumber"]) is None:
        raise NotFound("The token is not known.", type="resource_not_found")
    number = account["customerNumber"]
    directory.note(state, number, active=True)
    directory.tell_update(state, number)
    customer = directory.find(state, number) or {}
    return logged_in(ctx, state, customer, account)


@service.operation("POST-customer-refresh-token")
def resend(ctx: RequestContext, state: State) -> Result:
    """Send the mail again; unknown and confirmed accounts get none, and the answer does not tell."""
    account = credentials.find(state, ctx.body["email"])
    customer = directory.find(state, account["customerNumber"]) if account else None
    if account is not None and customer is not None and not customer.get("active", True):
        state.emit("customer.refresh-token", {"email": account["id"], "tenant": state.tenant})
        ask_confirmation(state, account["id"], account["customerNumber"])
    return Result(202)
