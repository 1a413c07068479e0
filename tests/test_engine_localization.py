"""Localized text both ways, and the headers that govern it."""

from __future__ import annotations

from typing import Any

import pytest

from emporix_mock.engine import translation
from emporix_mock.engine.localization import (
    LanguageError,
    LanguageMissingError,
    LocalizedShapeError,
    delocalize,
    negotiate,
    parse_languages,
)

TENANT: dict[str, Any] = {"default": "en", "available": ("en", "de", "fr", "pt-BR")}


def read_in(document: Any, fields: list[str], header: str | None, **options: Any) -> dict[str, Any]:
    """The document as a header wants to read it."""
    return translation.shown(negotiate(header, **options), tuple(fields), document)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("en", ("en",)),
        ("*", ("*",)),
        ("en,de", ("en", "de")),
        ("it-CH, *;q=0.1, it;q=0.95", ("it-CH", "it", "*")),
        ("de;q=0.1,en;q=0.5,fr", ("fr", "en", "de")),
        ("en;q=0,de", ("de",)),
        ("en ; q=0.3 , de; q=1.0", ("de", "en")),
        ("zh-Hant-TW", ("zh-Hant-TW",)),
        ("en,,", ("en",)),
        ("", ()),
    ],
)
def test_language_headers(header: str, expected: tuple[str, ...]) -> None:
    assert parse_languages(header) == expected


@pytest.mark.parametrize(
    ("header", "language"),
    [
        ("robots.txt", "robots.txt"),
        ("en_US", "en_US"),
        ("e", "e"),
        ("en,12", "12"),
        ("en;q=2", "en;q=2"),
        ("en;q=x", "en;q=x"),
        ("en;level=1", "en;level=1"),
        (";q=1", ";q=1"),
    ],
)
def test_malformed_language_headers(header: str, language: str) -> None:
    with pytest.raises(LanguageError) as caught:
        parse_languages(header)
    assert caught.value.language == language
    assert caught.value.malformed


NAME = {"en": "Apple", "de": "Apfel"}


@pytest.mark.parametrize(
    ("header", "options", "expected"),
    [
        ("*", {}, NAME),
        ("en", {}, "Apple"),
        ("DE", {}, "Apfel"),
        ("fr,de;q=0.9", {}, "Apfel"),
        ("fr;q=0.5,de,en;q=0.9", {}, "Apfel"),
        ("fr", {}, "Apple"),
        ("fr,*;q=0.1", {}, "Apple"),
        ("en,*;q=0.1", {}, "Apple"),
        ("*,en;q=0.5", {}, NAME),
        (None, {}, "Apple"),
        ("", {}, "Apple"),
        ("  ", {}, "Apple"),
        ("en;q=0", {}, "Apple"),
        (None, {"default": "de"}, "Apfel"),
        (None, {"absent": "map"}, NAME),
        ("de", {"absent": "map"}, "Apfel"),
        ("de", {"named": "entry"}, {"de": "Apfel"}),
        ("fr,de", {"named": "entry"}, {"de": "Apfel"}),
        ("fr", {"named": "entry"}, {"en": "Apple"}),
        (None, {"named": "entry"}, {"en": "Apple"}),
        (None, {"named": "entry", "absent": "map"}, NAME),
        ("*", {"named": "entry"}, NAME),
        ("de", {"named": "subset"}, {"de": "Apfel"}),
        ("fr,de", {"named": "subset"}, {"de": "Apfel"}),
        ("de,en", {"named": "subset"}, NAME),
        ("de,*;q=0.1", {"named": "subset"}, NAME),
        ("fr", {"named": "subset"}, {}),
        (None, {"named": "subset", "absent": "map"}, NAME),
        ("ru,de", {"reject_unknown": False}, "Apfel"),
        ("ru", {"reject_unknown": False}, "Apple"),
        ("ru", {"reject_unknown": False, "absent": "map"}, NAME),
    ],
)
def test_reading(header: str | None, options: dict[str, Any], expected: Any) -> None:
    read = read_in({"id": "p1", "name": NAME}, ["name"], header, **(TENANT | options))
    assert read == {"id": "p1", "name": expected}


@pytest.mark.parametrize(
    ("header", "languages"), [("ru", ("ru",)), ("en,ru,xx", ("ru", "xx")), ("en-US,en;q=0.9", ("en-US",))]
)
def test_languages_the_tenant_does_not_have_are_refused(header: str, languages: tuple[str, ...]) -> None:
    with pytest.raises(LanguageError) as caught:
        read_in({}, [], header, **TENANT)
    assert caught.value.languages == languages
    assert caught.value.language == languages[0]
    assert not caught.value.malformed


def test_reading_reaches_nested_fields_and_elements_of_arrays() -> None:
    stored = {
        "items": [{"product": {"name": NAME}}, {"product": {"name": {"fr": "Pomme"}}}, {"product": None}],
        "mixins": {"a": {"title": NAME, "code": "x"}},
        "plain": "text",
        "none": None,
    }
    fields = ["items.product.name", "mixins.a.title", "plain", "none", "absent.deep"]
    assert read_in(stored, fields, "de", **TENANT) == {
        "items": [{"product": {"name": "Apfel"}}, {"product": {"name": "Pomme"}}, {"product": None}],
        "mixins": {"a": {"title": "Apfel", "code": "x"}},
        "plain": "text",
        "none": None,
    }
    assert stored["mixins"]["a"]["title"] == NAME


