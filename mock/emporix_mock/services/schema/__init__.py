"""Schema service: schemas, references, custom types and their instances."""

from emporix_mock.services.schema import exchange, instances, references, schemas, types
from emporix_mock.services.schema.declared import service

__all__ = ["exchange", "instances", "references", "schemas", "service", "types"]
