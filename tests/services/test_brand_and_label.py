"""Brands and labels over HTTP: both are plain documents that get their image from an asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.conftest import World

NORDWIND = "65a1f0b2c3d4e5f601000001"
ORGANIC = "65a1f0b2c3d4e5f602000001"


def test_a_brand_from_creation_to_deletion(either: World):
    new = {"name": "Teehaus Linde", "localizedName": {"en": "Teehaus Linde", "de": "Teehaus Linde"}}
    with either.backend() as http:
        created = http.post("/brand/brands", json={"id": "linde", **new, "image": "dropped"})
        assert created.status_code == 201
        assert created.json() == {"id": "linde", **new, "metadata": created.json()["metadata"]}
        assert created.json()["metadata"]["version"] == 1
        assert http.get("/brand/brands/linde").json() == created.json()

        again = http.post("/brand/brands", json={"id": "linde", "name": "Other"})
        assert again.status_code == 409
        assert again.json()["message"].endswith("due to server-side uniqueness validation.")

        page = http.get(
            "/brand/brands",
            params={"q": 'name:"Teehaus Linde"', "pageSize": "1", "pageNumber": "1", "fields": "name"},
            headers={"X-Total-Count": "true"},
        )
        assert (page.json(), page.headers["x-total-count"]) == (
            [{"id": "linde", "name": "Teehaus Linde"}],
            "1",
        )
        assert [b["name"] for b in http.get("/brand/brands", params={"sort": "name:desc"}).json()] == [
            "Teehaus Linde",
            "Nordwind Roasters",
            "Kessel & Co",
        ]

        patched = http.patch("/brand/brands/linde", json={"description": "Loose leaf"})
        assert (patched.status_code, patched.json()["name"]) == (200, "Teehaus Linde")
        replaced = http.put("/brand/brands/linde", json={"name": "Linde", "metadata": {"version": 2}})
        assert replaced.status_code == 200
        assert replaced.json() == {"id": "linde", "name": "Linde", "metadata": replaced.json()["metadata"]}
        stale = http.put("/brand/brands/linde", json={"name": "Late", "metadata": {"version": 2}})
        assert (stale.status_code, stale.headers["x-emporix-mock-rule"]) == (
            409,
            "brand-service/stale-version",
        )

        assert http.delete("/brand/brands/linde").status_code == 204
        for method in ("GET", "PUT", "PATCH", "DELETE"):
            body = {"json": {}} if method in ("PUT", "PATCH") else {}
            gone = http.request(method, "/brand/brands/linde", **body)
            assert (gone.status_code, gone.json()) == (
                404,
                {
                    "code": 404,
                    "status": "Not Found",
                    "resourceId": "linde",
                    "message": "The requested resource does not exist.",
                },
            )


def test_who_may_write_brands(either: World):
    with either.client(either.anonymous()["access_token"]) as guest:
        assert guest.get(f"/brand/brands/{NORDWIND}").status_code == 200
        refused = guest.post("/brand/brands", json={"name": "Mine"})
        assert refused.status_code == 403
        assert "Missing required scopes '[brand.brand_manage]'" in str(refused.json()["details"])


def test_a_label_from_creation_to_deletion(either: World):
    new = {"id": "fresh", "name": "Fresh", "description": "Roasted this week"}
    with either.backend() as http:
        created = http.post("/label/labels", json={**new, "overlay": {"isTrue": True, "position": 2}})
        assert created.status_code == 201
        assert created.json()["metadata"]["version"] == 0
        assert http.get("/label/labels/fresh").json() == created.json()
        again = http.post("/label/labels", json=new)
        assert (again.status_code, again.json()["details"]["message"]) == (
            409,
            f"Duplicate label with id 'fresh' on tenant '{either.tenant}'.",
        )

        assert [
            label["id"] for label in http.get("/label/labels", params={"justOverlay": "true"}).json()
        ] == [
            ORGANIC,
            "fresh",
        ]
        page = http.get("/label/labels", params={"pageSize": "1"}, headers={"X-Total-Count": "true"})
        assert (len(page.json()), page.headers["x-total-count"]) == (1, "3")

        patched = http.patch("/label/labels/fresh", json={"overlay": {"position": 0}})
        assert patched.status_code == 200
        assert patched.json()["overlay"] == {"isTrue": True, "position": 0}
        assert patched.json()["metadata"]["version"] == 1
        replaced = http.put("/label/labels/fresh", json={"name": "New", "description": {"en": "Today"}})
        assert (replaced.status_code, "overlay" in replaced.json()) == (200, False)

        assert http.delete("/label/labels/fresh").status_code == 204
        for method, message in {
            "GET": "Label not Found.",
            "PUT": "Label not Updated.",
            "PATCH": "Label not Updated.",
            "DELETE": "Label not Found.",
        }.items():
            body = {"json": {"name": "a", "description": "b"}} if method in ("PUT", "PATCH") else {}
            gone = http.request(method, "/label/labels/fresh", **body)
            assert (gone.status_code, gone.json()) == (
                404,
                {
                    "status": 404,
                    "type": "application/json",
                    "message": message,
                    "moreInfo": "",
                    "details": {"message": "Couldn't find a label with id 'fresh'", "moreInfo": ""},
                },
            )


def test_refusals_of_labels(either: World):
    with either.client(either.anonymous()["access_token"]) as guest:
        assert guest.get("/label/labels").status_code == 200
        refused = guest.delete(f"/label/labels/{ORGANIC}")
        assert refused.status_code == 403
        assert refused.json()["fault"]["detail"]["errorcode"] == "steps.oauth.v2.InsufficientScope"
    with either.backend() as http:
        nameless = http.post("/label/labels", json={"description": "No name"})
        assert nameless.status_code == 400
        assert isinstance(nameless.json(), list)
        assert set(nameless.json()[0]) >= {"message", "messageTemplate", "path"}
