"""`emporix-mock spec`: what a user types and what comes back."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from pathlib import Path

import pytest

from emporix_mock.cli.spec import add_parser
from emporix_mock_spec import catalog, load
from emporix_mock_spec.parse import parse

OFFICIAL = Path(__file__).parents[1].parent / "shared" / "official-specs"
official_files = pytest.mark.skipif(
    not OFFICIAL.is_dir(), reason="the official documents are not in ../shared/official-specs"
)


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path / "cache"))


def run(*words: object) -> int:
    parser = argparse.ArgumentParser("emporix-mock")
    add_parser(parser.add_subparsers(required=True))
    try:
        args = parser.parse_args(["spec", *map(str, words)])
    except SystemExit as stop:
        return int(stop.code or 0)
    return int(args.func(args))


def one_error(capsys: pytest.CaptureFixture[str]) -> str:
    """The one line on stderr, beside those of progress."""
    lines = [line for line in capsys.readouterr().err.splitlines() if not line.startswith("[")]
    assert len(lines) == 1, lines
    return lines[0]


def test_list_shows_every_service(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list") == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 46
    assert lines[-1].startswith("44 services, 650 operations; official commit")
    (row,) = [line for line in lines if line.startswith("reward-points")]
    assert row.split() == ["reward-points", "14", "yes", "-", "/reward-points"]


def test_list_as_json_is_complete(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("list", "--json") == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["service"] for row in rows] == list(catalog.services())
    assert sum(row["operations"] for row in rows) == 650
    assert {row["service"] for row in rows if row["bundled"]} == set(load.bundled().services)


@official_files
def test_pull_from_a_folder_then_verify_then_list(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify") == 2
    assert "run `emporix-mock spec pull`" in one_error(capsys)
    assert run("pull", "--from", OFFICIAL) == 0
    assert "verified and kept in" in capsys.readouterr().out
    assert run("verify") == 0
    assert capsys.readouterr().out.startswith("44 of 44 files are those of commit")
    run("list", "--json")
    assert all(row["pulled"] for row in json.loads(capsys.readouterr().out))
    assert load.official().document("oauth-service")["paths"].keys() == {"/oauth/token"}


@official_files
def test_verify_fails_on_an_edited_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    entry = catalog.services()["cart"]
    path = tmp_path / entry.path
    path.parent.mkdir(parents=True)
    path.write_bytes((OFFICIAL / entry.path).read_bytes() + b"# edited\n")
    assert run("verify", "--from", tmp_path) == 1
    out = capsys.readouterr().out
    assert f"cart: {path}: not the file of the locked commit" in out
    assert out.endswith(f"0 of 44 files are those of commit {catalog.COMMIT[:12]}\n")


@official_files
def test_export_of_the_official_documents(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    source = ("--source", "official", "--from", OFFICIAL, "--out", out)
    assert run("export", *source, "checkout", "shopping-list") == 0
    assert "2 documents written to" in capsys.readouterr().out
    assert sorted(path.name for path in out.iterdir()) == ["checkout.yaml", "shopping-list.yaml"]
    repaired = parse((out / "checkout.yaml").read_bytes(), "checkout")
    assert "additionalProperties" not in repaired["components"]["schemas"]["requestCheckout"]
    assert "servers" in repaired, "loader rules leave an export alone"
    assert repaired["servers"] == [{"url": "https://api.emporix.io"}]

    assert run("export", *source, "--as-is") == 0
    assert len(list(out.iterdir())) == 44
    for entry in catalog.services().values():
        assert (out / f"{entry.name}.yaml").read_bytes() == (OFFICIAL / entry.path).read_bytes()


def test_export_of_the_bundled_documents_is_the_same_either_way(tmp_path: Path) -> None:
    assert run("export", "--source", "bundled", "--out", tmp_path / "a") == 0
    assert run("export", "--source", "bundled", "--as-is", "--out", tmp_path / "b") == 0
    names = {f"{service}.yaml" for service in load.bundled().services}
    assert {path.name for path in (tmp_path / "a").iterdir()} == names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_validate_says_what_is_wrong_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("validate", "reward-points", "coupon") == 0
    assert capsys.readouterr().out == "2 documents (bundled), 0 findings\n"
    path = tmp_path / catalog.services()["invoice"].path
    path.parent.mkdir(parents=True)
    path.write_text("openapi: 3.0.0\ninfo: {title: t}\npaths: {}\n")
    assert run("validate", "--source", "official", "--from", tmp_path) == 1
    lines = capsys.readouterr().out.splitlines()
    (invalid,) = [line for line in lines if line.startswith("invoice: invalid: #/info: ")]
    assert "version" in invalid
    assert any(line.startswith("invoice: unmatched: $.components: ") for line in lines)
    assert lines[-1] == f"1 document (official), {len(lines) - 1} findings"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["validate", "coupn"], "no bundled document of a service 'coupn'; did you mean coupon?"),
        (["validate", "zzz"], "no bundled document of a service 'zzz'; `emporix-mock spec list` names them"),
        (["validate", "--from", "."], "--from names official documents; add --source official"),
        (["validate", "--source", "official", "--from", "/nonexistent"], "no official specifications here"),
        (["verify", "--from", "/nonexistent"], "no official specifications here"),
        (["pull", "--from", "/nonexistent"], "No such file or directory; --from wants the top folder"),
        (["pull", "--base-url", "ftp://x"], "not an http or https address"),
        (["pull", "--base-url", "http://127.0.0.1:1"], "cannot be reached (Connection refused)"),
    ],
)
def test_a_wrong_input_is_one_clear_line(
    words: list[str], why: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*words) == 2
    line = one_error(capsys)
    assert line.startswith("emporix-mock: ")
    assert why in line


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["nonsense"],
        ["export", "--out", "x"],
        ["export", "--source", "bundled"],
        ["export", "--source", "elsewhere", "--out", "x"],
        ["export", "--source", "bundled", "--repaired", "--as-is", "--out", "x"],
        ["pull", "--timeout", "soon"],
        ["pull", "--timeout", "0"],
        ["pull", "--timeout", "nan"],
    ],
)
def test_a_wrong_usage_is_exit_code_2(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(*words) == 2
    assert "usage: emporix-mock spec" in capsys.readouterr().err


def test_an_export_that_cannot_be_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("in the way")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        assert run("export", "--source", "bundled", "--out", out) == 2
        assert "cannot be written" in one_error(capsys)


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import argparse, sys; from emporix_mock.cli.spec import add_parser;"
        "parser = argparse.ArgumentParser(); add_parser(parser.add_subparsers());"
        "heavy = {'yaml', 'orjson', 'connexion', 'openapi_spec_validator', 'jsonschema_rs'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
