"""Connexion 3.3 as it comes: one `AsyncApp` per first path segment, all of them, examples as answers.

One application takes no more than two of these documents (it mounts them all on one base path), hence
the segments. Documents are given as dicts; from YAML when asked, as it would read them itself.
"""

from __future__ import annotations

import json
import sys
import warnings
from typing import Any

import uvicorn

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from connexion import AsyncApp
    from connexion.security import BearerSecurityHandler, OAuthSecurityHandler

from emporix_mock.engine.example import example_of
from emporix_mock.engine.validation import Schemas
from emporix_mock_spec import catalog, load
from emporix_mock_spec.operation import operation, operations


def allow(_token: str) -> dict[str, Any]:
    """Let every token in; looking it up costs us nothing here."""
    return {"sub": "benchmark", "scope": "benchmark"}


class Bearer(BearerSecurityHandler):
    """A token of any kind."""

    def _resolve_func(self, security_scheme: Any) -> Any:
        del security_scheme
        return allow


class OAuth(OAuthSecurityHandler):
    """A token with any scopes."""

    def get_tokeninfo_func(self, security_definition: Any) -> Any:
        del security_definition
        return allow

    @classmethod
    def get_scope_validate_func(cls, security_definition: Any) -> Any:
        del security_definition
        return lambda required_scopes, token_scopes: True


def stock(name: str, document: dict[str, Any]) -> AsyncApp:
    """The stock application of one document."""
    schemas, places = Schemas(name, document), {oid: (m, p) for m, p, oid in operations(document, name)}

    def resolve(oid: str) -> Any:
        answers: list[Any] = []

        async def handler(**_: Any) -> Any:
            if not answers:
                found = example_of(document, operation(document, name, *places[oid]), schemas)
                answers.append((found.body, found.status, {}))
            return answers[0]

        return handler

    app = AsyncApp(name, resolver=resolve, security_map={"bearer": Bearer, "oauth2": OAuth})
    app.add_api(json.loads(json.dumps(document)), base_path="")
    return app


def main() -> None:
    """Serve on the port of the first argument; `yaml` as the second parses the files at start."""
    source, apps, from_yaml = load.bundled(), {}, sys.argv[2:] == ["yaml"]
    if from_yaml:
        import yaml

    for name, entry in catalog.services().items():
        document = yaml.safe_load(source.source(name)) if from_yaml else source.document(name)
        made = stock(name, document)
        for segment in entry.segments:
            apps.setdefault(segment, made)

    async def front(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            await receive()
            for each in set(apps.values()):
                each.middleware.app, each.middleware.middleware_stack = (
                    each.middleware._build_middleware_stack()
                )
            await send({"type": "lifespan.startup.complete"})
            await receive()
            await send({"type": "lifespan.shutdown.complete"})
            return
        await apps[scope["path"].split("/", 2)[1]](scope, receive, send)

    uvicorn.run(
        front, port=int(sys.argv[1]), http="httptools", loop="uvloop", access_log=False, log_level="critical"
    )


if __name__ == "__main__":
    main()
