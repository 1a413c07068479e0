"""What is measured without a socket: growth, memory per document, reset, fork, first requests, validation.

Run as `python inside.py PART [NUMBER…]` in a process of its own; prints one line of JSON.
"""

from __future__ import annotations

import asyncio
import gc
import json
import math
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from instructions import FORM, call

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.store.tokens import Principal
from emporix_mock_spec.operation import operation

if TYPE_CHECKING:
    from emporix_mock.store.world import World

TENANT = "acme"
REPEATS = 25
TOKEN = b"Bearer growth"
SCOPES = frozenset({"customer.customer_read", "rewardspoints.rewardpoints_manage"})
CUSTOMERS = f"/customer/{TENANT}/customers"


def best(task: Any, number: int) -> float:
    """Microseconds of one call: the least of several rounds, which noise cannot lower."""
    rounds = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        for _ in range(number):
            task()
        rounds.append((time.perf_counter() - started) / number * 1e6)
    return min(rounds)


def drive(coroutine: Any) -> Any:
    """Run a coroutine that never waits."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    raise RuntimeError("the application waited for something")


def growth(count: int) -> dict[str, float]:
    """Get, list of 20 and indexed filter over `count` stored customers, and the memory they take."""
    app = create_app(Config(tenant=TENANT, seed="empty"))
    world = app.runtime.worlds.get(TENANT)
    world.tokens.issue(Principal("service", TENANT, "growth", SCOPES))
    drive(call(app, "GET", CUSTOMERS, TOKEN))
    gc.collect()
    before, size = resident(), 0
    customers = world.state("customer-service").collection("customers")
    for number in range(count):
        document = customer(number)
        size += len(json.dumps(document, separators=(",", ":")))
        customers.put(document["id"], document)
    gc.collect()
    memory = (resident() - before) / count

    def get(path: str, query: bytes = b"") -> Any:
        status, body = drive(call(app, "GET", path, TOKEN, query=query))
        if status != 200:
            raise RuntimeError(body)
        return json.loads(body)

    middle = customers.ids()[count // 2]
    filtered = b"q=lastName:Name%d&pageSize=20" % (count // 2 // 5)
    if len(get(CUSTOMERS, b"pageSize=20")) != min(count, 20) or len(get(CUSTOMERS, filtered)) != 5:
        raise RuntimeError("the list or the filter finds the wrong documents")
    return {
        "documents": count,
        "get": best(lambda: get(f"{CUSTOMERS}/{middle}"), 20),
        "list": best(lambda: get(CUSTOMERS, b"pageSize=10"), 20),
        "filter": best(lambda: get(CUSTOMERS, filtered), 20),
        "json": size / count,
        "memory": memory,
    }


def customer(number: int) -> dict[str, Any]:
    """A customer; five share a name."""
    return {
        "id": f"{20000000 + number}",
        "customerNumber": f"{20000000 + number}",
        "firstName": "Mia",
        "lastName": f"Name{number // 5}",
        "contactEmail": f"customer{number}@example.com",
        "active": True,
        "onHold": False,
        "preferredLanguage": "en_US",
        "preferredCurrency": "EUR",
        "preferredSite": "main",
        "metadata": {"version": 1},
    }


def resident() -> int:
    """Resident bytes of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def state() -> dict[str, float]:
    """Reset of a world with 1,000 documents of its own, and a fork of it, in microseconds."""
    app = create_app(Config(tenant=TENANT))
    world = app.runtime.worlds.get(TENANT)
    for service in ("customer-service", "coupon", "reward-points", "site-settings-service"):
        world.state(service)

    def filled() -> World:
        customers = world.state("customer-service").collection("customers")
        for number in range(1000):
            document = customer(number)
            customers.put(document["id"], document)
        return world

    resets, forks = [], []
    for _ in range(REPEATS):
        filled()
        started = time.perf_counter()
        app.runtime.worlds.create("copy").adopt(world)
        forks.append(time.perf_counter() - started)
        started = time.perf_counter()
        world.reset()
        resets.append(time.perf_counter() - started)
    return {"reset": min(resets) * 1e6, "fork": min(forks) * 1e6}


def first() -> dict[str, float]:
    """Milliseconds of the first request of each service, in a server that has answered others."""
    app = create_app(Config(tenant=TENANT))
    world = app.runtime.worlds.get(TENANT)
    world.tokens.issue(Principal("service", TENANT, "growth", frozenset({"*"})))
    drive(call(app, "GET", f"/site/{TENANT}/sites", TOKEN))
    took: dict[str, float] = {}
    for name in sorted(
        {name for names in app.segments.values() for name in names if not name.startswith("_")}
    ):
        document = app.runtime._build(name, app.runtime).document
        path, item = next(iter(document["paths"].items()))
        method = next(key for key in item if key in ("get", "post", "put", "delete", "patch", "head"))
        names = {p.name for p in operation(document, name, method, path).parameters if p.place == "path"}
        for each in names:
            path = path.replace(f"{{{each}}}", TENANT if each == "tenant" else "x1")
        app.runtime._services.pop(name, None)
        started = time.perf_counter()
        drive(call(app, method.upper(), path, TOKEN))
        took[name] = (time.perf_counter() - started) * 1000
    return took


def validation() -> dict[str, float]:
    """What checking answers adds to a request: share of the time of the same request unchecked."""
    app = create_app(Config(tenant=TENANT))
    _, answer = drive(call(app, "POST", "/oauth/token", b"", FORM, b"application/x-www-form-urlencoded"))
    token = b"Bearer " + json.loads(answer)["access_token"].encode()
    paths = {"list": f"/reward-points/{TENANT}/redeemOptions", "get": f"/coupon/{TENANT}/coupons/WELCOME10"}
    shares = {}
    for name, path in paths.items():
        service = app.runtime.service(path.split("/")[1])

        def task(path: str = path) -> Any:
            return drive(call(app, "GET", path, token))

        task()  # the service has a plan of the operation only then
        checked = unchecked = math.inf
        for _ in range(REPEATS):  # in turn, so that a slow moment of the machine is one of both
            checked = min(checked, best(task, 100))
            plans = list(service._plans.values())
            for plan in plans:
                plan.answer_violation = plan.stored_violation = lambda *_: None
            unchecked = min(unchecked, best(task, 100))
            for plan in plans:
                del plan.answer_violation, plan.stored_violation
        shares[name] = checked / unchecked - 1
    return shares


PARTS = {"growth": growth, "state": state, "first": first, "validation": validation}

if __name__ == "__main__":
    asyncio.set_event_loop(asyncio.new_event_loop())
    print(json.dumps(PARTS[sys.argv[1]](*map(int, sys.argv[2:]))))
