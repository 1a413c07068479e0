"""Availability: of a product of the seed, and a location of this run."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile
from emporix_mock_contract.recipe import Make

PROFILE = Profile(
    "availability",
    steps=[Make("POST-availability-add-locations-site", change={"id": "uk:contract"})],
    values={"site": "uk", "location": "uk:contract"},
    fill={"path.location": "location", "path.site": "site"},
)
