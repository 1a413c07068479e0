"""A server with a data file, killed hard at any moment: what it acknowledged is there, nothing by halves."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from emporix_mock.testing import Emporix

if TYPE_CHECKING:
    from collections.abc import Iterator

KILLS = 210
PER_FILE = 21
WRITERS = 4
TENANT = "acme"
OTHER = "other"
COST = 10
BULK = 12
SEED = 20261123
JSON = {"Content-Type": "application/json"}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="forks servers, and this system cannot")


@dataclass(frozen=True)
class Kept:
    """What one writer has in the server: by its own book, or as read from there."""

    points: int = 0
    redeemed: frozenset[str] = frozenset()
    coupons: tuple[tuple[str, str], ...] = ()
    products: frozenset[str] = frozenset()

    def named(self, code: str, name: str) -> Kept:
        """With a coupon made or renamed."""
        return replace(self, coupons=tuple(sorted({**dict(self.coupons), code: name}.items())))

    def without(self, code: str) -> Kept:
        """With a coupon deleted."""
        return replace(self, coupons=tuple(each for each in self.coupons if each[0] != code))


@dataclass
class Request:
    """One request, and what it makes of what the writer has."""

    method: str
    path: str
    body: Any
    token: str
    after: Kept
    redeems: bool = False


@dataclass
class Writer:
    """A customer and a backend that write one thing after the other until the server is gone."""

    number: int
    customer: str
    token: str
    backend: str
    option: str
    draw: random.Random
    kept: Kept = field(default_factory=Kept)
    open: Request | None = None
    acknowledged: int = 0
    wrong: str | None = None
    _count: int = 0

    def write(self, port: int) -> None:
        """Send requests until one is not answered; that one stays `open`."""
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        with suppress(OSError, http.client.HTTPException):
            while self.wrong is None:
                request = self.open = self.next()
                headers = {**JSON, "Authorization": f"Bearer {request.token}"}
                connection.request(request.method, request.path, json.dumps(request.body), headers)
                response = connection.getresponse()
                raw = response.read()
                if response.status >= 300:
                    self.wrong = f"{request.method} {request.path}: {response.status} {raw!r}"
                    return
                self.kept = request.after
                if request.redeems:
                    code = json.loads(raw)["code"]
                    self.kept = replace(self.kept, redeemed=self.kept.redeemed | {code})
                self.open = None
                self.acknowledged += 1
        connection.close()

    def next(self) -> Request:
        """Whatever comes to the writer's mind."""
        self._count += 1
        kept, choices = self.kept, ["points", "coupon", "bulk"]
        if kept.points >= COST:
            choices += ["redeem"] * 4
        if kept.products:
            choices += ["remove"]
        if kept.coupons:
            choices += ["rename", "delete"]
        kind = self.draw.choice(choices)
        code = f"W{self.number}N{self._count}X{self.draw.randrange(10**9)}"
        if kind == "points":
            given = self.draw.randint(1, 40)
            after = replace(kept, points=kept.points + given)
            path = f"/reward-points/customer/{self.customer}/addPoints"
            return Request("POST", path, {"points": given}, self.backend, after)
        if kind == "redeem":
            after = replace(kept, points=kept.points - COST)
            path = "/reward-points/public/customer/redeem?siteCode=main"
            return Request("POST", path, {"id": self.option}, self.token, after, redeems=True)
        if kind == "bulk":
            codes = [f"{code}-{part}" for part in range(BULK)]
            body = [
                {"id": each, "code": each, "name": {"en": each}, "productType": "BASIC"} for each in codes
            ]
            after = replace(kept, products=kept.products | set(codes))
            return Request("POST", f"/product/{TENANT}/products/bulk", body, self.backend, after)
        if kind == "remove":
            chosen = self.draw.choice(sorted(kept.products))
            after = replace(kept, products=kept.products - {chosen})
            return Request("DELETE", f"/product/{TENANT}/products/{chosen}", None, self.backend, after)
        if kind == "coupon":
            body = coupon(code, "new")
            return Request("POST", f"/coupon/{TENANT}/coupons", body, self.backend, kept.named(code, "new"))
        code, name = self.draw.choice(kept.coupons)
        if kind == "delete":
            path = f"/coupon/{TENANT}/coupons/{code}"
            return Request("DELETE", path, None, self.backend, kept.without(code))
        name = f"{name[:20]}+{self._count}"
        path = f"/coupon/{TENANT}/coupons/{code}"
        return Request("PATCH", path, {"name": name}, self.backend, kept.named(code, name))

    def check(self, found: Kept) -> None:
        """What is in the server is what was acknowledged, with all or nothing of the open request."""
        assert self.wrong is None, self.wrong
        expected = [self.kept]
        if self.open is not None:
            new = found.redeemed - self.kept.redeemed if self.open.redeems else frozenset()
            if len(new) == self.open.redeems:
                expected.append(replace(self.open.after, redeemed=self.kept.redeemed | new))
        assert found in expected, f"writer {self.number}, open: {self.open}"
        self.kept, self.open = found, None


