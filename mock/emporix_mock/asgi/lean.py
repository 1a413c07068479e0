"""Connexion without what a server of ours never uses of it.

Half of a start would go into its import: validators, a template engine, a test client, HTTP clients,
YAML. The plans of the stub do that work. Connexion has no setting for leaving it out, so placeholders
stand in `sys.modules` while it is imported. Only `emporix-mock up` does this, before any thread runs;
everywhere else, on the reference path too, Connexion is imported as it comes.
"""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

FRAMEWORK = "emporix_mock.asgi.framework"
UNUSED = (
    "httpx",
    "jinja2",
    "jsonschema",
    "jsonschema.exceptions",
    "jsonschema.validators",
    "requests",
    "starlette.templating",
    "starlette.testclient",
    "werkzeug",
    "werkzeug.local",
    "yaml",
)


class _Anything(type):
    """Lets a name be called, subscripted and asked for attributes while Connexion is being imported."""

    importing = False

    def __getattr__(cls, name: str) -> Any:
        return cls._placeholder(name)

    def __getitem__(cls, key: object) -> Any:
        return cls._placeholder(key)

    def __call__(cls, *args: Any, **options: Any) -> Any:
        if cls is not Absent:  # what derives from a placeholder, Connexion's own errors among them
            return super().__call__(*args, **options)
        return cls._placeholder("()")

    def _placeholder(cls, what: object) -> Any:
        if not _Anything.importing:
            raise AttributeError(f"{what} of Connexion was left out of this server; use `create_app` instead")
        return Absent


class Absent(Exception, metaclass=_Anything):
    """Stands for whatever is imported from an unused module, bases of errors included."""


class _AbsentModule(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # what the import system asks is no use of the module
            raise AttributeError(name)
        return Absent


def import_framework() -> None:
    """Import Connexion's part of the stub, lean where that is possible and as it comes where it is not."""
    before = set(sys.modules)
    try:
        with _absent():
            import_module(FRAMEWORK)
    except Exception:  # noqa: BLE001  # a Connexion that uses at its import what it never used before
        for name in set(sys.modules) - before:
            if name == FRAMEWORK or name.partition(".")[0] == "connexion":
                del sys.modules[name]
        import_module(FRAMEWORK)


@contextmanager
def _absent() -> Iterator[None]:
    placed = {name: _AbsentModule(name) for name in UNUSED if name not in sys.modules}
    sys.modules.update(placed)
    _Anything.importing = True
    try:
        yield
    finally:
        _Anything.importing = False
        for name in placed:
            sys.modules.pop(name, None)
