"""What the document of the segments cannot say: rules, choices, wordings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.service import Service
from emporix_mock.engine.translation import Languages
from emporix_mock.errors import EmporixError, NotFound
from emporix_mock.rules.members import without_gaps

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.store.world import State

service = Service("customer-segments")

EXISTS = service.rule("already-exists", 409, source="document, example of 409")
CHANGED = service.rule("stale-version", 409, source="document, second example of 409")
HAS_ASSIGNMENTS = service.rule(
    "segment-with-assignments", 400, source="document, DELETE: only by force [wording: choice]"
)
UNKNOWN_TYPE = service.rule("item-type", 400, source="document: items are PRODUCT or CATEGORY")
NO_CUSTOMER = service.rule("no-customer", 400, source="document: an assignment is one of a customer [choice]")

UNKNOWN_ASSIGNEES = service.switch(
    "unknown-assignees",
    "refuse",
    "accept",
    about="whether a customer, company, product or category that does not exist can be assigned",
    source="undocumented; the 404 of the document names no resource",
)
SUBCATEGORIES = service.switch(
    "match-by-subcategories",
    "direct",
    "include",
    about="whether a category in a segment brings the products of the categories below it",
    source="document: products by their category assignment; of categories below nothing is said",
)

MAPS: Final = Languages(read="map", named="subset")
INVALID_BODY: Final = "Validation problem with request body."
TYPES: Final = ("PRODUCT", "CATEGORY")
READ_ALL: Final = ("customersegment.segment_read", "customersegment.segment_manage")


def missing(key: str) -> EmporixError:
    """The 404 of the document, with the id that the client named."""
    return NotFound(f"The resource with id {key.rsplit('/', 1)[-1]} has not been found.")


def taken(_key: str) -> EmporixError:
    """409 for an id in use."""
    return EXISTS("The resource already exists.")


def stale(_key: str) -> EmporixError:
    """409 for a version that is no longer current."""
    return CHANGED("The resource you are attempting to access has changed.")


def announce(state: State, event: str, payload: Mapping[str, Any]) -> None:
    """Emit an event of this service; localized names are wrapped, the tenant is added."""
    told = without_gaps(payload)
    if isinstance(told.get("name"), dict):
        told["name"] = {"name": told["name"]}
    state.emit(f"customer-segment.{event}", {**told, "tenant": state.tenant})
