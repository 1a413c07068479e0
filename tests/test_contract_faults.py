"""A stub broken on purpose turns a contract run red, each defect by the check that is meant for it.

The defects sit between the server and the application, so the stub itself is the real one. Beside each
stands what it breaks; a run of the same operations against the unbroken stub passes first.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import orjson
import pytest

from emporix_mock.app import create_app
from emporix_mock.server import Server
from emporix_mock_contract.run import Options, Outcome, exit_code, run
from emporix_mock_contract.target import Target

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.asgi.front import Front

LIST_COUPONS = "GET-coupon-list-specified-coupons"
CREATE_COUPON = "POST-coupon-create-coupon"
READ_COUPON = "GET-coupon-retrieve-coupon"
REDEEM = "POST-coupon-invalidate-coupon"
READ_ADDRESS = "GET-customer-retrieve-address-by-id"
ADD_ADDRESS = "POST-customer-add-address"
RESEND = "POST-customer-refresh-token"
BUY = "POST-reward-points-redeem-logged-customer-reward-points-coupon"
SUMMARY = "GET-reward-points-retrieve-customer-reward-summary"
SITE_LIFE = (
    "POST-site-settings-create-site",
    "GET-site-settings-retrieve-site-config",
    "DELETE-site-settings-remove-site",
)
COMPANY_ORDERS = "GET-order-retrieve-legal-entity-orders"
OWN_LISTS = "GET-shopping-list-retrieve-shopping-list"
LIST, CHANGE_LIST = (
    "GET-shopping-list-retrieve-customer-shopping-list",
    "PUT-shopping-list-update-customer-shopping-list",
)
READ_BRAND, CHANGE_BRAND = "GET-brand-retrieve-brand", "PATCH-brand-update-brand"
LISTS, BRAND = r"/shoppinglist/\w+/shopping-lists", r"/brand/brands/[^/]+"
COUPONS, COUPON = r"/coupon/\w+/coupons", r"/coupon/\w+/coupons/[^/]+"


@dataclass
class Message:
    """One exchange as a defect sees it: the request, and the answer that it may change."""

    method: str
    path: str
    query: str
    headers: dict[bytes, bytes]
    body: bytes
    status: int = 0
    answer_headers: dict[bytes, bytes] = field(default_factory=dict)
    answer: bytes = b""

    def json(self) -> Any:
        """The answer, decoded."""
        return orjson.loads(self.answer)

    def reply(self, status: int, body: Any) -> None:
        """Answer something else."""
        self.status, self.answer = status, orjson.dumps(body)
        self.answer_headers[b"content-type"] = b"application/json"


class Defect:
    """Breaks the exchanges of an application; `before` changes requests, `after` answers."""

    def before(self, message: Message) -> None:
        """Change a request."""

    def after(self, message: Message) -> None:
        """Change an answer."""


class Broken:
    """The application with a defect in front; the control API stays whole."""

    def __init__(self, app: Front, defect: Defect) -> None:
        self.app = app
        self.defect = defect

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Let the defect see the request and the answer."""
        if scope["type"] != "http" or scope["path"].startswith("/_mock"):
            await self.app(scope, receive, send)
            return
        received = [await receive()]
        while received[-1].get("more_body"):
            received.append(await receive())
        message = Message(
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            dict(scope["headers"]),
            b"".join(part.get("body", b"") for part in received),
        )
        self.defect.before(message)
        inner = {**scope, "headers": list(message.headers.items()), "query_string": message.query.encode()}

        async def again() -> Any:
            return {"type": "http.request", "body": message.body, "more_body": False}

        async def collect(event: Any) -> None:
            if event["type"] == "http.response.start":
                message.status, message.answer_headers = event["status"], dict(event["headers"])
            else:
                message.answer += event.get("body", b"")

        await self.app(inner, again, collect)
        self.defect.after(message)
        message.answer_headers[b"content-length"] = str(len(message.answer)).encode()
        start = {"type": "http.response.start", "status": message.status}
        await send({**start, "headers": list(message.answer_headers.items())})
        await send({"type": "http.response.body", "body": message.answer})


