"""The engine over HTTP beside a naive model: whatever is asked of both in any order, they answer the same.

A second test plants one defect of each kind and shows that the same machine finds every one of them.
"""

from __future__ import annotations

import http.client
import json
from contextlib import contextmanager
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode, urlsplit

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from emporix_mock.app import create_app
from emporix_mock.asgi.service_app import ServiceApp
from emporix_mock.config import Config
from emporix_mock.engine import crud, listing, metadata, selection
from emporix_mock.engine.ownership import Owner
from emporix_mock.engine.resource import Resource
from emporix_mock.engine.service import Service
from emporix_mock.engine.sorting import Order
from emporix_mock.server import Server
from emporix_mock.store.documents import Documents
from emporix_mock.store.indexes import Index
from emporix_mock.store.memory import Memory
from emporix_mock.store.sources import Clock
from emporix_mock.store.tokens import Principal
from emporix_mock.store.world import World
from emporix_mock.store.worlds import Worlds
from emporix_mock_spec import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emporix_mock.asgi.front import Front

BRANDS = "/brand/brands"
BEGIN = datetime(2030, 1, 1, tzinfo=UTC)
CALLERS = {
    "admin": {"scopes": {"brand.brand_manage", "brand.all"}},
    "reader": {"scopes": {"brand.brand_read"}},
    "ann": {"scopes": {"brand.brand_manage"}, "kind": "customer", "customer_id": "ann"},
    "bob": {"scopes": {"brand.brand_manage"}, "kind": "customer", "customer_id": "bob"},
}
Answer = tuple[int, Any]


class Model:
    """One tenant's brands, as simply as can be: a list of dicts, looked through every time."""

    def __init__(self) -> None:
        self.brands: list[dict[str, Any]] = []
        self.now = BEGIN
        self.kept: dict[str, tuple[list[dict[str, Any]], datetime]] = {}

    def time(self) -> str:
        return self.now.strftime("%Y-%m-%dT%H:%M:%S.000Z")

    def seen(self, caller: str) -> list[dict[str, Any]]:
        everything = caller in ("admin", "reader")
        return [each for each in self.brands if everything or each.get("description") == caller]

    def find(self, caller: str, own: str) -> dict[str, Any] | None:
        return next((each for each in self.seen(caller) if each["id"] == own), None)

    def create(self, caller: str, body: dict[str, Any], new: str) -> Answer:
        if caller == "reader":
            return 403, None
        if any(each["id"] == body.get("id") for each in self.brands):
            return 409, None
        brand = {"id": new, **body}
        if caller != "admin" and brand.setdefault("description", caller) != caller:
            return 403, None
        brand["metadata"] = {"version": 1, "createdAt": self.time(), "modifiedAt": self.time()}
        self.brands.append(brand)
        return 201, brand

    def read(self, caller: str, own: str) -> Answer:
        brand = self.find(caller, own)
        return (404, None) if brand is None else (200, brand)

    def change(self, caller: str, own: str, version: int | None, new: dict[str, Any]) -> Answer:
        brand = self.find(caller, own)
        if caller == "reader":
            return 403, None
        if brand is None:
            return 404, None
        known = brand["metadata"]
        if version not in (None, known["version"]):
            return 409, None
        times = {"createdAt": known["createdAt"], "modifiedAt": self.time()}
        brand.clear()
        brand.update({**new, "id": own, "metadata": {"version": known["version"] + 1, **times}})
        return 200, brand

    def patched(self, caller: str, own: str, body: dict[str, Any]) -> dict[str, Any]:
        old = self.find(caller, own) or {}
        names = {**old.get("localizedName", {}), **body.get("localizedName", {})}
        return {**old, **body, **({"localizedName": names} if names else {})}

    def delete(self, caller: str, own: str) -> Answer:
        brand = self.find(caller, own)
        if caller == "reader":
            return 403, None
        if brand is None:
            return 404, None
        self.brands.remove(brand)
        return 204, None

    def listed(
        self, caller: str, wanted: dict[str, Any], order: str | None, page: int, size: int
    ) -> tuple[list[dict[str, Any]], int]:
        found = [
            each
            for each in self.seen(caller)
            if all(value_of(each, field) in (values if isinstance(values, tuple) else (values,))
                   for field, values in wanted.items())
        ]  # fmt: skip
        if order:
            field, _, direction = order.partition(":")
            ranked = lambda each: (value_of(each, field) is not None, value_of(each, field) or "")  # noqa: E731
            found.sort(key=ranked, reverse=direction == "desc")
        return found[(page - 1) * size : page * size], len(found)

    def keep(self, name: str) -> None:
        self.kept[name] = (deepcopy(self.brands), self.now)

    def restore(self, name: str) -> None:
        brands, self.now = self.kept[name]
        self.brands = deepcopy(brands)


