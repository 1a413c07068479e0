"""Coupon service: coupons and their status, redemptions, referral coupons."""

from emporix_mock.services.coupon import coupons, redemptions, referral
from emporix_mock.services.coupon.declared import service

__all__ = ["coupons", "redemptions", "referral", "service"]