class On(Defect):
    """Changes the answers of one method on the paths that fit a pattern."""

    def __init__(self, method: str, pattern: str, change: Callable[[Message], None]) -> None:
        self.method, self.pattern, self.change = method, re.compile(pattern), change

    def after(self, message: Message) -> None:
        """Change it."""
        if message.method == self.method and self.pattern.fullmatch(message.path):
            self.change(message)


def wrong_status(message: Message) -> None:
    """Created, but told as accepted."""
    if message.status == 201:
        message.status = 202


def html(message: Message) -> None:
    """The right body under the wrong name."""
    if message.status == 200:
        message.answer_headers[b"content-type"] = b"text/html"


def bare_summary(message: Message) -> None:
    """The document requires the list of added points."""
    if message.status == 200:
        body = message.json()
        del body["summary"]["addedPointsList"]
        message.reply(200, body)


def accepts_all(message: Message) -> None:
    """Whatever the body is."""
    if message.status == 400:
        message.status, message.answer = 202, b""


def fails_on_customer(message: Message) -> None:
    """One parameter is too much."""
    if "customerNumber=" in message.query:
        message.reply(500, {"status": 500, "type": "internal_service_error", "message": "boom"})


def fails(message: Message) -> None:
    """A server error that the document lists and the profile expects."""
    message.reply(500, {"timestamp": "now", "status": 500, "error": "Internal Server Error", "path": "/"})


def nameless_refusal(message: Message) -> None:
    """A rule refuses without its name."""
    message.answer_headers.pop(b"x-emporix-mock-rule", None)


def invented_rule(message: Message) -> None:
    """A rule that nobody has registered."""
    if message.status == 200:
        message.reply(400, {"status": 400, "type": "validation_violation", "message": "no"})
        message.answer_headers[b"x-emporix-mock-rule"] = b"coupon/because"


def rejects_valid(message: Message) -> None:
    """Valid data is called unprocessable."""
    if message.status == 200:
        message.reply(422, {"status": 422, "type": "validation_violation", "message": "no"})


def any_method(message: Message) -> None:
    """A method that no path has."""
    if message.status == 405:
        message.reply(200, {})


def wordy_count(message: Message) -> None:
    """A header that is documented as a number."""
    message.answer_headers[b"items-count"] = b"many"


def gone(message: Message) -> None:
    """Made, and then not there."""
    message.reply(404, {"status": 404, "type": "resource_not_found", "message": "gone"})


class NotFoundEverywhere(Defect):
    """Nothing of a service is there once its entities are made."""

    def after(self, message: Message) -> None:
        """Answer 404, unless it is the set-up."""
        if message.method == "GET" and message.path.endswith("/coupons"):
            message.reply(404, {"status": 404, "type": "resource_not_found", "message": "gone"})


class NoTokenNeeded(Defect):
    """A call without a token, or with a wrong one, is served under the last good one."""

    def __init__(self) -> None:
        self.good = b""

    def before(self, message: Message) -> None:
        """Lend the good token."""
        given = message.headers.get(b"authorization", b"")
        if message.path.endswith("/coupons") and (b"INVALID" in given or not given) and self.good:
            message.headers[b"authorization"] = self.good

    def after(self, message: Message) -> None:
        """Remember the good token."""
        if message.path.endswith("/coupons") and message.status < 300:
            self.good = message.headers[b"authorization"]


class AnyScope(Defect):
    """A token that lacks the scope is served under one that has it."""

    def __init__(self) -> None:
        self.full = b""

    def before(self, message: Message) -> None:
        """Lend the token with all scopes to every service token."""
        given = message.headers.get(b"authorization", b"")
        if message.method == "GET" and message.path.endswith("/coupons") and len(given) == len(self.full):
            message.headers[b"authorization"] = self.full

    def after(self, message: Message) -> None:
        """Remember the token with all scopes."""
        if message.path == "/oauth/token" and b"scope=" not in message.body:
            self.full = b"Bearer " + message.json()["access_token"].encode()


