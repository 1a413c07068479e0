"""Sites: one of this run with a mixin, so that the default site stays untouched."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock_contract.profile import Profile

if TYPE_CHECKING:
    from emporix_mock_contract.profile import Bench, Values

SITE = {
    "code": "contract",
    "name": "Contract run",
    "active": True,
    "defaultLanguage": "en",
    "languages": ["en"],
    "currency": "EUR",
    "homeBase": {"address": {"country": "DE", "zipCode": "10115"}, "timezone": "Europe/Berlin"},
    "shipToCountries": ["DE"],
}
MIXIN = {"contractRun": {"level": 1, "metadata": {"schema": "https://example.com/contract-run.json"}}}


def arrange(bench: Bench) -> Values:
    """Make the site and its mixin."""
    base, token = f"/site/{bench.tenant}/sites", bench.callers.service()
    bench.client.ask("POST", base, token=token, json=SITE)
    bench.client.ask("POST", f"{base}/{SITE['code']}/mixins", token=token, json=MIXIN)
    return {"site": SITE["code"], "mixin": "contractRun", "zone": "Europe/Berlin"}


PROFILE = Profile(
    "site-settings-service",
    arrange,
    fill={
        "path.siteCode": "site",
        "path.mixinName": "mixin",
        "body.homeBase.timezone": "zone",
    },
    revives={
        "PATCH-site-settings-update-site-mixin": (
            "a patch makes a standard mixin that is absent (switch patch-of-absent-standard-mixin)"
        )
    },
)
