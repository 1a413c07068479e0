"""Sentences that several of the vendor's services have in common, with details that say the rest."""

from __future__ import annotations

from typing import Final

SEE_DETAILS: Final = "There is a validation error. Please check the details."
CONSTRAINTS: Final = "The request violates validation constraints."
PROBLEMS: Final = "There are validation problems, see details section for more information"
FORBIDDEN: Final = "The access to the requested resource has been forbidden by the server."
CHANGED: Final = "The object that you are trying to update has already changed. Please refresh and try again!"


def not_latest(key: str, version: object) -> str:
    """What the services say that name the version which an update is of."""
    return (
        f"Cannot find the entity with an id: {key} and version: {version}. It is possible to update an "
        "entity with the latest version only. Fetch the entity to get the latest version."
    )


def outdated(key: str) -> str:
    """What the services say that name the document of an update of an older version."""
    return (
        f"The resource that was requested for update with id = {key} has changed. "
        "Please retry your request with valid version"
    )
