"""Import of customers with the password hashes of another system, each for itself."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from emporix_mock.engine import bulk
from emporix_mock.errors import EmporixError
from emporix_mock.platform import credentials, directory, password_migration
from emporix_mock.rules import customers as rules
from emporix_mock.services.customer_service.customers import check
from emporix_mock.services.customer_service.declared import service

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

LIMIT = 200
ONE_CREDENTIAL = service.rule("import-one-credential", 400, source="document: exactly one of two")
OTHER_EMAIL = service.rule("import-other-email", 400, source="document: both e-mails match")
NO_RETENTION = service.rule(
    "import-no-retention", 400, source="document: a legacy hash needs an active time limit"
)


@service.operation("POST-customer-tenant-import-customers", per_item=True)
def import_customers(ctx: RequestContext, state: State) -> list[Document]:
    """Import every customer that can be; the answer has one entry for each, in their order."""
    bulk.check_size(ctx.body, LIMIT)
    password_migration.catch_up(state)
    return [_entry(ctx, state, index, item) for index, item in enumerate(ctx.body)]


def _entry(ctx: RequestContext, state: State, index: int, item: Mapping[str, Any]) -> dict[str, Any]:
    try:
        ctx.about.check_item(item)
        with state.world.unit():
            number = _import(state, item)
    except EmporixError as error:
        return {
            "index": index,
            "code": error.status,
            "status": HTTPStatus(error.status).phrase,
            "message": error.message,
            "details": [{"message": detail.message} for detail in error.details],
        }
    return {"index": index, "id": number, "code": 201, "status": "Created"}


def _import(state: State, item: Mapping[str, Any]) -> str:
    """Store one customer and its account; no mail is sent."""
    account = item["account"]
    email, legacy = account["email"], account.get("legacyAuth")
    if ("passwordHash" in account) == (legacy is not None):
        raise ONE_CREDENTIAL("Exactly one of 'passwordHash' or 'legacyAuth' must be provided in the account")
    if item.get("contactEmail", email).lower() != email.lower():
        raise OTHER_EMAIL("contactEmail must match account.email")
    if legacy is not None and not password_migration.is_open(state):
        raise NO_RETENTION("legacyAuth needs an active time limit for password migration")
    profile = rules.picked(item, rules.NEW_PROFILE)
    check(state, profile)
    if credentials.find(state, email) is not None:
        raise credentials.duplicate(state, email)
    wanted = {"contactEmail": email, **profile, "email": email}
    customer = directory.create(state, wanted, item.get("id"))
    secret = {"legacyAuth": legacy} if legacy is not None else {"passwordHash": account["passwordHash"]}
    credentials.add(state, email, customer["id"], **secret)
    return str(customer["id"])