def test_a_field_without_any_text_is_left_out_where_a_string_is_due() -> None:
    stored = {"id": "x", "name": {}, "title": {"en": None}}
    assert read_in(stored, ["name", "title"], "en", **TENANT) == {"id": "x"}
    assert read_in(stored, ["name"], "en", named="entry", **TENANT)["name"] == {}


@pytest.mark.parametrize(
    ("header", "language"), [(None, "en"), ("*", "en"), ("de", "de"), ("fr,de", "fr"), ("*,fr;q=0.2", "fr")]
)
def test_the_language_that_stands_for_a_request(header: str | None, language: str) -> None:
    assert negotiate(header, **TENANT).language == language


@pytest.mark.parametrize(
    ("header", "options", "body", "stored"),
    [
        ("*", {}, NAME, NAME),
        ("en", {}, "Apple", {"en": "Apple"}),
        ("PT-br", {}, "Maçã", {"pt-BR": "Maçã"}),
        ("de,en", {}, "Apfel", {"de": "Apfel"}),
        (None, {}, "Apple", {"en": "Apple"}),
        ("", {}, "Apple", {"en": "Apple"}),
        (None, {"default": "de"}, "Apfel", {"de": "Apfel"}),
        (None, {"absent": "map"}, NAME, NAME),
        (None, {"absent": "any"}, NAME, NAME),
        (None, {"absent": "any"}, "Apple", {"en": "Apple"}),
        ("de", {"absent": "required"}, "Apfel", {"de": "Apfel"}),
        ("de", {"named": "map"}, {"de": "Apfel"}, {"de": "Apfel"}),
        ("de,en", {"named": "map"}, NAME, NAME),
        ("de,*;q=0.1", {"named": "map"}, NAME, NAME),
        ("de", {"named": "any"}, "Apfel", {"de": "Apfel"}),
        ("de", {"named": "any"}, {"de": "Apfel"}, {"de": "Apfel"}),
        ("*", {}, {"de": None}, {"de": None}),
        ("*", {}, None, None),
        ("en", {}, None, None),
        ("ru", {"reject_unknown": False}, "Apple", {"en": "Apple"}),
    ],
)
def test_writing(header: str | None, options: dict[str, Any], body: Any, stored: Any) -> None:
    written = delocalize({"id": "p1", "name": body}, ["name"], header, **(TENANT | options))
    assert written == {"id": "p1", "name": stored}


@pytest.mark.parametrize(
    ("header", "options", "body", "path", "expected"),
    [
        ("en", {}, NAME, "name", "string"),
        (None, {}, NAME, "name", "string"),
        ("*", {}, "Apple", "name", "map"),
        (None, {"absent": "map"}, "Apple", "name", "map"),
        ("de", {"named": "map"}, "Apfel", "name", "map"),
        ("en", {}, 5, "name", "string"),
        ("de", {"named": "any"}, 5, "name", "string"),
        ("*", {}, {"en": 5}, "name.en", "string"),
    ],
)
def test_text_of_the_wrong_shape(
    header: str | None, options: dict[str, Any], body: Any, path: str, expected: str
) -> None:
    with pytest.raises(LocalizedShapeError) as caught:
        delocalize({"name": body}, ["name"], header, **(TENANT | options))
    assert (caught.value.path, caught.value.expected) == (path, expected)


@pytest.mark.parametrize(
    ("header", "options", "body", "languages"),
    [
        ("ru", {}, "x", ("ru",)),
        ("*", {}, {"en": "x", "ru": "y", "xx": "z"}, ("ru", "xx")),
        ("de", {"named": "map"}, NAME, ("en",)),
        (None, {"absent": "map"}, {"ru": "x"}, ("ru",)),
    ],
)
def test_writing_in_languages_that_are_not_allowed(
    header: str | None, options: dict[str, Any], body: Any, languages: tuple[str, ...]
) -> None:
    with pytest.raises(LanguageError) as caught:
        delocalize({"name": body}, ["name"], header, **(TENANT | options))
    assert caught.value.languages == languages


@pytest.mark.parametrize("header", [None, "", " "])
def test_a_header_that_is_required(header: str | None) -> None:
    with pytest.raises(LanguageMissingError):
        delocalize({"name": "x"}, ["name"], header, absent="required", **TENANT)


def test_writing_reaches_nested_fields_and_elements_of_arrays() -> None:
    body = {"attributes": [{"name": "Grösse", "values": [{"name": "gross"}]}, {"key": "k"}], "other": "x"}
    written = delocalize(body, ["attributes.name", "attributes.values.name"], "de", **TENANT)
    assert written == {
        "attributes": [{"name": {"de": "Grösse"}, "values": [{"name": {"de": "gross"}}]}, {"key": "k"}],
        "other": "x",
    }
    assert body["attributes"][0]["name"] == "Grösse"


@pytest.mark.parametrize("header", ["de", "*", None])
def test_what_is_written_reads_back_the_same(header: str | None) -> None:
    body = {
        "name": NAME if header == "*" else "Apfel",
        "items": [{"name": NAME if header == "*" else "Kern"}],
    }
    fields = ["name", "items.name"]
    stored = delocalize(body, fields, header, **TENANT)
    assert read_in(stored, fields, header, **TENANT) == body
