"""The example storefront in a real browser: somebody looks around, logs in, uses a coupon and orders."""

from __future__ import annotations

from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from itertools import count
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING

import pytest

from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from emporix_mock.store.world import World

    from .conftest import Browser, Page

STOREFRONT = Path(__file__).parents[2] / "examples" / "storefront"
_tenants = count(1)


class Quiet(SimpleHTTPRequestHandler):
    """Static files without a line per request."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def pages() -> Iterator[str]:
    """The address of the storefront's files."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=STOREFRONT)) as files:
        thread = Thread(target=files.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{files.server_address[1]}"
        files.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def api() -> Iterator[tuple[str, object]]:
    """A mock with the seed `shop`."""
    app = create_app(Config(seed="shop"))
    with Server(app) as url:
        yield url, app


@pytest.fixture
def storefront(browser: Browser, pages: str, api: tuple[str, object]) -> Iterator[tuple[Page, World]]:
    """The storefront on a world of its own, and that world."""
    url, app = api
    tenant = f"front{next(_tenants)}"
    with browser.open(f"{pages}/?api={url}&tenant={tenant}", 1400, 950) as page:
        page.until("document.body.dataset.ready")
        yield page, app.runtime.worlds.get(tenant)  # type: ignore[attr-defined]
        page.settle()
        assert page.complaints == []


def act(page: Page, selector: str, text: str | None = None) -> None:
    """Fill in a field, or press a button and wait for what it does."""
    if text is not None:
        page.tab.fill(selector, text)
        return
    page.tab.click(selector)
    page.until("!document.body.hasAttribute('aria-busy')")
    assert page.tab.inner_text("#message") == ""


def sums(page: Page) -> dict[str, str]:
    """The lines below the cart."""
    names, amounts = page.tab.locator("#totals dt"), page.tab.locator("#totals dd")
    return dict(zip(names.all_inner_texts(), amounts.all_inner_texts(), strict=True))


def test_from_the_first_look_to_the_order(storefront: tuple[Page, World]) -> None:
    page, world = storefront
    act(page, "nav >> text='Espresso blends'")
    assert page.tab.locator("article").count() == 7
    assert page.run("[...document.images].every(image => image.complete && image.naturalWidth > 0)")
    act(page, "#search [name=words]", "Harbour")
    act(page, "#search button")
    assert page.tab.locator("article h3").all_inner_texts() == ["Harbour Blend 1 kg", "Harbour Blend 500 g"]
    act(page, "article[data-code=COF-HARBOUR-500] button")
    act(page, "article[data-code=COF-HARBOUR-500] button")
    assert sums(page)["Goods"] == "€23.80"

    act(page, "#login [name=email]", "jonas.brandt@example.com")
    act(page, "#login [name=password]", "Loyal-Points-2")
    act(page, "#login button")
    assert page.tab.inner_text("#customer").startswith("Jonas Brandt · 0 points")
    page.complaints.clear()  # he has no account of points yet: the browser logs the 404
    assert page.tab.locator("#lines li").count() == 1
    act(page, "#coupon [name=code]", "WELCOME10")
    act(page, "#coupon button")
    assert sums(page)["Discount"] == "-€2.38"

    act(page, "#checkout [name=street]", "Parkweg 12")
    act(page, "#checkout [name=zipCode]", "50667")
    act(page, "#checkout [name=city]", "Köln")
    act(page, "#checkout >> text='Order'")
    order = page.tab.inner_text("#order").removeprefix("Thank you. Your order is ").removesuffix(".")
    stored = world.state("order").collection("orders").get(order)
    assert stored is not None
    assert stored["calculatedPrice"]["discountedPrice"]["grossValue"] == 21.42
    assert page.tab.locator("#lines li").count() == 0
    page.complaints.clear()
    assert world.problems == []


def test_everything_speaks_german_too(storefront: tuple[Page, World]) -> None:
    page, world = storefront
    page.tab.select_option("#language", "de")
    page.until("!document.body.hasAttribute('aria-busy')")
    assert "Wasserkocher" in page.tab.inner_text("#categories")
    act(page, "#search [name=words]", "Stahlkessel")
    act(page, "#search button")
    assert page.tab.locator("article h3").all_inner_texts() == ["Stahlkessel 1,7 l"]
    assert page.tab.inner_text("article .price") == "49,00\xa0€"
    assert world.problems == []


def test_what_is_refused_is_told(storefront: tuple[Page, World]) -> None:
    page, world = storefront
    sold_out = page.tab.locator("article[data-code=COF-BURUNDI-250] button")
    assert (sold_out.inner_text(), sold_out.is_disabled()) == ("Sold out", True)
    act(page, "article[data-code=COF-HARBOUR-500] button")
    act(page, "#coupon [name=code]", "NO-SUCH-CODE")
    page.tab.click("#coupon button")
    page.until("document.getElementById('message').textContent")
    assert "NO-SUCH-CODE" in page.tab.inner_text("#message")
    page.complaints.clear()  # the browser logs every refusal
    assert world.problems == []
