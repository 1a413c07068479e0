"""Quotes: those of a customer of the seed, asked for by a company."""

from __future__ import annotations

from emporix_mock_contract.callers import OWNER, Person
from emporix_mock_contract.profile import Profile

PROFILE = Profile(
    "quote",
    people={
        OWNER: Person("10000012", "tim.hansen@example.com", "Loyal-Points-12", "65e0a1b2c3d4e5f60c000001")
    },
    owns=("quote/quotes",),
)
