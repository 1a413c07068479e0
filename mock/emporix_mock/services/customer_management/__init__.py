"""Customer service, customer-managed: sessions and tokens, sign-up, own profile, addresses, credentials.

Mounted below the same path as the tenant-managed customers; addresses and profile changes end in that
service's operations. Mails with one-time tokens are documents (`platform/mails.py`).
"""

from emporix_mock.services.customer_management import (
    anonymous,
    credentials,
    login,
    profile,
    sign_on,
    signup,
)
from emporix_mock.services.customer_management.declared import service

__all__ = ["anonymous", "credentials", "login", "profile", "service", "sign_on", "signup"]
