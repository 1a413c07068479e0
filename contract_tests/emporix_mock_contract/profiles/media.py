"""Media: the files and links of the seed, as the document's examples name them."""

from __future__ import annotations

from emporix_mock_contract.profile import Call, Profile

PROFILE = Profile(
    "media",
    values={"version": 1, "private": "65d0a1b2c3d4e5f60a000003"},
    fill={"body.metadata.version": "version"},
    # Of a public file only the address is told.
    calls={"GET-media-download-asset": Call(fill={"path.assetId": "private"})},
)
