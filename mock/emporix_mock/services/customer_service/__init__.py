"""Customer service, tenant-managed: customers, their addresses, import with password migration.

The tenant's side of one real service; the customer's side is customer-management. What both need is in
`platform/directory.py` and `platform/credentials.py`.
"""

from emporix_mock.services.customer_service import addresses, customers, importing, migration
from emporix_mock.services.customer_service.declared import service

__all__ = ["addresses", "customers", "importing", "migration", "service"]
