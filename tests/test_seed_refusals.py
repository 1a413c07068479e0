"""A seed that cannot be used is refused in one line: file, line, place, broken rule, mend."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from emporix_mock import seed
from emporix_mock.app import create_app
from emporix_mock.config import Config
from emporix_mock.errors import ConfigurationError
from emporix_mock_spec import load

if TYPE_CHECKING:
    from pathlib import Path

COUPON = "  - {code: A, name: Ten, discountType: PERCENT, discountPercentage: 10"
GET = "GET-coupon-retrieve-coupon"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("EMPORIX_MOCK_CACHE", str(tmp_path / "cache"))


def refusal(path: Path) -> str:
    """What a server says that is started with the set at `path`, without the folder's own name."""
    with pytest.raises(ConfigurationError) as refused:
        create_app(Config(seed=str(path)))
    text = str(refused.value)
    assert "\n" not in text
    return text.replace(f"{path.parent}/", "")


FILES = {
    "broken syntax": (
        "coupons:\n  - code: A\n   name: x\n",
        "line 3: not readable as YAML (did not find expected '-' indicator); mend the YAML there",
    ),
    "a tab": (
        "coupons:\n\t- code: A\n",
        "line 2: not readable as YAML (found character that cannot start any token); mend the YAML there",
    ),
    "two documents": (
        "coupons: []\n---\ncoupons: []\n",
        "line 2: not readable as YAML (but found another document); mend the YAML there",
    ),
    "a list at the top": (
        "- code: A\n",
        "line 1: a list where collections should stand; write coupons: or redemptions: with documents below",
    ),
    "text at the top": (
        "\n\ncoupons\n",
        "line 1: text where collections should stand; write coupons: or redemptions: with documents below",
    ),
    "an unknown collection": (
        "redemptions: []\ncoupon: []\n",
        "line 2 /coupon: coupon has no collection 'coupon'; did you mean 'coupons'?",
    ),
    "a collection like no other": (
        "xyz: []\n",
        "line 1 /xyz: coupon has no collection 'xyz'; write coupons: or redemptions: with documents below",
    ),
    "a mapping of documents": (
        "coupons:\n  A: {name: Ten}\n",
        "line 1 /coupons: a mapping where a list should stand; start each document with '- '",
    ),
    "no document": (
        "coupons:\n  - A\n",
        "line 2 /coupons/0: text where a document should stand; write its fields as 'name: value'",
    ),
    "a duplicate id": (
        f"coupons:\n{COUPON}}}\n{COUPON}}}\n",
        "line 3 /coupons/1/code: code 'A' is taken by an earlier document; give another",
    ),
    "a duplicate field": (
        "coupons:\n  - code: A\n    name: x\n    name: y\n",
        "line 4 /coupons/0/name: 'name' is written twice here; keep one of them",
    ),
    "a duplicate collection": (
        "coupons: []\nredemptions: []\ncoupons: []\n",
        "line 3 /coupons: 'coupons' is written twice here; keep one of them",
    ),
    "no id": (
        "coupons:\n  - name: Ten\n",
        "line 2 /coupons/0: 'code' is missing (required); add 'code'",
    ),
    "an empty id": ("coupons:\n  - code: ''\n", "line 2 /coupons/0/code: 'code' is empty; write an id"),
    "a number as id": (
        "coupons:\n  - code: 5\n",
        "line 2 /coupons/0/code: 'code' must be text, not a number; put it in quotes",
    ),
    "a missing field": (
        "coupons:\n\n  - code: A\n    discountType: PERCENT\n",
        f'line 3 /coupons/0: "name" is a required property (required, {GET}); add name',
    ),
    "a value that is not listed": (
        "coupons:\n  - code: A\n    name: Ten\n    discountType: PERCNT\n",
        (
            'line 4 /coupons/0/discountType: "PERCNT" is not one of "PERCENT", "ABSOLUTE" or "FREE_SHIPPING" '
            f"(enum, {GET}); write one of these"
        ),
    ),
    "a wrong type": (
        f"coupons:\n{COUPON}, description: 10}}\n",
        (
            f'line 2 /coupons/0/description: 10 is not of type "string" (type, {GET}); '
            "write such a value (text that looks like a number or a boolean needs quotes)"
        ),
    ),
    "a value out of range": (
        "coupons:\n  - {code: A, name: Ten, discountType: PERCENT, discountPercentage: 110}\n",
        (
            "line 2 /coupons/0/discountPercentage: 110 is greater than the maximum of 100 "
            f"(maximum, {GET}); write a value that this rule allows"
        ),
    ),
    "a misspelt field": (
        "coupons:\n  - code: A\n    nmae: Ten\n",
        f"line 3 /coupons/0/nmae: unknown field 'nmae' ({GET}); did you mean 'name'?",
    ),
    "a misspelt field further down": (
        f"coupons:\n{COUPON},\n     restrictions: {{validUntl: now}}}}\n",
        (
            f"line 3 /coupons/0/restrictions/validUntl: unknown field 'validUntl' ({GET}); "
            "did you mean 'validUntil'?"
        ),
    ),
    "a relative time in years": (
        f"coupons:\n{COUPON},\n     restrictions: {{validUntil: now+3y}}}}\n",
        (
            "line 3 /coupons/0/restrictions/validUntil: 'now+3y' is no relative time; "
            "write now, or such as now-30d or now+2h (s m h d w)"
        ),
    ),
    "a relative time too far away": (
        f"coupons:\n{COUPON},\n     restrictions: {{validUntil: now+9999999w}}}}\n",
        (
            "line 3 /coupons/0/restrictions/validUntil: 'now+9999999w' is more than 100 years away; "
            "write a nearer time"
        ),
    ),
    "no time": (
        f"coupons:\n{COUPON},\n     restrictions: {{validUntil: tomorrow}}}}\n",
        (
            f'line 3 /coupons/0/restrictions/validUntil: "tomorrow" is not a "date-time" (format, {GET}); '
            "write it like 2025-01-31T09:00:00.000Z, or relative like now-30d"
        ),
    ),
    "a reference to nothing": (
        (
            f"coupons:\n{COUPON}}}\nredemptions:\n  - id: 6570a1b2c3d4e5f601020304\n    code: B\n"
            "    orderTotal: {amount: 1, currency: EUR}\n    discount: {amount: 1, currency: EUR}\n"
        ),
        (
            "line 5 /redemptions/0/code: 'B' names nothing in coupons of coupon (reference); "
            "seed it in coupon.yaml or name one that is there"
        ),
    ),
    "a reference to another service": (
        f"coupons:\n{COUPON},\n     restrictions:\n       {{validFor: ['10000001']}}}}\n",
        (
            "line 4 /coupons/0/restrictions/validFor/0: '10000001' names nothing in customers of "
            "customer-service (reference); seed it in customer-service.yaml or name one that is there"
        ),
    ),
    "a tag": (
        "coupons: !set x\n",
        "line 1 /coupons: the tag !set has no meaning in a seed file; write the plain value",
    ),
    "an alias of itself": (
        "coupons: &a\n  - *a\n",
        "line 1 /coupons/0: an alias inside its own anchor; write the value out",
    ),
    "a large number": (
        f"coupons:\n{COUPON},\n     maxRedemptions: 99999999999999999999}}\n",
        (
            "line 3 /coupons/0/maxRedemptions: a whole number beyond 64 bits; "
            "put it in quotes if it is meant as text"
        ),
    ),
    "a key that is a list": (
        "coupons:\n  - ? [a]\n    : 1\n",
        "line 2 /coupons/0: a key that is not text; write the key as text",
    ),
    "a merge of no mapping": (
        "coupons:\n  - <<: 5\n",
        "line 2 /coupons/0/<<: '<<' takes mappings only; name the anchor of a mapping",
    ),
}


