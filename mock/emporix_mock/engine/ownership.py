"""Whose documents a caller sees: all of them, or its own, its company's, its session's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from emporix_mock.engine.field_paths import split_path, values_at
from emporix_mock.errors import Forbidden

if TYPE_CHECKING:
    from collections.abc import Callable

    from emporix_mock.engine.context import RequestContext
    from emporix_mock.errors import EmporixError
    from emporix_mock.store.documents import Document
    from emporix_mock.store.tokens import Principal

Names = str | tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Own:
    """A limit on what a caller sees: only documents with `value` at `field`. None: no document at all."""

    field: str
    value: str | None

    def holds(self, document: Document) -> bool:
        """Whether a document is within the limit."""
        return self.value is not None and self.value in values_at(document, split_path(self.field))


NOTHING = Own("", None)


@dataclass(frozen=True, slots=True)
class Owner:
    """Where documents say whose they are, and who is not bound to its own.

    `read` and `manage` are the scopes that reach every document, for reading and for writing (who may
    manage may read). Another caller sees those whose `company` field holds the company its token is
    bound to, else whose `customer` field holds its customer, else whose `session` field its session.
    With `fills` a document it creates gets the field. `foreign` words the refusal of somebody else's
    document; without it such a document is as good as absent.
    """

    read: Names
    manage: Names
    customer: str | None = None
    company: str | None = None
    session: str | None = None
    fills: bool = True
    foreign: Callable[[str], EmporixError] | None = None

    def scopes(self, ctx: RequestContext) -> tuple[str, ...]:
        """The scopes that lift the limit for the running operation."""
        manage = (self.manage,) if isinstance(self.manage, str) else self.manage
        if not ctx.about.reads:
            return manage
        return manage + ((self.read,) if isinstance(self.read, str) else self.read)

    def limit(self, ctx: RequestContext) -> Own | None:
        """The limit of the caller, None for none."""
        caller = ctx.principal
        if caller is None:
            return NOTHING
        return None if caller.may(*self.scopes(ctx)) else self._own(caller)

    def _own(self, caller: Principal) -> Own:
        if self.company and caller.legal_entity_id:
            return Own(self.company, caller.legal_entity_id)
        if self.customer and caller.customer_id:
            return Own(self.customer, caller.customer_id)
        if self.session and caller.session_id:
            return Own(self.session, caller.session_id)
        return NOTHING

    def restrictions(self, ctx: RequestContext) -> frozenset[str] | None:
        """What the caller's scope is restricted to (`order.order_read--DE`); None for no limit."""
        caller = ctx.principal
        if caller is None:
            return None
        held = [caller.restrictions(scope) for scope in self.scopes(ctx) if caller.may(scope)]
        if not held or None in held:
            return None
        return frozenset(name for names in held for name in names or ())

    def claim(self, ctx: RequestContext, document: Document, key: str) -> None:
        """Mark a new document as the caller's own; refuse one that is meant to be another's."""
        own = self.limit(ctx)
        if own is None or not self.fills or own.value is None:
            return
        if not values_at(document, split_path(own.field)):
            plant(document, own.field, own.value)
        elif not own.holds(document):
            raise (
                self.foreign(key)
                if self.foreign
                else Forbidden("User not authorized.", type="Forbidden", rule="engine/not-own")
            )


@dataclass(frozen=True, slots=True)
class OfVendor:
    """Where documents say whose vendor they are of, for callers that are bound to a vendor.

    `limited` are the scopes that reach the documents of the caller's own vendor, `read` and `manage`
    those that reach all. Who holds none of them is not bound: what such callers see is said elsewhere.
    """

    field: str
    limited: tuple[str, ...]
    read: tuple[str, ...] = ()
    manage: tuple[str, ...] = ()

    def limit(self, ctx: RequestContext) -> Own | None:
        """The limit of the caller, None for none."""
        caller = ctx.principal
        if caller is None or not caller.may(*self.limited):
            return None
        reaching = (*self.manage, *self.read) if ctx.about.reads else self.manage
        return None if caller.may(*reaching) else Own(self.field, caller.vendor_id)

    def claim(self, ctx: RequestContext, document: Document, key: str) -> None:
        """Mark what a bound caller writes as its vendor's. Raises 403 for a caller without vendor."""
        own = self.limit(ctx)
        if own is None:
            return
        if own.value is None:
            raise Forbidden(
                f"User not authorized to write {key}.",
                type="insufficient_permissions",
                rule="engine/no-vendor",
            )
        plant(document, own.field, own.value)


def plant(document: Document, field: str, value: Any) -> None:
    """Set a dotted member, making the objects on the way."""
    *way, last = field.split(".")
    for name in way:
        inner = document.get(name)
        if not isinstance(inner, dict):
            inner = document[name] = {}
        document = inner
    document[last] = value
