"""`spec bundle`: the committed documents are what the command makes of the official ones."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

import pytest

from emporix_mock.cli import spec
from emporix_mock_spec import load

ROOT = Path(__file__).parents[1]
OFFICIAL = ROOT.parent / "shared" / "official-specs"


def run(*arguments: str) -> int:
    parser = argparse.ArgumentParser()
    spec.add_parser(parser.add_subparsers())
    args = parser.parse_args(["spec", "bundle", *arguments])
    return int(args.func(args))


@pytest.mark.skipif(not OFFICIAL.is_dir(), reason="the official specifications are not beside this checkout")
def test_bundling_again_changes_no_committed_document(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    committed = ROOT / "spec" / "emporix_mock_spec" / "openapi"
    shutil.copytree(committed, tmp_path / "openapi")
    assert run("--from", str(OFFICIAL), "--out", str(tmp_path / "openapi")) == 0
    assert capsys.readouterr().out.rstrip().endswith("0 open points")
    for service in load.bundled().services:
        assert (tmp_path / "openapi" / f"{service}.yaml").read_bytes() == (
            committed / f"{service}.yaml"
        ).read_bytes(), service


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--out", ".", "nosuch"), "no service 'nosuch'"),
        (("--out", "no/such/folder"), "no such folder"),
    ],
)
def test_wrong_input_is_told_in_one_line(
    arguments: tuple[str, ...], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
