"""Views of the register in Markdown: `COVERAGE.md`, and the table in the README."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from emporix_mock.errors import ConfigurationError
from emporix_mock.fidelity.register import operations
from emporix_mock.fidelity.totals import LEVELS, Contract, by_level, contract, count

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from emporix_mock.fidelity.register import Register

__all__ = ["BEGIN", "END", "coverage", "readme"]

BEGIN: Final = "<!-- coverage:begin -->"
END: Final = "<!-- coverage:end -->"

_HEAD: Final = """\
# Coverage

Written by `emporix-mock fidelity update` from the code and from what ran; `emporix-mock fidelity check` fails
when it is stale. `emporix-mock operations` lists every operation, `--json` with scopes, choices and evidence.

- **behaviour**: {behaviour}; **crud**: {crud}; **example**: {example}.
- **contract**: the last contract run reached the operation and found nothing.
- **tests**: a test that passed had a success from it.
"""

_CHOICES: Final = """\
Choices are what Emporix documents nowhere: the first value is the default, `/_mock/worlds/{tenant}/switches`
takes another. Rules are the refusals of requests that the documents allow; an answer names its rule in
`x-emporix-mock-rule`.
"""


def coverage(register: Register) -> str:
    """The whole of `COVERAGE.md`."""
    columns = ("service", "operations", *LEVELS, "contract", "tests")
    rows = [_row(each["service"], each["operations"]) for each in register["services"]]
    total = _row("**all**", [each for _, each in operations(register)])
    parts = [
        _HEAD.format(**LEVELS),
        _table(columns, [*rows, total], numbers=len(columns) - 1),
        f"{_repairs(register)} Contract runs: {_contract(contract(register))}. {_flow(register)}",
        "",
        _CHOICES,
    ]
    if register.get("rules"):
        parts += ["## Every service", "", _rules(register["rules"])]
    for service in register["services"]:
        parts += _service(service)
    return "\n".join(parts).rstrip("\n") + "\n"


def readme(register: Register, text: str) -> str:
    """`text` with the table between its markers written anew. `ConfigurationError` without the markers."""
    if text.count(BEGIN) != 1 or text.count(END) != 1 or text.index(BEGIN) > text.index(END):
        raise ConfigurationError(f"README.md needs the lines {BEGIN} and {END}, once each")
    levels = by_level(register)
    rows = [
        (name, about, str(levels[name].operations), str(levels[name].contract), str(levels[name].flow))
        for name, about in LEVELS.items()
    ]
    every = count(each for _, each in operations(register))
    total = ("all", f"{len(register['services'])} services", *map(str, (every.operations, every.contract)))
    table = _table(
        ("level", "meaning", "operations", "contract run passed", "answered in tests"),
        [*rows, (*total, str(every.flow))],
        numbers=3,
    )
    block = f"{table}\n{_repairs(register)} {_sentence(contract(register))}\n"
    return f"{text[: text.index(BEGIN)]}{BEGIN}\n{block}{text[text.index(END) :]}"


def _repairs(register: Register) -> str:
    repairs, defects = register.get("repairs", 0), register.get("defects", 0)
    return f"Documents: {_counted(repairs, 'repair')} of {_counted(defects, 'upstream defect')}."


def _sentence(found: Contract) -> str:
    return f"Contract runs: {_contract(found)}. By service, with every choice: [COVERAGE.md](COVERAGE.md)."


def _contract(found: Contract) -> str:
    if found.dates is None:
        return "none yet"
    first, last = found.dates
    when = first if first == last else f"{first} to {last}"
    return (
        f"{found.cases:,} cases over {_counted(found.services, 'service')},"
        f" {_counted(found.failures, 'failure')} ({'; '.join([when, *found.tools])}),"
        " those of the control API not counted"
    )


def _flow(register: Register) -> str:
    found = register.get("flow")
    return (
        f"Tests: {found['tests']:,} sent requests and passed ({found['date']})."
        if found
        else "Tests: none yet."
    )


def _row(name: str, entries: Sequence[dict[str, Any]]) -> tuple[str, ...]:
    found = count(entries)
    numbers = (found.operations, found.behaviour, found.crud, found.example, found.contract, found.flow)
    return (name, *map(str, numbers))


def _service(service: dict[str, Any]) -> Iterator[str]:
    aliases = [(each, alias) for each in service["operations"] for alias in each["aliases"]]
    if not (service["switches"] or service["rules"] or aliases):
        return
    yield from (f"## {service['service']}", "")
    if service["switches"]:
        rows = [
            (f"`{each['id']}`", _values(each["values"]), each["about"], each["source"])
            for each in service["switches"]
        ]
        yield _table(("choice", "values", "about", "source"), rows)
    if service["rules"]:
        yield _rules(service["rules"])
    if aliases:
        paths = [
            (f"`{alias['method']} {alias['path']}`", f"`{each['id']}`", alias["source"])
            for each, alias in aliases
        ]
        yield _table(("undocumented path", "served as", "source"), paths)


def _values(values: Iterable[str]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _rules(rules: Iterable[dict[str, Any]]) -> str:
    rows = [(f"`{each['id']}`", str(each["status"]), each["source"]) for each in rules]
    return _table(("rule", "status", "source"), rows)


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: int = 0) -> str:
    """A table whose last `numbers` columns are numbers."""
    marks = ["---"] * (len(columns) - numbers) + ["---:"] * numbers
    lines = [columns, marks, *rows]
    return "".join(f"| {' | '.join(map(_cell, line))} |\n" for line in lines)


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|").strip()


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
