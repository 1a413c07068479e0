"""IAM: groups, who is in them, access controls, scopes, employees, and what a user may do."""

from emporix_mock.services.iam import access, employees, groups, members, scopes, users, vendors
from emporix_mock.services.iam.declared import service

__all__ = ["access", "employees", "groups", "members", "scopes", "service", "users", "vendors"]
