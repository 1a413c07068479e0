"""Returns service: goods that customers send back, who asked for it and what became of it."""

from emporix_mock.services.returns import writing
from emporix_mock.services.returns.declared import service

__all__ = ["service", "writing"]
