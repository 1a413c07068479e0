"""A run in a few lines: one per service, and below it what was found with the way to see it again."""

from __future__ import annotations

from textwrap import indent, shorten
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from emporix_mock_contract.run import Options, Outcome
    from emporix_mock_contract.target import Target

WIDTH = 100


def heading(target: Target, options: Options) -> str:
    """What is tried where, and the names of the columns."""
    where = "a stub started for this run" if target.own else f"{target.url}, tenant {target.tenant}"
    tried = f"contract of {len(options.services)} services against {where}; seed {options.seed}"
    columns = f"{'service':24}{'operations':>11}{'reached':>9}{'cases':>8}{'seconds':>9}{'failures':>10}"
    return f"{tried}, phases {', '.join(options.phases)}\n{columns}"


def row(outcome: Outcome) -> str:
    """One service; what was found stands below."""
    ledger = outcome.ledger
    if not ledger:
        return f"{outcome.service:24} did not start\n{indent(outcome.output[-2000:], '    ')}"
    head = (
        f"{outcome.service:24}{ledger['operations']:>11}{ledger['reached']:>9}{ledger['cases']:>8}"
        f"{ledger['seconds']:>9.1f}{len(outcome.failures):>10}"
    )
    lines = [head]
    for failure in outcome.failures:
        where = failure["operation"] or "the run"
        lines.append(f"    {failure['check']}: {where}: {failure['title']} ({failure['count']}x)")
        lines.append(f"        {shorten(failure['message'], WIDTH * 3)}")
        if failure["reproduce"]:
            lines.append(indent(failure["reproduce"], "        "))
    lines += [f"    error: {error}" for error in ledger["errors"]]
    if outcome.code not in (0, 1) and not ledger["errors"]:
        lines.append(indent(outcome.output[-2000:], "    "))
    if outcome.code == 1 and not outcome.failures:
        lines.append(indent(_warnings(outcome.output), "    "))
    return "\n".join(lines)


def _warnings(output: str) -> str:
    """What Schemathesis says about warnings that fail a run."""
    start = output.find("WARNINGS")
    return output[start:][:2000] if start >= 0 else output[-2000:]
