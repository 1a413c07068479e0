"""Seed sets: what a world starts with, read from YAML files that hold the stored form of documents.

A set is a folder with one `<service>.yaml` per service, or a single file with services at its top
level. Below a service stand its collections, each a list of documents; a collection whose documents
stand below others (addresses of a customer) maps the id above to such a list. A document without id
or times gets them; a time may be relative to the moment a world begins: `now`, `now-30d`, `now+2h`
(s, m, h, d, w). The sets shipped with the package go by name, others by their path.
"""

from emporix_mock.seed.loading import base, check, fingerprint

__all__ = ["base", "check", "fingerprint"]
