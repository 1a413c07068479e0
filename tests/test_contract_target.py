"""A contract run against a server that was there before: it leaves neither traces nor tokens behind."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import httpx

from emporix_mock.app import create_app
from emporix_mock.cli import main
from emporix_mock.server import Server
from emporix_mock.store import sources
from emporix_mock.store.sources import wall_seconds
from emporix_mock_contract.run import Options, exit_code, run, stub
from emporix_mock_contract.target import Target

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

DELETE_COUPON = "DELETE-coupon-remove-coupon"
CARTS = ("POST-cart-create-cart", "DELETE-cart-remove-cart", "POST-cart-retrieve-carts-by-search")
LOGIN = "POST-customer-authenticate-customer"


def documents(url: str, service: str) -> dict[str, object]:
    """What the world of the default tenant stores for a service, by collection."""
    found = httpx.get(f"{url}/_mock/worlds/acme/documents/{service}").raise_for_status().json()
    return {name: content for name, content in found.items() if content}


def test_a_run_hides_tokens_and_leaves_the_world_as_it_was(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("EMPORIX_CLIENT_ID", raising=False)
    app = create_app()
    with Server(app) as url:
        before = documents(url, "customer-service")
        assert before["customers"]
        code = main(
            ["contract", "run", "--target", url, "--tenant", "acme", "--service", "customer-management",
             "--operation", LOGIN, "--phases", "examples,coverage", "--report", "junit,html,har",
             "--out", str(tmp_path), "--verbose"]
        )  # fmt: skip
        assert documents(url, "customer-service") == before
        assert httpx.get(f"{url}/_mock/worlds/acme/snapshots").json() == []
        assert httpx.get(f"{url}/_mock/worlds/acme/clock").json()["frozen"] is False
    printed = capfd.readouterr().out
    assert code == 0, printed
    assert "customer-management" in printed
    kept = {each: each.read_text() for each in tmp_path.rglob("*") if each.is_file()}
    assert any(LOGIN in text for text in kept.values())
    issued = list(app.runtime.worlds._token_owner)
    assert len(issued) > 5
    for where, text in [("stdout", printed), *kept.items()]:
        assert not [token for token in issued if token in text], where
        assert "acme-backend-secret" not in text, where


def test_two_runs_send_and_get_the_same_a_year_apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    options = Options(
        services=("coupon", "cart"), reports=("har",),
        operations=(DELETE_COUPON, "POST-coupon-create-coupon", *CARTS),
        phases=("examples", "fuzzing", "stateful"), scenarios=4,
    )  # fmt: skip
    seen = []
    for name, later in (("first", 0), ("second", 366 * 86_400)):
        monkeypatch.setattr(sources, "time", SimpleNamespace(time=lambda later=later: wall_seconds() + later))
        with stub() as target:
            assert exit_code(run(target, replace(options, out=tmp_path / name))) == 0
        reports = [json.loads((tmp_path / name / f"{each}.har").read_text()) for each in options.services]
        seen.append([exchange(each) for report in reports for each in report["log"]["entries"]])
    assert len(seen[0]) > 20
    assert seen[0] == seen[1]


def exchange(entry: dict[str, Any]) -> tuple[Any, ...]:
    """What was sent and answered, without the port."""
    request, response = entry["request"], entry["response"]
    path = request["url"].split("/", 3)[3]
    return (
        request["method"],
        path,
        request.get("postData"),
        response["status"],
        re.sub(r"127\.0\.0\.1:\d+", "", response["content"].get("text") or ""),
    )


class WithoutControl:
    """A server that has no control API, such as a deployment."""

    def __init__(self) -> None:
        self.app = create_app()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answer 404 below /_mock."""
        if scope["type"] == "http" and scope["path"].startswith("/_mock"):
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})
        else:
            await self.app(scope, receive, send)


def test_without_a_control_api_what_was_used_up_is_made_again():
    operations = (DELETE_COUPON, "GET-coupon-retrieve-coupon", "POST-coupon-invalidate-coupon")
    options = Options(services=("coupon",), operations=operations, phases=("examples", "coverage"))
    with Server(WithoutControl()) as url:
        outcomes = run(Target(url, "acme"), options)
    assert outcomes[0].failures == []
    assert exit_code(outcomes) == 0
    deleting = next(each for each in outcomes[0].ledger["by_operation"] if each["operation"] == DELETE_COUPON)
    assert deleting["statuses"]["valid"]["204"] > 1


def test_a_stub_of_its_own_prints_requests_that_can_be_repeated(tmp_path: Path):
    code = main(
        ["contract", "run", "--service", "coupon", "--operation", "GET-coupon-retrieve-coupon",
         "--phases", "examples", "--report", "har", "--out", str(tmp_path)]
    )  # fmt: skip
    assert code == 0
    assert "Bearer " in (tmp_path / "coupon.har").read_text()