def coupon(code: str, name: str) -> dict[str, Any]:
    """A coupon to create."""
    rest = {"discountType": "PERCENT", "discountPercentage": 5, "maxRedemptions": 1}
    return {"code": code, "name": name, **rest}


class WorldKeeper:
    """Fills, empties and copies a world of its own; each is one request, and one transaction."""

    def __init__(self, draw: random.Random) -> None:
        self.draw = draw
        self.count = 0
        self.states: list[int] = [0]
        self.wrong: str | None = None

    def write(self, port: int) -> None:
        """Go on until the server is gone; `states` ends with what may be."""
        world = Emporix(f"http://127.0.0.1:{port}", OTHER)
        with suppress(OSError, http.client.HTTPException):
            while True:
                now = self.states[-1]
                self.count += 1
                if now and self.draw.random() < 0.5:
                    self.states = [now, 0]
                    world.reset(to="empty")
                else:
                    self.states = [now, now + BULK]
                    codes = [f"F{self.count}-{n}-{self.draw.randrange(10**9)}" for n in range(BULK)]
                    world.seed({"coupon": {"coupons": [coupon(code, "x") for code in codes]}})
                self.states = self.states[-1:]

    def check(self, port: int) -> None:
        """All or nothing of the last request."""
        world = Emporix(f"http://127.0.0.1:{port}", OTHER)
        found = len(world.control("GET", "/documents/coupon")["coupons"])
        assert found in self.states
        self.states = [found]


