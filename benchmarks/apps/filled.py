"""The mock with so many products from the first moment on: `filled.py PORT COUNT`."""

from __future__ import annotations

import gc
import sys
from typing import Any

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.server import Server
from emporix_mock.store.tokens import Principal

TENANT = "acme"
TOKEN = "benchmark"


def product(number: int) -> dict[str, Any]:
    """A product as the service stores it; five share a name."""
    moment = "2026-01-05T08:00:00.000Z"
    return {
        "id": f"p{number}",
        "yrn": f"urn:yaas:hybris:product:product:{TENANT};p{number}",
        "code": f"code-{number * 7919 % 1_000_003}",
        "name": {"en": f"Name {number // 5}"},
        "description": {"en": "A thing that somebody may want to have"},
        "productType": "BASIC",
        "published": True,
        "metadata": {"version": 1, "createdAt": moment, "modifiedAt": moment},
    }


def main(port: int, count: int) -> None:
    """Fill, then serve until a signal."""
    app = create_app(Config(tenant=TENANT, seed="empty"))
    world = app.runtime.worlds.get(TENANT)
    world.tokens.issue(Principal("service", TENANT, TOKEN, frozenset("*")))
    products = world.state("product-service").collection("products")
    for number in range(count):
        made = product(number)
        products.put(made["id"], made)
    gc.collect()
    Server(app, port=port).run(lambda: None)


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
