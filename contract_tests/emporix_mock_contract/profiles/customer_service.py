"""Customers as the tenant sees them: the owner with an address, a limit for migrated passwords."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.callers import OWNER
from emporix_mock_contract.profile import Call, Profile

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values

ADDRESS = {
    "contactName": "Contract Run",
    "country": "DE",
    "zipCode": "10115",
    "city": "Berlin",
    "tags": ["shipping"],
}
RETENTION = {"retentionEndDate": "2999-12-31"}


def arrange(bench: Bench) -> Values:
    """Give the owner an address and the tenant a time limit."""
    base, token = f"/customer/{bench.tenant}", bench.callers.service()
    owner = bench.callers.customer(OWNER).number
    made = bench.client.ask("POST", f"{base}/customers/{owner}/addresses", token=token, json=ADDRESS)
    bench.client.ask("POST", f"{base}/config/password-migration-retention", token=token, json=RETENTION)
    return {
        "owner": owner,
        "address": made["id"],
        "query": "firstName:Contract",
        "order": "lastName:asc",
        "end": RETENTION["retentionEndDate"],
        "reminder": "2999-01-31",
    }


def disposable(bench: Bench, _values: Values) -> Values:
    """A customer for the call alone."""
    return {"owner": bench.callers.newcomer().number}


PROFILE = Profile(
    "customer-service",
    arrange,
    fill={
        "path.customerNumber": "owner",
        "path.addressId": "address",
        "query.q": "query",
        "query.sort": "order",
    },
    owns=("customer-service/customers", "customer-service/addresses"),
    calls={
        "POST-customer-tenant-search": Call(fill={"body.q": "query"}),
        "DELETE-customer-tenant-remove-customer": Call(prepare=disposable),
        "POST-customer-tenant-configure-password-migration-retention": Call(
            fill={"body.retentionEndDate": "end", "body.emailReminderDate": "reminder"}
        ),
    },
)
