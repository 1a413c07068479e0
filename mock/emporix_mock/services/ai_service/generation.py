"""Texts by prompt and completions of messages, by the scripted model; and which models there are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emporix_mock.engine.context import Result
from emporix_mock.rules import scripted_model
from emporix_mock.services.ai_service.declared import MODELS, NO_MESSAGE, SCRIPTED, SCRIPTS, invalid, service

if TYPE_CHECKING:
    from emporix_mock.engine.context import RequestContext
    from emporix_mock.rules.scripted_model import Kind
    from emporix_mock.store.documents import Document
    from emporix_mock.store.world import State


@service.operation("POST-ai-generate-description")
def text(ctx: RequestContext, state: State) -> Result:
    """A text by a prompt, of at most `maxTokens`."""
    ctx.about.check_payload(ctx.body)
    return _generated(ctx, state, "text", ctx.body["prompt"], ctx.body.get("maxTokens"))


@service.operation("POST-ai-completions")
def completion(ctx: RequestContext, state: State) -> Result:
    """What comes after messages: an answer to the last of them."""
    ctx.about.check_payload(ctx.body)
    if not ctx.body["messages"]:
        raise invalid(NO_MESSAGE, "messages", "messages must not be empty")
    return _generated(ctx, state, "completion", ctx.body["messages"][-1]["content"], None)


def _generated(ctx: RequestContext, state: State, kind: Kind, prompt: str, most: int | None) -> Result:
    answer = scripted_model.answer(state.collection(SCRIPTS.name).scan(), kind, prompt)
    if answer.failure is not None:
        raise SCRIPTED(body={"code": 500, "status": "Internal Server Error", "message": answer.failure})
    named = {"id": ctx.body["id"]} if "id" in ctx.body else {}
    return Result(200, {**named, "result": scripted_model.limited(answer.text, most)})


@service.operation("GET-ai-list-models")
def models(_ctx: RequestContext, state: State) -> list[Document]:
    """The models of each provider: those of the seed, for no provider is asked."""
    return list(state.collection(MODELS.name).scan())
