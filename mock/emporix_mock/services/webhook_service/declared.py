"""The webhook service's rules, choices and collections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.service import Service
from emporix_mock.engine.wordings import SEE_DETAILS
from emporix_mock.errors import NotFound

if TYPE_CHECKING:
    from emporix_mock.errors import EmporixError

CONFIGS, EVENTS, SUBSCRIPTIONS = "configs", "events", "subscriptions"
DELIVERIES, COUNTS = "deliveries", "monthCounts"
SUBSCRIBED, UNSUBSCRIBED, NONE = "SUBSCRIBED", "UNSUBSCRIBED", "NONE"

service = Service("webhook-service")

DUPLICATE = service.rule("one-per-provider", 409, source="webhook facts 1 and 2")
AMBIGUOUS = service.rule("ambiguous-event-type", 409, source="webhook facts 2: legacy paths")
INVALID = service.rule("invalid-configuration", 400, source="webhook facts 2")
NO_CHANGES = service.rule("no-changes", 400, source="webhook facts 1: an empty array is refused")
ACTIVE = service.rule("active-configuration", 400, source="webhook facts 1 [status: choice]")
BAD_MONTH = service.rule("month", 400, source="webhook document: YYYY-MM [status: choice]")
OTHER_CODE = service.rule("code-is-fixed", 400, source="undocumented [choice]")

CHECK = service.switch(
    "destination-check",
    "form",
    "skip",
    about="whether a URL has to be one of http or https; hosts below .invalid then count as not answering",
    source="the vendor asks the URL by HEAD or OPTIONS, which a mock does not while a request waits",
)
LAST_ACTIVE = service.switch(
    "last-active",
    "stays",
    "deactivated",
    about="what deactivating the only active configuration does",
    source="webhook facts 2: observed to stay active; documents are silent",
)
ABSENT_SECRET = service.switch(
    "absent-secret",
    "kept",
    "removed",
    about="what a full update without secretKey does to the secret",
    source="undocumented; a secret cannot be read back, so a client cannot send it again",
)
BODY = service.switch(
    "delivery-body",
    "envelope",
    "bare",
    about="whether a delivery holds {type, payload} or the payload alone",
    source="webhook facts 4: undocumented; handlers of the SDK read the envelope",
)
SIGNED = service.switch(
    "signed-text",
    "canonical",
    "raw",
    about="whether the signature is of the sorted JSON or of the bytes sent",
    source="webhook facts 4: the HMAC page sorts; not measured",
)
TRIES = service.switch(
    "delivery-tries",
    "3",
    "1",
    "5",
    about="how often a delivery is tried; pauses of 5 seconds, 30 seconds, 2 and 10 minutes between",
    source="webhook facts 4: retried, schedule undocumented",
)
LIMIT = service.switch(
    "monthly-limit",
    "5000",
    "10000",
    "none",
    about="how many successful deliveries a month has; what is beyond them is dropped and logged",
    source="webhook facts 3: 5000 by default; behaviour beyond it undocumented",
)

service.collection(EVENTS, key="type", new_id="given", times=())
service.collection(
    CONFIGS,
    key="code",
    new_id="given",
    times=(),
    schema="GET-webhook-retrieve-config",
    private=("configuration.secretKey", "configuration.eventsConfiguration.secretKey"),
)
service.collection(
    SUBSCRIPTIONS, key="type", new_id="given", times=("metadata.createdAt", "metadata.modifiedAt")
)
service.collection(DELIVERIES, times=())
service.collection(COUNTS, key="month", new_id="given", times=())


def missing(_code: str) -> EmporixError:
    """404 for a configuration that is not there, in the words of the service."""
    return NotFound("No catalog events found.")


def taken(_code: str = "") -> EmporixError:
    """409 for a second configuration of a provider."""
    return DUPLICATE("The resource already exists.")


def refused(text: str) -> EmporixError:
    """400 that says what is wrong."""
    return INVALID(SEE_DETAILS, details=[text])
