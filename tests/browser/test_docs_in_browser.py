"""The pages in a real browser: they show everything, complain of nothing and ask no other host."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx
import pytest

if TYPE_CHECKING:
    from tests.conftest import Server, World

    from .conftest import Browser, Page

LIST_OPTIONS = "/reward-points/{tenant}/redeemOptions"
SHOWN = "document.querySelectorAll('.opblock').length"


def counts(mock: Server) -> Counter[str]:
    """How many operations each service has."""
    return Counter(each["service"] for each in httpx.get(f"{mock.url}/_mock/operations").json())


def at_peace(page: Page, mock: Server) -> None:
    """Nothing was logged as wrong and nobody else was asked."""
    page.settle()
    assert page.complaints == []
    asked = {urlsplit(url).netloc for url in page.requests if not url.startswith("data:")}
    assert asked == {urlsplit(mock.url).netloc}


def documented(browser: Browser, mock: Server, service: str) -> Page:
    """The page of a service with its operations on it."""
    page = browser.open(f"{mock.url}/_mock/docs/{service}")
    page.until(SHOWN)
    return page


def press(page: Page, selector: str) -> None:
    """Click on what a selector finds, as soon as it is there."""
    page.until(f"document.querySelector({selector!r})")
    page.run(f"document.querySelector({selector!r}).click()")


def sign_in(page: Page, tenant: str, kind: str) -> str:
    """Use the form for a token; what it says then."""
    page.run(f"document.querySelector('[name=tenant]').value = {tenant!r}")
    change = "dispatchEvent(new Event('change'))"
    page.run(f"(() => {{ const kind = document.querySelector('[name=kind]'); kind.value = {kind!r};"
             f" kind.{change} }})()")  # fmt: skip
    if kind == "customer":
        page.until("document.querySelector('[name=email]').value")
    press(page, "#caller button")
    page.until("!signed.textContent.startsWith('No token')")
    return str(page.run("signed.textContent"))


def status_of_trying(page: Page, number: int) -> str:
    """Try out the operation at a place of the page with what is filled in; the status that it shows."""
    block = f"document.querySelectorAll('.opblock')[{number}]"
    for button in (".opblock-summary-control", ".try-out__btn", ".execute"):
        page.until(f"{block}.querySelector('{button}')")
        page.run(f"{block}.querySelector('{button}').click()")
    status = f"{block}.querySelector('.live-responses-table .response .response-col_status')"
    page.until(status)
    return str(page.run(f"{status}.innerText")).split()[0]


def test_the_index_shows_every_service(browser: Browser, mock: Server) -> None:
    with browser.open(f"{mock.url}/_mock/docs") as page:
        cells = "row => [row.dataset.service, row.cells[2].innerText]"
        shown = page.run(f"[...document.querySelectorAll('tbody tr')].map({cells})")
        assert dict(shown) == {name: str(count) for name, count in counts(mock).items()}
        at_peace(page, mock)
        press(page, "tr[data-service=coupon] a")
        page.until(SHOWN)
        assert page.run("location.pathname") == "/_mock/docs/coupon"


@pytest.mark.parametrize("half", [0, 1])
def test_swagger_ui_shows_every_operation_of_every_service(browser: Browser, mock: Server, half: int) -> None:
    paths = httpx.get(f"{mock.url}/_mock/openapi.json").json()["paths"].values()
    control = sum(1 for item in paths for node in item.values() if "responses" in node)
    for service, count in [*counts(mock).items(), ("_mock", control)][half::2]:
        with documented(browser, mock, service) as page:
            assert page.run(SHOWN) == count, service
            assert page.run("document.querySelector('.errors-wrapper')") is None, service
            at_peace(page, mock)


def test_operations_are_tried_out_as_the_caller_one_chose(browser: Browser, mock: Server) -> None:
    with documented(browser, mock, "reward-points") as page:
        assert page.run("document.querySelector('.opblock-summary-path').innerText").startswith(LIST_OPTIONS)
        assert status_of_trying(page, 0) == "401"
        page.settle()
        page.complaints.clear()  # the browser logs every refusal
        assert sign_in(page, "acme", "backend") == "Calling as backend of acme."
        press(page, ".opblock .execute")
        page.until("document.querySelector('.live-responses-table').innerText.includes('5 EUR voucher')")
        at_peace(page, mock)


def test_a_customer_of_the_seed_is_suggested(browser: Browser, world: World) -> None:
    with documented(browser, world.server, "coupon") as page:
        assert sign_in(page, world.tenant, "customer") == "Calling as mia.keller@example.com."
        at_peace(page, world.server)
        authorised = "Object.keys(ui.authSelectors.authorized().toJS()).sort().join()"
        assert page.run(authorised) == "AnonymousAccessToken,CustomerAccessToken,OAuth2"


def test_a_refused_token_is_told(browser: Browser, mock: Server) -> None:
    with documented(browser, mock, "coupon") as page:
        page.run("document.querySelector('[name=tenant]').removeAttribute('pattern')")
        assert sign_in(page, "NO-TENANT", "backend").startswith("401 ")
        assert page.run("signed.className") == "refused"


def test_swagger_uis_own_dialog_gets_a_token_with_the_prefilled_key(browser: Browser, mock: Server) -> None:
    with documented(browser, mock, "reward-points") as page:
        press(page, ".authorize")
        page.until("document.querySelector('#client_id')")
        assert page.run("document.querySelector('#client_id').value") == "acme-backend"
        dialog = (
            "[...document.querySelectorAll('.auth-container')].find(each => each.querySelector('#client_id'))"
        )
        page.run(f"{dialog}.querySelector('.authorize').click()")
        page.until("ui.authSelectors.authorized().getIn(['OAuth2', 'token', 'access_token'])")
        at_peace(page, mock)
        assert f"{mock.url}/oauth/token" in page.requests
