"""Language headers: `Accept-Language` and `Content-Language`, checked against the tenant's languages."""

from __future__ import annotations

import re
from functools import lru_cache

_TAG = re.compile(r"\*|[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*")
_WEIGHT = re.compile(r"q=(0(?:\.[0-9]{0,3})?|1(?:\.0{0,3})?)")

ALL = "*"


class LanguageError(ValueError):
    """Languages the tenant does not have, or (`malformed`) a header entry that is not a language at all.

    `languages` lists the offenders as the client wrote them, `language` is the first of them.
    """

    def __init__(self, *languages: str, malformed: bool = False) -> None:
        super().__init__(", ".join(languages))
        self.languages = languages
        self.language = languages[0]
        self.malformed = malformed


class LanguageMissingError(ValueError):
    """A header that this operation cannot do without is absent or empty."""


@lru_cache(maxsize=256)
def parse_languages(header: str) -> tuple[str, ...]:
    """Give the entries of a language header, heaviest first, equal weights as written.

    Entries with weight 0 are left out. LanguageError (malformed) for anything that is not a language
    tag, `*`, or a weight from 0 to 1.
    """
    weighted = []
    for entry in header.split(","):
        if not entry.strip():
            continue
        tag, *parameters = (part.strip() for part in entry.split(";"))
        if not _TAG.fullmatch(tag):
            raise LanguageError(tag or entry.strip(), malformed=True)
        weight = 1.0
        for parameter in parameters:
            found = _WEIGHT.fullmatch(parameter.replace(" ", ""))
            if not found:
                raise LanguageError(entry.strip(), malformed=True)
            weight = float(found[1])
        if weight:
            weighted.append((weight, tag))
    weighted.sort(key=lambda pair: -pair[0])
    return tuple(tag for _, tag in weighted)


def known_languages(
    wanted: tuple[str, ...], available: tuple[str, ...], *, reject_unknown: bool
) -> tuple[str, ...]:
    """Give `wanted` in the tenant's own spelling (tags do not depend on case), `*` kept.

    LanguageError for languages the tenant does not have, unless they are to be passed over.
    """
    spelling = {language.lower(): language for language in available} | {ALL: ALL}
    unknown = [language for language in wanted if language.lower() not in spelling]
    if unknown and reject_unknown:
        raise LanguageError(*unknown)
    return tuple(spelling[language.lower()] for language in wanted if language.lower() in spelling)
