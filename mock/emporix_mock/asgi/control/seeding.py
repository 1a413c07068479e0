"""Documents in seed form put into a running world, under the same checks as a seed file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from emporix_mock.seed.checking import check_references, check_schemas
from emporix_mock.seed.layout import layouts
from emporix_mock.seed.moments import settle
from emporix_mock.seed.refusal import Refusal
from emporix_mock.seed.rows import rows, unknown
from emporix_mock.services import registry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.seed.layout import Layout
    from emporix_mock.seed.rows import Rows
    from emporix_mock.store.world import World
    from emporix_mock_spec.load import Source


def pour(world: World, source: Source, content: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """Store documents, given by service and collection; how many of each is the answer.

    Nothing is stored when one is refused. Raises `Refusal` with the place in `content`.
    """
    known: dict[str, Mapping[str, Layout]] = {}
    found: dict[str, Rows] = {}
    # Ids that documents leave open must differ from call to call, and from those of the seed files.
    random_seed = world.ids.hex(16)
    for service, part in content.items():
        if service not in source.services:
            rule, mend = f"there is no service '{service}'", f"the services are {', '.join(source.services)}"
            raise unknown((service,), service, source.services, rule, mend)
        try:
            known[service] = layouts(registry.load(service))
            found[service] = rows(part, known[service], service, random_seed=random_seed)
            check_schemas(service, source.document(service), found[service], known[service])
        except Refusal as refusal:
            raise refusal.below((service,)) from None
    for service, given in found.items():
        try:
            check_references(given, known[service], lambda owner, name: _ids(world, found, owner, name))
        except Refusal as refusal:
            raise refusal.below((service,)) from None
    with world.unit():
        return {service: _stored(world, service, given, known[service]) for service, given in found.items()}


def _ids(world: World, found: Mapping[str, Rows], service: str, collection: str) -> frozenset[str]:
    """The ids of a collection: those of the world, and those that come with it."""
    new = {row.id for row in found.get(service, {}).get(collection, ())}
    # Below a parent the stored key is `parent/id`.
    there = {key.rpartition("/")[2] for key in world.collection(service, collection).ids()}
    return frozenset(new | there)


def _stored(world: World, service: str, given: Rows, known: Mapping[str, Layout]) -> dict[str, int]:
    for name, entries in given.items():
        documents = world.collection(service, name)
        for row in entries:
            settle(row.document, row.times, world.clock.now(), known[name].stamp)
            documents.put(row.key, row.document)
    return {name: len(entries) for name, entries in given.items()}
