"""What services look up about a site: its document and its mixins. What does not exist is empty, not 404."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.errors import NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.engine.context import RequestContext

MAIN_SITE = "main"


def site_mixin(ctx: RequestContext, site_code: str, name: str) -> dict[str, Any] | None:
    """A mixin of a site, None when the site or the mixin does not exist."""
    path = {"siteCode": site_code, "mixinName": name}
    return _document(ctx, "GET-site-settings-retrieve-site-mixin", path)


def site(ctx: RequestContext, site_code: str) -> dict[str, Any]:
    """A site as anyone reads it, empty when there is none."""
    return _document(ctx, "GET-site-settings-retrieve-site-config", {"siteCode": site_code}) or {}


def _document(ctx: RequestContext, operation_id: str, path: dict[str, str]) -> dict[str, Any] | None:
    try:
        body = ctx.call("site-settings-service", operation_id, path=path).body
    except NotFound:
        return None
    return body if isinstance(body, dict) else None


def default_site(ctx: RequestContext) -> dict[str, Any]:
    """The tenant's default site, empty when it has none."""
    found = ctx.call(
        "site-settings-service", "GET-site-settings-list-site-configurations", query={"q": "default:true"}
    ).body
    return dict(found[0]) if found else {}


def home_country(site: Mapping[str, Any]) -> str | None:
    """The country that a site is at home in."""
    country: str | None = ((site.get("homeBase") or {}).get("address") or {}).get("country")
    return country
