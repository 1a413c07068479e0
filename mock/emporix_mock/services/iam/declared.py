"""What the document of IAM cannot say: rules, choices, wordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from emporix_mock.engine.service import Service
from emporix_mock.engine.translation import Languages, refused_accept
from emporix_mock.errors import EmporixError, NotFound

if TYPE_CHECKING:
    from collections.abc import Callable


service = Service("iam")

PREDEFINED = service.rule(
    "predefined", 403, source="guide: what the platform brings is not the tenant's to change [status: choice]"
)
TAKEN = service.rule("duplicate-id", 409, source="document, example of 409")
STALE = service.rule("stale-version", 409, source="identity facts 6: undocumented [inference]")
HAS_MEMBERS = service.rule("group-with-members", 400, source="document, DELETE of a group")
UNSUPPORTED_TYPE = service.rule("user-type", 400, source="document, example of 400 of the assignment")
OTHER_TYPE = service.rule(
    "other-user-type", 400, source="undocumented: a group is for users of its own type [choice]"
)
ONE_ROLE = service.rule(
    "one-role-per-company",
    400,
    source="changelog 2025-09-16: one of admin, buyer, requester in a company [status: choice]",
)
ONE_VENDOR = service.rule(
    "one-vendor-group", 400, source="guide: one vendor group for a user [status: choice]"
)
UNFIT_CONTROL = service.rule(
    "access-control-restricted", 400, source="document: restrictedTo has to fit the group's userType"
)
UNKNOWN_GROUP = service.rule(
    "unknown-group", 400, source="undocumented for PUT of a user, whose 404 is the user's [choice]"
)
BY_FORCE = service.rule("scope-for-force", 403, source="document: forceDelete asks for assignment_manage")
NOT_OWN = service.rule(
    "not-own-company", 403, source="document: the own variants reach the caller's company [wording: choice]"
)
NO_EMPLOYEE = service.rule(
    "no-employee", 403, source="undocumented: /users/me of a token that is no employee's [choice]"
)
PARENT_GROUPS = service.switch(
    "subsidiary-members-in-parent-groups",
    "join",
    "stay",
    about="whether a member of a subsidiary's group joins the same group of the companies above",
    source="company guide: they join",
)

MAPS: Final = Languages(read="map", named="subset")
RESOURCES: Final = Languages(read="map", named="subset", refused=refused_accept)
ROLES: Final = frozenset({"B2B_ADMIN", "B2B_BUYER", "B2B_REQUESTER"})

DETAILS: Final = {
    "access control": "Access control with id '{}'not found",
    "assignment": "Assignment with {} not found",
}
"""404 details as the document prints them, one with its slip, where they differ from the rest."""


def missing(kind: str) -> Callable[[str], EmporixError]:
    """The 404 of a kind of document, as published."""
    detail = DETAILS.get(kind, kind.capitalize() + " with id '{}' not found")

    def error(key: str) -> EmporixError:
        return absent(key, f"Error while getting {kind}", detail.format(key))

    return error


def absent(key: str, message: str, *details: str) -> EmporixError:
    """A 404 that names what is missing."""
    return NotFound(message, details=details, extra={"resourceId": key})


def taken(kind: str) -> Callable[[str], EmporixError]:
    """The 409 of an id in use."""
    return lambda key: TAKEN(
        "Duplicated key", details=[f"{kind} with id '{key}' already exists"], extra={"resourceId": key}
    )


def stale(key: str) -> EmporixError:
    """The 409 of a version that is no longer current."""
    return STALE("Conflict", details=["The version has changed since."], extra={"resourceId": key})
