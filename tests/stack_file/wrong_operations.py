"""Wrong settings of what operates a stack: chaos."""

from __future__ import annotations

from typing import Any

SCHEDULER = {"target": "scheduler"}
# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
OPERATIONS: list[tuple[dict[str, Any], str, str]] = [
    ({"chaos": {}}, "chaos.target", "is required"),
    ({"chaos": {"target": "worker"}}, "chaos.target", "must be one of scheduler, apiServer, dagProcessor, triggerer"),
    ({"chaos": {**SCHEDULER, "intervalMinutes": 0}}, "chaos.intervalMinutes", "must be at least 1 (is 0)"),
    ({"chaos": {**SCHEDULER, "intervalMinutes": 0.5}}, "chaos.intervalMinutes", "must be a whole number"),
    ({"chaos": {**SCHEDULER, "interval": 5}}, "chaos.interval", "unknown key; did you mean intervalMinutes?"),
    ({"chaos": {**SCHEDULER, "dryRun": "no"}}, "chaos.dryRun", "must be true or false"),
    (
        {"chaos": {**SCHEDULER, "timezone": "america/toronto"}},
        "chaos.timezone",
        "must be the name of a time zone, for example America/Toronto (is 'america/toronto')",
    ),
    ({"chaos": {**SCHEDULER, "timezone": "+02:00"}}, "chaos.timezone", "must be the name of a time zone"),
    ({"chaos": {**SCHEDULER, "excludedWeekdays": ["Sat"]}}, "chaos.excludedWeekdays[0]", "must be one of Monday"),
    (
        {"chaos": {**SCHEDULER, "excludedWeekdays": ["Sunday", "Sunday"]}},
        "chaos.excludedWeekdays",
        "Sunday is listed twice",
    ),
    (
        {
            "chaos": {
                **SCHEDULER,
                "excludedWeekdays": [
                    *("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
                ],
            }
        },
        "chaos.excludedWeekdays",
        "excludes every day",
    ),
    (
        {"chaos": {**SCHEDULER, "excludedHours": ["22:00-24:00"]}},
        "chaos.excludedHours[0]",
        "must be a period of the day",
    ),
    ({"chaos": {**SCHEDULER, "excludedHours": ["9-17"]}}, "chaos.excludedHours[0]", 'for example "22:00-06:30"'),
    (
        {"chaos": {**SCHEDULER, "excludedHours": ["08:00-08:00"]}},
        "chaos.excludedHours",
        "08:00-08:00 begins and ends at once",
    ),
    (
        {"chaos": {"target": "pgbouncer"}, "database.pooler": "none"},
        "chaos.target",
        "is pgbouncer, which has no pods: airflow-aks:database.pooler is none",
    ),
    (
        {"chaos": {"target": "triggerer"}, "airflow.triggerers": 0},
        "chaos.target",
        "airflow-aks:airflow.triggerers is 0",
    ),
    (
        {"chaos": {"target": "dagProcessor"}, "airflow.release": "2.9", "airflow.dagProcessors": 0},
        "chaos.target",
        "airflow-aks:airflow.dagProcessors is 0",
    ),
]
