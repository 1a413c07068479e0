"""From the tables to the documents that the services store."""

from __future__ import annotations

import base64
import hashlib
from itertools import product as combinations
from typing import Any

from goods import BUNDLES, CATEGORIES, LAST, LINDE, NEW, STRAND, VARIANTS, goods, lines
from pictures import draw

Document = dict[str, Any]
Collections = dict[str, list[Document]]

MADE = "2026-01-08T09:00:00.000Z"
TIMES = {"createdAt": MADE, "modifiedAt": MADE}
REDUCED = {"DE": "REDUCED", "AT": "REDUCED", "CH": "REDUCED", "GB": "ZERO"}
STANDARD = dict.fromkeys(("DE", "AT", "CH", "GB"), "STANDARD")
GROSS, NET, BY_THE_BAG = (f"65d0a1b2c3d4e5f60600000{number}" for number in (1, 2, 4))
GROSS_TIER, NET_TIER = "a1000000000000000000000000000001", "a1000000000000000000000000000002"
BAG_TIERS = {0: "a1000000000000000000000000000006", 6: "a1000000000000000000000000000007"}
BAG_TIERS[24] = "a1000000000000000000000000000008"
IN_TIERS = {"COF-HARBOUR-1000": ("21.50", "19.90", "18.50"), "COF-BAR-1000": ("19.90", "18.40", "16.90")}
IN_TIERS["COF-OFFICE-1000"] = ("17.50", "16.50", "15.50")
ON_SALE = {"TEA-SMOKED-100": 25, "GLA-LATTE-02": 20, "COF-RWANDA-250": 10}
HOTEL_LIST = "65d0a1b2c3d4e5f608000002"
HOTEL_PRICES = {107: "13.20", 122: "11.90", 135: "3.80", 177: "2.90"}
ROOTS = {"COFFEE": 1, "KITCHEN": 2, "TEA": 7}
PLACES = {"ESPRESSO": 3, "FILTER": 4, "MUGS": 5, "BREWING": 6, **ROOTS}
PLACES |= {row[1]: int(row[0]) for row in lines(CATEGORIES)}
PICTURES = {
    1: ("bag", "#5b3a29"),
    2: ("bag", "#d9a066"),
    3: ("kettle", "#b0bec5"),
    4: ("grinder", "#a1887f"),
    5: ("box", "#8d9a7b"),
    6: ("mug", "#90a4ae"),
    7: ("tin", "#c9a227"),
    8: ("bag", "#cfd8dc"),
}
"""What the products of the set `loyalty` look like."""


def product_id(number: int) -> str:
    """The id of a product by its number in the tables."""
    return f"65d0a1b2c3d4e5f60400{number:04d}"


def category_id(code: str) -> str:
    """The id of a category by its code."""
    return f"c0ffee00-1a2b-4c3d-8e4f-{PLACES[code]:012d}"


def _text(en: str, de: str) -> Document:
    return {"en": en, "de": de}


def _product(
    own: str, code: str, name: Document, about: Document | None, *, reduced: bool, **more: Any
) -> Document:
    described = {} if about is None else {"description": about}
    return {
        "id": own,
        "code": code,
        "name": name,
        **described,
        "productType": "BASIC",
        "published": True,
        "taxClasses": REDUCED if reduced else STANDARD,
        "categoryIds": [],
        "customerSegmentIds": [],
        "metadata": {"version": 1, **TIMES},
        **{key: value for key, value in more.items() if value},
    }


