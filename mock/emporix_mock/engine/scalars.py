"""Likely texts and numbers for a schema, most natural first. The caller keeps those that are valid."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.engine.pattern import sample

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_MOMENT: Final = "2024-05-06T07:08:09.000Z"
_LINK: Final = "https://example.com/item"
_KEY: Final = "6638f1a9c2d4e80012ab34cd"

_FORMATS: Final[Mapping[str, str]] = {
    "date-time": _MOMENT,
    "date": "2024-05-06",
    "time": "07:08:09Z",
    "duration": "P1D",
    "email": "jane.doe@example.com",
    "idn-email": "jane.doe@example.com",
    "hostname": "example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.0.2.1",
    "ipv6": "2001:db8::1",
    "uri": _LINK,
    "url": _LINK,
    "iri": _LINK,
    "uri-reference": "/item",
    "iri-reference": "/item",
    "uuid": "3f2504e0-4f89-41d3-9a0c-0305e82c3301",
    "byte": "ZXhhbXBsZQ==",
    "double": "9.99",
    "float": "9.99",
    "json-pointer": "/item",
}
# What a property called so (or ending so, as `billingCountry` does) holds when nothing says more.
_ENDINGS: Final[Mapping[str, str]] = {
    "Id": _KEY,
    "Ids": _KEY,
    "Yrn": f"urn:yaas:hybris:product:product:example;{_KEY}",
    "At": _MOMENT,
    "Date": "2024-05-06",
    "Currency": "EUR",
    "CurrencyCode": "EUR",
    "Country": "DE",
    "CountryCode": "DE",
    "Language": "en",
    "LanguageCode": "en",
    "Site": "main",
    "SiteCode": "main",
    "Email": "jane.doe@example.com",
    "Url": _LINK,
    "Phone": "+49 711 5550100",
    "PhoneNumber": "+49 711 5550100",
    "ZipCode": "70173",
    "City": "Stuttgart",
    "FirstName": "Jane",
    "LastName": "Doe",
}
_MONEY: Final = ("Amount", "Price", "Tax", "Total", "Value")
# Tried where a pattern asks for something: a known shape reads better than one put together.
_SHAPES: Final = ("en", "DE", "EUR", "main", "07:08", "2024-05-06", _MOMENT, _LINK)
_REPEATS: Final = (1, 0, 2, 3, 5, 8, 13, 24, 36, 64)


def texts(parts: Sequence[Mapping[str, Any]], name: str) -> Iterator[str]:
    """Texts for the conjunction of `parts`, the value of a property called `name`."""
    low = int(_highest(parts, "minLength", 0))
    high = int(_lowest(parts, "maxLength", max(low, 200)))
    for text in _bases(parts, name, low, high):
        yield text
        if len(text) < low:
            yield (text or "a").ljust(low, (text or "a")[-1])
        if len(text) > high:
            yield text[:high].rstrip() or "a" * high
    yield from (f"{name or 'text'}-{number}"[-max(high, 1) :] for number in range(2, 10))


def _bases(parts: Iterable[Mapping[str, Any]], name: str, low: int, high: int) -> Iterator[str]:
    yield from (_FORMATS[part["format"]] for part in parts if part.get("format") in _FORMATS)
    yield from (text for ending, text in _ENDINGS.items() if _title(name).endswith(ending))
    yield name or "text"
    for part in parts:
        pattern = part.get("pattern")
        if not isinstance(pattern, str):
            continue
        yield from _SHAPES
        for repeat in (*_REPEATS, low, high):
            found = sample(pattern, repeat)
            if found is not None:
                yield found


def numbers(parts: Sequence[Mapping[str, Any]], name: str, *, whole: bool) -> Iterator[float]:
    """Numbers for the conjunction of `parts`, the value of a property called `name`; integers if `whole`."""
    low = _highest(parts, "minimum", -math.inf)
    high = _lowest(parts, "maximum", math.inf)
    steps = [part["multipleOf"] for part in parts if part.get("multipleOf")]
    if not whole and _title(name).endswith(_MONEY):
        yield 9.99
    yield from (1, 0) if whole else (1, 0, 9.99)
    near = [edge for edge in (low, high) if math.isfinite(edge)]
    middle = [(low + high) / 2] if len(near) == 2 else []
    around = [edge + shift for shift in (0, 1, -1) for edge in near]
    for number in (*around, *middle):
        yield math.floor(number) if whole else number
        yield math.ceil(number)
    for step in steps:
        size = Decimal(str(step))
        first = math.floor(Decimal(str(low)) / size) if math.isfinite(low) else 1
        yield from (_plain(size * count) for count in range(first, first + 4))
        if math.isfinite(high):
            last = math.floor(Decimal(str(high)) / size)
            yield from (_plain(size * count) for count in (last, last - 1))
    yield from range(2, 10)


def _title(name: str) -> str:
    return name[:1].upper() + name[1:]


def _plain(number: Decimal) -> float:
    return int(number) if number == number.to_integral_value() else float(number)


def _highest(parts: Iterable[Mapping[str, Any]], keyword: str, otherwise: float) -> float:
    return max((part[keyword] for part in parts if keyword in part), default=otherwise)


def _lowest(parts: Iterable[Mapping[str, Any]], keyword: str, otherwise: float) -> float:
    return min((part[keyword] for part in parts if keyword in part), default=otherwise)