class Lends(Defect):
    """Whoever asks is served under the token that was served first."""

    def __init__(self, method: str, pattern: str) -> None:
        self.method, self.pattern, self.first = method, re.compile(pattern), b""

    def fits(self, message: Message) -> bool:
        """Whether it is one of the exchanges that this breaks."""
        return message.method == self.method and self.pattern.fullmatch(message.path) is not None

    def before(self, message: Message) -> None:
        """Lend the token."""
        if self.first and b"authorization" in message.headers and self.fits(message):
            message.headers[b"authorization"] = self.first

    def after(self, message: Message) -> None:
        """Remember it."""
        if not self.first and message.status < 300 and self.fits(message):
            self.first = message.headers[b"authorization"]


class RemembersTooWell(Defect):
    """What was once read stays readable, for anybody and after its end."""

    def __init__(self) -> None:
        self.seen: dict[str, bytes] = {}

    def after(self, message: Message) -> None:
        """Answer what was there before."""
        if message.method == "GET" and message.status == 200:
            self.seen[message.path] = message.answer
        elif message.method == "GET" and message.status == 404 and message.path in self.seen:
            message.reply(200, orjson.loads(self.seen[message.path]))


class Stumbles(Defect):
    """The mock itself notes a defect, and nobody sees it in an answer."""

    def __init__(self) -> None:
        self.app: Any = None

    def after(self, message: Message) -> None:
        """Note it as the stub would."""
        world = self.app.runtime.worlds.find(message.path.split("/")[2])
        if message.path.endswith("/coupons") and message.method == "GET":
            self.app.runtime.problem(world, LIST_COUPONS, "stumbled")


@dataclass(frozen=True)
class Plant:
    """A defect, where to look, and the check that has to see it."""

    name: str
    check: str
    service: str
    operations: tuple[str, ...]
    defect: Callable[[], Defect]
    phases: tuple[str, ...]


