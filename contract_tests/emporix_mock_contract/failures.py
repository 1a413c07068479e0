"""What the checks of this kit find; Schemathesis keeps one failure per class and operation."""

from __future__ import annotations

from schemathesis.core.failures import Failure, Severity


class RefusedWithoutRule(Failure):
    """Valid data was refused and no known rule was named."""

    kind_title = "Valid data refused without a registered rule"
    checks = ("refused_by_rule",)


class NotReached(Failure):
    """An operation never answered a valid case with a success."""

    kind_title = "Operation not reached"
    checks = ("OperationReached",)


class MockProblem(Failure):
    """The mock listed a defect of its own during the run."""

    kind_title = "Problem of the mock"
    checks = ("MockProblems",)


class ScopeNotAsked(Failure):
    """A token that lacks every scope of an operation was let in."""

    kind_title = "Scope not asked for"
    checks = ("scope_asked",)

    def __init__(self, *, operation: str, message: str) -> None:
        super().__init__(operation=operation, message=message, severity=Severity.CRITICAL)


class PeerLetIn(Failure):
    """One customer could read or change what belongs to another."""

    kind_title = "Customer let in to what belongs to another"
    checks = ("peer_kept_out",)

    def __init__(self, *, operation: str, message: str) -> None:
        super().__init__(operation=operation, message=message, severity=Severity.CRITICAL)


class StrangerLetIn(Failure):
    """Somebody saw or changed what belongs to another customer, company or tenant."""

    kind_title = "What belongs to another shown or changed"
    checks = ("strangers_kept_out",)

    def __init__(self, *, operation: str, message: str) -> None:
        super().__init__(operation=operation, message=message, severity=Severity.CRITICAL)
