"""The public media assets that point at something: what services show of them as images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.world import State


def assets_of(state: State, kind: str, own: str) -> Iterator[dict[str, Any]]:
    """The stored public assets with a reference of that type and id, in order of creation.

    They are read where the media service keeps them: asking it once per document of a list would make
    lists slow.
    """
    assets = state.world.state("media").collection("assets")
    for key in assets.among("refIds.id", (own,)):
        asset = assets.get(key)
        if asset is not None and asset.get("access") == "PUBLIC" and _points(asset, kind, own):
            yield asset


def _points(asset: dict[str, Any], kind: str, own: str) -> bool:
    references = asset.get("refIds") or ()
    return any(reference.get("type") == kind and reference.get("id") == own for reference in references)


def with_image(ctx: RequestContext, state: State, kind: str, document: dict[str, Any]) -> dict[str, Any]:
    """A brand or label with the image that an asset gives it (brand and label documents, `image`)."""
    asset = next(assets_of(state, kind, document["id"]), None)
    if asset is None:
        return document
    document["mediaId"] = asset["id"]
    document["cloudinaryUrl"] = f"{ctx.tenant}/{kind.lower()}s/{asset['id']}"
    if asset.get("url"):
        document["image"] = asset["url"]
    return document
