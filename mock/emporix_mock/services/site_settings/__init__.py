"""Site settings service: sites and their mixins."""

from emporix_mock.services.site_settings import mixins, sites
from emporix_mock.services.site_settings.declared import service

__all__ = ["mixins", "service", "sites"]