@pytest.mark.parametrize("case", FILES)
def test_a_bad_file_is_refused(tmp_path: Path, case: str):
    source, said = FILES[case]
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "coupon.yaml").write_text(source)
    assert refusal(tmp_path / "seeds") == f"seeds/coupon.yaml {said}"


@pytest.mark.parametrize("source", [b"a: 1\ncoupons:\n  - code: \xff\n", b"a: 1\n\n# \x01\n"])
def test_a_file_that_is_no_text(tmp_path: Path, source: bytes):
    (tmp_path / "coupon.yaml").write_bytes(source)
    assert "coupon.yaml line 3: no text (" in refusal(tmp_path)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        (
            "addresses:\n  - {id: a1}\n",
            (
                "line 1 /addresses: a list where documents should stand below the customerNumber "
                "they belong to; write the customerNumber, then its list"
            ),
        ),
        (
            "addresses:\n  '7': {id: a1}\n",
            "line 2 /addresses/7: a mapping where a list should stand; start each document with '- '",
        ),
        (
            (
                "addresses:\n  '7':\n"
                "    - {id: a1, country: DE, contactName: A, street: B, city: C, zipCode: D}\n"
            ),
            (
                "line 2 /addresses/7: '7' names nothing in customers of customer-service (reference); "
                "seed it in customer-service.yaml or name one that is there"
            ),
        ),
    ],
)
def test_documents_below_a_parent(tmp_path: Path, source: str, said: str):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "customer-service.yaml").write_text(source)
    assert refusal(tmp_path / "seeds") == f"seeds/customer-service.yaml {said}"


