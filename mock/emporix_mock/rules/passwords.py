"""Stored passwords: the native form, and the legacy form that customers can be imported with.

Native: `1:<iterations>:<salt>:<key>`, the shape of the one example there is; that the key is base64 of
PBKDF2 with SHA-256 over the salt's text is our choice, since the algorithm is not published.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import b64decode, b64encode
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

# Few on purpose: these passwords guard test data, and a login has to stay below two milliseconds.
ITERATIONS: Final = 50
MOST_ITERATIONS: Final = 100_000

HYBRIS_SALT: Final = "hybris blue pepper can be used to prepare delicious noodle meals"
"""The system-wide salt that SAP Commerce ships with; `context.systemSalt` overrides it."""


def hash_password(password: str, salt: str, iterations: int = ITERATIONS) -> str:
    """The native form of `password`."""
    return f"1:{iterations}:{salt}:{b64encode(_key(password, salt, iterations)).decode()}"


def matches(password: str, stored: str) -> bool:
    """Whether `password` belongs to a native hash; False for anything that is not one of ours."""
    version, _, rest = stored.partition(":")
    count, _, rest = rest.partition(":")
    salt, _, key = rest.rpartition(":")
    if version != "1" or not count.isascii() or not count.isdigit() or not 0 < int(count) <= MOST_ITERATIONS:
        return False
    return hmac.compare_digest(key, b64encode(_key(password, salt, int(count))).decode())


def matches_legacy(password: str, legacy: Mapping[str, Any], account: str) -> bool:
    """Whether `password` belongs to an imported `legacyAuth`, its hash in base64 or hexadecimal.

    `hybris-sha512-uid-salt` is SHA-512 over system salt, password and user id; its name and one example
    are published, and joining the three by `::` is how SAP Commerce salts. The user id is
    `context.originalUid`, else the account's e-mail.
    """
    context = legacy.get("context") or {}
    uid, salt = context.get("originalUid", account), context.get("systemSalt", HYBRIS_SALT)
    return _bytes_of(str(legacy.get("hash", ""))) == _legacy_digest(password, uid, salt)


def _key(password: str, salt: str, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), iterations)


def _legacy_digest(password: str, uid: str, system_salt: str) -> bytes:
    return hashlib.sha512(f"{system_salt}::{password}::{uid}".encode()).digest()


def _bytes_of(text: str) -> bytes | None:
    try:
        return bytes.fromhex(text) if len(text) == 128 else b64decode(text, validate=True)
    except ValueError:
        return None
