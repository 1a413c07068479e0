"""The public media assets that point at something: what services show of them as images."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from emporix_mock.engine.metadata import first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.engine.context import RequestContext, Upload
    from emporix_mock.store.world import State


def addressed(ctx: RequestContext, asset: dict[str, Any]) -> dict[str, Any]:
    """The asset with the address of its file, where that is one the mock itself keeps.

    Such an address is made while reading: it begins with how the caller reaches the server.
    """
    if asset["type"] == "BLOB" and asset["access"] == "PUBLIC" and not asset.get("url"):
        name = quote((asset.get("details") or {}).get("filename") or "file", safe="")
        asset["url"] = f"{ctx.origin}/media/{ctx.tenant}/files/{asset['id']}/{name}"
    return asset


def assets_of(ctx: RequestContext, state: State, kind: str, own: str) -> Iterator[dict[str, Any]]:
    """The public assets with a reference of that type and id, in order of creation.

    They are read where the media service keeps them: asking it once per document of a list would make
    lists slow.
    """
    assets = state.world.state("media").collection("assets")
    for key in assets.among("refIds.id", (own,)):
        asset = assets.get(key)
        if asset is not None and asset.get("access") == "PUBLIC" and _points(asset, kind, own):
            yield addressed(ctx, asset)


def _points(asset: dict[str, Any], kind: str, own: str) -> bool:
    references = asset.get("refIds") or ()
    return any(reference.get("type") == kind and reference.get("id") == own for reference in references)


def with_image(ctx: RequestContext, state: State, kind: str, document: dict[str, Any]) -> dict[str, Any]:
    """A brand or label with the image that an asset gives it (brand and label documents, `image`)."""
    asset = next(assets_of(ctx, state, kind, document["id"]), None)
    if asset is None:
        return document
    document["mediaId"] = asset["id"]
    document["cloudinaryUrl"] = f"{ctx.tenant}/{kind.lower()}s/{asset['id']}"
    if asset.get("url"):
        document["image"] = asset["url"]
    return document


def keep(state: State, upload: Upload, kind: str, own: str) -> str:
    """Store a public file that points at something, as the media service would; its id."""
    media = state.world.state("media")
    asset = state.ids.object_id()
    details = {
        "filename": upload.filename,
        "mimeType": upload.media_type,
        "bytes": len(upload.content),
        "etag": hashlib.md5(upload.content, usedforsecurity=False).hexdigest(),
    }
    document = {
        "id": asset,
        "type": "BLOB",
        "access": "PUBLIC",
        "refIds": [{"type": kind, "id": own}],
        "details": details,
        "metadata": first(state),
    }
    media.collection("assets").put(asset, document)
    content = base64.b64encode(upload.content).decode()
    media.collection("files").put(asset, {"id": asset, "content": content})
    return asset
