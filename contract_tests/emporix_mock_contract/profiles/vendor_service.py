"""Vendors: those of the seed, with their locations."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile

PROFILE = Profile("vendor-service")
