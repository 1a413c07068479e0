"""The SaaS token: a JWT (HS256) that names the customer; sent in the header `saas-token`.

Claims as in the examples: `sub` customer number, `iat`, `exp` four hours later, `jti`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Any, Final

LIFETIME: Final = 14400
_HEADER: Final = {"typ": "JWT", "alg": "HS256"}


def issue(tenant: str, customer_id: str, *, issued_at: int, token_id: str) -> str:
    """A token of `tenant` for a customer. The key derives from the tenant's name."""
    claims = {"sub": customer_id, "exp": issued_at + LIFETIME, "iat": issued_at, "jti": token_id}
    signed = f"{_encoded(_HEADER)}.{_encoded(claims)}"
    return f"{signed}.{_signature(tenant, signed)}"


def customer_of(tenant: str, token: str, *, now: float) -> str | None:
    """The customer that a token names; None where it is malformed, forged or expired."""
    signed, _, signature = token.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(tenant, signed).encode()):
        return None
    claims = json.loads(urlsafe_b64decode(signed.partition(".")[2] + "=="))
    return str(claims["sub"]) if claims["exp"] > now else None


def _signature(tenant: str, signed: str) -> str:
    digest = hmac.new(f"saas-token/{tenant}".encode(), signed.encode(), hashlib.sha256).digest()
    return urlsafe_b64encode(digest).decode().rstrip("=")


def _encoded(part: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(part, separators=(",", ":")).encode()).decode().rstrip("=")
