"""Connexion imported without what the server never uses: what stays out, and what if that cannot be."""

from __future__ import annotations

import subprocess
import sys

START = """
import asyncio, sys
from emporix_mock.asgi import lean
{before}
lean.import_framework()
from emporix_mock.app import create_app

def answer():
    sent = []
    async def receive():
        return {{"type": "http.request", "body": b""}}
    async def send(message):
        sent.append(message)
    path = "/customerlogin/auth/anonymous/login"
    scope = {{
        "type": "http", "method": "GET", "path": path, "raw_path": path.encode(), "headers": [],
        "query_string": b"tenant=acme&client_id=acme-storefront", "client": ("127.0.0.1", 1),
    }}
    asyncio.run(create_app()(scope, receive, send))
    return sent[0]["status"]

print(answer(), *sorted(name for name in lean.UNUSED if name in sys.modules))
{after}
"""


def run(before: str = "", after: str = "") -> list[str]:
    """The words that a fresh interpreter prints after importing the framework and answering once."""
    script = START.format(before=before, after=after)
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return done.stdout.split()


def test_what_is_unused_stays_out_and_can_still_be_imported() -> None:
    after = (
        "import jsonschema, yaml; print(jsonschema.Draft4Validator({}).is_valid(1), yaml.safe_load(chr(49)))"
    )
    assert run(after=after) == ["200", "True", "1"]


def test_what_was_left_out_says_so_instead_of_half_working() -> None:
    after = """
from connexion import json_schema
try:
    json_schema.Draft4RequestValidator.check_schema
except AttributeError as error:
    print("left out" in str(error))
"""
    assert run(after=after) == ["200", "True"]


DEMANDING = """
class Demanding:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "connexion.options":
            import werkzeug.datastructures
sys.meta_path.insert(0, Demanding)
"""


def test_a_connexion_that_needs_more_at_its_import_is_imported_as_it_comes() -> None:
    words = run(before=DEMANDING)
    assert words[0] == "200"
    assert {"jsonschema", "werkzeug", "yaml"} <= set(words)
