"""Indexing for agents: the types that every tenant has; there is nothing to make."""

from __future__ import annotations

from emporix_mock_contract.profile import Profile

PROFILE = Profile("ai-rag-indexer")
