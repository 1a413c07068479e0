"""Pick-pack: which orders are to be packed, by whom, and what was picked and packed of them."""

from emporix_mock.services.pick_pack import packing, reading, recalculating
from emporix_mock.services.pick_pack.declared import service

__all__ = ["packing", "reading", "recalculating", "service"]
