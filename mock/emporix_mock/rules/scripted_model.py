"""The language model of the mock: it says what a script says, else it says the question again.

A script is `{kind?, agentId?, contains?, answer?, tools?, failure?, duration?}`. The first one fits whose
`kind` (chat, text, completion), `agentId` and `contains` (in any case) are absent or right; `{message}` in
the answer stands for what was asked. `tools` are named as used, `duration` is in seconds of the world's
clock, and a `failure` is what the model says in place of an answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Kind = Literal["chat", "text", "completion"]

MOST_TOKENS: Final = 4097
SECONDS: Final = 4.0
ECHO: Final = "You said: {message}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model says, or why it says nothing."""

    text: str
    tools: tuple[str, ...] = ()
    failure: str | None = None
    seconds: float = SECONDS


def answer(
    scripts: Iterable[Mapping[str, Any]], kind: Kind, message: str, *, agent: str | None = None
) -> Answer:
    """The answer to a message."""
    for script in scripts:
        if _fits(script, kind, message, agent):
            return Answer(
                str(script.get("answer", ECHO)).replace("{message}", message),
                tuple(script.get("tools") or ()),
                script.get("failure"),
                float(script.get("duration", SECONDS)),
            )
    return Answer(ECHO.replace("{message}", message))


def _fits(script: Mapping[str, Any], kind: Kind, message: str, agent: str | None) -> bool:
    return (
        script.get("kind", kind) == kind
        and script.get("agentId", agent) == agent
        and str(script.get("contains", "")).lower() in message.lower()
    )


def words(text: str) -> list[str]:
    """A text in the parts in which a model would write it: words with the space behind them."""
    return re.findall(r"^\s+|\S+\s*", text)


def limited(text: str, most: int | None) -> str:
    """A text cut to a number of tokens, which are words here."""
    parts = words(text)
    most = MOST_TOKENS if most is None else max(most, 0)
    return text if len(parts) <= most else "".join(parts[:most]).rstrip()
