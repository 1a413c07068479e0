"""Reading quotes: lists, one by one, their history, on paper; and deleting them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.engine import binding, crud, translation
from emporix_mock.engine.context import Result
from emporix_mock.platform import pdf
from emporix_mock.services.quote.declared import HISTORY, QUOTES, service
from emporix_mock.services.quote.history import entries_of, lapse, moment_of

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("GET-quote-list-quotes")
def list_quotes(ctx: RequestContext, state: State) -> Result:
    """A page of the quotes that the caller may see."""
    lapse(ctx, state)
    return crud.listing(QUOTES, ctx, state)


@service.operation("GET-quote-retrieve-quote")
def read(ctx: RequestContext, state: State) -> Any:
    """One quote."""
    lapse(ctx, state)
    return binding.run_read(QUOTES, ctx, state)


@service.operation("DELETE-quote-remove-quote")
def delete(ctx: RequestContext, state: State) -> Result:
    """Remove a quote with its history."""
    own = ctx.path["quoteId"]
    crud.delete(QUOTES, ctx, state, own)
    history = state.collection(HISTORY.name)
    for key in history.find("quoteId", own):
        history.delete(key)
    return Result(204)


@service.operation("GET-quote-retrieve-quote-history")
def read_history(ctx: RequestContext, state: State) -> Result:
    """Who changed what of a quote, oldest first."""
    lapse(ctx, state)
    entries = entries_of(state, crud.read(QUOTES, ctx, state, ctx.path["quoteId"])["id"])
    return Result(200, entries, crud.totals(QUOTES, ctx, len(entries)))


@service.operation("POST-quote-generate-quote-pdf")
def print_quote(ctx: RequestContext, state: State) -> Result:
    """A quote as PDF, in the language that is asked for."""
    lapse(ctx, state)
    quote = crud.read(QUOTES, ctx, state, ctx.path["quoteId"])
    reading = translation.reading(QUOTES.languages, ctx, state)
    if reading.shape == "map":
        reading = type(reading)("string", reading.languages, reading.default)
    shown = translation.shown(reading, QUOTES.localized, quote)
    at = moment_of(quote["metadata"]["modifiedAt"]) or state.now()
    headings = ("Product", "Quantity", "Unit price", "Discount %", "Net")
    table = (headings, [_row(item) for item in shown.get("items") or ()])
    printed = pdf.printed(f"Quote {quote['id']}", at, head=_head(shown), table=table, foot=_foot(shown))
    return Result(200, raw=printed, media_type="application/pdf")


def _head(quote: Document) -> list[tuple[str, str]]:
    customer = quote.get("customer") or {}
    name = " ".join(str(customer[part]) for part in ("firstName", "lastName") if customer.get(part))
    lines = [
        ("Customer", name),
        ("Company", (quote.get("company") or {}).get("name")),
        ("Reference", quote.get("customerReference")),
        ("Status", quote["status"]["value"]),
        ("Valid to", quote.get("validTo")),
        ("Billing address", _address(quote.get("billingAddress"))),
        ("Shipping address", _address(quote.get("shippingAddress"))),
    ]
    return [(label, str(value)) for label, value in lines if value]


def _address(address: Document | None) -> str:
    names = ("name", "addressLine1", "addressLine2", "postcode", "city", "countryCode")
    return ", ".join(str(address[name]) for name in names if address.get(name)) if address else ""


def _row(item: Document) -> list[str]:
    price, quantity = item["price"], item["quantity"]
    return [
        str(item["product"].get("name") or item["product"]["productId"]),
        f"{quantity['quantity']} {quantity.get('unitCode') or ''}".strip(),
        str(price["newUnitPrice"]),
        str(price["discount"]),
        str(price["totalNetValue"]),
    ]


def _foot(quote: Document) -> list[tuple[str, str]]:
    currency, total = quote["currency"], quote["totalPrice"]
    shipping = quote.get("shipping") or {}
    lines = [("Subtotal, net", quote["subtotalPrice"]["netValue"])]
    if shipping.get("value") is not None:
        lines.append(("Shipping, net", shipping["value"]))
    lines += [("Tax", total["taxValue"]), ("Total", total["grossValue"])]
    return [(label, f"{value} {currency}") for label, value in lines]
