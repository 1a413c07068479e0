"""Reward points: customers' accounts, redeem options, points for coupons, points for completed orders."""

from emporix_mock.services.reward_points import accounts, earning, options, redeeming
from emporix_mock.services.reward_points.declared import service

__all__ = ["accounts", "earning", "options", "redeeming", "service"]
