"""Media assets: files that are uploaded and links to files elsewhere, each pointing at what it shows."""

from __future__ import annotations

import base64
import hashlib
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from emporix_mock.engine import crud
from emporix_mock.engine.context import Result, Upload
from emporix_mock.engine.ownership import OfVendor
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.errors import EmporixError, NotFound, PayloadTooLarge
from emporix_mock.platform.assets import addressed

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State

LIMIT = 10 * 1024 * 1024
FILES = "files"
URL_CHARACTERS = "!#$%&'()*+,/:;=?@[]"
"""What stays as it is in an address; anything else a header could not carry, or would end it."""

SHOP_TYPES = frozenset(("BRAND", "CATEGORY", "LABEL", "MODULE", "PRODUCT"))
FIELDS = ("id", "type", "access", "url", "refIds", "mixins", "metadata", "details")

service = Service("media")

UNVERSIONED = service.rule("version-required", 400, source="media document, 400 example of replacing")
PRIVATE = service.rule(
    "private-for-shop", 400, source="media document: what a shop shows is public [wording: choice]"
)
IMMUTABLE = service.rule(
    "type-and-access-fixed", 400, source="media document: neither changes after creation [status: choice]"
)
DUPLICATE = service.rule("duplicate-id", 409, source="media document, 409 example")
STALE = service.rule("stale-version", 409, source="media document, 409 example of replacing")

LATE_REFERENCES = service.switch(
    "late-references",
    "discarded",
    "stored",
    about="replacing an asset that points at nothing by one that points at something",
    source="client-quirks 63: answered 204 and not stored, as measured on a live tenant",
)
CHANGED_ACCESS = service.switch(
    "changed-access",
    "refuse",
    "ignore",
    about="replacing an asset with another access than it has",
    source="the document says that access does not change, and not what happens",
)


def missing(_asset_id: str) -> EmporixError:
    """404 in the words of the media document."""
    message = "The asset with the requested code does not exist."
    return NotFound(body={"code": 404, "status": "element_resource_non_existing", "message": message})


def _bad_request(rule: Any, message: str) -> EmporixError:
    error: EmporixError = rule(body={"code": 400, "status": "Bad request", "message": message})
    return error


def _unversioned(_asset_id: str) -> EmporixError:
    return _bad_request(UNVERSIONED, "The document version has to be provided on update operations.")


def _prepare(_ctx: RequestContext, _state: State, new: Document, _old: Document | None) -> None:
    kinds = {reference.get("type") for reference in new.get("refIds") or ()}
    if new["access"] == "PRIVATE" and kinds & SHOP_TYPES:
        found = ", ".join(sorted(kinds & SHOP_TYPES))
        raise _bad_request(PRIVATE, f"An asset assigned to {found} must have PUBLIC access.")


def _present(ctx: RequestContext, _state: State, document: Document) -> Document:
    return addressed(ctx, document)


def _after(_ctx: RequestContext, state: State, _old: Document | None, new: Document | None) -> None:
    if new is None and _old is not None:
        state.collection(FILES).delete(_old["id"])


ASSETS = service.resource(
    Resource(
        path="/media/{tenant}/assets",
        collection="assets",
        lock="required",
        vendor=OfVendor(
            "vendorId",
            limited=("media.asset_read_by_vendor", "media.asset_manage_by_vendor"),
            read=("media.asset_read",),
            manage=("media.asset_manage",),
        ),
        prepare=_prepare,
        present=_present,
        after=_after,
        missing=missing,
        unversioned=_unversioned,
        duplicate=lambda _: DUPLICATE("Conflict"),
        stale=lambda _: STALE("Conflict"),
    )
)
service.collection(FILES, key="id", new_id="given", references={"id": "media/assets"}, times=())


@service.operation("POST-media-create-asset")
def create(ctx: RequestContext, state: State) -> Result:
    """Store a link, or a file that is uploaded."""
    body, upload = _given(ctx)
    if not body.get("id"):
        body["id"] = crud.new_id(ASSETS, ctx, state, body)
    if upload is not None:
        _describe(body, upload)
    made = crud.create(ASSETS, ctx, state, body)
    _keep(state, made["id"], upload)
    return Result(201, {"id": made["id"]})


