"""The one error of this package."""

__all__ = ["SpecError"]


class SpecError(Exception):
    """A specification cannot be used. Its text is one line that also says how to mend it."""
