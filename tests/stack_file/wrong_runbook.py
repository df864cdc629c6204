"""Wrong settings of a restored database and of rotated secrets."""

from __future__ import annotations

from typing import Any

SOURCE = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-airflow-dev"
    "/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-airflow-dev-a1b2c3"
)
POINT = "2026-08-10T02:00:00Z"
RESTORE = {"sourceServerId": SOURCE, "pointInTime": POINT}


def restore(**changes: Any) -> dict[str, Any]:
    return {"database.restore": {**RESTORE, **changes}}


# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
RUNBOOK: list[tuple[dict[str, Any], str, str]] = [
    ({"database.restore": {"pointInTime": POINT}}, "database.restore.sourceServerId", "is required"),
    ({"database.restore": {"sourceServerId": SOURCE}}, "database.restore.pointInTime", "is required"),
    (restore(sourceServerId="psql-airflow-dev-a1b2c3"), "database.restore.sourceServerId", "/flexibleServers/<name>"),
    (
        restore(sourceServerId=SOURCE.replace("flexibleServers", "servers")),
        "database.restore.sourceServerId",
        "must be the id of a PostgreSQL Flexible Server",
    ),
    (
        restore(sourceServerId=f"{SOURCE}-r1"),
        "database.restore.sourceServerId",
        "psql-airflow-dev-a1b2c3-r1 is the server that restore 1 makes: name the server to restore from, or set "
        "airflow-aks:database.restore.number: 2",
    ),
    (
        {**restore(sourceServerId=SOURCE.replace("a1b2c3", "abc123") + "-r2", number=2), "naming.suffix": "abc123"},
        "database.restore.sourceServerId",
        "is the server that restore 2 makes",
    ),
    (restore(pointInTime="2026-08-10T02:00:00"), "database.restore.pointInTime", "has no zone: end it with Z for UTC"),
    (
        restore(pointInTime="yesterday"),
        "database.restore.pointInTime",
        "must be a date, a time and a zone, for example",
    ),
    (restore(pointInTime="2026-02-30T02:00:00Z"), "database.restore.pointInTime", "is no date and time that exists"),
    (
        restore(pointInTime="2999-01-01T00:00:00+02:00"),
        "database.restore.pointInTime",
        "is in the future: Azure restores",
    ),
    (restore(pointInTime=2026), "database.restore.pointInTime", "must be text"),
    (restore(number=0), "database.restore.number", "must be at least 1 (is 0)"),
    (restore(inUse="yes"), "database.restore.inUse", "must be true or false, without quotes: true"),
    (restore(earlierServers={"first": "removed"}), "database.restore.earlierServers.first", "the number of a server"),
    (
        restore(inUse=True, earlierServers={"0": "deleted"}),
        "database.restore.earlierServers.0",
        "must be one of protected, unprotected, removed",
    ),
    (
        restore(inUse=True, earlierServers={"1": "removed"}),
        "database.restore.earlierServers.1",
        "is no earlier server: airflow-aks:database.restore.number is 1",
    ),
    (
        restore(earlierServers={"0": "unprotected"}),
        "database.restore.earlierServers",
        "leaves no server for Airflow: keep one of them protected while airflow-aks:database.restore.inUse is false",
    ),
    ({"database.restore": {**RESTORE, "server": 1}}, "database.restore.server", "unknown key"),
    ({"secrets.rotate": {"fernet": 2}}, "secrets.rotate.fernet", "did you mean fernetKey?"),
    ({"secrets.rotate": {"gitToken": 2}}, "secrets.rotate.gitToken", "unknown key"),
    ({"secrets.rotate": {"jwtSecret": 0}}, "secrets.rotate.jwtSecret", "must be at least 1 (is 0)"),
    ({"secrets.rotate": {"jwtSecret": "2"}}, "secrets.rotate.jwtSecret", "must be a whole number, without quotes: 2"),
    ({"secrets.rotate": 2}, "secrets.rotate", "must be a mapping of settings"),
    ({"secrets.droppedFernetKeys": -1}, "secrets.droppedFernetKeys", "must be at least 0"),
    (
        {"secrets.droppedFernetKeys": 1},
        "secrets.droppedFernetKeys",
        "is 1, and airflow-aks:secrets.rotate.fernetKey is 1: must be at most 0",
    ),
    (
        {"secrets": {"rotate": {"fernetKey": 2}, "droppedFernetKeys": 2}},
        "secrets.droppedFernetKeys",
        "must be at most 1, so that a key remains",
    ),
    ({"secrets.storageKey": "key3"}, "secrets.storageKey", "must be one of key1, key2"),
    ({"secrets.brokerKey": "key1"}, "secrets.brokerKey", "must be one of primary, secondary"),
]
