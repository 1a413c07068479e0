"""Import service: configurations, schedules, runs and what they imported."""

from emporix_mock.services.import_service import records, running, runs, schedules
from emporix_mock.services.import_service.declared import service

__all__ = ["records", "running", "runs", "schedules", "service"]
