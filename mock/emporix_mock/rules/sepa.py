"""A file of SEPA direct debits for a bank: ISO 20022, message pain.008.001.02."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.008.001.02"
CURRENCY: Final = "EUR"
ID_LENGTH: Final = 35
NAME_LENGTH: Final = 70
TEXT_LENGTH: Final = 140


@dataclass(frozen=True, slots=True)
class Terms:
    """How the money is collected: a site's mixin `debitSettings`, by default as in the vendor's guide."""

    service_level: str = "SEPA"
    instrument: str = "COR1"
    sequence: str = "FRST"
    batch: bool = True
    charges: str = "SLEV"
    payment_prefix: str = "PMT-IDO-"


@dataclass(frozen=True, slots=True)
class Creditor:
    """Who collects."""

    name: str
    iban: str
    bic: str
    scheme_id: str


@dataclass(frozen=True, slots=True)
class Debit:
    """What is collected from whom."""

    reference: str
    amount: Decimal
    name: str
    iban: str
    bic: str
    mandate: str
    signed: date
    text: str


def written(
    message: str, at: datetime, due: date, creditor: Creditor, terms: Terms, debits: Sequence[Debit]
) -> str:
    """The file. `message` is its id, `due` the day of collection. There must be at least one debit."""
    root = Element("Document", xmlns=NAMESPACE)
    whole = SubElement(root, "CstmrDrctDbtInitn")
    head = SubElement(whole, "GrpHdr")
    _add(head, "MsgId", message[:ID_LENGTH])
    _add(head, "CreDtTm", at.strftime("%Y-%m-%dT%H:%M:%S"))
    _count(head, debits)
    _add(head, "InitgPty/Nm", creditor.name[:NAME_LENGTH])
    payment = SubElement(whole, "PmtInf")
    _add(payment, "PmtInfId", f"{terms.payment_prefix}{message}"[:ID_LENGTH])
    _add(payment, "PmtMtd", "DD")
    _add(payment, "BtchBookg", str(terms.batch).lower())
    _count(payment, debits)
    kind = SubElement(payment, "PmtTpInf")
    _add(kind, "SvcLvl/Cd", terms.service_level)
    _add(kind, "LclInstrm/Cd", terms.instrument)
    _add(kind, "SeqTp", terms.sequence)
    _add(payment, "ReqdColltnDt", due.isoformat())
    _add(payment, "Cdtr/Nm", creditor.name[:NAME_LENGTH])
    _add(payment, "CdtrAcct/Id/IBAN", creditor.iban)
    _bank(payment, "CdtrAgt", creditor.bic)
    _add(payment, "ChrgBr", terms.charges)
    scheme = _add(payment, "CdtrSchmeId/Id/PrvtId/Othr")
    _add(scheme, "Id", creditor.scheme_id)
    _add(scheme, "SchmeNm/Prtry", "SEPA")
    for debit in debits:
        _debit(payment, debit)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _debit(payment: Element, debit: Debit) -> None:
    one = SubElement(payment, "DrctDbtTxInf")
    _add(one, "PmtId/EndToEndId", debit.reference[:ID_LENGTH])
    _add(one, "InstdAmt", str(debit.amount)).set("Ccy", CURRENCY)
    mandate = _add(one, "DrctDbtTx/MndtRltdInf")
    _add(mandate, "MndtId", debit.mandate[:ID_LENGTH])
    _add(mandate, "DtOfSgntr", debit.signed.isoformat())
    _bank(one, "DbtrAgt", debit.bic)
    _add(one, "Dbtr/Nm", debit.name[:NAME_LENGTH])
    _add(one, "DbtrAcct/Id/IBAN", debit.iban)
    _add(one, "RmtInf/Ustrd", debit.text[:TEXT_LENGTH])


def _count(part: Element, debits: Sequence[Debit]) -> None:
    _add(part, "NbOfTxs", str(len(debits)))
    _add(part, "CtrlSum", str(sum((debit.amount for debit in debits), Decimal("0.00"))))


def _bank(part: Element, name: str, bic: str) -> None:
    if bic:
        _add(part, f"{name}/FinInstnId/BIC", bic)
    else:
        _add(part, f"{name}/FinInstnId/Othr/Id", "NOTPROVIDED")


def _add(part: Element, path: str, text: str | None = None) -> Element:
    """Append elements, one inside the other; the innermost has the text and is given back."""
    for name in path.split("/"):
        part = SubElement(part, name)
    part.text = text
    return part
