"""Picking and packing: the orders and events of the seed."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile

PROFILE = Profile("pick-pack")
