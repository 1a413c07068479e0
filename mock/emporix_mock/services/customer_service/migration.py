"""The tenant's time limit for imported legacy password hashes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.errors import Detail, NotFound
from emporix_mock.platform import password_migration
from emporix_mock.rules.retention import InvalidDate, completed
from emporix_mock.services.customer_service.declared import service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

WIRE = ("retentionEndDate", "emailReminderDate", "emailNotificationsEnabled")

INVALID_DATE = service.rule(
    "invalid-retention-date",
    400,
    type="validation_failure",
    source="document: the end is in the future, the reminder not over and before the end",
)
NOT_CONCLUDED = service.rule(
    "migration-not-concluded",
    400,
    type="validation_failure",
    source="document: no removal while an account has a legacy hash",
)


@service.operation("GET-customer-tenant-retrieve-password-migration-retention")
def read_retention(_ctx: RequestContext, state: State) -> Document:
    """The configuration; 404 while there is none."""
    password_migration.catch_up(state)
    config = password_migration.configuration(state)
    if config is None:
        raise NotFound("Password migration retention is not configured.", type="resource_not_found")
    return {name: config[name] for name in WIRE}


@service.operation("POST-customer-tenant-configure-password-migration-retention")
def configure_retention(ctx: RequestContext, state: State) -> Document:
    """Set the configuration or replace the one there is."""
    password_migration.catch_up(state)
    try:
        config = completed(ctx.body, state.now().date())
    except InvalidDate as error:
        raise INVALID_DATE(
            str(error), details=[Detail(error.reason, error.field, "invalid_field")]
        ) from error
    password_migration.configure(state, config)
    return config


@service.operation("DELETE-customer-tenant-remove-password-migration-retention")
def remove_retention(_ctx: RequestContext, state: State) -> Result:
    """Remove the configuration; absent is as good as removed."""
    password_migration.catch_up(state)
    if password_migration.unmigrated(state):
        raise NOT_CONCLUDED("Accounts with a legacy password are left; the migration has to end first.")
    password_migration.configure(state, None)
    return Result(204)
