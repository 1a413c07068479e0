"""What a site says about reward points, and the cache through which the service reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from emporix_mock.platform.sites import site, site_mixin
from emporix_mock.rules.earning import RewardSettings, reward_settings, valid_until
from emporix_mock.services.reward_points.declared import SETTINGS_CACHE

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State

CACHE = "siteSettings"
LIFE = timedelta(minutes=15)
DEFAULT_ZONE = "UTC"


@dataclass(frozen=True, slots=True)
class Terms:
    """A site's reward settings and time zone."""

    settings: RewardSettings
    timezone: str

    def valid_until(self, created: datetime) -> datetime:
        """The end of life of points created then; a time zone that nobody knows counts as UTC."""
        months = self.settings.validity_months
        try:
            return valid_until(created, months, self.timezone)
        except ValueError:
            return valid_until(created, months, DEFAULT_ZONE)


def terms(ctx: RequestContext, state: State, site_code: str) -> Terms:
    """The terms of a site, remembered for 15 minutes of the world's time where that is switched on."""
    found = _fresh(ctx, state, site_code)
    return Terms(reward_settings(found["mixin"]), found["timezone"])


def _fresh(ctx: RequestContext, state: State, site_code: str) -> dict[str, Any]:
    if ctx.switch(SETTINGS_CACHE) == "off":
        return _read(ctx, state, site_code)
    cache = state.collection(CACHE)
    known = cache.get(site_code)
    # A clock that was turned back makes what was read later unknown again.
    if known and timedelta(0) <= state.now() - datetime.fromisoformat(known["readAt"]) < LIFE:
        return known
    found = _read(ctx, state, site_code)
    cache.put(site_code, found)
    return found


def _read(ctx: RequestContext, state: State, site_code: str) -> dict[str, Any]:
    home = site(ctx, site_code).get("homeBase") or {}
    return {
        "siteCode": site_code,
        "readAt": state.now().isoformat(),
        "mixin": site_mixin(ctx, site_code, "couponSettings"),
        "timezone": home.get("timezone") or DEFAULT_ZONE,
    }
