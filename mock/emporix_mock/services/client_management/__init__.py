"""Customer management service: legal entities, their locations, and who is a contact of which."""

from emporix_mock.services.client_management import contacts, legal_entities, locations, old_contacts
from emporix_mock.services.client_management.declared import service

__all__ = ["contacts", "legal_entities", "locations", "old_contacts", "service"]
