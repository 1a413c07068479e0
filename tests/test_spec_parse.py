"""YAML is read as JSON's kinds of value, and what is written reads the same for YAML 1.1 and 1.2."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from emporix_mock_spec.error import SpecError
from emporix_mock_spec.parse import dump, parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-01-01", "2024-01-01"),
        ("2023-05-11T18:32:18.591Z", "2023-05-11T18:32:18.591Z"),
        ("NO", "NO"),
        ("on", "on"),
        ("12:30", "12:30"),
        ("1E+2", 100.0),
        ("1e3", 1000.0),
        ("-.5", -0.5),
        ("007", 7),
        ("0o17", 15),
        ("0x1F", 31),
        ("1_000", "1_000"),
        ("=", "="),
        ("true", True),
        ("~", None),
        ("", None),
        ("'200'", "200"),
        ("{200: a, true: b, 2024-01-01: c}", {"200": "a", "true": "b", "2024-01-01": "c"}),
        ("{<<: {a: 1, b: 2}, b: 3}", {"a": 1, "b": 3}),
        ("[&x {a: 1}, *x]", [{"a": 1}, {"a": 1}]),
    ],
)
def test_scalars_and_keys(text: str, value: object) -> None:
    found = parse(text.encode(), "sample")
    assert found == value
    assert type(found) is type(value)


@pytest.mark.parametrize(
    ("text", "line"),
    [(b"a: }", " line 1"), (b"a: 1\nb: : :\n", " line 2"), (b"a: &x [*x]", " line 1"), (b"\xff\xfe\xff", "")],
)
def test_a_broken_text_is_one_clear_line(text: bytes, line: str) -> None:
    with pytest.raises(SpecError) as caught:
        parse(text, "spec.yaml")
    assert str(caught.value).startswith(f"spec.yaml{line}: not readable as YAML")
    assert "\n" not in str(caught.value)


def test_text_nested_beyond_reason_is_refused_and_does_not_end_the_process() -> None:
    with pytest.raises(SpecError):
        parse(b"[" * 20_000, "deep.yaml")


_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Co", "Cn")))
    | st.sampled_from(["NO", "1E+2", "2024-01-01", "12:30", "~", "0o7", "=", "<<", "1_0", "null", " x", "#"]),
    lambda part: (
        st.lists(part, max_size=3) | st.dictionaries(st.text("abc:# -", max_size=3), part, max_size=3)
    ),
    max_leaves=12,
)


@given(_values)
def test_what_is_written_reads_the_same_in_both_versions(value: object) -> None:
    text = dump({"value": value})
    assert parse(text, "round trip") == {"value": value}
    assert yaml.safe_load(text) == {"value": value}
