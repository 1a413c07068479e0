"""Imports: the configuration and the runs of the seed, as the document's examples name them."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile

PROFILE = Profile("import-service")
