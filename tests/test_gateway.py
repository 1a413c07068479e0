"""What the gateway answers before any service does: the order of checks, each with status and body."""

from __future__ import annotations

import json
import socket
import ssl
from datetime import timedelta
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.server import Server
from emporix_mock.store.tokens import Principal
from emporix_mock_spec import load
from emporix_mock_spec.operation import operations

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from .conftest import World

OFFICIAL = Path(__file__).parents[2] / "shared" / "official-specs"
SERVICES = (
    "coupon",
    "customer-management",
    "customer-service",
    "oauth-service",
    "reward-points",
    "site-settings-service",
)
VIEW = "rewardspoints.rewardpoints_view"
INVALID = {
    "fault": {
        "faultstring": "Invalid access token",
        "detail": {"errorcode": "oauth.v2.InvalidAccessToken"},
    }
}
EXPIRED = {
    "fault": {
        "faultstring": "Access Token expired",
        "detail": {"errorcode": "keymanagement.service.access_token_expired"},
    }
}
_numbers = count(1)
_http = httpx.Client(verify=ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))  # reading certificates is slow


class Caller:
    """Sends requests with a token of a tenant; `path` fills the tenant in."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.options = f"/reward-points/{world.tenant}/redeemOptions"
        self.token = self.issue(Principal("service", world.tenant, "", frozenset("*")))

    def issue(self, principal: Principal, lifetime: float = 3600) -> str:
        """A token of any kind, also of kinds that no documented endpoint gives."""
        stored = self.world.stored
        token = f"token{next(_numbers)}"
        values = {"token": token, "expires_at": stored.clock.seconds() + lifetime}
        known = {name: getattr(principal, name) for name in ("kind", "tenant", "scopes", "customer_id")}
        stored.tokens.issue(Principal(**known, **values))
        return token

    def send(
        self,
        method: str,
        path: str,
        token: str | None = None,
        headers: Mapping[str, str] | None = None,
        **more: Any,
    ) -> httpx.Response:
        """One request, by default with the token that may do everything."""
        token = self.token if token is None else token
        given = {"Authorization": f"Bearer {token}"} if token else {}
        given |= headers or {}
        return _http.request(method, f"{self.world.server.url}{path}", headers=given, **more)

    def raw(self, *parts: bytes) -> tuple[int, dict[str, str], bytes]:
        """Status, headers and body of the answer to bytes on a socket."""
        host, _, port = self.world.server.url.removeprefix("http://").partition(":")
        with socket.create_connection((host, int(port)), timeout=30) as connection:
            for part in parts:
                connection.sendall(part)
            answer = b""
            while b"\r\n\r\n" not in answer:
                answer += connection.recv(65536)
            head, _, body = answer.partition(b"\r\n\r\n")
            lines = head.decode().split("\r\n")
            headers = dict(line.lower().split(": ", 1) for line in lines[1:])
            while len(body) < int(headers["content-length"]):
                body += connection.recv(65536)
        return int(lines[0].split()[1]), headers, body


@pytest.fixture
def caller(world: World) -> Caller:
    return Caller(world)


# Paths.


def test_an_unknown_service_is_the_gateways_404_before_any_token(caller: Caller) -> None:
    answer = caller.send("GET", "/no-such-service/x", token="")
    assert answer.status_code == 404
    assert answer.json()["fault"]["detail"] == {
        "errorcode": "messaging.adaptors.http.flow.ApplicationNotFound"
    }
    assert "/no-such-service/x" in answer.json()["fault"]["faultstring"]


@pytest.mark.parametrize("path", ["/", "", "/.", "//", "//reward-points"])
def test_paths_without_a_service_are_404_too(caller: Caller, path: str) -> None:
    assert caller.send("GET", path).status_code == 404


@pytest.mark.parametrize("token", ["", None])
def test_an_unknown_path_below_a_service_is_404_with_or_without_token(
    caller: Caller, token: str | None
) -> None:
    answer = caller.send("GET", "/reward-points/a/b/c/d", token=token)
    assert answer.status_code == 404
    assert answer.json() == {
        "code": 404,
        "status": "Not Found",
        "message": "No endpoint GET /reward-points/a/b/c/d.",
    }


def test_a_trailing_slash_makes_no_difference(caller: Caller) -> None:
    answer = caller.send("GET", caller.options + "/")
    assert answer.status_code == 200
    assert answer.content == caller.send("GET", caller.options).content


def test_an_escaped_slash_stays_inside_its_segment(caller: Caller) -> None:
    answer = caller.send("GET", f"/coupon/{caller.world.tenant}/coupons/A%2FB")
    assert answer.status_code == 404
    assert answer.headers["x-emporix-mock-level"]
    assert "A/B" in answer.json()["message"]
    unescaped = caller.send("GET", f"/coupon/{caller.world.tenant}/coupons/A/B")
    assert unescaped.json()["message"].startswith("No endpoint")


def test_escaped_characters_of_a_path_are_decoded(caller: Caller) -> None:
    path = caller.options.replace("redeemOptions", "redeem%4Fptions")
    assert caller.send("GET", path).status_code == 200


def test_unknown_query_parameters_are_ignored(caller: Caller) -> None:
    assert caller.send("GET", caller.options + "?nobody=knows&legalEntityId=1").status_code == 200


def test_repeated_and_empty_query_parameters_are_taken(caller: Caller) -> None:
    sizes = caller.send("GET", f"/coupon/{caller.world.tenant}/coupons?pageSize=1&pageSize=2")
    assert sizes.status_code == 200
    assert len(sizes.json()) == 2
    assert caller.send("GET", f"/coupon/{caller.world.tenant}/coupons?sort=").status_code == 200


# Sizes.


def test_a_url_above_10_kb_is_414_before_the_token(caller: Caller) -> None:
    answer = caller.send("GET", f"{caller.options}?q={'x' * 10_300}", token="")
    assert answer.status_code == 414
    assert answer.json()["fault"]["faultstring"] == "URI Too Long"


@pytest.mark.parametrize("size", [66_000, 300_000])
def test_a_url_that_the_parser_could_not_hold_is_414_too(caller: Caller, size: int) -> None:
    request = f"GET {caller.options}?q={'x' * size} HTTP/1.1\r\nHost: mock\r\n\r\n"
    status, headers, body = caller.raw(request.encode())
    assert status == 414
    assert headers["content-type"] == "application/json"
    assert b"URI Too Long" in body


def test_headers_above_60_kb_are_431_before_the_token(caller: Caller) -> None:
    answer = caller.send("GET", caller.options, token="", headers={"X-Filler": "x" * 62_000})
    assert answer.status_code == 431
    assert answer.json()["fault"]["faultstring"] == "Request Header Fields Too Large"


def test_many_headers_of_one_name_count_each(caller: Caller) -> None:
    filler = b"X-Filler: " + b"x" * 1000 + b"\r\n"
    request = b"GET " + caller.options.encode() + b" HTTP/1.1\r\nHost: mock\r\n" + filler * 70 + b"\r\n"
    assert caller.raw(request)[0] == 431


def test_a_body_announced_above_10_mb_is_413_before_the_token(caller: Caller) -> None:
    head = f"POST {caller.options} HTTP/1.1\r\nHost: mock\r\nContent-Length: 10485761\r\n\r\n"
    status, _, body = caller.raw(head.encode(), b"{")
    assert status == 413
    assert body == (
        b'{"fault":{"faultstring":"Request Entity Too Large",'
        b'"detail":{"errorcode":"protocol.http.TooBigBody"}}}'
    )


@pytest.mark.parametrize("token", ["", None])
def test_a_body_in_chunks_above_10_mb_is_413_before_the_token(caller: Caller, token: str | None) -> None:
    chunks = (b"x" * 65536 for _ in range(161))
    answer = caller.send("POST", caller.options, token=token, content=chunks)
    assert answer.status_code == 413
    assert answer.json()["fault"]["detail"]["errorcode"] == "protocol.http.TooBigBody"


def test_a_body_of_just_10_mb_is_read(caller: Caller) -> None:
    body = b'{"name":"' + b"x" * (10 * 1024 * 1024 - 11) + b'"}'
    answer = caller.send("POST", caller.options, content=body, headers={"Content-Type": "application/json"})
    assert len(body) == 10 * 1024 * 1024
    assert answer.status_code == 400


def test_a_chunked_body_is_read_once_and_used(caller: Caller) -> None:
    option = b'{"name":"5 EUR","points":500,"coupon":{"name":"x","discountType":"ABSOLUTE"}}'
    plain = caller.send("POST", caller.options, content=option, headers={"Content-Type": "application/json"})
    chunked = caller.send(
        "POST",
        caller.options,
        content=iter([option[:20], option[20:]]),
        headers={"Content-Type": "application/json"},
    )
    assert chunked.status_code == plain.status_code
    empty = caller.send("GET", caller.options, content=iter([b""]))
    assert empty.status_code == 200


def test_a_connection_goes_on_after_a_refused_body(caller: Caller) -> None:
    with httpx.Client(base_url=caller.world.server.url) as client:
        assert client.post(caller.options, content=b"x" * 11_000_000).status_code == 413
        answer = client.get(caller.options, headers={"Authorization": f"Bearer {caller.token}"})
    assert answer.status_code == 200


@pytest.mark.parametrize("line", [b"GET", b"NONSENSE /x HTTP/1.1", b"GET /x HTTP/9.9"])
def test_what_is_no_http_gets_the_gateways_400(caller: Caller, line: bytes) -> None:
    status, headers, body = caller.raw(line + b"\r\n\r\n")
    assert status == 400
    assert headers["content-type"] == "application/json"
    assert body.startswith(b'{"fault":{"faultstring":"Bad Request"')


def test_an_offer_of_http2_with_a_body_is_served(caller: Caller) -> None:
    body = b'{"points":"x"}'
    head = (
        f"POST {caller.options} HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer {caller.token}\r\n"
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAEAAEAAAAIAAAABAAMAAABk\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    assert caller.raw(head.encode() + body)[0] == 400


# Tokens.


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Bearer unknown", "Basic dXNlcjpwYXNz", "token0", "Bearer töken"],
)
def test_a_missing_or_unknown_token_is_the_gateways_401(caller: Caller, header: str | None) -> None:
    sent = f"Authorization: {header}\r\n" if header is not None else ""
    request = f"GET {caller.options} HTTP/1.1\r\nHost: mock\r\n{sent}\r\n"
    status, headers, body = caller.raw(request.encode())
    assert status == 401
    assert json.loads(body) == INVALID
    assert headers["content-type"] == "application/json"


def test_an_expired_token_says_so(caller: Caller) -> None:
    token = caller.issue(Principal("service", caller.world.tenant, "", frozenset("*")), lifetime=60)
    assert caller.send("GET", caller.options, token).status_code == 200
    caller.world.stored.clock.advance(timedelta(seconds=61))
    answer = caller.send("GET", caller.options, token)
    assert (answer.status_code, answer.json()) == (401, EXPIRED)
    caller.world.stored.clock.advance(timedelta(seconds=-61))
    assert caller.send("GET", caller.options, token).status_code == 200


def test_the_scheme_is_compared_without_case(caller: Caller) -> None:
    answer = caller.send("GET", caller.options, headers={"Authorization": f"bearer {caller.token}"})
    assert answer.status_code == 200


def test_the_token_of_a_dropped_world_is_unknown(caller: Caller) -> None:
    caller.world.server.app.runtime.worlds.drop(caller.world.tenant)
    assert caller.send("GET", caller.options).json() == INVALID


# Tenants.


def test_an_employee_token_needs_the_tenant_header(caller: Caller) -> None:
    tenant = caller.world.tenant
    token = caller.issue(Principal("employee", tenant, "", frozenset("*")))
    without = caller.send("GET", caller.options, token)
    assert (without.status_code, without.json()) == (401, INVALID)
    assert caller.send("GET", caller.options, token, {"Emporix-Tenant": tenant}).status_code == 200


IN_URI = "Tenant in the header is not matching with the one provided in the URI."
NOT_VALID = "The tenant information provided with the request is not valid."


@pytest.mark.parametrize(
    ("path", "of_header", "of_path"),
    [
        ("/site/{}/sites", NOT_VALID, NOT_VALID),
        ("/customer/{}/customers", NOT_VALID, NOT_VALID),
        ("/customer-management/{}/locations", IN_URI, IN_URI),
        ("/media/{}/assets", IN_URI, IN_URI),
        (
            "/configuration/{}/configurations",
            "Please provide tenant header",
            "Invalid tenant supplied without proper authorization",
        ),
    ],
)
def test_another_tenant_in_header_or_path_is_400_and_not_401_or_403(
    caller: Caller, path: str, of_header: str, of_path: str
) -> None:
    answer = caller.send("GET", path.format(caller.world.tenant), headers={"Emporix-Tenant": "another"})
    assert (answer.status_code, answer.json()["message"]) == (400, of_header)
    assert answer.headers["x-emporix-mock-rule"] == "gateway/tenant-header"
    answer = caller.send("GET", path.format("another"))
    assert (answer.status_code, answer.json()["message"]) == (400, of_path)
    assert answer.headers["x-emporix-mock-rule"] == "gateway/tenant-mismatch"
    assert "another" not in [world.tenant for world in caller.world.server.app.runtime.worlds]


# Methods and scopes.


def test_a_method_that_a_path_lacks_is_405_with_those_it_has(caller: Caller) -> None:
    answer = caller.send("PATCH", caller.options)
    assert answer.status_code == 405
    assert answer.headers["allow"] == "GET, POST"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Method Not Allowed",
        "status": 405,
        "detail": "Request method 'PATCH' is not supported",
        "instance": f"/{caller.world.tenant}/redeemOptions",
    }


def test_a_missing_scope_is_403_in_the_words_of_the_service(caller: Caller) -> None:
    token = caller.issue(Principal("service", caller.world.tenant, "", frozenset({"coupon.coupon_read"})))
    answer = caller.send("POST", caller.options, token)
    assert answer.status_code == 403
    assert answer.json() == {
        "code": 403,
        "status": "Forbidden",
        "message": "Scope validation failed",
        "details": ["Missing required scopes '[rewardspoints.rewardpoints_manage]'"],
    }
    refused = caller.send("POST", f"/coupon/{caller.world.tenant}/coupons", token)
    assert refused.status_code == 403
    assert refused.json()["type"] == "insufficient_permissions"
    assert caller.send("GET", f"/coupon/{caller.world.tenant}/coupons", token).status_code == 200


GENERAL_403 = "The access to the requested resource has been forbidden by the server."
GIVEN_403 = "The access to the given resource is forbidden."
UNNAMED = ["Missing required scopes"]


def plain(message: str, **more: Any) -> dict[str, Any]:
    return {"code": 403, "status": "Forbidden", "message": message, **more}


def typed(message: str, **more: Any) -> dict[str, Any]:
    return {"status": 403, "type": "insufficient_permissions", "message": message, **more}


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/tax/{}/taxes", plain(GENERAL_403)),
        ("POST", "/currency/{}/currencies", plain(GENERAL_403)),
        ("POST", "/price/{}/prices", plain(GENERAL_403)),
        ("POST", "/webhook/{}/config", plain(GENERAL_403)),
        ("POST", "/return/{}/returns", plain(GENERAL_403)),
        ("POST", "/ai-service/{}/texts", plain(GENERAL_403)),
        ("PATCH", "/country/{}/countries/DE", plain(GIVEN_403)),
        ("POST", "/unit-handling/{}/units", plain(GIVEN_403)),
        ("POST", "/customer-management/{}/locations", plain(GIVEN_403)),
        ("POST", "/media/{}/assets", plain(GENERAL_403 + ".", status="Bad request", details=UNNAMED)),
        (
            "GET",
            "/importtool/{}/configs",
            plain(GENERAL_403[:-15] + ".", status="forbidden", details=UNNAMED),
        ),
        (
            "POST",
            "/category/{}/categories",
            plain(
                "You need a scope for this action.", details=["Required scope(s): category.category_manage"]
            ),
        ),
        ("POST", "/fee/{}/fees", typed(GENERAL_403)),
        ("POST", "/availability/{}/availability/bulk", typed("User not authorized.", status="403")),
        (
            "GET",
            "/sequential-id/{}/schemas",
            typed(
                "Given request does not have required scopes. It is not authorized to perform this operation."
            ),
        ),
        (
            "POST",
            "/site/{}/sites",
            typed(
                "User not authorized",
                type="Forbidden",
                details=[{"message": "Missing required scopes [site.site_manage]"}],
            ),
        ),
        ("POST", "/shipping/{}/main/zones", typed("User not authorized.", type="Forbidden", details=UNNAMED)),
    ],
)
def test_the_403_of_every_family_is_that_of_the_documents(
    caller: Caller, method: str, path: str, body: dict[str, Any]
) -> None:
    token = caller.issue(Principal("service", caller.world.tenant, "", frozenset({"other.thing_read"})))
    answer = caller.send(method, path.format(caller.world.tenant), token)
    assert (answer.status_code, answer.json()) == (403, body)
    assert answer.headers["x-emporix-mock-scopes"]


def test_another_tenant_is_403_where_that_is_chosen(caller: Caller) -> None:
    caller.world.stored.switches["gateway/tenant-mismatch"] = "403"
    answer = caller.send("GET", "/currency/another/currencies")
    assert (answer.status_code, answer.json()["message"]) == (403, IN_URI)


def test_one_of_several_scopes_is_enough(caller: Caller) -> None:
    token = caller.issue(Principal("service", caller.world.tenant, "", frozenset({VIEW, "other.thing_read"})))
    path = "/reward-points/customer/10000001"
    assert caller.send("GET", path, token).status_code == 200


# Bodies.


def test_a_media_type_that_is_not_taken_is_415(caller: Caller) -> None:
    answer = caller.send("POST", caller.options, content=b"<a/>", headers={"Content-Type": "text/xml"})
    assert answer.status_code == 415
    assert "text/xml" in str(answer.json())


def test_a_body_without_media_type_is_read_as_json(caller: Caller) -> None:
    assert caller.send("POST", caller.options, content=b"[]").status_code == 400


@pytest.mark.parametrize(
    "body", [b"{", b'{"a":}', b"\xff\xfe", b"{'a':1}", b'{"a":NaN}', b'{"mixins":' * 300 + b"1" + b"}" * 300]
)
def test_malformed_json_is_400(caller: Caller, body: bytes) -> None:
    path = f"/coupon/{caller.world.tenant}/coupons"
    answer = caller.send("POST", path, content=body, headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert answer.json()["type"] == "bad_payload_syntax"
    assert answer.json()["details"][0]["type"] == "bad_payload_syntax"


def test_a_missing_body_is_400(caller: Caller) -> None:
    answer = caller.send("POST", f"/coupon/{caller.world.tenant}/coupons")
    assert answer.status_code == 400
    assert answer.json()["details"][0]["type"] == "missing_payload"


def test_a_missing_field_is_named(caller: Caller) -> None:
    answer = caller.send("POST", f"/coupon/{caller.world.tenant}/coupons", json={})
    assert answer.status_code == 400
    assert answer.json()["type"] == "validation_violation"
    detail = answer.json()["details"][0]
    assert (detail["field"], detail["type"]) == ("name", "missing_field")


def test_a_value_of_the_wrong_type_is_named(caller: Caller) -> None:
    answer = caller.send("POST", f"/coupon/{caller.world.tenant}/coupons", json={"name": 5})
    assert answer.status_code == 400
    detail = answer.json()["details"][0]
    assert (detail["field"], detail["type"]) == ("name", "invalid_field")


def test_a_query_parameter_of_the_wrong_type_is_400(caller: Caller) -> None:
    answer = caller.send("GET", f"/coupon/{caller.world.tenant}/coupons?pageSize=many")
    assert answer.status_code == 400
    assert answer.json()["details"][0]["field"] == "pageSize"


# Order.


def test_each_check_comes_before_the_next(caller: Caller) -> None:
    tenant, other = caller.world.tenant, "/reward-points/another/redeemOptions"
    narrow = caller.issue(Principal("service", tenant, "", frozenset({"coupon.coupon_read"})))
    employee = caller.issue(Principal("employee", tenant, "", frozenset("*")))
    xml = {"Content-Type": "text/xml"}
    long = f"{caller.options}?q={'x' * 10_300}"
    order = [
        (404, caller.send("PATCH", f"/reward-points/a/b/c/d?q={'x' * 10_300}", "unknown")),
        (414, caller.send("PATCH", long, "unknown")),
        (401, caller.send("PATCH", caller.options, "unknown")),
        (401, caller.send("PATCH", other, employee)),
        (400, caller.send("PATCH", other, narrow)),
        (405, caller.send("PATCH", caller.options, narrow)),
        (403, caller.send("POST", caller.options, narrow, xml, content=b"{")),
        (415, caller.send("POST", caller.options, headers=xml, content=b"{")),
        (
            400,
            caller.send("POST", caller.options, headers={"Content-Type": "application/json"}, content=b"{"),
        ),
    ]
    assert [answer.status_code for _, answer in order] == [status for status, _ in order]


def test_nothing_of_all_this_is_a_defect_of_the_mock(caller: Caller) -> None:
    for method, path in [("GET", "/site/another/sites"), ("PATCH", caller.options), ("POST", caller.options)]:
        caller.send(method, path, content=b"{")
    assert caller.world.stored.problems == []


# Browsers.


def test_every_route_answers_a_preflight(caller: Caller) -> None:
    source = load.bundled()
    asked = {"Origin": "https://shop.example", "Access-Control-Request-Headers": "authorization,saas-token"}
    with httpx.Client(base_url=caller.world.server.url, headers=asked) as client:
        for service in SERVICES:
            for method, path, _ in operations(source.document(service), service):
                answer = client.options(path, headers={"Access-Control-Request-Method": method.upper()})
                assert answer.status_code == 204, path
                assert answer.headers["access-control-allow-origin"] == "https://shop.example"
                assert answer.headers["access-control-allow-credentials"] == "true"
                assert method.upper() in answer.headers["access-control-allow-methods"]
                assert answer.headers["access-control-allow-headers"] == "authorization,saas-token"


@pytest.mark.parametrize("path", ["/no-such-service", "/reward-points/a/b/c/d"])
def test_a_preflight_of_an_unknown_path_lets_the_page_see_the_404(caller: Caller, path: str) -> None:
    url = f"{caller.world.server.url}{path}"
    asked = {"Origin": "https://shop.example"}
    allowed = _http.options(url, headers={**asked, "Access-Control-Request-Method": "GET"})
    assert allowed.status_code == 204
    answer = _http.get(url, headers=asked)
    assert answer.status_code == 404
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"


def test_pages_of_other_origins_may_read_answers_and_their_headers(caller: Caller) -> None:
    for token, status in ((None, 200), ("unknown", 401)):
        answer = caller.send("GET", caller.options, token, {"Origin": "https://shop.example"})
        assert answer.status_code == status
        assert answer.headers["access-control-allow-origin"] == "https://shop.example"
        assert answer.headers["access-control-allow-credentials"] == "true"
        assert answer.headers["vary"] == "Origin"
        exposed = answer.headers["access-control-expose-headers"].lower()
        for name in ("x-total-count", "location", "saas-token", "x-emporix-mock-rule"):
            assert name in exposed


def test_without_an_origin_there_are_no_cors_headers(caller: Caller) -> None:
    assert "access-control-allow-origin" not in caller.send("GET", caller.options).headers


def test_options_without_a_preflight_is_a_method_like_any_other(caller: Caller) -> None:
    assert caller.send("OPTIONS", caller.options).status_code == 405
    assert caller.send("OPTIONS", caller.options, "unknown").status_code == 401


def test_head_is_get_without_the_body(caller: Caller) -> None:
    get, head = caller.send("GET", caller.options), caller.send("HEAD", caller.options)
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == get.headers["content-length"] != "0"
    for path, status in ((f"{caller.options}/nothing/here", 404), ("/no-such-service", 404)):
        refused = caller.send("HEAD", path)
        assert (refused.status_code, refused.content) == (status, b"")
    assert caller.send("HEAD", caller.options, "unknown").status_code == 401


# Services whose gateway spells its 401 differently, on the vendor's own documents.


@pytest.fixture(scope="module")
def official() -> Iterator[str]:
    if not OFFICIAL.is_dir():
        pytest.skip("the vendor's documents are not beside this checkout")
    server = Server(create_app(Config(spec="official", spec_dir=OFFICIAL, seed="empty")))
    with server as url:
        yield url


@pytest.mark.parametrize(
    "path", ["/iam/acme/groups", "/quote/acme/quotes", "/schema/acme/schemas", "/label/labels"]
)
def test_four_services_spell_the_401_another_way(official: str, path: str) -> None:
    answer = _http.get(f"{official}{path}")
    assert answer.status_code == 401
    assert answer.json() == {
        "fault": {
            "faultstring": "Invalid Access Token",
            "detail": {"errorcode": "keymanagement.service.invalid_access_token"},
        }
    }
