"""Object-level authorization: what one customer, company or tenant has, no other may see or change.

An accepted request is sent again by strangers. Whether one gets in is not the question, since much is
public: what counts is whose documents the answer tells of, and whose the request has changed.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from emporix_mock_contract.callers import OWNER, Callers
from emporix_mock_contract.client import SetupError
from emporix_mock_contract.control import BASE, Control
from emporix_mock_contract.profile import Caller
from emporix_mock_contract.target import Keys

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import requests

    from emporix_mock_contract.session import Session
    from emporix_mock_spec.operation import Operation

SAFE = frozenset({"GET", "HEAD"})
SHORTEST = 6
"""A text with fewer characters tells nothing of whose it is."""


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody who sends what another was allowed to; `elsewhere` for a token of another tenant."""

    who: str
    token: str
    elsewhere: bool = False


def elsewhere(tenant: str) -> str:
    """The tenant of strangers to a tenant, which a run alone uses."""
    return f"x{tenant}"[:16]


class Trial:
    """The strangers of one run, and what they must not get hold of.

    `tried` counts how they fared; `public` names who was let in, by operation, for people to look through.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.tried: Counter[str] = Counter()
        self.public: dict[str, list[str]] = {}

    @cached_property
    def strangers(self) -> tuple[Stranger, ...]:
        """Another customer (of another company where there are two), a visitor, another tenant."""
        session = self._session
        found = [Stranger("another customer", session.peer_token())]
        found.append(Stranger("a visitor", session.callers.token(Caller("anonymous")) or ""))
        other = Callers(session.client, self._elsewhere, Keys.of(self._elsewhere, {}))
        found.append(Stranger("another tenant", other.service(), elsewhere=True))
        self._other_world.keep(BASE)
        return tuple(found)

    @property
    def _elsewhere(self) -> str:
        return elsewhere(self._session.task.tenant)

    @cached_property
    def _other_world(self) -> Control:
        return Control(self._session.client, self._elsewhere)

    @cached_property
    def marks(self) -> frozenset[str]:
        """What names the owner, the owner's company, and every document that names one of them."""
        owner = self._session.callers.customer(OWNER)
        people = {owner.number, owner.email, *filter(None, [self._session.values.get("owner's company")])}
        own = {str(each["id"]) for each in self._documents() if each.get("id") and _names(each, people)}
        return frozenset(mark for mark in people | own if len(mark) >= SHORTEST)

    @cached_property
    def made(self) -> frozenset[str]:
        """The ids that the set-up was given, which no other tenant can know."""
        texts = [value for value in self._session.given.values() if isinstance(value, str)]
        return frozenset(text for text in texts if len(text) >= SHORTEST)

    @cached_property
    def owned(self) -> frozenset[str]:
        """The collections (`service/collection`) in which a document names the owner."""
        owner = {self._session.callers.customer(OWNER).number}
        return frozenset(
            f"{service}/{name}"
            for service, collections in self._snapshot.items()
            for name, stored in collections.items()
            if any(_names(each, owner) for each in _flat(stored))
        )

    def check_ownership(self) -> None:
        """`SetupError` unless the owner has something in every collection that the profile names."""
        for place in self._session.profile.owns:
            if place not in self.owned:
                raise SetupError(f"the owner has nothing in {place}, so nobody can be kept out of it")

    def breach(self, operation: Operation, request: requests.PreparedRequest) -> str | None:
        """What a stranger got hold of by an accepted request, in words; None when nobody did."""
        for stranger in self.strangers:
            self._session.dirty = True
            self._session.refresh()
            if stranger.elsewhere:
                self._other_world.restore(BASE)
            answer = self._session.client.replay(request, stranger.token)
            self._session.note(operation, operation.method, answer.status_code)
            let_in = answer.status_code < 400
            self.tried[f"{stranger.who} {'let in' if let_in else 'refused'}"] += 1
            if let_in:
                self.public.setdefault(operation.id, []).append(stranger.who)
            if let_in and (found := self._found(stranger, operation, request, answer)):
                return f"A token of {stranger.who} got {answer.status_code} for the accepted request: {found}"
        return None

    def _found(
        self,
        stranger: Stranger,
        operation: Operation,
        request: requests.PreparedRequest,
        answer: requests.Response,
    ) -> str | None:
        if stranger.elsewhere and "{tenant}" in operation.path:
            return "the tenant of the path is none of theirs."
        marks = self.made if stranger.elsewhere else self.marks
        if operation.method not in SAFE:
            said = f"{request.url} {request.body!r}"
            marks = frozenset(mark for mark in marks if mark not in said)
        told = next((mark for mark in sorted(marks) if _contains(answer.text, mark)), None)
        if told is not None:
            return f"the answer tells of {told}."
        if operation.method in SAFE:
            return None
        changed = next(iter(self._changed(stranger)), None)
        return f"it changed {changed}." if changed else None

    def _changed(self, stranger: Stranger) -> Iterator[str]:
        """What has changed since the set-up of that which is not the stranger's."""
        control = self._session.control
        for each in control.changes(BASE) if control is not None else ():
            theirs = each["before"] is not None and _names(each["before"], self.marks)
            if theirs or stranger.elsewhere:
                yield f"{each['service']}/{each['collection']} {each['id']}"

    @cached_property
    def _snapshot(self) -> Mapping[str, Mapping[str, Any]]:
        control = self._session.control
        return control.kept(BASE) if control is not None else {}

    def _documents(self) -> Iterator[dict[str, Any]]:
        for collections in self._snapshot.values():
            for stored in collections.values():
                yield from _flat(stored)


def _flat(stored: Any) -> Iterator[dict[str, Any]]:
    """The documents of a collection, also where they are listed by what they stand below."""
    if isinstance(stored, dict):
        for key, below in stored.items():
            yield from ({**each, "_parent": key} for each in below)
    else:
        yield from stored


def _names(node: Any, marks: set[str] | frozenset[str]) -> bool:
    """Whether one of some texts is a value somewhere in a document."""
    if isinstance(node, dict):
        return any(_names(each, marks) for each in node.values())
    if isinstance(node, list):
        return any(_names(each, marks) for each in node)
    return isinstance(node, str) and node in marks


def _contains(text: str, mark: str) -> bool:
    return re.search(rf"(?<![0-9A-Za-z]){re.escape(mark)}(?![0-9A-Za-z])", text) is not None
