"""What the document of the companies cannot say: rules, choices, refusals, who sees what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.service import Service
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.platform import directory

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State

service = Service("client-management")

EXISTS = service.rule("already-exists", 409, source="document, example of 409; identity facts 5 (2025-09-24)")
NO_PARENT = service.rule("subsidiary-without-parent", 400, source="company guide: a subsidiary has a parent")
OWN_ANCESTOR = service.rule(
    "own-ancestor", 400, source="undocumented: a company above itself has no parent hierarchy [choice]"
)
UNKNOWN_RESTRICTION = service.rule(
    "unknown-restriction", 400, source="conventions 3: allowed are the values of the setting `restrictions`"
)
ABSENT_GROUPS = service.switch(
    "put-without-customer-groups",
    "keep",
    "remove",
    about="what a PUT without `customerGroups` does to the groups that came with the company",
    source="identity facts 5: a group that is not listed goes; a list that is absent is not spoken of",
)

PAGE_SIZE = 16
ID = r"[A-Za-z0-9_-]{1,66}"


def missing(_key: str) -> EmporixError:
    """The 404 of all three collections (identity facts 5: every example speaks of a legal entity)."""
    return NotFound("The legal entity with the requested code does not exist.")


def taken(key: str) -> EmporixError:
    """409 for an id in use, and for a customer who is assigned already."""
    return EXISTS("Given resource already exists.", extra={"resourceId": key})


def sees_every_company(ctx: RequestContext) -> bool:
    """Whether the caller is bound neither to companies of its own nor to a restriction."""
    caller = ctx.caller()
    return caller.customer_id is None and "*" in caller.scopes


def own_companies(ctx: RequestContext, state: State) -> frozenset[str] | None:
    """The companies that a customer's token reaches, None for a caller who is not bound to any."""
    caller = ctx.caller()
    if caller.customer_id is None and caller.may(*COMPANY_SCOPES):
        return None
    return directory.companies_of(state, caller)


COMPANY_SCOPES = (
    "customermanagement.legalentity_read",
    "customermanagement.legalentity_manage",
    "customermanagement.contactassignment_read",
    "customermanagement.contactassignment_manage",
    "customermanagement.location_read",
    "customermanagement.location_manage",
)
"""What reaches every company, unlike `customermanagement.legalentity_read_own`."""
