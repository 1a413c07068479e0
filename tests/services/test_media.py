"""Media assets over HTTP: links, uploads, downloads."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import World

ASSET = "65d0a1b2c3d4e5f60a00000{}".format
BEANS = "65d0a1b2c3d4e5f604000001"
LINK = {"type": "LINK", "access": "PUBLIC", "url": "https://cdn.example.com/a.jpg"}
UNKNOWN = {
    "code": 404,
    "status": "element_resource_non_existing",
    "message": "The asset with the requested code does not exist.",
}


class Media:
    """The assets of one world as a backend sees them."""

    def __init__(self, world: World, http: httpx.Client) -> None:
        self.base = f"/media/{world.tenant}/assets"
        self.http = http

    def __call__(self, method: str, path: str = "", **request: Any) -> httpx.Response:
        return self.http.request(method, self.base + path, **request)

    def upload(self, method: str, path: str, content: bytes, **body: Any) -> httpx.Response:
        described = json.dumps({"type": "BLOB", "access": "PUBLIC", **body})
        files = {"file": ("pic.png", content, "image/png"), "body": (None, described, "application/json")}
        return self(method, path, files=files)


@pytest.fixture
def media(either: World) -> Iterator[Media]:
    with either.backend() as http:
        yield Media(either, http)


def test_a_link_from_creation_to_deletion(media: Media):
    new = {**LINK, "id": "banner", "refIds": [{"type": "PRODUCT", "id": BEANS}]}
    created = media("POST", json=new)
    assert (created.status_code, created.json()) == (201, {"id": "banner"})
    found = media("GET", "/banner").json()
    assert found == {**new, "metadata": found["metadata"]}
    again = media("POST", json=new)
    assert (again.status_code, again.json()) == (
        409,
        {"code": 409, "status": "Conflict", "message": "Conflict"},
    )

    page = media("GET", params={"q": f"refIds.id:{BEANS}"}, headers={"X-Total-Count": "true"})
    assert [a["id"] for a in page.json()] == [ASSET(1), "banner"]
    assert page.headers["x-total-count"] == "2"
    assert media("GET", params={"refIds.id": BEANS}).json() == page.json()
    private = media("GET", params={"q": "access:PRIVATE", "pageSize": 1}).json()
    assert [a["id"] for a in private] == [ASSET(3)]

    change = {**LINK, "url": "https://cdn.example.com/b.jpg"}
    unversioned = media("PUT", "/banner", json=change)
    assert (unversioned.status_code, unversioned.json()) == (
        400,
        {
            "code": 400,
            "status": "Bad request",
            "message": "The document version has to be provided on update operations.",
        },
    )
    versioned = {**change, "metadata": {"version": 1}}
    assert media("PUT", "/banner", json=versioned).status_code == 204
    changed = media("GET", "/banner").json()
    assert (changed["url"], changed["metadata"]["version"]) == (change["url"], 2)
    assert media("PUT", "/banner", json=versioned).json()["message"] == "Conflict"
    sent = media("GET", "/banner/download", follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (301, change["url"])

    assert media("DELETE", "/banner").status_code == 204
    assert media("DELETE", "/banner").status_code == 204
    assert media("GET", "/banner").json() == UNKNOWN
    assert media("PUT", "/banner", json=versioned).json() == UNKNOWN
    assert media("GET", "/banner/download").json() == UNKNOWN


def test_a_public_file_is_there_for_everybody(either: World, media: Media):
    created = media.upload("POST", "", b"pixels")
    assert created.status_code == 201, created.text
    own = created.json()["id"]
    found = media("GET", f"/{own}").json()
    assert found["details"] == {
        "filename": "pic.png",
        "mimeType": "image/png",
        "bytes": 6,
        "etag": "d399848208da8b80a306af0fd62bb03f",
    }
    seen = httpx.get(found["url"])
    assert (seen.status_code, seen.content, seen.headers["content-type"]) == (200, b"pixels", "image/png")
    sent = media("GET", f"/{own}/download", follow_redirects=False)
    assert (sent.status_code, sent.headers["location"]) == (301, found["url"])

    changed = media.upload("PUT", f"/{own}", b"more pixels", metadata={"version": 1})
    assert changed.status_code == 204, changed.text
    assert httpx.get(found["url"]).content == b"more pixels"
    assert media("GET", f"/{own}").json()["details"]["bytes"] == 11
    assert media("DELETE", f"/{own}").status_code == 204
    assert httpx.get(found["url"]).status_code == 404
    assert httpx.get(f"{either.server.url}/media/{either.tenant}/files/{ASSET(3)}/a").status_code == 404


def test_a_private_file_is_sent_in_base64(media: Media):
    own = media.upload("POST", "", b"secret", access="PRIVATE").json()["id"]
    found = media("GET", f"/{own}").json()
    assert "url" not in found
    got = media("GET", f"/{own}/download")
    assert (got.status_code, base64.b64decode(got.text)) == (200, b"secret")
    assert (got.headers["etag"], got.headers["content-type"]) == (found["details"]["etag"], "text/plain")
    assert base64.b64decode(media("GET", f"/{ASSET(3)}/download").text) == b"Two years in full"


def test_what_an_asset_must_be(either: World, media: Media):
    private = media.upload("POST", "", b"x", access="PRIVATE", refIds=[{"type": "PRODUCT", "id": BEANS}])
    assert (private.status_code, private.headers["x-emporix-mock-rule"]) == (400, "media/private-for-shop")
    custom = [{"type": "RECIPE", "id": "flat-white"}]
    assert media.upload("POST", "", b"x", access="PRIVATE", refIds=custom).status_code == 201
    assert media("POST", json={"type": "LINK", "access": "PUBLIC"}).status_code == 400
    assert media("POST", files={"file": ("a.png", b"x")}).status_code == 400
    assert (
        media("POST", content=b"nonsense", headers={"Content-Type": "multipart/form-data"}).status_code == 400
    )
    versioned = {
        "type": "LINK",
        "access": "PRIVATE",
        "url": "https://a.example.com",
        "metadata": {"version": 1},
    }
    assert media("PUT", f"/{ASSET(2)}", json=versioned).status_code == 400
    assert media("PUT", f"/{ASSET(1)}", json={**versioned, "access": "PUBLIC"}).status_code == 400
    either.stored.switches["media/changed-access"] = "ignore"
    assert media("PUT", f"/{ASSET(2)}", json=versioned).status_code == 204
    assert media("GET", f"/{ASSET(2)}").json()["access"] == "PUBLIC"


@pytest.mark.parametrize("size", [10 * 1024 * 1024 + 1, 11 * 1024 * 1024])
def test_a_file_may_have_ten_megabytes(media: Media, size: int):
    refused = media.upload("POST", "", b"x" * size)
    assert (refused.status_code, refused.json()) == (
        413,
        {
            "code": 413,
            "status": "Request Entity Too Large",
            "message": "The part named [file] exceeds the maximum allowed content length.",
        },
    )


def test_the_largest_file(media: Media):
    assert media.upload("POST", "", b"x" * 10 * 1024 * 1024).status_code == 201


def test_references_that_come_late(either: World, media: Media):
    """A live tenant answers 204 and forgets them."""
    media("POST", json={**LINK, "id": "late"})
    change = {**LINK, "refIds": [{"type": "PRODUCT", "id": BEANS}]}
    assert media("PUT", "/late", json={**change, "metadata": {"version": 1}}).status_code == 204
    assert "refIds" not in media("GET", "/late").json()
    either.stored.switches["media/late-references"] = "stored"
    assert media("PUT", "/late", json={**change, "metadata": {"version": 2}}).status_code == 204
    assert media("GET", "/late").json()["refIds"] == change["refIds"]


def test_brands_labels_and_categories_show_their_assets(either: World, media: Media):
    brand, label = "65a1f0b2c3d4e5f601000001", "65a1f0b2c3d4e5f602000001"
    category = "c0ffee00-1a2b-4c3d-8e4f-000000000007"
    kinds = {"BRAND": brand, "LABEL": label, "CATEGORY": category}
    refs = [{"type": kind, "id": own} for kind, own in kinds.items()]
    media("POST", json={**LINK, "id": "logo", "refIds": refs})
    for path in (f"/brand/brands/{brand}", f"/label/labels/{label}"):
        found = media.http.get(path).json()
        assert (found["image"], found["mediaId"]) == (LINK["url"], "logo")
    shown = media.http.get(f"/category/{either.tenant}/categories/{category}").json()["media"]
    assert [(m["id"], m["url"]) for m in shown] == [("logo", LINK["url"])]
    media("DELETE", "/logo")
    assert "image" not in media.http.get(f"/brand/brands/{brand}").json()


def test_who_may_see_assets(either: World):
    with either.client(either.anonymous()["access_token"]) as guest:
        refused = guest.get(f"/media/{either.tenant}/assets")
        assert refused.status_code == 403
        assert refused.json()["message"] == FORBIDDEN


FORBIDDEN = "The access to the requested resource has been forbidden by the server.."
