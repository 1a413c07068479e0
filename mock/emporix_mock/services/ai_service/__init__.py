"""AI service: agents with their tools, servers and secrets, and the talk with them, by a scripted model."""

from emporix_mock.services.ai_service import (
    analytics,
    attachments,
    chatting,
    deleting,
    events,
    generation,
    templates,
    transfer,
)
from emporix_mock.services.ai_service.declared import service

__all__ = [
    "analytics",
    "attachments",
    "chatting",
    "deleting",
    "events",
    "generation",
    "service",
    "templates",
    "transfer",
]
