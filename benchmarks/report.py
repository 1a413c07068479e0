"""The results of a run as a table with its bars, and as JSON beside it."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from servers import BARE, OURS, STOCK

Results = dict[str, Any]


@dataclass(frozen=True)
class Bar:
    """Something to reach: what was measured, the limit, and whether more or less is better."""

    text: str
    measured: float | None
    limit: float
    at_least: bool
    unit: str = ""

    @property
    def verdict(self) -> str:
        """met, missed or not measured."""
        if self.measured is None:
            return "not measured"
        met = self.measured >= self.limit if self.at_least else self.measured <= self.limit
        return "met" if met else "missed"

    def row(self) -> str:
        """The bar as a line of a table."""
        sign = "≥" if self.at_least else "≤"
        found = "–" if self.measured is None else f"{shown(self.measured)}{self.unit}"
        return f"| {self.text} | {found} | {sign} {shown(self.limit)}{self.unit} | {self.verdict} |"


def shown(value: float) -> str:
    """A number with as many digits as it is worth."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.2f}" if value < 10 else f"{value:.1f}"


def bars(results: Results) -> list[Bar]:
    """Every bar, with what this run measured for it."""
    found = results
    growth = {entry["documents"]: entry for entry in found["growth"]}
    least, most = growth[min(growth)], growth[max(growth)]
    worst = max(most[kind] / least[kind] for kind in ("get", "list", "filter"))
    memory = max(
        entry["memory"] - 1.2 * entry["json"] for entry in found["growth"] if entry["documents"] > 500
    )
    ours = found["servers"].get(OURS, {})
    tail = ours.get("load", {}).get("list", {}).get("64")
    instructions = found.get("instructions") or {}
    return [
        Bar("list, share of bare uvicorn", ratio(found, "list", BARE), 0.50, at_least=True, unit="×"),
        Bar("small POST, share of bare uvicorn", ratio(found, "post", BARE), 0.50, at_least=True, unit="×"),
        Bar("list against stock Connexion", ratio(found, "list", STOCK), 9, at_least=True, unit="×"),
        Bar("small POST against stock Connexion", ratio(found, "post", STOCK), 9, at_least=True, unit="×"),
        Bar(
            "large POST against stock Connexion",
            ratio(found, "large post", STOCK),
            10,
            at_least=True,
            unit="×",
        ),
        Bar("list against Prism, all documents", ratio(found, "list", "Prism"), 40, at_least=True, unit="×"),
        Bar(
            "small POST against Prism, all documents",
            ratio(found, "post", "Prism"),
            40,
            at_least=True,
            unit="×",
        ),
        Bar(
            "response validation, extra time in process",
            max(found["validation"].values()) * 100,
            15,
            at_least=False,
            unit=" %",
        ),
        Bar("start to first right answer, of bare uvicorn's", start(found), 2.5, at_least=False, unit="×"),
        Bar("memory idle", ours.get("memory idle"), 65, at_least=False, unit=" MB"),
        Bar("memory after load", ours.get("memory after load"), 80, at_least=False, unit=" MB"),
        Bar(
            f"get, list, filter at {max(growth):,} documents, of that at {min(growth)}",
            worst,
            1.5,
            at_least=False,
            unit="×",
        ),
        Bar("memory per document, above 1.2 × its JSON", memory, 600, at_least=False, unit=" B"),
        Bar("reset of a world with 1,000 documents", found["state"]["reset"], 50, at_least=False, unit=" µs"),
        Bar("fork of it", found["state"]["fork"] / 1000, 1, at_least=False, unit=" ms"),
        Bar(
            "list at 64 connections, p99 of p50",
            tail["p99"] / tail["p50"] if tail else None,
            5,
            at_least=False,
            unit="×",
        ),
        Bar("instructions of a list", instructions.get("list"), 120_000, at_least=False),
        Bar("instructions of a small POST", instructions.get("post"), 150_000, at_least=False),
    ]


def ratio(results: Results, workload: str, other: str) -> float | None:
    """How many times the requests per second of another server; medians at 16 connections."""
    ours, theirs = (rate(results, name, workload) for name in (OURS, other))
    return ours / theirs if ours and theirs else None


def rate(results: Results, name: str, workload: str) -> float | None:
    """Requests per second at 16 connections."""
    found = results["servers"].get(name, {}).get("load", {}).get(workload, {}).get("16")
    return found["rate"] if found else None


def start(results: Results) -> float | None:
    """Our cold start by that of bare uvicorn."""
    ours, bare = (results["servers"].get(name, {}).get("start") for name in (OURS, BARE))
    return ours / bare if ours and bare else None


def markdown(results: Results) -> str:
    """Everything as Markdown."""
    lines = [f"`{results['command']}`, {results['date']}, {results['machine']}. {results['method']}", ""]
    lines += ["| bar | measured | to reach | |", "|---|---|---|---|"]
    lines += [bar.row() for bar in bars(results)]
    for connections in results["connections"]:
        lines += ["", *throughput(results, str(connections))]
    lines += ["", "| server | start s | idle MB | after load MB | with all that the POSTs stored |"]
    lines.append("|---|---|---|---|---|")
    for name, found in results["servers"].items():
        if "missing" in found:
            lines.append(f"| {name} | not compared: {found['missing']} | | | |")
        else:
            keys = ("start", "memory idle", "memory after load", "memory at the end")
            lines.append(f"| {name} | " + " | ".join(shown(found[key]) for key in keys) + " |")
    lines += ["", "| stored documents | get µs | list µs | indexed filter µs | bytes each | JSON |"]
    lines.append("|---|---|---|---|---|---|")
    for entry in results["growth"]:
        keys = ("get", "list", "filter", "memory", "json")
        # Below some hundred documents the pages of the system are coarser than what they take.
        cells = ["–" if k == "memory" and entry["documents"] < 500 else shown(entry[k]) for k in keys]
        lines.append(f"| {entry['documents']:,} | " + " | ".join(cells) + " |")
    slowest = sorted(results["first"].items(), key=lambda pair: -pair[1])[:3]
    median = sorted(results["first"].values())[len(results["first"]) // 2]
    worst = ", ".join(f"{name} {shown(took)}" for name, took in slowest)
    lines += ["", f"First request of a service: median {shown(median)} ms; slowest {worst}."]
    return "\n".join(lines) + "\n"


def throughput(results: Results, connections: str) -> list[str]:
    """One table of requests per second, CPU and latencies."""
    names = [name for name, found in results["servers"].items() if "missing" not in found]
    lines = [
        f"{connections} connection{'s' * (connections != '1')}: req/s, CPU µs per request (p50 / p99 ms)",
        "",
    ]
    lines += ["| | " + " | ".join(names) + " |", "|---" * (len(names) + 1) + "|"]
    for workload in results["workloads"]:
        cells = []
        for name in names:
            found = results["servers"][name]["load"].get(workload, {}).get(connections)
            cells.append(
                "–"
                if found is None
                else f"{found['rate']:,.0f}, {found['cpu']:.0f} ({found['p50']:.2f} / {found['p99']:.2f})"
            )
        lines.append(f"| {workload} | " + " | ".join(cells) + " |")
    return lines


def machine() -> str:
    """What this ran on."""
    load = os.getloadavg()[0]
    return (
        f"{os.cpu_count()} cores {platform.machine()}, Python {platform.python_version()},"
        f" load {load:.1f} before the run"
    )


def today() -> str:
    """The date of the run."""
    return datetime.now(UTC).strftime("%Y-%m-%d")
