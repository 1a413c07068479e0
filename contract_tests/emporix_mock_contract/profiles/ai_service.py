"""AI: the agents of the seed; who chats holds whatever scope an agent asks for."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Caller, Profile

PROFILE = Profile(
    "ai-service",
    calls=dict.fromkeys(
        ("POST-ai-agents-chat", "POST-ai-agents-chat-async", "POST-ai-agents-chat-stream"),
        Call(Caller("service")),
    ),
)
