"""Writing the register and its views, and finding those that are no longer true."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.errors import ConfigurationError
from emporix_mock.fidelity import evidence, views
from emporix_mock.fidelity.register import FILE, operations, read, text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from emporix_mock.fidelity.register import Register

__all__ = ["Places", "Stale", "stale", "write"]

_CHECKOUT: Final = Path(__file__).parents[3]
_SHOWN: Final = 5


@dataclass(frozen=True, slots=True)
class Places:
    """Where the register and its views are."""

    register: Path
    coverage: Path
    readme: Path

    @classmethod
    def of(cls, root: Path | None = None) -> Places:
        """Those of the checkout at `root`, by default the one that this package runs from.

        Raises `ConfigurationError` where there is none: an installed package has no views to keep.
        """
        root = _CHECKOUT if root is None else root
        places = cls(root / FILE.relative_to(_CHECKOUT), root / "COVERAGE.md", root / "README.md")
        if not (places.readme.is_file() and places.register.parent.is_dir()):
            raise ConfigurationError(f"{root} is no checkout of emporix-mock; name one with --root")
        return places


@dataclass(frozen=True, slots=True)
class Stale:
    """A file that does not say what the code or the register says, and how it differs."""

    path: Path
    why: str


def write(register: Register, places: Places) -> None:
    """Write the register and all views of it."""
    readme = views.readme(register, places.readme.read_text("utf-8"))
    places.register.write_text(text(register), "utf-8")
    places.coverage.write_text(views.coverage(register), "utf-8")
    places.readme.write_text(readme, "utf-8")


def stale(derived: Register, places: Places) -> list[Stale]:
    """What differs from the code (`derived`: a register made from it) or from the register.

    Evidence may be of any age: it says itself when it was found.
    """
    register = read(places.register)
    evidence.keep(derived, register)
    found = []
    differences = list(_differences(register, derived))
    if differences or places.register.read_text("utf-8") != text(register):
        more = len(differences) - _SHOWN
        shown = [*differences[:_SHOWN], *([f"and {more} more"] if more > 0 else [])]
        found.append(Stale(places.register, "; ".join(shown) or "not written by this command"))
    checks: tuple[tuple[Path, Callable[[Register, str], str]], ...] = (
        (places.coverage, lambda register, _: views.coverage(register)),
        (places.readme, views.readme),
    )
    for path, view in checks:
        now = path.read_text("utf-8") if path.is_file() else ""
        if now != view(register, now):
            found.append(Stale(path, "differs from the register"))
    return found


def _differences(old: Register, new: Register) -> Iterator[str]:
    """What the code says and the register does not, in words."""
    for key in ("documents", "repairs", "defects", "rules"):
        if old.get(key) != new[key]:
            yield key
    before, after = _services(old), _services(new)
    yield from (f"{name}: no longer served" for name in before.keys() - after.keys())
    for name, service in after.items():
        for key in ("switches", "rules"):
            if before.get(name, {}).get(key) != service[key]:
                yield f"{name}: {key}"
    known = {(service, each["id"]): each for service, each in operations(old)}
    for name, each in operations(new):
        was = known.pop((name, each["id"]), None)
        if was is None:
            yield f"{name} {each['id']}: not in the register"
        elif was != each:
            changed = [key for key in each if was.get(key) != each[key]]
            yield f"{name} {each['id']}: {', '.join(changed)}"
    yield from (f"{name} {gone}: no longer there" for name, gone in known)
    if list(before) != list(after):
        yield "the order of the services"


def _services(register: Register) -> dict[str, Any]:
    return {service["service"]: service for service in register["services"]}