@service.operation("PUT-media-update-asset")
def replace(ctx: RequestContext, state: State) -> Result:
    """Replace a file or a link; type and access stay, and so does the address of a file."""
    body, upload = _given(ctx)
    old = crud.read(ASSETS, ctx, state, ctx.path["assetId"])
    body.pop("id", None)
    if body["type"] != old["type"]:
        raise _bad_request(IMMUTABLE, "The type of an asset cannot be changed.")
    if body["access"] != old["access"]:
        if ctx.switch(CHANGED_ACCESS) == "refuse":
            raise _bad_request(IMMUTABLE, "The access of an asset cannot be changed.")
        body["access"] = old["access"]
    if upload is not None:
        _describe(body, upload)
    if not old.get("refIds") and ctx.switch(LATE_REFERENCES) == "discarded":
        body.pop("refIds", None)
    if "vendorId" in old:
        body["vendorId"] = old["vendorId"]
    crud.replace(ASSETS, ctx, state, old["id"], body, upsert=False)
    _keep(state, old["id"], upload)
    return Result(204)


def _given(ctx: RequestContext) -> tuple[Document, Upload | None]:
    """What a client may say of an asset, and the file that came with it. Raises 413 for too large a file."""
    ctx.about.check_payload(ctx.body)
    body, upload = ctx.body, None
    if isinstance(body.get("file"), Upload):
        upload, body = body["file"], body["body"]
        if len(upload.content) > LIMIT:
            message = "The part named [file] exceeds the maximum allowed content length."
            text = "Request Entity Too Large"
            raise PayloadTooLarge(body={"code": 413, "status": text, "message": message})
    return {name: body[name] for name in FIELDS if name in body}, upload


def _describe(body: Document, upload: Upload) -> None:
    """Fill in what the client left out about its file, and what only the server knows."""
    details = body.get("details") or {}
    body.pop("url", None)
    body["details"] = {
        "filename": details.get("filename") or upload.filename,
        "mimeType": details.get("mimeType") or upload.media_type,
        "bytes": len(upload.content),
        "etag": hashlib.md5(upload.content, usedforsecurity=False).hexdigest(),
    }


def _keep(state: State, own: str, upload: Upload | None) -> None:
    if upload is not None:
        content = base64.b64encode(upload.content).decode()
        state.collection(FILES).put(own, {"id": own, "content": content})


@service.operation("DELETE-media-remove-asset")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove an asset; one that is not there counts as removed (media document: no 404)."""
    if crud.find(ASSETS, ctx, state, ctx.path["assetId"]) is not None:
        crud.delete(ASSETS, ctx, state, ctx.path["assetId"])
    return Result(204)


@service.operation("GET-media-download-asset")
def download(ctx: RequestContext, state: State) -> Result:
    """The contents of a private file in base64; of everything else the address."""
    asset = addressed(ctx, crud.read(ASSETS, ctx, state, ctx.path["assetId"]))
    if asset.get("url"):
        return Result(301, headers={"Location": quote(asset["url"], safe=URL_CHARACTERS)})
    file = state.collection(FILES).get(asset["id"]) or {"content": ""}
    etag = (asset.get("details") or {}).get("etag", "")
    return Result(200, headers={"ETag": etag}, raw=file["content"].encode(), media_type="text/plain")


@service.page("/media/{tenant}/files/{assetId}/{filename}")
def public_file(ctx: RequestContext, state: State) -> Result:
    """The contents of a public file, for whoever has its address."""
    asset = state.collection(ASSETS.collection).get(ctx.path["assetId"])
    file = state.collection(FILES).get(ctx.path["assetId"])
    if asset is None or file is None or asset["access"] != "PUBLIC":
        raise missing(ctx.path["assetId"])
    return Result(200, raw=base64.b64decode(file["content"]), media_type=asset["details"]["mimeType"])
