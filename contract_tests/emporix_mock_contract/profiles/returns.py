"""Returns: those of a customer of the seed."""

from __future__ import annotations

from emporix_mock_contract.callers import OWNER, Person
from emporix_mock_contract.profile import Profile

PROFILE = Profile(
    "returns",
    people={OWNER: Person("10000001", "mia.keller@example.com", "Loyal-Points-1")},
    owns=("returns/returns",),
)
