"""Masks tokens and secrets of a target that is not ours, in what is printed and in what is kept."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

MASK = "[masked]"
_QUOTE = r'(?:\\*"|&quot;|&#34;|\')'
_MEMBER = re.compile(
    rf"({_QUOTE}[\w-]*(?:token|secret|password){_QUOTE}\s*:\s*{_QUOTE})(.*?)(?={_QUOTE})", re.IGNORECASE
)
_HEADER = re.compile(r"(Bearer\s+)[A-Za-z0-9._~+/=-]{8,}", re.IGNORECASE)
_FIELD = re.compile(r"\b([\w-]*(?:token|secret|password)=)[^&\s\"'\\<]+", re.IGNORECASE)
_DERIVED = re.compile(r"(\b[a-z][a-z0-9]{2,15}-)[a-z]+-secret\b")
"""The secrets of a mock's built-in keys; its pages show them."""


class Redactor:
    """Masks known secrets wherever they stand, and whatever looks like a token by its name."""

    def __init__(self, secrets: Iterable[str]) -> None:
        self._known = sorted({each for each in secrets if len(each) >= 6}, key=len, reverse=True)

    def text(self, text: str) -> str:
        """`text` without secrets."""
        for secret in self._known:
            text = text.replace(secret, MASK)
        for pattern in (_MEMBER, _HEADER, _FIELD, _DERIVED):
            text = pattern.sub(rf"\1{MASK}", text)
        return text

    def files(self, paths: Sequence[Path]) -> None:
        """Rewrite files, and all files of folders, without secrets."""
        for path in paths:
            for each in sorted(path.rglob("*")) if path.is_dir() else [path]:
                if each.is_file():
                    raw = each.read_text(encoding="utf-8", errors="surrogateescape")
                    each.write_text(self.text(raw), encoding="utf-8", errors="surrogateescape")