PLANTS = (
    Plant("wrong success status", "status_code_conformance", "coupon", (CREATE_COUPON,),
          lambda: On("POST", COUPONS, wrong_status), ("examples",)),
    Plant("wrong content type", "content_type_conformance", "coupon", (LIST_COUPONS,),
          lambda: On("GET", COUPONS, html), ("examples",)),
    Plant("missing required property", "response_schema_conformance", "reward-points", (SUMMARY,),
          lambda: On("GET", ".*/summary", bare_summary), ("examples",)),
    Plant("wrong header value", "response_headers_conformance", "coupon", (LIST_COUPONS,),
          lambda: On("GET", COUPONS, wordy_count), ("examples",)),
    Plant("accepts an invalid body", "negative_data_rejection", "customer-management", (RESEND,),
          lambda: On("POST", ".*/optin/refresh_token", accepts_all), ("coverage",)),
    Plant("rejects a valid request", "positive_data_acceptance", "coupon", (READ_COUPON,),
          lambda: On("GET", COUPON, rejects_valid), ("examples",)),
    Plant("500 on some input", "not_a_server_error", "coupon", (READ_COUPON,),
          lambda: On("GET", COUPON, fails_on_customer), ("examples",)),
    Plant("needs no token", "ignored_auth", "coupon", (LIST_COUPONS,), NoTokenNeeded, ("examples",)),
    Plant("needs no scope", "scope_asked", "coupon", (LIST_COUPONS,), AnyScope, ("examples",)),
    Plant("shows what another customer owns", "peer_kept_out", "customer-management", (READ_ADDRESS,),
          RemembersTooWell, ("examples",)),
    Plant("lets another customer read what one made", "object_level_authorization", "customer-management",
          (ADD_ADDRESS, READ_ADDRESS), RemembersTooWell, ("stateful",)),
    Plant("shows a customer's document to whoever asks", "strangers_kept_out", "shopping-list", (LIST,),
          lambda: Lends("GET", f"{LISTS}/[^/]+"), ("examples",)),
    Plant("lists everybody's documents", "strangers_kept_out", "shopping-list", (OWN_LISTS,),
          lambda: Lends("GET", LISTS), ("examples",)),
    Plant("lets anybody change a customer's document", "strangers_kept_out", "shopping-list", (CHANGE_LIST,),
          lambda: Lends("PUT", f"{LISTS}/[^/]+"), ("examples",)),
    Plant("shows a company's orders to another company", "strangers_kept_out", "order", (COMPANY_ORDERS,),
          lambda: Lends("GET", r"/order-v2/\w+/legal-entity-orders/[^/]+"), ("examples",)),
    Plant("lets another tenant in", "strangers_kept_out", "coupon", (READ_COUPON,),
          lambda: Lends("GET", COUPON), ("examples",)),
    Plant("shows another tenant's document where the path names none", "strangers_kept_out",
          "brand-service", (READ_BRAND,), lambda: Lends("GET", BRAND), ("examples",)),
    Plant("changes another tenant's document where the path names none", "strangers_kept_out",
          "brand-service", (CHANGE_BRAND,), lambda: Lends("PATCH", BRAND), ("examples",)),
    Plant("refuses without naming a rule", "refused_by_rule", "coupon", (CREATE_COUPON,),
          lambda: On("POST", COUPONS, nameless_refusal), ("coverage",)),
    Plant("refuses by an unknown rule", "refused_by_rule", "coupon", (READ_COUPON,),
          lambda: On("GET", COUPON, invented_rule), ("examples",)),
    Plant("fails on purpose without saying why", "refused_by_rule", "reward-points", (BUY,),
          lambda: On("POST", ".*/public/customer/redeem", fails), ("examples",)),
    Plant("404 for everything", "OperationReached", "coupon", (LIST_COUPONS,), NotFoundEverywhere,
          ("examples",)),
    Plant("serves undeclared methods", "unsupported_method", "coupon", (LIST_COUPONS,),
          lambda: On("PATCH", COUPONS, any_method), ("coverage",)),
    Plant("readable after its end", "use_after_free", "site-settings-service", SITE_LIFE,
          RemembersTooWell, ("stateful",)),
    Plant("gone as soon as it is made", "ensure_resource_availability", "customer-management",
          (ADD_ADDRESS, READ_ADDRESS), lambda: On("GET", ".*/me/addresses/[^/]+", gone), ("stateful",)),
    Plant("a problem of the mock", "MockProblems", "coupon", (LIST_COUPONS,), Stumbles, ("examples",)),
)  # fmt: skip


def tried(app: Any, plant: Plant) -> Outcome:
    """The outcome of one run against an application."""
    options = Options(
        services=(plant.service,), operations=plant.operations, phases=plant.phases, scenarios=24
    )
    with Server(app) as url:
        outcomes = run(Target(url, own=True), options)
    assert len(outcomes) == 1
    assert outcomes[0].code in (0, 1), outcomes[0].output
    assert exit_code(outcomes) == outcomes[0].code
    return outcomes[0]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant.name)
def test_a_planted_fault_is_seen_by_its_check(plant: Plant):
    app, defect = create_app(), plant.defect()
    if isinstance(defect, Stumbles):
        defect.app = app
    outcome = tried(Broken(app, defect), plant)
    found = {failure["check"] for failure in outcome.failures}
    assert outcome.code == 1, outcome.output
    assert plant.check in found, outcome.output


@pytest.mark.parametrize("service", sorted({plant.service for plant in PLANTS}))
def test_without_a_fault_the_same_operations_pass(service: str):
    same = [plant for plant in PLANTS if plant.service == service]
    operations = dict.fromkeys(each for plant in same for each in plant.operations)
    phases = dict.fromkeys(each for plant in same for each in plant.phases)
    outcome = tried(
        Broken(create_app(), Defect()), Plant("", "", service, (*operations,), Defect, (*phases,))
    )
    assert outcome.failures == []
    assert outcome.code == 0, outcome.output
