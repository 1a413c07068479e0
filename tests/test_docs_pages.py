"""Pages for people over HTTP: what they list, that they name no other host, and that nobody pays for them
who does not look."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import Counter
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx
import openapi_spec_validator
import pytest

from emporix_mock.app import create_app
from emporix_mock.asgi.docs import pages
from emporix_mock.config import Config
from emporix_mock.server import Server as RunningServer
from emporix_mock_spec import catalog, load

if TYPE_CHECKING:
    from .conftest import Server

OFFICIAL = Path(__file__).parents[2] / "shared" / "official-specs"
LEVELS = ("behaviour", "crud", "example")


class Table(HTMLParser):
    """The cells of a page's table row by row, and all its links."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.links: list[str] = []
        self._cell = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.links += [value for name, value in attrs if name in ("href", "src") and value is not None]
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
            self._cell = True

    def handle_endtag(self, tag: str) -> None:
        self._cell = self._cell and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self._cell:
            self.rows[-1][-1] += data


def read(url: str) -> httpx.Response:
    answer = httpx.get(url)
    assert answer.status_code == 200, answer.text
    return answer


def expected(url: str) -> dict[str, list[str]]:
    """Base paths and counts of each service, by the list of operations."""
    bases: dict[str, dict[str, None]] = {}
    levels: dict[str, Counter[str]] = {}
    for entry in read(f"{url}/_mock/operations").json():
        bases.setdefault(entry["service"], {})[f"/{entry['path'].split('/')[1]}"] = None
        levels.setdefault(entry["service"], Counter())[entry["level"]] += 1
    return {
        name: [" ".join(bases[name]), str(count.total()), *(str(count[level]) for level in LEVELS)]
        for name, count in levels.items()
    }


def test_the_index_lists_every_service_with_its_counts(mock: Server) -> None:
    page = read(f"{mock.url}/_mock/docs")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    _, *rows, total = Table(page.text).rows
    wanted = expected(mock.url)
    assert {name: cells for name, *cells, _ in rows} == wanted
    assert [row[0] for row in rows] == sorted(catalog.services())
    assert total[0] == f"{len(wanted)} services"
    counts = [sum(int(cells[column]) for cells in wanted.values()) for column in range(1, 5)]
    assert [int(cell) for cell in total[2:6]] == counts
    assert counts[0] == sum(entry.operations for entry in catalog.services().values())


def test_every_link_of_every_kind_of_page_leads_somewhere(mock: Server) -> None:
    index = f"{mock.url}/_mock/docs"
    links = {*Table(read(index).text).links}
    services = {link for link in links if "." not in link.rpartition("/")[2]}
    assert {f"/_mock/docs/{name}" for name in (*catalog.services(), "_mock")} <= services
    for page in ("coupon", "_mock"):
        links |= {*Table(read(f"{index}/{page}").text).links}
    with httpx.Client(base_url=mock.url) as client:
        for link in sorted(links - {"data:,"}):
            assert client.get(link).status_code == 200, link


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official specifications are not beside this checkout")
def test_the_index_of_the_official_documents() -> None:
    with RunningServer(create_app(Config(spec="official", spec_dir=OFFICIAL))) as url:
        page = read(f"{url}/_mock/docs").text
        assert "documents <b>official</b>" in page
        assert {name: cells for name, *cells, _ in Table(page).rows[1:-1]} == expected(url)
        for name in catalog.services():
            assert read(f"{url}/_mock/docs/{name}/openapi.json").json()["servers"] == [{"url": "/"}]


def test_what_a_user_chose_is_shown_and_never_markup() -> None:
    page = pages.index([], tenant="acme", seed="<b onclick=1>", spec="bundled").decode()
    assert "<b>&lt;b onclick=1&gt;</b>" in page


# Documents.


def of_tenant(document: dict[str, Any]) -> list[dict[str, Any]]:
    parts = document.get("components", {}).get("parameters", {}).values()
    inline = [
        parameter
        for item in document["paths"].values()
        for node in item.values()
        if isinstance(node, dict)
        for parameter in node.get("parameters", ())
    ]
    return [each for each in (*parts, *inline) if each.get("name") == "tenant" and each["in"] == "path"]