class Forking:
    """The program that forks servers."""

    def __init__(self, defect: str) -> None:
        command = [sys.executable, str(Path(__file__).with_name("forking_server.py")), defect]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self._pid: int | None = None

    def start(self, file: Path) -> int:
        """The port of a server on the file."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{file}\n")
        self._process.stdin.flush()
        self._pid, port = map(int, self._process.stdout.readline().split())
        return port

    def kill(self) -> None:
        """End the server as hard as can be, and wait until it is gone."""
        pid, self._pid = self._pid, None
        if pid is None:
            return
        os.kill(pid, signal.SIGKILL)
        with suppress(ProcessLookupError):
            while True:
                os.kill(pid, 0)
                time.sleep(0.001)

    def close(self) -> None:
        """End everything."""
        self.kill()
        self._process.communicate(timeout=30)


@pytest.fixture
def forking(request: pytest.FixtureRequest) -> Iterator[Forking]:
    """The program that forks servers, with the defect that a test may ask for; none outlives the test."""
    made = Forking(getattr(request, "param", "none"))
    yield made
    made.close()


def chance(seed: float) -> random.Random:
    """Repeatable choices."""
    return random.Random(seed)  # noqa: S311  # no secrets


def prepare(port: int, draw: random.Random) -> list[Writer]:
    """Customers with nothing but a name, and a coupon to be had for points."""
    world = Emporix(f"http://127.0.0.1:{port}", TENANT)
    backend = world.token()
    Emporix(world.url, OTHER).reset(to="empty")
    template = {"name": "T", "discountType": "PERCENT", "discountPercentage": 5, "maxRedemptions": 1}
    option = {"type": "coupon", "name": "T", "points": COST, "description": "T", "coupon": template}
    settings = {
        "enabled": True,
        "codePrefix": "T",
        "orderValueToRewardPointsFactor": 1,
        "validityInMonths": 2,
    }
    mixins = {"couponSettings": {"rewardpoints": settings}}
    world.call("POST", f"/site/{TENANT}/sites/main/mixins", mixins, token=backend)
    chosen = world.call("POST", f"/reward-points/{TENANT}/redeemOptions", option, token=backend)[-1]["id"]
    writers = []
    for number in range(WRITERS):
        token = world.token("customer")
        customer = world.call("GET", f"/customer/{TENANT}/me", token=token)["id"]
        own = chance(draw.random())
        writers.append(Writer(number, customer, token, backend, chosen, own))
    return writers


def read(port: int, writers: list[Writer]) -> list[Kept]:
    """What each writer has in the server."""
    world = Emporix(f"http://127.0.0.1:{port}", TENANT)
    coupons = world.control("GET", "/documents/coupon")["coupons"]
    standing = [each for each in coupons if not each["deleted"]]
    products = world.control("GET", "/documents/product-service")["products"]
    found = []
    for writer in writers:
        path, mark = f"/reward-points/customer/{writer.customer}", f"W{writer.number}N"
        answered = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
        answered.request("GET", path, headers={"Authorization": f"Bearer {writer.backend}"})
        raw = answered.getresponse()
        points = int(raw.read()) if raw.status == 200 else 0
        answered.close()
        named = sorted((each["code"], each["name"]) for each in standing if each["code"].startswith(mark))
        redeemed = frozenset(each["code"] for each in coupons if each.get("issuedTo") == writer.customer)
        own = frozenset(each["id"] for each in products if each["id"].startswith(mark))
        found.append(Kept(points, redeemed, tuple(named), own))
    return found


def wait_for(writers: list[Writer], more: int) -> None:
    """Let so many requests more be acknowledged, or a second pass."""
    enough = sum(writer.acknowledged for writer in writers) + more
    until = time.monotonic() + 1
    while sum(writer.acknowledged for writer in writers) < enough and time.monotonic() < until:
        time.sleep(0.001)


def campaign(forking: Forking, folder: Path, kills: int) -> tuple[int, int]:
    """Kill so often; how many requests were acknowledged, and how many cut off."""
    draw = chance(SEED)
    acknowledged = cut = 0
    for file in (folder / f"{number}.data" for number in range(kills // PER_FILE)):
        port = forking.start(file)
        writers, keeper = prepare(port, draw), WorldKeeper(chance(draw.random()))
        for _ in range(PER_FILE):
            busy = [threading.Thread(target=each.write, args=(port,)) for each in [*writers, keeper]]
            for thread in busy:
                thread.start()
            wait_for(writers, draw.randint(0, 14))
            time.sleep(draw.uniform(0, 0.015))
            forking.kill()
            for thread in busy:
                thread.join()
            cut += sum(writer.open is not None for writer in writers)
            port = forking.start(file)
            for writer, found in zip(writers, read(port, writers), strict=True):
                writer.check(found)
            keeper.check(port)
        acknowledged += sum(writer.acknowledged for writer in writers)
        forking.kill()
    return acknowledged, cut


def test_what_was_acknowledged_outlives_a_hard_kill_and_nothing_is_there_by_halves(
    forking: Forking, tmp_path: Path
) -> None:
    acknowledged, cut = campaign(forking, tmp_path, KILLS)
    # Enough happened, and enough was cut off, for the campaign to mean something.
    assert acknowledged > 5 * KILLS
    assert cut > KILLS


@pytest.mark.parametrize("forking", ["late", "halves"], indirect=True)
def test_the_same_finds_a_server_that_saves_late_or_by_halves(forking: Forking, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        campaign(forking, tmp_path, KILLS)
