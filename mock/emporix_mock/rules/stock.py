"""Stock of bundles and of the site that stands for all others (availability facts)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Record = Mapping[str, Any]


def aggregated(records: Sequence[Record], site: str) -> dict[str, Any]:
    """What `site` shows of a product of which other sites have `records` (at least one).

    Stock levels add up; the product is available when it is so anywhere.
    """
    first = records[0]
    found: dict[str, Any] = {
        "id": f"{site}:{first['productId']}",
        "site": site,
        "productId": first["productId"],
        "available": any(record.get("available") for record in records),
    }
    levels = [record["stockLevel"] for record in records if "stockLevel" in record]
    if levels:
        found["stockLevel"] = sum(levels)
    popularities = [record["popularity"] for record in records if "popularity" in record]
    if popularities:
        found["popularity"] = max(popularities)
    for name in ("distributionChannel", "vendorId", "mixins", "metadata"):
        if name in first:
            found[name] = first[name]
    return found


def bundled(
    own: Record, parts: Sequence[Record | None], amounts: Sequence[float], *, divide: bool
) -> dict[str, Any]:
    """The record of a bundle: the lowest stock of its parts, one record each, None for a part without.

    A bundle with a part that is unavailable or has no record is unavailable. With `divide`, the stock of a
    part counts in the amounts that the bundle takes.
    """
    known = [part for part in parts if part is not None]
    complete = len(known) == len(parts) and bool(parts)
    levels = [
        (part or {}).get("stockLevel", 0) // (amount if divide and amount else 1)
        for part, amount in zip(parts, amounts, strict=True)
    ]
    return {
        **own,
        "stockLevel": min(levels, default=0),
        "available": complete and all(part.get("available") for part in known),
        "bundleAvailabilities": [dict(part) for part in known],
    }
