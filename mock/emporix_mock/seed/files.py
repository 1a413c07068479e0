"""Finding the files of a seed set: one shipped with the package by name, one of the user's by path."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from emporix_mock.errors import ConfigurationError
from emporix_mock.seed.refusal import Refusal, nearest
from emporix_mock.seed.rows import kind_of, unknown
from emporix_mock_fixtures import read as shipped
from emporix_mock_spec import catalog

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from emporix_mock.seed.rows import Place

SUFFIXES = (".yaml", ".yml")
_UNREAD: Any = object()
_ALL_SERVICES = "`emporix-mock spec list` names all services"


@dataclass(slots=True)
class SeedFile:
    """What a set holds of one service: the file, and where in it the collections stand."""

    label: str
    source: bytes
    below: Place = ()
    _content: Any = field(default=_UNREAD)

    def content(self) -> Any:
        """The collections as plain values. Raises `Refusal`."""
        return _read(self.source) if self._content is _UNREAD else self._content

    def refused(self, refusal: Refusal) -> ConfigurationError:
        """The error for the user, with the line of the place in this file."""
        return refused(self.label, self.source, refusal.below(self.below))


@dataclass(frozen=True, slots=True)
class SeedFiles:
    """The files of one set. `own` says that they are the user's; `services` names those in it."""

    name: str
    own: bool
    services: tuple[str, ...]
    _open: Callable[[str], SeedFile | None]

    def file(self, service: str) -> SeedFile | None:
        """What the set holds of a service; None for nothing."""
        return self._open(service) if service in self.services else None


def refused(label: str, source: bytes, refusal: Refusal) -> ConfigurationError:
    """The error for the user, with the line in the text `source`."""
    from emporix_mock.seed.reading import line_of  # noqa: PLC0415  # only a mistake needs it

    return refusal.error(label, line_of(source, refusal.at) if refusal.line is None else None)


def find(seed: str) -> SeedFiles:
    """The set that a user names: a shipped one, a folder, or a file.

    Raises `ConfigurationError` where there is no such set or its files cannot be read.
    """
    if seed in shipped.names():
        return SeedFiles(seed, own=False, services=shipped.services(seed), _open=_shipped(seed))
    path = Path(seed)
    try:
        if seed and path.is_dir():
            files = _folder(path)
        elif seed and path.exists():
            files = _single(path)
        else:
            raise ConfigurationError(_no_such_set(seed))
    except (OSError, ValueError) as error:
        file, why = getattr(error, "filename", None) or seed, getattr(error, "strerror", None) or error
        raise ConfigurationError(
            f"{file}: cannot be read ({why}); make it readable or name another"
        ) from None
    return SeedFiles(seed, own=True, services=tuple(files), _open=files.get)


def _read(source: bytes) -> Any:
    from emporix_mock.seed.reading import read  # noqa: PLC0415  # what is in the cache needs no YAML

    return read(source)


def _no_such_set(seed: str) -> str:
    names = shipped.names()
    near = nearest(seed, names)
    hint = f"did you mean '{near}'? " if near else ""
    return (
        f"seed '{seed}': no set has this name and there is no such folder or file; {hint}"
        f"shipped are {', '.join(names)}"
    )


def _shipped(name: str) -> Callable[[str], SeedFile | None]:
    def file(service: str) -> SeedFile | None:
        source = shipped.source(name, service)
        return None if source is None else SeedFile(f"{name}/{service}.yaml", source)

    return file


def _folder(folder: Path) -> Mapping[str, SeedFile]:
    found: dict[str, SeedFile] = {}
    for path in sorted(folder.iterdir()):
        if path.suffix not in SUFFIXES or path.name.startswith("."):
            continue
        service = path.stem
        if service not in catalog.services():
            rule = f"there is no service '{service}'"
            raise unknown((), service, catalog.services(), rule, _ALL_SERVICES).error(str(path))
        if service in found:
            raise Refusal((), f"'{service}' has a file already", "keep one of the two").error(str(path))
        found[service] = SeedFile(str(path), path.read_bytes())
    if not found:
        raise ConfigurationError(
            f"{folder}: holds no seed file; name each <service>.yaml, such as coupon.yaml"
        )
    return found


def _single(path: Path) -> Mapping[str, SeedFile]:
    source = path.read_bytes()
    try:
        parts = _services_in(_read(source))
    except Refusal as refusal:
        raise refused(str(path), source, refusal) from None
    return {service: SeedFile(str(path), source, (service,), part) for service, part in parts.items()}


def _services_in(content: Any) -> Mapping[str, Any]:
    if not isinstance(content, dict):
        rule = f"{kind_of(content)} where services should stand"
        raise Refusal((), rule, "write a service such as coupon: with its collections below")
    for service in content:
        if service not in catalog.services():
            rule = f"there is no service '{service}'"
            raise unknown((service,), service, catalog.services(), rule, _ALL_SERVICES)
    return content
