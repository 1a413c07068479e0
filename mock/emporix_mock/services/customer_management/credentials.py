"""Passwords and login e-mails of customers: reset by mail, change, confirm."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.errors import Conflict
from emporix_mock.platform import credentials, directory, mails, password_migration
from emporix_mock.services.customer_management.declared import (
    INVALID_ONE_TIME_TOKEN,
    me,
    required,
    service,
    wrong_credentials,
)

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("POST-customer-request-reset-password")
def request_reset(ctx: RequestContext, state: State) -> Result:
    """Mail a one-time token; the answer is the same for an e-mail that nobody has."""
    body = required(ctx.body, "email")
    account = credentials.find(state, body["email"])
    if account is not None:
        mails.send_reset(state, account["id"], account["customerNumber"], body.get("site"))
    return Result(204)


@service.operation("POST-customer-reset-password")
def reset(ctx: RequestContext, state: State) -> Result:
    """Set the password of the account whose token this is."""
    body = required(ctx.body, "token", "password")
    mail = mails.take(state, "password-reset", body["token"])
    account = credentials.find(state, mail["email"]) if mail else None
    if account is None:
        raise unknown_token()
    credentials.set_password(state, account, body["password"])
    return Result(204)


@service.operation("POST-customer-change-account-password")
def change_password(ctx: RequestContext, state: State) -> Result:
    """Change the password; a wrong current one is the service's 401 (measured)."""
    body = required(ctx.body, "currentPassword", "newPassword")
    account = verified(ctx, state, body["currentPassword"])
    credentials.set_password(state, account, body["newPassword"])
    return Result(204)


@service.operation("POST-customer-change-customer-login-email")
def request_email_change(ctx: RequestContext, state: State) -> Result:
    """Mail a token to the new address; until it is confirmed the old e-mail stays the login."""
    body = required(ctx.body, "email", "password", "newEmail")
    account = verified(ctx, state, body["password"], email=body["email"])
    if credentials.find(state, body["newEmail"]) is not None:
        raise credentials.duplicate(state, body["newEmail"])
    number = account["customerNumber"]
    change = {"newEmail": body["newEmail"], "syncContactEmail": body.get("syncContactEmail", False)}
    token = mails.send(state, "email-change", account["id"], number, **change)
    announce(
        state,
        "customer.email-change-request",
        customerId=number,
        token=token,
        email=account["id"],
        newEmail=body["newEmail"],
    )
    return Result(204)


@service.operation("POST-customer-confirm-customer-login-email")
def confirm_email_change(ctx: RequestContext, state: State) -> Result:
    """Let the new e-mail be the login, and the contact e-mail too where that was asked for."""
    token = required(ctx.body, "token")["token"]
    mail = mails.take(state, "email-change", token)
    account = credentials.find(state, mail["email"]) if mail else None
    if mail is None or account is None:
        raise unknown_token()
    number, new = account["customerNumber"], mail["newEmail"]
    try:
        credentials.rename(state, account, new)
    except Conflict as error:
        raise unknown_token() from error
    directory.note(state, number, email=new)
    if mail.get("syncContactEmail"):
        ctx.call(
            "customer-service",
            "PATCH-customer-tenant-update-customer",
            path={"customerNumber": number},
            body={"contactEmail": new},
        )
    announce(
        state, "customer.email-change", customerId=number, token=token, email=mail["email"], newEmail=new
    )
    return Result(204)


def verified(ctx: RequestContext, state: State, password: str, email: str | None = None) -> Document:
    """The caller's own account if the password (and the e-mail, where given) is right."""
    password_migration.catch_up(state)
    number = me(ctx, state)["id"]
    for account in credentials.of_customer(state, number):
        if "providerId" in account or (email is not None and account["id"].lower() != email.lower()):
            continue
        if credentials.accepts(state, account, password):
            return account
    raise wrong_credentials()


def announce(state: State, event: str, **change: str) -> None:
    """Tell the world about an e-mail that changes."""
    state.emit(event, {"tenant": state.tenant, **change})


def unknown_token() -> EmporixError:
    """400 for a one-time token that is unknown, used, replaced, or overtaken by events."""
    return INVALID_ONE_TIME_TOKEN("The token is not valid.")
