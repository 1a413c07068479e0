"""The context of a session, a document of the session context service, as far as logins write it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.errors import NotFound
from emporix_mock.platform import sites
from emporix_mock.services.customer_management.declared import CONTEXT_CREATION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext

SERVICE: Final = "session-context"
COMPANY: Final = "legalEntityId"


def opened(ctx: RequestContext, session_id: str, given: Mapping[str, str]) -> None:
    """Make the context of a new session: what the storefront gave, completed from the site."""
    if ctx.switch(CONTEXT_CREATION) != "at-login":
        return
    code = given.get("siteCode")
    site = sites.site(ctx, code) if code else sites.default_site(ctx)
    context: dict[str, Any] = {
        "siteCode": site.get("code"),
        "currency": site.get("currency"),
        "targetLocation": sites.home_country(site),
        "language": site.get("defaultLanguage"),
        **given,
    }
    known = {name: value for name, value in context.items() if value}
    with suppress(NotFound):  # a server of other documents has no such service
        ctx.call(
            SERVICE,
            "PUT-session-context-update-session-context",
            path={"sessionId": session_id},
            query={"upsert": "true"},
            body={**known, "metadata": {}},
        )


def bind(ctx: RequestContext, session_id: str, company: str | None) -> None:
    """Note the company that the session's tokens are bound to from now on, None for none."""
    with suppress(NotFound):  # a session may have no context
        if company:
            ctx.call(
                SERVICE,
                "POST-session-context-add-attribute-sessionId",
                path={"sessionId": session_id},
                body={"key": COMPANY, "value": company},
            )
        else:
            ctx.call(
                SERVICE,
                "DELETE-session-context-remove-attribute",
                path={"sessionId": session_id, "attributeName": COMPANY},
            )
