"""Localized text: stored as maps language → text, read and written in the form the headers ask for.

Services differ, so what differs is an argument; the defaults are the general rule. Fields are dotted
paths, arrays allowed on the way. Where no source says what becomes of a field without text in any
accepted language, the default language's text is given, else any text there is, so that a required
field stays; a map without any text loses the field.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Literal

from emporix_mock.engine.field_paths import REMOVED, changed_at, split_path
from emporix_mock.engine.languages import (
    ALL,
    LanguageError,
    LanguageMissingError,
    known_languages,
    parse_languages,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = [
    "LanguageError",
    "LanguageMissingError",
    "LocalizedShapeError",
    "Reading",
    "delocalize",
    "negotiate",
    "parse_languages",
]

Absent = Literal["map", "default"]
Named = Literal["string", "entry", "subset"]
AbsentOnWrite = Literal["string", "map", "any", "required"]
NamedOnWrite = Literal["string", "map", "any"]


class LocalizedShapeError(ValueError):
    """The value at `path` is not of the `expected` shape (`string` or `map`) for the header sent."""

    def __init__(self, path: str, expected: Literal["string", "map"]) -> None:
        super().__init__(f"{path}: expected a {expected}")
        self.path = path
        self.expected = expected


@dataclass(frozen=True, slots=True)
class Reading:
    """How one request reads localized text: `shape`, languages by preference, the fallback.

    `language` is the one to sort by: the most wanted, or the default where all are wanted.
    """

    shape: Literal["map", "string", "entry", "subset"]
    languages: tuple[str, ...]
    default: str

    @property
    def language(self) -> str:
        """The single language that stands for the request, for sorting and filtering."""
        return next((language for language in self.languages if language != ALL), self.default)

    def text(self, value: Any) -> Any:
        """Give a stored value in the shape wanted; what is not a language map stays as it is."""
        if self.shape == "map" or not isinstance(value, dict):
            return value
        if self.shape == "subset":
            return _subset(value, self.languages)
        chosen = self._chosen(value)
        if chosen is None:
            return {} if self.shape == "entry" else REMOVED
        return {chosen: value[chosen]} if self.shape == "entry" else value[chosen]

    def _chosen(self, texts: dict[str, Any]) -> str | None:
        for language in (*self.languages, self.default):
            if texts.get(language) is not None:
                return language
        return next((language for language, text in texts.items() if text is not None), None)


def _subset(texts: dict[str, Any], languages: tuple[str, ...]) -> dict[str, Any]:
    if ALL in languages:
        return texts
    return {language: text for language, text in texts.items() if language in languages}


@lru_cache(maxsize=256)
def negotiate(
    accept_language: str | None,
    *,
    default: str,
    available: tuple[str, ...],
    absent: Absent = "default",
    named: Named = "string",
    reject_unknown: bool = True,
) -> Reading:
    """Decide once per request how localized text is read.

    `default` and `available` are the tenant's languages. `absent`: what no (or an empty) header means,
    the whole map or the default language. `named`: what named languages give: the text of the first one
    that has some, a map with just that entry (country, price lists), or a map with all of them that have
    text (category, catalog). A header that puts `*` first gives whole maps.
    LanguageError for languages the tenant does not have, unless `reject_unknown` is off (webhook), and
    for malformed headers.
    """
    if not accept_language or not accept_language.strip():
        return Reading("map" if absent == "map" else named, (default,), default)
    wanted = parse_languages(accept_language)
    languages = known_languages(wanted, available, reject_unknown=reject_unknown)
    if not languages:
        return Reading("map" if absent == "map" else named, (default,), default)
    return Reading("map" if languages[0] == ALL else named, languages, default)


def delocalize(
    document: Mapping[str, Any],
    localized_fields: Iterable[str],
    content_language: str | None,
    *,
    default: str,
    available: tuple[str, ...],
    absent: AbsentOnWrite = "string",
    named: NamedOnWrite = "string",
    reject_unknown: bool = True,
) -> dict[str, Any]:
    """Give a request body in the stored form, with every localized field a language map.

    `*` takes maps. `named`: what one language (or a list, of which strings take the first) takes:
    strings, maps of at most the named languages (category, catalog, price lists), or either. `absent`:
    what no (or an empty) header takes: strings in the default language, maps in any (shipping), either
    (what dashboards send to the product service), or `required`: it is refused. Null stays null, as a
    whole and inside a map, for patches.
    LanguageError for languages the tenant does not have, in the header or as keys of a map, and for keys
    that the header does not name; LanguageMissingError; LocalizedShapeError.
    """
    if content_language and content_language.strip():
        wanted = parse_languages(content_language)
        languages = known_languages(wanted, available, reject_unknown=reject_unknown) or (default,)
        accepts: NamedOnWrite = "map" if languages[0] == ALL else named
    elif absent == "required":
        raise LanguageMissingError("Content-Language")
    else:
        languages, accepts = (default, ALL), absent
    allowed = frozenset(available if ALL in languages else languages)
    result = dict(document)
    for field in localized_fields:
        store = _storer(field, languages[0], allowed, accepts)
        result = changed_at(result, split_path(field), store)
    return result


def _storer(
    field: str, language: str, allowed: frozenset[str], accepts: NamedOnWrite
) -> Callable[[Any], Any]:
    def stored(value: Any) -> Any:
        if value is None:
            return None
        if isinstance(value, str) and accepts != "map":
            return {language: value}
        if not isinstance(value, dict) or accepts == "string":
            raise LocalizedShapeError(field, "map" if accepts == "map" else "string")
        unknown = [key for key in value if key not in allowed]
        if unknown:
            raise LanguageError(*unknown)
        for key, text in value.items():
            if text is not None and not isinstance(text, str):
                raise LocalizedShapeError(f"{field}.{key}", "string")
        return value

    return stored