def test_a_document_is_the_one_in_use_pointed_at_this_server(mock: Server) -> None:
    levels = {each["id"]: each["level"] for each in read(f"{mock.url}/_mock/operations").json()}
    for name in catalog.services():
        shown = read(f"{mock.url}/_mock/docs/{name}/openapi.json").json()
        schemes = shown.get("components", {}).get("securitySchemes", {})
        urls = [flow["tokenUrl"] for each in schemes.values() for flow in each.get("flows", {}).values()]
        assert set(urls) <= {"/oauth/token"}
        served = load.bundled().document(name)
        for each in (*of_tenant(shown), *of_tenant(served)):
            each["example"] = "acme"
        for item in shown["paths"].values():
            for node in item.values():
                if isinstance(node, dict) and "responses" in node:
                    assert node.pop("x-emporix-mock-level") == levels[node["operationId"]]
        for each in served.get("components", {}).get("securitySchemes", {}).values():
            for flow in each.get("flows", {}).values():
                flow["tokenUrl"] = "/oauth/token"
        assert shown == served, name


@pytest.mark.parametrize("service", ["coupon", "oauth-service", "_mock"])
def test_a_document_is_valid_and_allowed_to_be_generated_from(mock: Server, service: str) -> None:
    openapi_spec_validator.validate(read(f"{mock.url}/_mock/docs/{service}/openapi.json").json())


def test_the_control_document_is_the_one_at_its_own_place(mock: Server) -> None:
    own = read(f"{mock.url}/_mock/openapi.json").json()
    assert read(f"{mock.url}/_mock/docs/_mock/openapi.json").json() == own


def test_the_servers_own_tenant_is_filled_in() -> None:
    with RunningServer(create_app(Config(tenant="shop1", seed="empty"))) as url:
        page = read(f"{url}/_mock/docs/coupon").text
        assert 'name="tenant" value="shop1"' in page
        assert "<code>shop1-backend</code>" in read(f"{url}/_mock/docs").text
        parameters = of_tenant(read(f"{url}/_mock/docs/coupon/openapi.json").json())
        assert parameters
        assert {each["example"] for each in parameters} == {"shop1"}


# Nobody else's business.


@pytest.mark.parametrize("path", ["", "/coupon", "/coupon/openapi.json", "/assets/service.js"])
def test_pages_are_for_this_machine_only(mock: Server, path: str) -> None:
    url = f"{mock.url}/_mock/docs{path}"
    assert httpx.get(url, headers={"Host": "shop.example"}).status_code == 403
    assert httpx.get(url, headers={"Origin": "https://shop.example"}).status_code == 403


@pytest.mark.parametrize("path", ["/no-such", "/no-such/openapi.json", "/assets/no-such.js", "/coupon/more"])
def test_what_does_not_exist_is_not_found(mock: Server, path: str) -> None:
    assert httpx.get(f"{mock.url}/_mock/docs{path}").status_code == 404


@pytest.mark.parametrize("name", ["..%2f..%2fapp.py", "%2e%2e", "service.js%00", "swagger-ui.css.map"])
def test_only_files_of_the_pages_are_handed_out(mock: Server, name: str) -> None:
    assert httpx.get(f"{mock.url}/_mock/docs/assets/{name}").status_code == 404


def test_pages_and_our_own_files_name_no_other_host(mock: Server) -> None:
    own = [
        part.read_text(encoding="utf-8")
        for folder in ("static", "templates")
        for part in resources.files("emporix_mock.asgi.docs").joinpath(folder).iterdir()
    ]
    assert len(own) == 4
    own += [read(f"{mock.url}/_mock/docs{path}").text for path in ("", "/coupon")]
    assert [found for text in own for found in re.findall(r"(?:https?:)?//[a-z][^\s\"'`)]*", text)] == []


def test_a_browser_is_told_to_load_from_here_alone(mock: Server) -> None:
    for path in ("", "/coupon", "/assets/docs.css"):
        headers = read(f"{mock.url}/_mock/docs{path}").headers
        rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
        assert rules["default-src"] == "'none'"
        sources = {source for value in rules.values() for source in value.split()}
        assert sources == {"'none'", "'self'", "'unsafe-inline'", "data:"}
        assert rules["script-src"] == rules["connect-src"] == "'self'"


LAZY = """
import asyncio, sys
import httpx
from emporix_mock.app import create_app

async def main():
    transport = httpx.ASGITransport(create_app())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        assert (await client.get("/_mock/health")).status_code == 200
        early = [name for name in sys.modules if name.startswith("emporix_mock.asgi.docs")]
        assert early == [], early
        assert (await client.get("/_mock/docs/coupon")).status_code == 200
        assert "emporix_mock.asgi.docs.pages" in sys.modules
        assert "emporix_mock.asgi.docs.assets" not in sys.modules

asyncio.run(main())
"""


def test_nothing_is_imported_before_somebody_looks() -> None:
    done = subprocess.run([sys.executable, "-c", LAZY], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