def value_of(brand: dict[str, Any], field: str) -> Any:
    """The value at a dotted field, None for none."""
    found: Any = brand
    for name in field.split("."):
        found = found.get(name) if isinstance(found, dict) else None
    return found


class Engine:
    """The real server, as the machine talks to it."""

    def __init__(self, app: Front, url: str) -> None:
        self.app = app
        self._connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)
        self._numbers = count(1)
        self.tokens: dict[tuple[str, str], str] = {}

    def tenants(self) -> tuple[str, str]:
        """Two tenants that nobody has used, time standing still, with a token for every caller."""
        names = (f"one{next(self._numbers)}", f"two{next(self._numbers)}")
        for tenant in names:
            self.control("PUT", tenant, "/clock", {"set": BEGIN.isoformat(), "frozen": True})
            world = self.app.runtime.worlds.get(tenant)
            for caller, who in CALLERS.items():
                token = f"{caller}-{tenant}"
                more: dict[str, Any] = {"kind": "service", **who, "scopes": frozenset(who["scopes"])}
                world.tokens.issue(Principal(tenant=tenant, token=token, **more))
        return names

    def close(self) -> None:
        """Give the connection back."""
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None, token: str = "") -> tuple[int, Any, int | None]:
        """Status, decoded answer, total."""
        headers = {"Content-Type": "application/json", "X-Total-Count": "true"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        content = None if body is None else json.dumps(body)
        self._connection.request(method, path, content, headers)
        response = self._connection.getresponse()
        raw, total = response.read(), response.getheader("x-total-count")
        return response.status, json.loads(raw) if raw else None, None if total is None else int(total)

    def control(self, method: str, tenant: str, path: str, body: Any = None) -> None:
        """A control operation that must succeed."""
        status, answer, _ = self.ask(method, f"/_mock/worlds/{tenant}{path}", body)
        assert status < 300, answer


words = st.sampled_from(["x", "y"])
names = st.dictionaries(st.sampled_from(["en", "de"]), words, min_size=1)
owners = st.sampled_from(["ann", "bob", "none"])
bodies = st.fixed_dictionaries({}, optional={"name": words, "description": owners, "localizedName": names})
callers = st.sampled_from(["admin"] * 6 + ["ann", "bob", "reader"])
filters = st.fixed_dictionaries(
    {},
    optional={
        "name": words | st.tuples(words, words),
        "description": owners,
        "localizedName.en": words,
        "metadata.version": st.integers(1, 3),
    },
)
orders = st.sampled_from([None, "name", "name:desc", "description:asc", "metadata.version:desc"])
tenants = st.sampled_from([0, 0, 1])
happenings = st.sampled_from(["keep", "restore", "restore", "restore", "wait", "back"])
places = st.integers(0, 60)
versions = st.sampled_from([None, None, None, 0, 0, 1, 2])


class Machine(RuleBasedStateMachine):
    """Asks engine and model the same."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine

    @initialize()
    def begin(self) -> None:
        self.models = {tenant: Model() for tenant in self.engine.tenants()}
        self.tenants = tuple(self.models)

    def known(self, which: int, place: int) -> str:
        """An id of the tenant, or sometimes of the other, or none of any."""
        own, other = ([brand["id"] for brand in self.model(each).brands] for each in (which, 1 - which))
        ids = [*own, *own, *own, *own, *other, "none"]
        return str(ids[place % len(ids)])

    def ask(self, which: int, caller: str, method: str, path: str = "", body: Any = None) -> Any:
        """The engine's answer in the tenant, refusals without their words."""
        token = f"{caller}-{self.tenants[which]}"
        status, answer, total = self.engine.ask(method, BRANDS + path, body, token)
        return status, answer if status < 300 else None, total

    def model(self, which: int) -> Model:
        return self.models[self.tenants[which]]

    @rule(which=tenants, caller=callers, body=bodies, own=st.sampled_from([None, None, "a", "b"]))
    def create_one(self, which: int, caller: str, body: dict[str, Any], own: str | None) -> None:
        self.create(which, caller, body, own)

    def create(self, which: int, caller: str, body: dict[str, Any], own: str | None) -> None:
        """Ask for a new brand, under an id where one is given."""
        body = {**body, **({"id": own} if own else {})}
        status, answer, _ = self.ask(which, caller, "POST", "", body)
        ids = [brand["id"] for brand in self.model(which).brands]
        new = (answer or {}).get("id", "")
        assert new not in ids
        assert (status, answer) == self.model(which).create(caller, body, new)

    @rule(which=tenants, several=st.lists(bodies, min_size=2, max_size=3))
    def create_some(self, which: int, several: list[dict[str, Any]]) -> None:
        for body in several:
            self.create(which, "admin", body, None)

    @rule(which=tenants, caller=callers, place=places)
    def read(self, which: int, caller: str, place: int) -> None:
        own = self.known(which, place)
        assert self.ask(which, caller, "GET", f"/{own}")[:2] == self.model(which).read(caller, own)

    @rule(which=tenants, caller=callers, place=places, body=bodies, version=versions)
    def replace(self, which: int, caller: str, place: int, body: dict[str, Any], version: int | None) -> None:
        own = self.known(which, place)
        self.change("PUT", which, caller, own, version, body, body)

    @rule(which=tenants, caller=callers, place=places, body=bodies, version=versions)
    def patch(self, which: int, caller: str, place: int, body: dict[str, Any], version: int | None) -> None:
        own = self.known(which, place)
        new = self.model(which).patched(caller, own, body)
        self.change("PATCH", which, caller, own, version, body, new)

    def change(
        self, method: str, which: int, caller: str, own: str, version: int | None, body: Any, new: Any
    ) -> None:
        """Ask for a change that makes `new` of a brand, whatever its version, or for one version only."""
        standing = self.model(which).find(caller, own)
        if version == 0:  # the one that it has
            version = standing["metadata"]["version"] if standing else 1
        sent = body if version is None else {**body, "metadata": {"version": version}}
        answered = self.ask(which, caller, method, f"/{own}", sent)[:2]
        assert answered == self.model(which).change(caller, own, version, new)

    @rule(which=tenants, caller=callers, place=places)
    def delete(self, which: int, caller: str, place: int) -> None:
        own = self.known(which, place)
        assert self.ask(which, caller, "DELETE", f"/{own}")[:2] == self.model(which).delete(caller, own)
        assert self.ask(which, caller, "GET", f"/{own}")[:2] == self.model(which).read(caller, own)

    @rule(
        which=tenants, caller=callers, wanted=filters, order=orders,
        page=st.sampled_from([1, 1, 2, 3]), size=st.sampled_from([1, 2, 60, 60]),
    )  # fmt: skip
    def search(
        self, which: int, caller: str, wanted: dict[str, Any], order: str | None, page: int, size: int
    ) -> None:
        self.look(which, caller, wanted, order, page, size)

    def look(
        self, which: int, caller: str, wanted: dict[str, Any], order: str | None, page: int, size: int
    ) -> None:
        """Compare a page of a list, and the total."""
        q = " ".join(
            f"{field}:({','.join(value)})" if isinstance(value, tuple) else f"{field}:{value}"
            for field, value in wanted.items()
        )
        asked = {"pageNumber": page, "pageSize": size, "q": q, "sort": order}
        query = urlencode({name: value for name, value in asked.items() if value})
        found = self.ask(which, caller, "GET", f"?{query}")
        assert found == (200, *self.model(which).listed(caller, wanted, order, page, size))

    @rule(which=tenants, name=st.sampled_from("pppq"), what=happenings)
    def history(self, which: int, name: str, what: str) -> None:
        tenant, model = self.tenants[which], self.model(which)
        if what == "keep":
            self.engine.control("PUT", tenant, f"/snapshots/{name}")
            model.keep(name)
        elif what == "restore" and name in model.kept:
            self.engine.control("POST", tenant, f"/snapshots/{name}/restore")
            model.restore(name)
        elif what in ("wait", "back"):
            seconds = 3600 if what == "wait" else -60
            self.engine.control("PUT", tenant, "/clock", {"advance": seconds})
            model.now += timedelta(seconds=seconds)

    @invariant()
    def everything_is_where_it_should_be(self) -> None:
        for which in range(2):
            brands = self.model(which).brands
            assert self.ask(which, "admin", "GET", "?pageSize=200") == (200, brands, len(brands))
        # The same question after every step: what is remembered of it must never be old.
        self.look(0, "admin", {"name": "x"}, "description:desc", 1, 60)
        self.look(1, "admin", {}, None, 2, 1)

    def teardown(self) -> None:
        for tenant in getattr(self, "tenants", ()):
            self.engine.control("DELETE", tenant, "")


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """A server whose brands belong to customers and to tenants."""
    source, app = load.bundled(), create_app(Config(seed="empty"))
    service = Service("brand-service")
    owner = Owner(read="brand.brand_read", manage="brand.all", customer="description")
    service.resource(Resource(BRANDS, "brands", owner=owner))
    document = source.document("brand-service")
    app.runtime._services["brand-service"] = ServiceApp("brand-service", document, service, app.runtime)
    with Server(app) as url:
        made = Engine(app, url)
        yield made
        made.close()


RUN = settings(deadline=None, suppress_health_check=list(HealthCheck), database=None, print_blob=False)


def test_the_engine_answers_as_the_model_does(engine: Engine) -> None:
    run_state_machine_as_test(
        lambda: Machine(engine), settings=settings(RUN, max_examples=60, stateful_step_count=40)
    )
    assert engine.app.runtime.problems == []


# Defects, one of each kind.

Patch = pytest.MonkeyPatch


def lost_write(patch: Patch) -> None:
    put = Documents.put

    def forgetful(self: Documents, key: str, document: dict[str, Any]) -> None:
        if document.get("metadata", {}).get("version") != 3:
            put(self, key, document)

    patch.setattr(Documents, "put", forgetful)


def stale_index(patch: Patch) -> None:
    patch.setattr(Index, "refile", lambda *_, **__: None)


def stale_memory(patch: Patch) -> None:
    patch.setattr(Memory, "written", lambda *_: None)


def memory_mended_wrongly(patch: Patch) -> None:
    patch.setattr(Documents, "place", lambda *_: 0)


def version_not_raised(patch: Patch) -> None:
    following = metadata._next
    patch.setattr(metadata, "_next", lambda *given: following(*given) - (given[2] is not None))


def version_not_checked(patch: Patch) -> None:
    following = metadata._next
    patch.setattr(metadata, "_next", lambda resource, _, *rest: following(resource, None, *rest))


def list_out_of_order(patch: Patch) -> None:
    ids = Documents.ids
    patch.setattr(Documents, "ids", lambda self: sorted(ids(self), key=lambda key: (key != "b", 0)))


def changed_documents_go_last(patch: Patch) -> None:
    store = Documents._store

    def moving(
        self: Documents, key: str, old: bytes | None, new: bytes | None, *given: Any, placed: bool
    ) -> None:
        if old is not None and new is not None:
            self._docs = dict(self._docs)
            del self._docs[key]
            self._order = None
        store(self, key, old, new, *given, placed=placed)

    patch.setattr(Documents, "_store", moving)


def tenants_share(patch: Patch) -> None:
    made, shared = World._made, {}

    def sharing(self: World, service: str, name: str) -> Documents:
        if service == "brand-service":
            pair = (int(self.tenant[3:]) + 1) // 2
            return shared.setdefault((pair, name), made(self, service, name))
        return made(self, service, name)

    patch.setattr(World, "_made", sharing)


def wrong_world_of_token(patch: Patch) -> None:
    of_token = Worlds.of_token

    def mistaken(self: Worlds, token: str) -> World | None:
        found = of_token(self, token)
        if found is not None and token.startswith("bob-two"):
            return next((each for each in self if each.tenant.startswith("one")), found)
        return found

    patch.setattr(Worlds, "of_token", mistaken)


def snapshot_shares(patch: Patch) -> None:
    freeze = Documents.freeze

    def sharing(self: Documents) -> Any:
        frozen = freeze(self)
        self._shared = False
        return frozen

    patch.setattr(Documents, "freeze", sharing)


def restored_snapshot_shares(patch: Patch) -> None:
    thaw = Documents.thaw

    def sharing(self: Documents, frozen: Any) -> None:
        thaw(self, frozen)
        self._shared = False

    patch.setattr(Documents, "thaw", sharing)


def deleted_stays_in_list(patch: Patch) -> None:
    def staying(self: listing.Selection) -> list[str]:
        found = plain(self)
        gone = ghosts.setdefault(self.documents, set())
        gone.update(found)
        return [*found, *sorted(gone - set(found))]

    ghosts: dict[Documents, set[str]] = {}
    plain = selection.Selection.keys
    patch.setattr(selection.Selection, "keys", staying)


def deleted_can_be_read(patch: Patch) -> None:
    delete, get, kept = Documents.delete, Documents.get, {}

    def keeping(self: Documents, key: str) -> bool:
        kept[self, key] = get(self, key)
        return delete(self, key)

    patch.setattr(Documents, "delete", keeping)
    patch.setattr(Documents, "get", lambda self, key: get(self, key) or kept.get((self, key)))


def filter_ignored(patch: Patch) -> None:
    narrow = selection.Selection._narrow_by_query

    def ignoring(self: selection.Selection, text: str) -> None:
        narrow(self, text)
        self.conditions = [each for each in self.conditions if "localizedName" not in each.path]

    patch.setattr(selection.Selection, "_narrow_by_query", ignoring)


def owner_ignored(patch: Patch) -> None:
    limit = Owner.limit
    patch.setattr(Owner, "limit", lambda self, ctx: None if ctx.query.get("q") else limit(self, ctx))


def page_overlaps(patch: Patch) -> None:
    page_of = listing.page_of

    def overlapping(*given: Any) -> tuple[int, int]:
        start, stop = page_of(*given)
        return start - (start > 0), stop

    patch.setattr(listing, "page_of", overlapping)


def sort_not_stable(patch: Patch) -> None:
    plain = Order.sorted
    patch.setattr(Order, "sorted", lambda self, documents, keys: plain(self, documents, keys[::-1]))


def total_of_the_page(patch: Patch) -> None:
    totals = listing.totals
    patch.setattr(listing, "totals", lambda resource, ctx, total: totals(resource, ctx, min(total, 2)))


def clock_stands(patch: Patch) -> None:
    patch.setattr(Clock, "advance", lambda *_: None)


def clock_not_restored(patch: Patch) -> None:
    load_state = Clock.load
    patch.setattr(Clock, "load", lambda self, state: load_state(self, (state[0], self._frozen)))


def duplicate_taken(patch: Patch) -> None:
    def taking(*given: Any) -> Any:
        resource, ctx, state, body = given
        own = body.get("id") or crud.new_id(*given)
        return crud.write(resource, ctx, state, {**body, "id": own}, None)

    from emporix_mock.engine import binding

    patch.setattr(crud, "create", taking)
    patch.setattr(binding.crud, "create", taking)


def modified_at_creation(patch: Patch) -> None:
    nested = metadata._nested

    def backdated(*given: Any) -> dict[str, Any]:
        made = nested(*given)
        return {**made, "modifiedAt": made["createdAt"]}

    patch.setattr(metadata, "_nested", backdated)


def patch_replaces(patch: Patch) -> None:
    patch.setattr(crud, "merge_patch", lambda old, change, **_: {**old, **change})


def refused_write_stands(patch: Patch) -> None:
    patch.setattr(World, "revert", lambda *_: None)
    write, put = crud.write, Documents.put

    def early(resource: Any, ctx: Any, state: Any, new: Any, old: Any) -> Any:
        if old is not None:
            put(state.collection(resource.collection), new["id"], {**new, "metadata": old["metadata"]})
        return write(resource, ctx, state, new, old)

    patch.setattr(crud, "write", early)


DEFECTS: list[Callable[[Patch], None]] = [
    lost_write, stale_index, stale_memory, memory_mended_wrongly, version_not_raised,
    version_not_checked, list_out_of_order,
    changed_documents_go_last, tenants_share, wrong_world_of_token, snapshot_shares,
    restored_snapshot_shares, deleted_stays_in_list, deleted_can_be_read, filter_ignored, owner_ignored,
    page_overlaps, sort_not_stable, total_of_the_page, clock_stands, clock_not_restored, duplicate_taken,
    modified_at_creation, patch_replaces, refused_write_stands,
]  # fmt: skip


@contextmanager
def planted(defect: Callable[[Patch], None]) -> Iterator[None]:
    """The engine with a defect."""
    with pytest.MonkeyPatch.context() as patch:
        defect(patch)
        yield


@pytest.mark.parametrize("defect", DEFECTS, ids=lambda defect: defect.__name__)
def test_the_machine_finds_a_planted_defect(engine: Engine, defect: Callable[[Patch], None]) -> None:
    searching = settings(
        RUN, max_examples=1000, stateful_step_count=60, phases=[Phase.generate], derandomize=True,
        report_multiple_bugs=False,
    )  # fmt: skip
    with planted(defect), pytest.raises(AssertionError):
        run_state_machine_as_test(lambda: Machine(engine), settings=searching)
    engine.app.runtime.problems.clear()
