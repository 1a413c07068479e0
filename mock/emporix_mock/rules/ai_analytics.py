"""Figures about talks with agents: counts by severity, weekly trends, executions per period (UTC)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Log = Mapping[str, Any]

Granularity = Literal["QUARTER", "MONTH", "WEEK"]
MONTHS: Final = {"QUARTER": 3, "MONTH": 1}


def bundle(requests: Sequence[Log], sessions: Sequence[Log]) -> dict[str, Any]:
    """All figures of one answer, from the logs of questions and of sessions."""
    return {
        "requests": _metrics(requests, "info"),
        "sessions": _metrics(sessions, "success"),
        "resolutionEfficiency": {
            "requestsPerSession": _share(len(requests), len(sessions)),
            "totalRequests": len(requests),
            "totalSessions": len(sessions),
        },
        "requestTrend": [
            {"date": week, "total": total, "errors": errors, "errorRate": _share(errors, total)}
            for week, total, errors in _weekly(requests)
        ],
        "sessionTrend": [
            {
                "date": week,
                "totalSessions": total,
                "errorSessions": errors,
                "errorRate": _share(errors, total),
            }
            for week, total, errors in _weekly(sessions)
        ],
    }


def _metrics(logs: Sequence[Log], good: str) -> dict[str, Any]:
    names = {"INFO": good, "WARNING": "warning", "ERROR": "error"}
    counts = {name: sum(log["severity"] == level for log in logs) for level, name in names.items()}
    return {"total": len(logs), "bySeverity": counts, "errorRate": _share(counts["error"], len(logs))}


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 0.0


def _weekly(logs: Iterable[Log]) -> list[tuple[str, int, int]]:
    weeks: dict[str, list[int]] = {}
    for log in logs:
        counts = weeks.setdefault(_text(_start(_began(log), "WEEK")), [0, 0])
        counts[0] += 1
        counts[1] += log["severity"] == "ERROR"
    return [(week, total, errors) for week, (total, errors) in sorted(weeks.items())]


def executions(
    sessions: Sequence[Log], agents: Sequence[str], granularity: Granularity, now: datetime
) -> dict[str, Any]:
    """How many sessions each agent began in each period, from the first session's to the present one."""
    began = [_began(log) for log in sessions if log["triggerAgentId"] in agents]
    period, last = _start(min(began, default=now), granularity), _start(now, granularity)
    starts = [period]
    while period < last:
        period = _next(period, granularity)
        starts.append(period)
    periods = [
        {"label": _label(start, granularity), "start": _text(start), "end": _text(_next(start, granularity))}
        for start in starts
    ]
    series = []
    for agent in agents:
        own = [_start(_began(s), granularity) for s in sessions if s["triggerAgentId"] == agent]
        series.append({"agentId": agent, "counts": [own.count(start) for start in starts]})
    return {"granularity": granularity, "periods": periods, "series": series}


def _began(log: Log) -> datetime:
    return datetime.fromisoformat(log["metadata"]["createdAt"])


def _start(moment: datetime, granularity: Granularity) -> datetime:
    day = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if granularity == "WEEK":
        return day - timedelta(days=day.weekday())
    months = MONTHS[granularity]
    return day.replace(day=1, month=(day.month - 1) // months * months + 1)


def _next(start: datetime, granularity: Granularity) -> datetime:
    if granularity == "WEEK":
        return start + timedelta(days=7)
    return _start(start + timedelta(days=31 * MONTHS[granularity]), granularity)


def _label(start: datetime, granularity: Granularity) -> str:
    if granularity == "WEEK":
        return start.strftime("%G-W%V")
    return f"{start.year}-Q{start.month // 3 + 1}" if granularity == "QUARTER" else start.strftime("%Y-%m")


def _text(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
