"""Approvals: somebody of a company asks a colleague to allow the checkout of a cart or a quote."""

from emporix_mock.services.approval import approvals, changes
from emporix_mock.services.approval.declared import service

__all__ = ["approvals", "changes", "service"]
