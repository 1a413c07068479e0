"""Putting a server together: source of documents, seed, services, front."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from emporix_mock import seed
from emporix_mock.asgi.front import Front
from emporix_mock.asgi.runtime import Runtime
from emporix_mock.config import Config
from emporix_mock.errors import ConfigurationError
from emporix_mock.services import registry
from emporix_mock.store.worlds import UnknownWorldError, Worlds
from emporix_mock_spec import catalog, load

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock.asgi.reference import Reference
    from emporix_mock.asgi.service_app import ServiceApp
    from emporix_mock.store.world import Base
    from emporix_mock_spec.load import Source


def create_app(config: Config | None = None) -> Front:
    """The ASGI application of a server.

    Raises `SpecError` for a source without documents, `ConfigurationError` for a tenant name, a seed or
    a data file that cannot be used; each says in one line how to mend it.
    """
    config = config or Config()
    source = load.bundled() if config.spec == "bundled" else load.official(config.spec_dir)
    seeds = Seeds(config, source)
    try:
        worlds = _worlds(config, seeds)
    except UnknownWorldError:
        raise ConfigurationError(
            f"'{config.tenant}' is no tenant name: 3 to 16 lower-case letters and digits, a letter first"
        ) from None

    def build(name: str, runtime: Runtime) -> ServiceApp:
        if name == catalog.CONTROL:
            return _control(config, source, seeds, runtime)
        # The framework takes most of a start; what was given wrong must be told before that.
        from emporix_mock.asgi.service_app import ServiceApp  # noqa: PLC0415

        return ServiceApp(name, source.document(name), registry.load(name), runtime)

    runtime = Runtime(worlds, build, registry.SUBSCRIBERS, registry.LISTENERS, config.webhook_hosts)
    places = {**segments(source.services), catalog.CONTROL: (catalog.CONTROL,)}
    if config.data is None:
        return Front(runtime, places)
    from emporix_mock.asgi.saving import SavingFront  # noqa: PLC0415  # most servers keep nothing

    return SavingFront(runtime, places)


class Seeds:
    """The seed that a server was started with, and the shipped ones that a world may have instead."""

    def __init__(self, config: Config, source: Source) -> None:
        """Raises `ConfigurationError` for a seed that cannot be used."""
        self._config, self._source = config, source
        self.own = seed.base(config.seed, source, random_seed=config.random_seed)
        self._others: dict[str, Base] = {}

    def named(self, name: str) -> Base:
        """The seed of that name. Raises `ConfigurationError` for none that is shipped."""
        if name == self._config.seed:
            return self.own
        if name not in self._others:
            from emporix_mock_fixtures import read as shipped  # noqa: PLC0415  # few servers need another

            if name not in shipped.names():
                raise ConfigurationError(
                    f"there is no seed set '{name}'; shipped are {', '.join(shipped.names())}"
                )
            self._others[name] = seed.base(name, self._source, random_seed=self._config.random_seed)
        return self._others[name]

    def name_of(self, base: Base) -> str | None:
        """The name of a seed that is not the server's own."""
        return next((name for name, known in self._others.items() if known == base), None)

    def facts(self) -> Mapping[str, str]:
        """What a data file remembers of the server's own seed."""
        config = self._config
        digest = seed.fingerprint(config.seed)
        return {"seed": config.seed, "random seed": config.random_seed, "digest": digest}


def _worlds(config: Config, seeds: Seeds) -> Worlds:
    if config.data is None:
        return Worlds(
            seeds.own,
            default=config.tenant,
            seed=config.random_seed,
            automatic=config.automatic_worlds,
            limit=config.world_limit,
        )
    from emporix_mock.store.data_file import DataFile  # noqa: PLC0415  # most servers keep nothing
    from emporix_mock.store.saving import SavedWorlds  # noqa: PLC0415

    file = DataFile(config.data)
    try:
        return SavedWorlds(
            file,
            seeds,
            seeds.own,
            default=config.tenant,
            seed=config.random_seed,
            automatic=config.automatic_worlds,
            limit=config.world_limit,
        )
    except BaseException:
        file.close()
        raise


def create_reference_app(config: Config | None = None) -> Reference:
    """The same server behind Connexion's own middleware, for comparison; raises as `create_app` does."""
    from emporix_mock.asgi.reference import Reference  # noqa: PLC0415  # serves no user

    return Reference(create_app(config))


def _control(config: Config, source: Source, seeds: Seeds, runtime: Runtime) -> ServiceApp:
    """The control API of a server; imported when somebody uses it."""
    from emporix_mock.asgi.control.app import ControlApp  # noqa: PLC0415
    from emporix_mock.asgi.control.declare import Control  # noqa: PLC0415
    from emporix_mock.asgi.control.operations import entries  # noqa: PLC0415
    from emporix_mock.fidelity.register import joined  # noqa: PLC0415

    operations = cache(lambda: joined(entries(source)))
    return ControlApp(Control(runtime, source, config, seeds.named, operations))


def segments(services: tuple[str, ...]) -> Mapping[str, tuple[str, ...]]:
    """First path segment to the services below it; aliases of undocumented bases included."""
    found: dict[str, tuple[str, ...]] = {}
    for name, entry in catalog.services().items():
        if name in services:
            for segment in entry.segments:
                found[segment] = (*found.get(segment, ()), name)
    for segment, name in registry.EXTRA_SEGMENTS.items():
        if name in services:
            found[segment] = (name,)
    return found
