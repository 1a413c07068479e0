"""Pages for people. What they are made of is imported when somebody looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import orjson

from emporix_mock.asgi.control.declare import Control, operation
from emporix_mock.engine.context import Result
from emporix_mock.errors import NotFound
from emporix_mock_spec.catalog import CONTROL

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext

HTML = "text/html; charset=utf-8"


@operation("get-docs")
def index(_ctx: RequestContext, control: Control) -> Any:
    """All services with their base paths, counts and links."""
    from emporix_mock.asgi.docs import pages  # noqa: PLC0415

    page = pages.index(
        control.operations(),
        tenant=control.runtime.worlds.default,
        seed=control.config.seed,
        spec=control.source.name,
    )
    return Result(200, raw=page, headers=pages.HEADERS, media_type=HTML)


@operation("get-service-docs")
def of_service(ctx: RequestContext, control: Control) -> Any:
    """Swagger UI for the document of a service, or for this API."""
    from emporix_mock.asgi.docs import pages  # noqa: PLC0415

    page = pages.service_page(_known(ctx, control), tenant=control.runtime.worlds.default)
    return Result(200, raw=page, headers=pages.HEADERS, media_type=HTML)


@operation("get-service-document")
def document(ctx: RequestContext, control: Control) -> Any:
    """The document of a service as this server serves it; one for this server, not for the vendor's."""
    from emporix_mock.asgi.docs.document import shown  # noqa: PLC0415

    name = _known(ctx, control)
    if name == CONTROL:
        return Result(200, raw=orjson.dumps(control.runtime.service(CONTROL).document))
    levels = {entry.id: entry.level for entry in control.operations() if entry.service == name}
    found = shown(control.source.document(name), levels, control.runtime.worlds.default)
    return Result(200, raw=orjson.dumps(found))


@operation("get-docs-asset")
def asset(ctx: RequestContext, _control: Control) -> Any:
    """A style sheet or script of the pages."""
    from emporix_mock.asgi.docs.assets import asset as find  # noqa: PLC0415
    from emporix_mock.asgi.docs.pages import HEADERS  # noqa: PLC0415

    found = find(ctx.path["asset"])
    if found is None:
        raise NotFound(f"No page needs a file '{ctx.path['asset']}'.")
    return Result(200, raw=found.body, headers=HEADERS, media_type=found.media_type)


def _known(ctx: RequestContext, control: Control) -> str:
    name = str(ctx.path["service"])
    if name != CONTROL and name not in control.source.services:
        raise NotFound(f"There is no service '{name}'.")
    return name
