"""Writes the seed set `shop`: `python tools/shop`.

It is the set `loyalty`, of whose documents it keeps every one, and a catalogue of about 120 products
on top, so that all ids of the examples in the API documents exist in it.
"""

from __future__ import annotations

from pathlib import Path

import yaml
from documents import HOTEL_LIST, Shop, category_id, hotel_prices

from emporix_mock.seed.reading import read

SETS = Path(__file__).parents[2] / "fixtures" / "emporix_mock_fixtures" / "sets"
REPLACED = frozenset(f"65d0a1b2c3d4e5f60a00000{number}" for number in (1, 2, 4))
"""Pictures of the set `loyalty` that are kept by a host which does not exist."""


def texts() -> dict[str, str]:
    """The files of the set by service."""
    found = {}
    for service, collections in Shop().services().items():
        content = read((SETS / "loyalty" / f"{service}.yaml").read_bytes())
        for name, documents in collections.items():
            kept = [entry for entry in content.get(name, ()) if entry.get("id") not in REPLACED]
            content[name] = kept + documents
        if service == "price-service":
            content["listPrices"][HOTEL_LIST] = hotel_prices()
        found[service] = content
    catalog = read((SETS / "loyalty" / "catalog.yaml").read_bytes())
    catalog["catalogs"][0]["categoryIds"] += [category_id("TREATS"), category_id("GIFTS")]
    catalog["catalogs"][1]["categoryIds"] += [category_id("TEA"), category_id("TREATS"), category_id("GIFTS")]
    found["catalog"] = catalog
    return {service: _text(content) for service, content in found.items()}


class _Plain(yaml.CSafeDumper):
    def ignore_aliases(self, data: object) -> bool:  # noqa: ARG002  # PyYAML's signature
        return True


def _text(content: object) -> str:
    dumped = yaml.dump(
        content, Dumper=_Plain, sort_keys=False, allow_unicode=True, width=160, default_flow_style=None
    )
    return "# Written by tools/shop.\n" + dumped


if __name__ == "__main__":
    for service, text in texts().items():
        (SETS / "shop" / f"{service}.yaml").write_text(text, "utf-8")
