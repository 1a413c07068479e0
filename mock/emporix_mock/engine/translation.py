"""How a resource speaks: its localized fields read and written in the form that the headers ask for.

What differs from service to service (conventions, section 8) is a `Languages`; the tenant's languages
are its setting `project_lang`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, cast

from emporix_mock.engine.field_paths import changed_at, split_path
from emporix_mock.engine.localization import (
    Absent,
    AbsentOnWrite,
    LanguageError,
    LanguageMissingError,
    LocalizedShapeError,
    Named,
    NamedOnWrite,
    Reading,
    delocalize,
    negotiate,
)
from emporix_mock.engine.tenant_values import languages_of
from emporix_mock.engine.wordings import CONSTRAINTS
from emporix_mock.errors import BadRequest, Detail, EmporixError

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.engine.service import Switch
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


def refused(error: LanguageError) -> EmporixError:
    """The 400 for a language that the tenant does not have, in the words of most services."""
    names = ", ".join(f"'{language}'" for language in error.languages)
    return BadRequest(
        "Language header validation failed",
        type="validation_violation",
        details=[Detail(f"Following languages are not supported: {names}", None, "invalid_header")],
        rule="engine/language",
    )


def refused_accept(error: LanguageError) -> EmporixError:
    """The same as category and parts of iam word it."""
    other = refused(error)
    return BadRequest(
        "Accept-Language validation failed.", type=other.type, details=other.details, rule=other.rule
    )


def missing() -> EmporixError:
    """The 400 for a write without the language it is in."""
    return BadRequest("The Content-Language cannot be empty", type="invalid_header", rule="engine/language")


def misshapen(error: LocalizedShapeError) -> EmporixError:
    """The 400 for a text where maps are due, or the other way round."""
    text = (
        "A map of languages is expected."
        if error.expected == "map"
        else "Cannot specify multiple localizations when 'Content-Language' header is set."
    )
    return BadRequest(
        CONSTRAINTS,
        type="validation_violation",
        details=[Detail(text, error.path, "invalid_field")],
        rule="engine/localized-shape",
    )


@dataclass(frozen=True, slots=True)
class Languages:
    """What language headers mean to a resource; the defaults are the general rule.

    `read` and `write` say what an absent header means, `named` and `write_named` one that names
    languages, all as in `engine.localization`; `read` may be a switch that chooses. `default` is a fixed
    language instead of the tenant's own (unit handling: English). `unknown` languages are refused or
    ignored (webhook).
    """

    read: Absent | Switch = "default"
    named: Named = "string"
    write: AbsentOnWrite = "any"
    write_named: NamedOnWrite = "any"
    default: str | None = None
    unknown: str = "refuse"
    refused: Callable[[LanguageError], EmporixError] = refused
    missing: Callable[[], EmporixError] = missing


GENERAL: Final = Languages()
MAPS: Final = Languages(
    read="map", named="subset", write="map", write_named="map", refused=refused_accept
)  # category, catalog
PRODUCT: Final = Languages(read="map")
ENTRIES: Final = Languages(named="entry", write="map", write_named="map")  # price lists
SHIPPING: Final = Languages(read="map", write="map", write_named="string")
REQUIRED: Final = Languages(write="required")  # tax, unit handling, quote, parts of iam


def reading(languages: Languages, ctx: RequestContext, state: State) -> Reading:
    """How this request reads text. Raises the refusal of a language that the tenant lacks."""
    default, available = languages_of(state)
    chosen = languages.read
    try:
        return negotiate(
            ctx.headers.get("accept-language"),
            default=languages.default or default,
            available=available,
            absent=cast("Absent", chosen if isinstance(chosen, str) else ctx.switch(chosen)),
            named=languages.named,
            reject_unknown=languages.unknown == "refuse",
        )
    except LanguageError as error:
        raise languages.refused(error) from error


def shown(reading: Reading, fields: tuple[str, ...], document: Document) -> Document:
    """The document with its localized fields in the shape wanted."""
    if reading.shape != "map":
        for path in _paths(fields):
            document = changed_at(document, path, reading.text)
    return document


@lru_cache(maxsize=512)
def _paths(fields: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    return tuple(split_path(field) for field in fields)


def stored(
    languages: Languages, fields: tuple[str, ...], ctx: RequestContext, state: State, body: Document
) -> Document:
    """A body in the stored form: every localized field a map."""
    default, available = languages_of(state)
    try:
        return delocalize(
            body,
            fields,
            ctx.headers.get("content-language"),
            default=languages.default or default,
            available=available,
            absent=languages.write,
            named=languages.write_named,
            reject_unknown=languages.unknown == "refuse",
        )
    except LanguageError as error:
        raise languages.refused(error) from error
    except LanguageMissingError as error:
        raise languages.missing() from error
    except LocalizedShapeError as error:
        raise misshapen(error) from error


def restored(fields: tuple[str, ...], ctx: RequestContext, state: State, old: Document, new: Any) -> Document:
    """A patched document in the stored form: a text put where a map stood becomes its entry.

    The entry is that of the first language of `Content-Language`, of the default language without one.
    """
    header = str(ctx.headers.get("content-language") or "*").split(",")[0].split(";")[0].strip()
    language = languages_of(state)[0] if header == "*" else header
    for field in fields:
        path = split_path(field)
        before = _only(old, path)

        def entry(value: Any, before: Any = before) -> Any:
            if not isinstance(value, str):
                return value
            return {**(before if isinstance(before, dict) else {}), language: value}

        new = changed_at(new, path, entry)
    document: Document = new
    return document


def _only(document: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        document = document.get(name) if isinstance(document, dict) else None
    return document