class Shop:
    """What the shop has beyond the set `loyalty`, service by service."""

    def __init__(self) -> None:
        self.products: list[Document] = []
        self.templates: list[Document] = []
        self.prices: list[Document] = []
        self.stock: list[Document] = []
        self.assignments: list[Document] = []
        self.assets: list[Document] = []
        self.files: list[Document] = []
        self._singles()
        self._variants()
        self._bundles()
        for number, (shape, color) in PICTURES.items():
            self._picture(number, product_id(number), "PRODUCT", f"product-{number}", shape, color)
        for number, code, shape, color in (
            (901, "COFFEE", "bag", "#6f4e37"),
            (902, "KITCHEN", "machine", "#546e7a"),
            (907, "TEA", "tin", "#7a9e5f"),
            (951, "TREATS", "biscuit", "#d7a86e"),
            (954, "GIFTS", "box", "#7d8f69"),
        ):
            self._picture(number, category_id(code), "CATEGORY", code.lower(), shape, color)

    def _singles(self) -> None:
        for good in goods():
            own = product_id(good.number)
            self.products.append(
                _product(
                    own,
                    good.code,
                    _text(good.en, good.de),
                    _text(good.about_en, good.about_de),
                    reduced=good.reduced,
                    brandId=good.brand,
                    labelIds=list(good.labels),
                    categoryIds=[category_id(good.category)],
                )
            )
            tiers = IN_TIERS.get(good.code)
            if tiers:
                values = zip(BAG_TIERS.values(), tiers, strict=True)
                self._price(own, BY_THE_BAG, list(values), "EUR", "main")
            else:
                self._price(own, GROSS, [(GROSS_TIER, good.eur)], "EUR", "main", ON_SALE.get(good.code))
            self._price(own, NET, [(NET_TIER, good.gbp)], "GBP", "uk")
            self._in_stock(own, good.stock)
            self._assign(own, good.category)
            self._picture(good.number, own, "PRODUCT", good.code.lower(), good.picture, good.color)

    def _variants(self) -> None:
        for row in lines(VARIANTS):
            parent, code, shape, color, en, de, attributes, category, eur, gbp = row
            number = int(parent[-4:])
            axes = {
                name: keys.split(",") for name, keys in (axis.split("=") for axis in attributes.split(";"))
            }
            template = {"id": f"65d0a1b2c3d4e5f60500{number:04d}", "version": 1}
            self.templates.append(_template(template["id"], _text(en, de), axes))
            self.products.append(
                _product(
                    parent,
                    code,
                    _text(en, de),
                    None,
                    reduced=False,
                    productType="PARENT_VARIANT",
                    template=template,
                    brandId=STRAND,
                    variantAttributes={name: [{"key": key} for key in keys] for name, keys in axes.items()},
                    categoryIds=[category_id(category)],
                )
            )
            self._assign(parent, category)
            self._picture(number, parent, "PRODUCT", code.lower(), shape, color)
            prices = list(zip(eur.split(","), gbp.split(","), strict=True))
            for place, chosen in enumerate(combinations(*axes.values()), start=1):
                own = f"{parent}--{product_id(number + place)}"
                words = f"{chosen[0].lower()}, {chosen[1]}"
                variant = _product(
                    own,
                    f"{code}-{'-'.join(chosen)}",
                    _text(f"{en} {words}", f"{de} {COLORS[chosen[0]]}, {chosen[1]}"),
                    None,
                    reduced=False,
                    productType="VARIANT",
                    parentVariantId=parent,
                    brandId=STRAND,
                    template=template,
                    mixins={"productVariantAttributes": dict(zip(axes, chosen, strict=True))},
                )
                variant["metadata"] = {**variant["metadata"], "overridden": ["code", "name"]}
                self.products.append(variant)
                in_eur, in_gbp = prices[(place - 1) % len(prices)]
                self._price(own, GROSS, [(GROSS_TIER, in_eur)], "EUR", "main")
                self._price(own, NET, [(NET_TIER, in_gbp)], "GBP", "uk")
                self._in_stock(own, 12 * place)

    def _bundles(self) -> None:
        for number, code, en, de, about_en, about_de, parts, eur, gbp in lines(BUNDLES):
            own = product_id(int(number))
            pairs = [part.split(":") for part in parts.split(",")]
            self.products.append(
                _product(
                    own,
                    code,
                    _text(en, de),
                    _text(about_en, about_de),
                    reduced=False,
                    productType="BUNDLE",
                    categoryIds=[category_id("GIFTS")],
                    bundledProducts=[
                        {"productId": product_id(int(part)), "amount": int(amount)} for part, amount in pairs
                    ],
                )
            )
            self._price(own, GROSS, [(GROSS_TIER, eur)], "EUR", "main")
            self._price(own, NET, [(NET_TIER, gbp)], "GBP", "uk")
            self._assign(own, "GIFTS")
            self._picture(int(number), own, "PRODUCT", code.lower(), "box", "#a3b18a")

    def _price(
        self,
        item: str,
        model: str,
        tiers: list[tuple[str, str]],
        currency: str,
        site: str,
        rate: int | None = None,
    ) -> None:
        sale = {} if rate is None else {"salePrice": {"discountRate": rate, "description": "Sale"}}
        self.prices.append(
            {
                "id": f"65d0a1b2c3d4e5f60701{len(self.prices) + 1:04d}",
                "itemId": {"itemType": "PRODUCT", "id": item},
                "currency": currency,
                "location": {"countryCode": "DE" if site == "main" else "GB"},
                "priceModelId": model,
                "restrictions": {"siteCodes": [site]},
                "tierValues": [{"id": tier, "priceValue": _number(value)} for tier, value in tiers],
                **sale,
                "metadata": {"version": 1, **TIMES},
            }
        )

    def _in_stock(self, item: str, level: int) -> None:
        self.stock.append(
            {
                "id": f"uk:{item}",
                "productId": item,
                "site": "uk",
                "stockLevel": level,
                "available": level > 0,
                "popularity": min(level // 10, 10),
                "distributionChannel": "ASSORTMENT",
                "metadata": dict(TIMES),
            }
        )

    def _assign(self, item: str, category: str) -> None:
        self.assignments.append(
            {
                "id": f"a551f000-1a2b-4c3d-8e4f-{len(self.assignments) + 101:012d}",
                "categoryId": category_id(category),
                "ref": {"id": item, "type": "PRODUCT"},
                "createdAt": MADE,
            }
        )

    def _picture(self, number: int, shown: str, kind: str, name: str, shape: str, color: str) -> None:
        own, svg = f"65d0a1b2c3d4e5f60a01{number:04d}", draw(shape, color).encode()
        details = {
            "filename": f"{name}.svg",
            "mimeType": "image/svg+xml",
            "bytes": len(svg),
            "etag": hashlib.md5(svg, usedforsecurity=False).hexdigest(),
        }
        self.assets.append(
            {
                "id": own,
                "type": "BLOB",
                "access": "PUBLIC",
                "details": details,
                "refIds": [{"type": kind, "id": shown}],
                "metadata": {"version": 1, **TIMES},
            }
        )
        self.files.append({"id": own, "content": base64.b64encode(svg).decode()})

    def services(self) -> dict[str, Collections]:
        """Every collection by service and name."""
        return {
            "product-service": {"products": self.products, "templates": self.templates},
            "category-tree": {"categories": _categories(), "assignments": self.assignments},
            "price-service": {
                "priceModels": [_bag_model()],
                "prices": self.prices,
                "priceLists": [_hotel_list()],
            },
            "availability": {"availabilities": self.stock},
            "media": {"assets": self.assets, "files": self.files},
            "brand-service": {"brands": _brands()},
            "label-service": {"labels": _labels()},
        }


COLORS = {"WHITE": "weiß", "GREEN": "grün", "BLUE": "blau", "RED": "rot", "GREY": "grau"}


def _number(text: str) -> float | int:
    value = float(text)
    return int(value) if value.is_integer() else value


def _template(own: str, name: Document, axes: dict[str, list[str]]) -> Document:
    words = {"color": _text("Color", "Farbe"), "size": _text("Size", "Größe")}
    return {
        "id": own,
        "name": name,
        "attributes": [
            {
                "key": axis,
                "name": words[axis],
                "type": "TEXT",
                "metadata": {"mandatory": True, "variantAttribute": True},
                "values": [{"key": key} for key in keys],
            }
            for axis, keys in axes.items()
        ],
        "metadata": {**TIMES, "version": 1},
    }


def _categories() -> list[Document]:
    found = []
    places: dict[str, int] = {"": 4, "1": 2, "2": 2, "7": 0}
    for number, code, parent, en, de in lines(CATEGORIES):
        position = places.get(parent, 0)
        places[parent] = position + 1
        found.append(
            {
                "id": f"c0ffee00-1a2b-4c3d-8e4f-{int(number):012d}",
                "type": "STANDARD",
                **({"parentId": f"c0ffee00-1a2b-4c3d-8e4f-{int(parent):012d}"} if parent else {}),
                "code": code,
                "localizedName": _text(en, de),
                "localizedSlug": _text(_slug(en), _slug(de)),
                "validity": {},
                "position": position,
                "published": True,
                "mixins": {},
                "metadata": {"version": 1, **TIMES},
            }
        )
    return found


def _slug(name: str) -> str:
    plain = name.lower().translate(str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"}))
    return "-".join(plain.split())


def _bag_model() -> Document:
    tiers = [
        {"id": own, "minQuantity": {"quantity": count, "unitCode": "H87"}} for count, own in BAG_TIERS.items()
    ]
    return {
        "id": BY_THE_BAG,
        "name": _text("Large bags", "Große Tüten"),
        "description": _text("Cheaper from the sixth bag on", "Ab der sechsten Tüte günstiger"),
        "includesTax": True,
        "includesMarkup": False,
        "default": False,
        "measurementUnit": {"quantity": 1, "unitCode": "H87"},
        "tierDefinition": {"tierType": "VOLUME", "tiers": tiers},
        "metadata": {"version": 1, **TIMES},
    }


def _hotel_list() -> Document:
    return {
        "id": HOTEL_LIST,
        "name": _text("Hotel prices", "Hotelpreise"),
        "currency": "EUR",
        "countries": ["DE"],
        "legalEntityId": "65e0a1b2c3d4e5f60c000001",
        "siteCode": "main",
        "validity": {"from": "2026-01-01T00:00:00.000Z"},
        "metadata": {"version": 1, **TIMES},
    }


def hotel_prices() -> list[Document]:
    """The prices of the list for the company, net."""
    return [
        {
            "id": f"65d0a1b2c3d4e5f60901{number:04d}",
            "itemId": {"itemType": "PRODUCT", "id": product_id(number)},
            "priceModelId": NET,
            "tierValues": [{"id": NET_TIER, "priceValue": _number(value)}],
            "metadata": {"version": 1, **TIMES},
        }
        for number, value in HOTEL_PRICES.items()
    ]


def _brands() -> list[Document]:
    rows = (
        (LINDE, "Teehaus Linde", "Leaf tea from a family in Salzburg", "Blatttee einer Salzburger Familie"),
        (STRAND, "Strandgut", "Porcelain, glass and linen", "Porzellan, Glas und Leinen"),
    )
    return [
        {
            "id": own,
            "name": name,
            "description": f"<p>{en}</p>",
            "localizedName": _text(name, name),
            "localizedDescription": _text(f"<p>{en}</p>", f"<p>{de}</p>"),
            "metadata": {"version": 1, **TIMES},
        }
        for own, name, en, de in rows
    ]


def _labels() -> list[Document]:
    rows = ((NEW, "New", "In the shop since this month", 2), (LAST, "Last ones", "Will not come again", 3))
    return [
        {
            "id": own,
            "name": name,
            "description": f"<p>{text}</p>",
            "overlay": {"isTrue": True, "position": position},
            "metadata": {"version": 0, **TIMES},
        }
        for own, name, text, position in rows
    ]
