"""The register of upstream defects in the documentation is the one the repairs give."""

from __future__ import annotations

from pathlib import Path

from emporix_mock_spec import catalog
from emporix_mock_spec.defects import register

DOCUMENT = Path(__file__).parents[1] / "docs" / "upstream-defects.md"


def test_the_document_is_current() -> None:
    assert DOCUMENT.read_text() == register(), (
        "run: python -m emporix_mock_spec.defects > docs/upstream-defects.md"
    )


def test_it_names_each_service_with_a_repair_and_each_defect_once() -> None:
    lines = register().splitlines()
    repaired = {path.stem for path in (Path(catalog.__file__).parent / "repairs").glob("*.yaml")}
    assert {line[3:] for line in lines if line.startswith("## ")} == repaired
    (line,) = [line for line in lines if "GET-order-list" not in line and "operation-id-missing" in line]
    assert line == (
        "- **operation-id-missing**: The only operation of the API without an id: generated clients have no"
        " name for it. (`$.paths['/order-v2/{tenant}/orders'].get`)"
    )
