"""Sites and their mixins over HTTP."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx
    from conftest import World

SCHEMA = "https://schemas.example.com/opening-hours.v1.json"
COUPON_SETTINGS = {
    "rewardpoints": {
        "enabled": True,
        "orderValueToRewardPointsFactor": 2,
        "validityInMonths": 12,
        "codePrefix": "L",
    }
}


def france(**changes: Any) -> dict[str, Any]:
    """A site with all that is required."""
    return {
        "code": "fr",
        "name": "French shop",
        "active": True,
        "defaultLanguage": "fr",
        "languages": ["fr", "en"],
        "currency": "EUR",
        "homeBase": {"address": {"country": "FR", "zipCode": "75001"}, "timezone": "Europe/Paris"},
        "shipToCountries": ["FR", "BE"],
        **changes,
    }


class Shop:
    """The site service of one world as the backend key sees it."""

    def __init__(self, world: World, scope: str | None = None) -> None:
        self.world = world
        self.base = f"/site/{world.tenant}"
        self.http = world.backend(scope)

    def __call__(self, method: str, path: str, **request: Any) -> httpx.Response:
        return self.http.request(method, f"{self.base}{path}", **request)

    def site(self, code: str = "main", **query: Any) -> dict[str, Any]:
        answer = self("GET", f"/sites/{code}", params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    def refusal(self, method: str, path: str, body: Any) -> tuple[int, str, str]:
        """Status, rule and first detail of a request that a rule refuses."""
        answer = self(method, path, json=body)
        rule = answer.headers.get("x-emporix-mock-rule", "").removeprefix("site-settings-service/")
        return answer.status_code, rule, answer.json()["details"][0]["message"]

    def events(self) -> list[tuple[str, str]]:
        return [
            (e["type"], e["payload"]["code"])
            for e in self.world.stored.events
            if e["type"].startswith("site.")
        ]


@pytest.fixture
def shop(world: World) -> Iterator[Shop]:
    shop = Shop(world)
    with shop.http:
        yield shop


@pytest.fixture(autouse=True)
def _no_problems(world: World) -> Iterator[None]:
    yield
    assert world.stored.problems == []


# Reading.


def test_the_default_site_of_the_seed(shop: Shop):
    assert shop.site() == {
        "code": "main",
        "name": "Main shop",
        "active": True,
        "default": True,
        "includesTax": True,
        "defaultLanguage": "en",
        "languages": ["en", "de"],
        "currency": "EUR",
        "availableCurrencies": ["EUR"],
        "homeBase": {"address": {"country": "DE", "zipCode": "10115"}, "timezone": "Europe/Berlin"},
        "shipToCountries": ["DE", "AT", "CH"],
        "taxDeterminationBasedOn": "BILLING_ADDRESS",
        "cartCalculationScale": 2,
        "metadata": {
            "mixins": {"merchantInfo": "https://schemas.example.com/merchant-info.v1.json"},
            "version": 0,
        },
    }


def test_an_unknown_site_has_the_exact_404_body(shop: Shop):
    answer = shop("GET", "/sites/moon")
    assert answer.status_code == 404
    assert answer.json() == {
        "status": 404,
        "type": "application/json",
        "message": "Site not Found",
        "moreInfo": "",
        "details": [{"message": "Couldn't find a site with code 'moon'", "moreInfo": ""}],
    }


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "/sites/moon"),
        ("PATCH", "/sites/moon"),
        ("DELETE", "/sites/moon"),
        ("GET", "/sites/moon/mixins"),
        ("POST", "/sites/moon/mixins"),
        ("GET", "/sites/moon/mixins/couponSettings"),
        ("PUT", "/sites/moon/mixins/couponSettings"),
        ("PATCH", "/sites/moon/mixins/couponSettings"),
        ("DELETE", "/sites/moon/mixins/couponSettings"),
    ],
)
def test_every_operation_knows_when_there_is_no_such_site(shop: Shop, method: str, path: str):
    body = france(code="moon") if method == "PUT" and path == "/sites/moon" else {"couponSettings": {}}
    answer = shop(method, path, **({} if method in ("GET", "DELETE") else {"json": body}))
    assert (answer.status_code, answer.json()["message"]) == (404, "Site not Found")


def test_the_list_pages_sorts_filters_and_counts(shop: Shop):
    for number in range(3):
        assert shop("POST", "/sites", json=france(code=f"s{number}", name=f"S {number}")).status_code == 201

    def codes(**query: Any) -> list[str]:
        return [site["code"] for site in shop("GET", "/sites", params=query).json()]

    assert codes() == ["main", "uk", "s0", "s1", "s2"]
    assert codes(pageSize=2, pageNumber=2) == ["s0", "s1"]
    assert codes(pageSize=2, pageNumber=9) == []
    assert codes(sort="code:desc") == ["uk", "s2", "s1", "s0", "main"]
    assert codes(q="homeBase.address.country:FR") == ["s0", "s1", "s2"]
    assert "x-count" not in shop("GET", "/sites").headers
    counted = shop("GET", "/sites", params={"totalCount": "true", "pageSize": 1})
    assert (len(counted.json()), counted.headers["x-count"]) == (1, "5")


def test_the_list_of_codes(shop: Shop):
    answer = shop("GET", "/siteslist", params={"totalCount": "true", "sort": "code:desc"})
    assert (answer.json(), answer.headers["x-count"]) == (["uk", "main"], "2")


def test_inactive_sites_are_for_those_who_manage_sites(world: World, shop: Shop):
    assert shop("PATCH", "/sites/uk", json={"active": False}).status_code == 200
    assert shop("GET", "/siteslist").json() == ["main"]
    every = {"includeInactive": "true"}
    assert shop("GET", "/siteslist", params=every).json() == ["main", "uk"]
    assert [site["code"] for site in shop("GET", "/sites").json()] == ["main"]
    assert [site["code"] for site in shop("GET", "/sites", params=every).json()] == ["main", "uk"]
    assert shop.site("uk")["active"] is False
    reader = Shop(world, "site.site_read")
    with reader.http:
        for refused in (
            reader("GET", "/sites", params=every),
            reader("GET", "/siteslist", params=every),
            reader("GET", "/sites/uk"),
        ):
            assert refused.status_code == 403
            assert refused.json() == {
                "type": "Forbidden",
                "status": 403,
                "message": "User not authorized",
                "details": [{"message": "Missing required scopes [site.site_manage]"}],
            }
        assert reader("GET", "/siteslist").json() == ["main"]
        assert reader("GET", "/sites/main").status_code == 200


def test_any_token_reads_sites_and_only_scopes_change_them(world: World, shop: Shop):
    unrelated = Shop(world, "coupon.coupon_read")
    with unrelated.http:
        assert len(unrelated("GET", "/sites").json()) == 2
        assert unrelated("GET", "/siteslist").status_code == 403
        assert unrelated("POST", "/sites", json=france()).status_code == 403
        assert unrelated("GET", "/sites/main/mixins").status_code == 403
    with world.client() as nobody:
        assert nobody.get(f"{shop.base}/sites").status_code == 401


# Writing.


def test_a_created_site_is_read_back_complete(shop: Shop):
    answer = shop("POST", "/sites/", json=france(taxCalculationAddressType="x", decimalPoints=3))
    assert (answer.status_code, answer.json()) == (201, {"id": "fr"})
    site = shop.site("fr")
    assert site == {
        **france(),
        "default": False,
        "availableCurrencies": ["EUR"],
        "taxDeterminationBasedOn": "BILLING_ADDRESS",
        "cartCalculationScale": 2,
        "metadata": {"mixins": {}, "version": 0},
    }
    assert shop.events() == [("site.site-created", "fr")]


def test_a_code_exists_once(shop: Shop):
    answer = shop("POST", "/sites", json=france(code="uk"))
    assert (answer.status_code, answer.json()["type"]) == (409, "conflict_resource")
    assert shop.site("uk")["name"] == "UK shop"


@pytest.mark.parametrize("code", ["a b", "a#b", ""])
def test_a_code_has_no_blanks_and_no_hash(shop: Shop, code: str):
    assert shop("POST", "/sites", json=france(code=code)).status_code == 400


@pytest.mark.parametrize(
    "field", ["code", "name", "defaultLanguage", "languages", "currency", "homeBase", "shipToCountries"]
)
def test_a_new_site_lacks_no_required_field(shop: Shop, field: str):
    body = france()
    del body[field]
    assert shop("POST", "/sites", json=body).status_code == 400
    assert shop("GET", "/sites/fr").status_code == 404


def test_whether_a_new_site_is_active_is_a_choice(world: World, shop: Shop):
    body = france()
    del body["active"]
    assert shop("POST", "/sites", json=body).status_code == 201
    assert shop.site("fr")["active"] is True
    world.stored.switches["site-settings-service/new-site-active"] = "false"
    assert shop("POST", "/sites", json={**body, "code": "fr2"}).status_code == 201
    assert shop.site("fr2")["active"] is False


@pytest.mark.parametrize("zone", ["Europe/Xp", "", "../etc/passwd", "Europe"])
def test_a_time_zone_is_one_of_the_iana_database(shop: Shop, zone: str):
    home = {"address": {"country": "FR", "zipCode": "75001"}, "timezone": zone}
    status, rule, message = shop.refusal("POST", "/sites", france(homeBase=home))
    assert (status, rule, message) == (400, "time-zone", f"'{zone}' is not a valid timezone")
    assert shop.refusal("PATCH", "/sites/uk", {"homeBase": {"timezone": zone, **home}})[:2] == (
        400,
        "time-zone",
    )
    assert shop.site("uk")["homeBase"]["timezone"] == "Europe/London"


def test_a_patch_merges_and_null_removes(shop: Shop):
    change = {
        "name": "Shop UK",
        "homeBase": {"address": {"country": "GB", "zipCode": "N1 9GU", "city": "London"}},
        "mixins": {"feeService": {"active": True, "serviceUrl": "https://fees.example.com"}},
    }
    answer = shop("PATCH", "/sites/uk", json=change)
    assert (answer.status_code, answer.content) == (200, b"")
    site = shop.site("uk", expand="mixin:*")
    assert site["homeBase"] == {
        "address": {"country": "GB", "zipCode": "N1 9GU", "city": "London"},
        "timezone": "Europe/London",
    }
    assert (site["name"], site["currency"]) == ("Shop UK", "GBP")
    assert shop("PATCH", "/sites/uk", json={"mixins": {"feeService": {"active": None}}}).status_code == 200
    assert shop.site("uk", expand="mixin:*")["mixins"] == {
        "feeService": {"serviceUrl": "https://fees.example.com"}
    }
    assert shop("PATCH", "/sites/uk", json={"mixins": {"feeService": None}}).status_code == 200
    assert shop.site("uk", expand="mixin:*")["mixins"] == {}
    assert shop.site("uk")["metadata"]["version"] == 3
    assert shop.events() == [("site.site-updated", "uk")] * 3


@pytest.mark.parametrize(
    ("change", "wanted"),
    [
        ({"includesTax": None}, {"includesTax": None}),
        ({"taxDeterminationBasedOn": None}, {"taxDeterminationBasedOn": "BILLING_ADDRESS"}),
        ({"homeBase": {"timezone": None}}, {"homeBase": {"address": {"country": "FR", "zipCode": "75001"}}}),
        (
            {"homeBase": {"address": {"zipCode": "1"}, "timezone": None}},
            {"homeBase": {"address": {"country": "FR", "zipCode": "1"}}},
        ),
        ({"name": None}, None),
        ({"homeBase": {"address": {"zipCode": None}}}, None),
    ],
)
def test_null_takes_away_what_a_site_can_do_without(
    shop: Shop, change: dict[str, Any], wanted: dict[str, Any] | None
):
    site = france(includesTax=True, taxDeterminationBasedOn="SHIPPING_ADDRESS")
    assert shop("POST", "/sites", json=site).status_code == 201
    answer = shop("PATCH", "/sites/fr", json=change)
    if wanted is None:
        assert answer.status_code == 400
        wanted = {"name": "French shop", "homeBase": site["homeBase"]}
    else:
        assert (answer.status_code, answer.content) == (200, b"")
    found = shop.site("fr")
    assert {name: found.get(name) for name in wanted} == wanted


def test_a_full_update_replaces_and_keeps_what_reading_hides(shop: Shop):
    put = {**france(code="main", name="Replaced"), "includesTax": False, "metadata": {"version": 0}}
    del put["active"]
    answer = shop("PUT", "/sites/main", json=put)
    assert (answer.status_code, answer.content) == (200, b"")
    site = shop.site(expand="mixin:*")
    assert (site["name"], site["languages"], site["includesTax"]) == ("Replaced", ["fr", "en"], False)
    assert (site["active"], site["default"]) == (True, True)
    assert site["mixins"] == {"merchantInfo": {"merchantName": "Main shop"}}
    assert site["metadata"]["version"] == 1
    del put["includesTax"], put["code"]
    assert shop("PUT", "/sites/main", json={**put, "metadata": {}}).status_code == 200
    assert "includesTax" not in shop.site()


def test_a_stale_version_is_refused(shop: Shop):
    assert shop("PATCH", "/sites/uk", json={"name": "A", "metadata": {"version": 0}}).status_code == 200
    for method, body in (("PATCH", {"name": "B"}), ("PUT", france(code="uk"))):
        answer = shop(method, "/sites/uk", json={**body, "metadata": {"version": 0}})
        assert (answer.status_code, answer.json()["type"]) == (409, "conflict_resource")
    assert shop.site("uk")["name"] == "A"
    assert shop("PATCH", "/sites/uk", json={"name": "B", "metadata": {"version": 1}}).status_code == 200


def test_the_code_does_not_change(world: World, shop: Shop):
    expected = (400, "code-is-fixed", "The code of site uk cannot change")
    assert shop.refusal("PATCH", "/sites/uk", {"code": "gb"}) == expected
    assert shop.refusal("PUT", "/sites/uk", france(code="gb")) == expected
    assert shop("PATCH", "/sites/uk", json={"code": "uk", "name": "same"}).status_code == 200
    world.stored.switches["site-settings-service/changed-code"] = "ignore"
    assert shop("PATCH", "/sites/uk", json={"code": "gb", "name": "ignored"}).status_code == 200
    assert shop.site("uk")["name"] == "ignored"
    assert shop("GET", "/sites/gb").status_code == 404


def test_there_is_always_exactly_one_default_site(shop: Shop):
    def defaults() -> list[str]:
        return [site["code"] for site in shop("GET", "/sites").json() if site["default"]]

    assert shop.refusal("PATCH", "/sites/main", {"default": False})[:2] == (400, "default-site-needed")
    assert shop.refusal("PUT", "/sites/main", france(code="main", default=False))[1] == "default-site-needed"
    assert defaults() == ["main"]
    assert shop("PATCH", "/sites/uk", json={"default": True}).status_code == 200
    assert defaults() == ["uk"]
    assert shop("POST", "/sites", json=france(default=True)).status_code == 201
    assert defaults() == ["fr"]
    assert shop("POST", "/sites", json=france(code="be")).status_code == 201
    assert defaults() == ["fr"]


def test_the_first_site_of_a_tenant_is_its_default(world: World, shop: Shop):
    sites = world.stored.state("site-settings-service").collection("sites")
    sites.clear()
    assert shop("POST", "/sites", json=france(default=False)).status_code == 201
    assert shop.site("fr")["default"] is True


def test_a_site_is_deleted_unless_it_is_the_default(shop: Shop):
    status, rule, message = shop.refusal("DELETE", "/sites/main", None)
    assert (status, rule, message) == (400, "default-site-kept", "Site main is the default site")
    assert shop("DELETE", "/sites/uk").status_code == 204
    assert shop("GET", "/sites/uk").status_code == 404
    assert shop("GET", "/siteslist").json() == ["main"]
    assert shop.events() == [("site.site-deleted", "uk")]


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/sites"),
        ("PUT", "/sites/uk"),
        ("PATCH", "/sites/uk"),
        ("POST", "/sites/uk/mixins"),
        ("PUT", "/sites/main/mixins/merchantInfo"),
        ("PATCH", "/sites/main/mixins/merchantInfo"),
    ],
)
def test_a_write_needs_a_body(shop: Shop, method: str, path: str):
    answer = shop(method, path)
    assert answer.status_code == 400
    assert answer.json()["details"][0]["type"] == "missing_payload"


# Expanding.

CARD = {"id": "card", "serviceType": "api", "configuration": {"public": {"a": 1}, "restricted": {"key": "k"}}}
CASH = {"id": "cash", "active": False}


def test_service_configurations_are_there_when_asked_for(world: World, shop: Shop):
    assert shop("PATCH", "/sites/uk", json={"payment": [CARD, CASH], "tax": [{"id": "t"}]}).status_code == 200
    plain = shop.site("uk")
    assert "payment" not in plain
    assert "tax" not in plain
    assert shop.site("uk", expand="payment:all,tax:none")["payment"] == [CARD, CASH]
    assert shop.site("uk", expand="payment:active")["payment"] == [CARD]
    assert "tax" not in shop.site("uk", expand="payment:all,tax:none")
    assert shop.site("uk", expand="shipping:all")["shipping"] == []
    listed = shop("GET", "/sites", params={"expand": "tax:all"}).json()
    assert [site["tax"] for site in listed] == [[], [{"id": "t"}]]
    reader = Shop(world, "site.site_read")
    with reader.http:
        card = reader.site("uk", expand="payment:active")["payment"][0]
    assert card["configuration"] == {"public": {"a": 1}}


def test_a_full_update_reaches_inactive_configurations_only_when_expanded(shop: Shop):
    assert shop("PATCH", "/sites/uk", json={"payment": [CARD, CASH]}).status_code == 200

    def put(expand: str | None, payment: list[Any]) -> list[Any]:
        query = {"expand": expand} if expand else {}
        answer = shop("PUT", "/sites/uk", params=query, json=france(code="uk", payment=payment))
        assert answer.status_code == 200
        return list(shop.site("uk", expand="payment:all")["payment"])

    assert put(None, [{"id": "cash", "active": True}, {"id": "invoice"}]) == [{"id": "invoice"}, CASH]
    assert put("payment:none", []) == [{"id": "invoice"}, CASH]
    assert put("payment:all", [{"id": "cash", "active": True}]) == [{"id": "cash", "active": True}]
    assert put(None, []) == []


def test_mixins_are_there_when_asked_for(shop: Shop):
    assert shop("POST", "/sites/main/mixins", json={"couponSettings": COUPON_SETTINGS}).status_code == 201
    merchant = {"merchantName": "Main shop"}
    assert "mixins" not in shop.site()
    assert shop.site(expand="mixin:*")["mixins"] == {
        "merchantInfo": merchant,
        "couponSettings": COUPON_SETTINGS,
    }
    assert shop.site(expand="mixin:merchantInfo")["mixins"] == {"merchantInfo": merchant}
    assert shop.site(expand="mixin:nothing")["mixins"] == {}


# Mixins.


def test_the_settings_of_the_reward_points_guide(shop: Shop):
    """Look at the mixins, create the coupon settings, change one of them."""
    assert "couponSettings" not in shop("GET", "/sites/main/mixins").json()
    created = shop("POST", "/sites/main/mixins", json={"couponSettings": COUPON_SETTINGS})
    assert (created.status_code, created.json()) == (201, {"id": "couponSettings"})
    patched = shop("PATCH", "/sites/main/mixins/couponSettings", json={"rewardpoints": {"enabled": False}})
    assert (patched.status_code, patched.content) == (200, b"")
    settings = shop("GET", "/sites/main/mixins/couponSettings").json()["rewardpoints"]
    assert settings == {**COUPON_SETTINGS["rewardpoints"], "enabled": False}
    assert shop.site()["metadata"]["version"] == 2
    assert shop.events() == [("site.site-updated", "main")] * 2


def test_patching_coupon_settings_creates_them(world: World, shop: Shop):
    """The guide patches them at once; whether that works on a site without them is a choice."""
    world.stored.switches["site-settings-service/patch-of-absent-standard-mixin"] = "not-found"
    assert shop("PATCH", "/sites/uk/mixins/couponSettings", json=COUPON_SETTINGS).status_code == 404
    world.stored.switches.clear()
    assert shop("PATCH", "/sites/uk/mixins/couponSettings", json=COUPON_SETTINGS).status_code == 200
    assert shop("GET", "/sites/uk/mixins").json() == {"couponSettings": COUPON_SETTINGS}
    assert shop("PATCH", "/sites/uk/mixins/openingHours", json={"from": 8}).status_code == 404


def test_a_mixin_through_its_life(shop: Shop):
    hours = {"from": 8, "to": 20, "metadata": {"schema": SCHEMA}}
    assert shop("POST", "/sites/uk/mixins", json={"openingHours": hours}).json() == {"id": "openingHours"}
    assert shop("GET", "/sites/uk/mixins/openingHours").json() == hours
    assert shop("GET", "/sites/uk/mixins").json() == {"openingHours": hours}
    assert shop.site("uk")["metadata"]["mixins"] == {"openingHours": SCHEMA}

    assert shop("PUT", "/sites/uk/mixins/openingHours", json={"openingHours": {"from": 9}}).status_code == 200
    assert shop("GET", "/sites/uk/mixins/openingHours").json() == {"from": 9, "metadata": {"schema": SCHEMA}}
    bare = {"from": 10, "metadata": {"schema": f"{SCHEMA}?v2"}}
    assert shop("PUT", "/sites/uk/mixins/openingHours", json=bare).status_code == 200
    assert shop("GET", "/sites/uk/mixins/openingHours").json() == bare
    change = {"from": None, "to": 19, "metadata": {"schema": SCHEMA}}
    assert shop("PATCH", "/sites/uk/mixins/openingHours", json=change).status_code == 200
    assert shop("GET", "/sites/uk/mixins/openingHours").json() == {"to": 19, "metadata": {"schema": SCHEMA}}

    gone = shop("DELETE", "/sites/uk/mixins/openingHours")
    assert (gone.status_code, gone.content) == (204, b"")
    assert shop("GET", "/sites/uk/mixins").json() == {}
    assert shop.site("uk")["metadata"] == {"mixins": {}, "version": 5}


@pytest.mark.parametrize("method", ["GET", "PUT", "PATCH", "DELETE"])
def test_a_mixin_that_is_not_there(shop: Shop, method: str):
    body = {} if method in ("GET", "DELETE") else {"json": {"a": 1}}
    answer = shop(method, "/sites/uk/mixins/openingHours", **body)
    assert answer.status_code == 404
    assert answer.json() == {
        "type": "resource_not_found",
        "status": 404,
        "message": "Mixin with name 'openingHours' could not be found",
    }


def test_a_mixin_is_created_once(shop: Shop):
    answer = shop("POST", "/sites/main/mixins", json={"merchantInfo": {"merchantName": "Other"}})
    assert answer.status_code == 409
    assert answer.json() == {
        "type": "conflict_resource",
        "status": 409,
        "message": "Mixin merchantInfo already exists for site main",
    }


def test_a_mixin_of_ones_own_needs_a_schema(shop: Shop):
    answer = shop("POST", "/sites/uk/mixins", json={"openingHours": {"from": 8}})
    assert answer.status_code == 400
    assert answer.headers["x-emporix-mock-rule"] == "site-settings-service/mixin"
    assert answer.json() == {
        "type": "validation_violation",
        "status": 400,
        "message": "The request violates validation constraints.",
        "details": [
            {
                "field": "mixins.openingHours",
                "type": "invalid_field",
                "message": "mixins.openingHours No matching schema found",
                "moreInfo": "",
            }
        ],
    }
    message = "mixins.openingHours No matching schema found"
    through_site = {"mixins": {"openingHours": {"from": 8}}}
    assert shop.refusal("PATCH", "/sites/uk", through_site) == (400, "mixin", message)
    with_url = {**through_site, "metadata": {"mixins": {"openingHours": SCHEMA}}}
    assert shop("PATCH", "/sites/uk", json=with_url).status_code == 200
    assert shop("GET", "/sites/uk/mixins/openingHours").json() == {"from": 8, "metadata": {"schema": SCHEMA}}
    taken = {"metadata": {"schema": None}}
    assert shop.refusal("PATCH", "/sites/uk/mixins/openingHours", taken) == (400, "mixin", message)


@pytest.mark.parametrize("body", [{}, {"": {}}])
def test_a_new_mixin_has_a_name(shop: Shop, body: dict[str, Any]):
    assert shop.refusal("POST", "/sites/uk/mixins", body)[:2] == (400, "mixin-name")


def test_two_mixins_in_one_request(world: World, shop: Shop):
    """The site settings guide sends two, the document speaks of one."""
    fees = {"feeService": {"active": True}, "imageSize": {"imageSlider": {"mobile": "379x133"}}}
    assert shop("POST", "/sites/main/mixins", json={**fees, "merchantInfo": {}}).status_code == 409
    assert list(shop("GET", "/sites/main/mixins").json()) == ["merchantInfo"]
    world.stored.switches["site-settings-service/several-mixins-in-one-request"] = "refuse"
    assert shop.refusal("POST", "/sites/uk/mixins", fees)[:2] == (400, "mixin-name")
    world.stored.switches.clear()
    assert shop("POST", "/sites/uk/mixins", json=fees).json() == {"id": "feeService"}
    assert shop("GET", "/sites/uk/mixins").json() == fees
    assert shop.site("uk")["metadata"]["version"] == 1


@pytest.mark.parametrize("value", [5, "text", [], None, True])
def test_a_mixin_is_an_object(shop: Shop, value: Any):
    status, rule, _ = shop.refusal("POST", "/sites/uk/mixins", {"couponSettings": value})
    assert (status, rule) == (400, "mixin")
    assert shop("GET", "/sites/uk/mixins").json() == {}


def test_a_schema_url_is_text(shop: Shop):
    body = {"couponSettings": {"metadata": {"schema": 5}}}
    assert shop.refusal("POST", "/sites/uk/mixins", body)[:2] == (400, "mixin")
    assert shop.refusal("PATCH", "/sites/uk", {"metadata": {"mixins": {"a": 5}}})[:2] == (400, "mixin")


def test_every_operation_has_behaviour(world: World, shop: Shop):
    app = world.server.app.runtime.service("site-settings-service")
    assert len(app.places) == 13
    assert {app.level(operation_id) for operation_id in app.places} == {"behaviour"}
