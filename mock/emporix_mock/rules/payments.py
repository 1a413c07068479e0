"""Payments on plain values: what storefronts see of a mode, what a provider says, how much is left."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.rules.tax import exact

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

INVOICE, CASH = "INVOICE", "CASH_ON_DELIVERY"
UNPAID_BY_PROVIDER: Final = frozenset((INVOICE, CASH))
"""Providers that no money passes through: nothing to capture, refund or cancel there."""
AUTHORIZATION, STARTED, CALLED_BACK = "AUTHORIZATION", "AUTHORIZATION_START", "AUTHORIZATION_CALLBACK"
CAPTURE, REFUND, CANCEL, INITIALIZATION = "CAPTURE", "REFUND", "CANCEL", "INITIALIZATION"

_PUBLIC: Final[Mapping[str, str]] = {
    "Spreedly/PaymentMethodType": "paymentMethodType",
    "Spreedly/EnvironmentKey": "environmentKey",
    "Spreedly/SCAProviderToken": "scaProviderToken",
    "Spreedly/JavascriptURL": "javascriptUrl",
    "Spreedly/ReceiverId": "receiverId",
    "Unzer/PaymentMethodType": "paymentMethodType",
    "Unzer/PublicKey": "publicKey",
    "Unzer/ThreatMetrixId": "threatMetrixId",
}


def storefront_view(mode: Mapping[str, Any]) -> dict[str, Any]:
    """A payment mode as storefronts see it: how to integrate it, and the public ones of its settings."""
    settings = mode.get("configuration") or {}
    shown = {name: settings[key] for key, name in _PUBLIC.items() if settings.get(key)}
    return {"id": mode["id"], "code": mode["code"], "integrationType": integration(mode), **shown}


def integration(mode: Mapping[str, Any]) -> str:
    """How a storefront integrates a mode: cards by token, other methods of Spreedly by redirection."""
    provider = mode.get("provider")
    kind = (mode.get("configuration") or {}).get("Spreedly/PaymentMethodType", "credit_card")
    if provider == "SPREEDLY_SAFERPAY" or (provider == "SPREEDLY" and kind not in ("credit_card", "sepa")):
        return "OFFSITE"
    if provider == "SPREEDLY":
        return "SEPA" if kind == "sepa" else "TOKENIZED"
    return "EXTERNAL"


@dataclass(frozen=True, slots=True)
class Script:
    """What the provider does with a card: a seed says it by the card's token (`payment-gateway/cards`).

    `authorize` is `approved`, `declined` or `redirected` (the holder has to confirm first); `capture`,
    `refund` and `cancel` are `approved` or `declined`. `message` is the provider's word for a refusal.
    """

    authorize: str = "approved"
    capture: str = "approved"
    refund: str = "approved"
    cancel: str = "approved"
    message: str = "The payment was declined."
    holder: str | None = None

    def allows(self, action: str) -> bool:
        """Whether the provider does it."""
        return bool(getattr(self, action) == "approved")


def script_of(card: Mapping[str, Any] | None) -> Script:
    """The script of a card; every card that no seed names is good."""
    known = {name: str(value) for name, value in (card or {}).items() if name in Script.__slots__}
    return Script(**known)


def succeeded(entries: Sequence[Mapping[str, Any]], kind: str) -> list[Mapping[str, Any]]:
    """The steps of a kind that went well."""
    return [entry for entry in entries if entry["type"] == kind and entry.get("successful")]


def summed(entries: Sequence[Mapping[str, Any]], kind: str) -> Decimal:
    """The amounts of the successful steps of a kind, together."""
    return sum(
        (exact((entry.get("amount") or {}).get("amount") or 0) for entry in succeeded(entries, kind)),
        Decimal(0),
    )


def authorized(entries: Sequence[Mapping[str, Any]]) -> Decimal:
    """What the provider has promised; nothing any more once that was cancelled."""
    if succeeded(entries, CANCEL):
        return Decimal(0)
    return summed(entries, AUTHORIZATION) + summed(entries, CALLED_BACK)


def capturable(entries: Sequence[Mapping[str, Any]]) -> Decimal:
    """What may still be captured."""
    return authorized(entries) - summed(entries, CAPTURE)


def refundable(entries: Sequence[Mapping[str, Any]], capture_id: str | None = None) -> Decimal:
    """What may still be given back, of one capture or of all."""
    if capture_id is None:
        return summed(entries, CAPTURE) - summed(entries, REFUND)
    of_capture = [entry for entry in entries if entry.get("remoteToken") == capture_id]
    back = [entry for entry in entries if (entry.get("additionalInfo") or {}).get("captureId") == capture_id]
    return summed(of_capture, CAPTURE) - summed(back, REFUND)
