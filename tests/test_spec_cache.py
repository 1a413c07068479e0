"""The cache of compiled documents may be anything at all and nothing breaks by it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emporix_mock_spec import cache
from emporix_mock_spec.load import Source

DOCUMENT = b"openapi: 3.0.0\npaths:\n  /a:\n    get:\n      responses: {'200': {description: ''}}\n"
COMPILED_ID = "GET-a"


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The directory of compiled documents, in a cache of this test's own."""
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "compiled"


@pytest.fixture
def source(tmp_path: Path) -> Source:
    path = tmp_path / "api.yaml"
    path.write_bytes(DOCUMENT)
    return Source("official", {"cart": path}, {})


def operation_id(source: Source) -> str:
    return str(source.document("cart")["paths"]["/a"]["get"]["operationId"])


def only(directory: Path) -> Path:
    (entry,) = directory.iterdir()
    return entry


def test_the_second_reading_comes_from_the_cache(kept: Path, source: Source) -> None:
    first = source.document("cart")
    entry = only(kept)
    assert entry.name.startswith("official-cart.")
    assert source.document("cart") == first
    # What is read is the entry, not the source: proven by an entry that says something else.
    body = b'{"planted":true}'
    key = entry.name.split(".")[1]
    cache.write("official-cart", key, body)
    assert source.document("cart") == {"planted": True}


def test_each_reading_gives_a_document_of_its_own(kept: Path, source: Source) -> None:
    for _ in range(2):
        document = source.document("cart")
        assert "/a" in document["paths"]
        document["paths"].clear()
    assert kept.is_dir()


def test_a_changed_source_or_repair_is_compiled_anew(kept: Path, source: Source, tmp_path: Path) -> None:
    assert operation_id(source) == COMPILED_ID
    repair = tmp_path / "repair.yaml"
    repair.write_text(
        "overlay: 1.0.0\ninfo: {title: t, version: '1'}\n"
        "actions:\n- target: $.paths['/a'].get\n  update: {operationId: repaired}\n"
    )
    repaired = Source("official", source.files, {"cart": repair})
    assert operation_id(repaired) == "repaired"
    source.files["cart"].write_bytes(DOCUMENT.replace(b"/a", b"/b"))
    assert list(source.document("cart")["paths"]) == ["/b"]
    assert len(list(kept.iterdir())) == 3


def test_another_compiler_does_not_use_what_this_one_kept(
    kept: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    source.document("cart")
    before = only(kept)
    monkeypatch.setattr(cache, "_compiler", lambda: b"another version")
    assert operation_id(source) == COMPILED_ID
    assert len(list(kept.iterdir())) == 2
    assert before.exists()


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(lambda data: data[:0], id="empty"),
        pytest.param(lambda data: data[:-3], id="cut short"),
        pytest.param(lambda data: data.replace(b"GET-a", b"GET-b"), id="one letter changed"),
        pytest.param(lambda data: data.partition(b"\n")[2], id="no head"),
        pytest.param(lambda data: b"\x00" * len(data), id="zeros"),
        pytest.param(lambda data: data[:0] + b"[]", id="other JSON"),
    ],
)
def test_a_damaged_entry_is_compiled_anew_and_mended(kept: Path, source: Source, damage: object) -> None:
    assert operation_id(source) == COMPILED_ID
    entry = only(kept)
    sound = entry.read_bytes()
    entry.write_bytes(damage(sound))  # type: ignore[operator]
    assert operation_id(source) == COMPILED_ID
    assert entry.read_bytes() == sound


def test_an_entry_of_another_service_under_this_name_is_not_believed(kept: Path, source: Source) -> None:
    cache.write("official-cart", "otherkey", b'{"paths":{}}')
    source.document("cart")
    real = next(path for path in kept.iterdir() if ".otherkey." not in path.name)
    real.write_bytes((kept / "official-cart.otherkey.json").read_bytes())
    assert operation_id(source) == COMPILED_ID


def test_an_entry_that_is_a_directory_is_compiled_past(kept: Path, source: Source) -> None:
    source.document("cart")
    entry = only(kept)
    entry.unlink()
    entry.mkdir()
    assert operation_id(source) == COMPILED_ID


def test_a_cache_that_cannot_be_written_is_done_without(
    tmp_path: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Below a regular file nobody can write, not even root.
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path / "file" / "cache"))
    assert operation_id(source) == operation_id(source) == COMPILED_ID
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_full_disk_leaves_no_half_entry(
    kept: Path, source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(self: Path, target: Path) -> Path:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "replace", full)
    assert operation_id(source) == COMPILED_ID
    assert list(kept.iterdir()) == []


def test_a_system_without_a_home_has_no_cache(source: Source, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError("Could not determine home directory.")

    for name in ("EMPORIX_MOCK_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", homeless)
    assert cache.cache_directory() is None
    assert operation_id(source) == COMPILED_ID


@pytest.mark.parametrize(
    ("platform", "variables", "expected"),
    [
        ("linux", {}, "home/.cache/emporix-mock"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/emporix-mock"),
        ("linux", {"XDG_CACHE_HOME": "not/absolute"}, "home/.cache/emporix-mock"),
        ("darwin", {"XDG_CACHE_HOME": "/x"}, "home/Library/Caches/emporix-mock"),
        ("win32", {"LOCALAPPDATA": "/l"}, "/l/emporix-mock"),
        ("win32", {}, "home/AppData/Local/emporix-mock"),
        ("linux", {"EMPORIX_MOCK_CACHE": "/chosen"}, "/chosen"),
    ],
)
def test_the_place_is_the_one_of_the_platform(
    platform: str, variables: dict[str, str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("EMPORIX_MOCK_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(Path, "home", lambda: Path("home"))
    assert cache.cache_directory() == Path(expected)


def test_old_entries_of_a_service_are_cleared_away(kept: Path) -> None:
    for number in range(8):
        cache.write("official-cart", f"k{number}", b"{}")
        os.utime(kept / f"official-cart.k{number}.json", (number, number))
    cache.write("official-cart-2", "k", b"{}")
    assert {path.name for path in kept.iterdir()} == {
        *(f"official-cart.k{number}.json" for number in (4, 5, 6, 7)),
        "official-cart-2.k.json",
    }


_READER = """
import sys
from pathlib import Path
from emporix_mock_spec.load import Source
source = Source("official", {"cart": Path(sys.argv[1])}, {})
sys.stdin.readline()
for _ in range(40):
    assert source.document("cart")["paths"]["/a"]["get"]["operationId"] == "GET-a"
    for entry in Path(sys.argv[2]).glob("*.json"):
        entry.unlink(missing_ok=True)
"""


def test_two_processes_may_write_and_clear_it_at_once(kept: Path, source: Source) -> None:
    arguments = [sys.executable, "-c", _READER, str(source.files["cart"]), str(kept)]
    processes = [
        subprocess.Popen(arguments, stdin=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(2)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    results = [process.communicate(timeout=60) for process in processes]
    assert [
        (process.returncode, errors) for process, (_, errors) in zip(processes, results, strict=True)
    ] == [
        (0, ""),
        (0, ""),
    ]
    assert not list(kept.glob(".*"))


def test_the_cached_way_imports_neither_yaml_nor_a_validator(kept: Path, source: Source) -> None:
    source.document("cart")
    code = (
        "import sys; from pathlib import Path; from emporix_mock_spec.load import Source;"
        "Source('official', {'cart': Path(sys.argv[1])}, {}).document('cart');"
        "heavy = {'yaml', 'jsonpath_rfc9535', 'openapi_spec_validator', 'jsonschema_rs'};"
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(source.files["cart"])], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