def test_a_field_checked_by_a_part_of_an_answer(tmp_path: Path):
    """A points account is stored in another form than any operation answers."""
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "reward-points.yaml").write_text(
        "accounts:\n  - customerId: '1'\n    addedPointsList:\n      - {id: x, points: many}\n"
    )
    assert refusal(tmp_path / "seeds") == (
        'seeds/reward-points.yaml line 4 /accounts/0/addedPointsList/0/points: "many" is not of type '
        '"integer" (type, GET-reward-points-retrieve-customer-reward-summary); '
        "write such a value (text that looks like a number or a boolean needs quotes)"
    )


def test_files_of_no_service(tmp_path: Path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "notes.txt").write_text("not looked at")
    assert refusal(tmp_path / "seeds").endswith(
        "seeds: holds no seed file; name each <service>.yaml, such as coupon.yaml"
    )
    (tmp_path / "seeds" / "coupn.yaml").write_text("")
    assert (
        refusal(tmp_path / "seeds") == "seeds/coupn.yaml: there is no service 'coupn'; did you mean 'coupon'?"
    )
    (tmp_path / "seeds" / "coupn.yaml").rename(tmp_path / "seeds" / "qqq.yaml")
    assert refusal(tmp_path / "seeds") == (
        "seeds/qqq.yaml: there is no service 'qqq'; `emporix-mock spec list` names all services"
    )


def test_a_service_with_two_files(tmp_path: Path):
    for suffix in ("yaml", "yml"):
        (tmp_path / f"coupon.{suffix}").write_text("")
    assert refusal(tmp_path).endswith("coupon.yml: 'coupon' has a file already; keep one of the two")


def test_a_service_that_keeps_nothing(tmp_path: Path):
    (tmp_path / "seeds").mkdir()
    (tmp_path / "seeds" / "checkout.yaml").write_text("checkouts: []\n")
    assert refusal(tmp_path / "seeds") == (
        "seeds/checkout.yaml line 1 /checkouts: checkout has no collection 'checkouts'; "
        "leave it out, checkout keeps nothing that a seed could hold"
    )


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("coupon: {}\n\ncupon: {}\n", "line 3 /cupon: there is no service 'cupon'; did you mean 'coupon'?"),
        (
            "- coupon\n",
            (
                "line 1: a list where services should stand; "
                "write a service such as coupon: with its collections below"
            ),
        ),
        (
            "",
            (
                "line 1: nothing where services should stand; "
                "write a service such as coupon: with its collections below"
            ),
        ),
        (
            "coupon:\n  coupons:\n    - name: Ten\n",
            "line 3 /coupon/coupons/0: 'code' is missing (required); add 'code'",
        ),
    ],
)
def test_a_single_file_of_all_services(tmp_path: Path, source: str, said: str):
    (tmp_path / "mine.yaml").write_text(source)
    assert refusal(tmp_path / "mine.yaml") == f"mine.yaml {said}"


def test_a_file_that_cannot_be_read(tmp_path: Path):
    (tmp_path / "coupon.yaml").mkdir()
    assert refusal(tmp_path).endswith(
        "coupon.yaml: cannot be read (Is a directory); make it readable or name another"
    )


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("loyalti", "did you mean 'loyalty'? "),
        ("./loyalty", "did you mean 'loyalty'? "),
        ("", ""),
        ("a\0b", ""),
    ],
)
def test_no_such_set(name: str, hint: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ConfigurationError) as refused:
        seed.base(name, load.bundled())
    assert str(refused.value) == (
        f"seed '{name}': no set has this name and there is no such folder or file; {hint}"
        "shipped are empty, loyalty, minimal, shop"
    )


def test_a_set_is_refused_before_anything_is_served(tmp_path: Path):
    """Every file is looked at, not only those of services that somebody uses."""
    (tmp_path / "coupon.yaml").write_text(f"coupons:\n{COUPON}}}\n")
    (tmp_path / "site-settings-service.yaml").write_text("sites:\n  - code: main\n")
    assert "site-settings-service.yaml line 2 /sites/0" in refusal(tmp_path)
