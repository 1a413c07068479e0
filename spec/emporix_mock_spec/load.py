"""Sources of documents: the ones shipped here (`bundled`) and the vendor's own (`official`).

A document passes source → repairs (official only) → loader rules, and its final form is cached. The
cached way reads and hashes the source but neither parses YAML nor imports what does.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import orjson

from emporix_mock_spec import cache, catalog
from emporix_mock_spec.error import SpecError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from emporix_mock_spec.overlay import Applied

__all__ = ["Source", "SpecError", "bundled", "official", "official_directory"]

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Source:
    """A set of documents, one per service. Nothing is read before it is asked for."""

    name: Literal["bundled", "official"]
    files: Mapping[str, Path]
    repairs: Mapping[str, Path]

    @property
    def services(self) -> tuple[str, ...]:
        """The services present, in the order of the catalogue."""
        return tuple(self.files)

    def document(self, service: str) -> dict[str, Any]:
        """The document of `service` as the mock serves it; a fresh object at every call.

        Raises `SpecError` when the source lacks the service or its file cannot be used.
        """
        source, repair = self.source(service), self._repair(service)
        key = cache.key_of(source, repair)
        cached = cache.read(f"{self.name}-{service}", key)
        if cached is not None:
            return cached
        from emporix_mock_spec.compile import compile_document  # noqa: PLC0415  # only without a cached form

        document = self._repaired(service, source, repair).document
        return _keep(f"{self.name}-{service}", key, compile_document(document))

    def raw(self, service: str) -> dict[str, Any]:
        """The document of `service`, repaired if this source repairs, without loader rules.

        Raises `SpecError` as `document` does.
        """
        return self.repair(service).document

    def repair(self, service: str) -> Applied:
        """As `raw`, with the repairs that found nothing to do or did not fit."""
        return self._repaired(service, self.source(service), self._repair(service))

    def exported(self, service: str) -> bytes:
        """The document of `service` as YAML for others to use: repaired, else byte for byte as it is.

        Raises `SpecError` as `document` does.
        """
        if not self._repair(service):
            return self.source(service)
        from emporix_mock_spec.parse import dump  # noqa: PLC0415  # PyYAML is slow to import

        return dump(self.raw(service))

    def source(self, service: str) -> bytes:
        """The bytes of the file of `service`. Raises `SpecError` when there are none."""
        path = self.files.get(service)
        if path is None:
            raise SpecError(
                f"the {self.name} specifications here have no service {service!r};"
                " `emporix-mock spec list` names them all"
            )
        try:
            return path.read_bytes()
        except OSError as error:
            raise SpecError(
                f"{path}: {error.strerror or error}; fetch it again or name another folder"
            ) from error

    def _repaired(self, service: str, source: bytes, repair: bytes) -> Applied:
        from emporix_mock_spec.overlay import Applied, apply, read_overlay  # noqa: PLC0415  # only uncached
        from emporix_mock_spec.parse import parse  # noqa: PLC0415  # PyYAML is slow to import

        path = self.files[service]
        document = _checked(parse(source, str(path)), path)
        if not repair:
            return Applied(document, (), ())
        return apply(read_overlay(repair, f"repairs/{service}.yaml"), document)

    def _repair(self, service: str) -> bytes:
        path = self.repairs.get(service)
        return path.read_bytes() if path is not None else b""


def bundled() -> Source:
    """The documents that ship with this package. They need neither network nor repairs."""
    return Source("bundled", _present({n: _HERE / "openapi" / f"{n}.yaml" for n in catalog.services()}), {})


def official(directory: Path | None = None, *, repaired: bool = True) -> Source:
    """The vendor's documents in `directory`, laid out as in its repository; None means those pulled.

    Raises `SpecError` when none is there.
    """
    root = official_directory() if directory is None else directory
    files = _present({entry.name: root / entry.path for entry in catalog.services().values()})
    if not files:
        mend = (
            "run `emporix-mock spec pull`"
            if directory is None
            else f"--from wants the top folder of {catalog.REPOSITORY}, such as one that holds"
            f" {next(iter(catalog.services().values())).path}"
        )
        raise SpecError(f"{root}: no official specifications here; {mend}")
    repairs = _present({name: _HERE / "repairs" / f"{name}.yaml" for name in files}) if repaired else {}
    return Source("official", files, repairs)


def official_directory() -> Path:
    """Where `spec pull` keeps the official documents of the locked commit.

    Raises `SpecError` where the system names no cache directory.
    """
    root = cache.cache_directory()
    if root is None:
        raise SpecError("no cache directory on this system; set EMPORIX_MOCK_CACHE to one")
    return root / "official" / catalog.COMMIT


def _present(paths: Mapping[str, Path]) -> dict[str, Path]:
    return {name: path for name, path in paths.items() if path.is_file()}


def _checked(document: Any, path: Path) -> dict[str, Any]:
    """`document` if it is an OpenAPI 3 document with paths."""
    version = document.get("openapi") if isinstance(document, dict) else None
    if not isinstance(document, dict) or not str(version).startswith("3."):
        raise SpecError(f"{path}: not an OpenAPI 3 document; put the right file in its place")
    if not isinstance(document.get("paths"), dict):
        raise SpecError(f"{path}: describes no paths; put the right file in its place")
    return document


def _keep(name: str, key: str, document: dict[str, Any]) -> dict[str, Any]:
    """Cache `document` and return it as the cache will, so that both ways give the same values."""
    try:
        body = orjson.dumps(document)
    except (TypeError, orjson.JSONEncodeError):  # a number beyond 64 bits: rare, and then uncached
        return document
    cache.write(name, key, body)
    found: dict[str, Any] = orjson.loads(body)
    return found
