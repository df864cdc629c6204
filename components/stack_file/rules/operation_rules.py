"""Rules for what an operator changes by hand: a restore of the database, and the rotation of secrets."""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator

from components.settings.database_restore import server_name
from components.settings.names import name_form
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule


def restored_time_has_passed(context: Context) -> Iterator[Problem]:
    """The point in time is not in the future."""
    restore = context.settings.database.restore
    if restore is None:
        return
    point = datetime.datetime.fromisoformat(restore.point_in_utc)
    if point.date() > context.today:
        yield Problem(
            path=key_path("database", "restore", "pointInTime"),
            message=f"{restore.point_in_time} is in the future: Azure restores a time in the last "
            f"{key_path('database', 'backupDays')}: {context.settings.database.backup_days} days",
        )


def restored_server_is_another_one(context: Context) -> Iterator[Problem]:
    """The source of a restore is not the server that the restore makes."""
    restore = context.settings.database.restore
    if restore is None:
        return
    source = restore.source_server_id.rpartition("/")[2].lower()
    first = name_form(context.settings, "database_server").pattern.pattern
    if re.fullmatch(server_name(first, restore.number), source):
        yield Problem(
            path=key_path("database", "restore", "sourceServerId"),
            message=f"{source} is the server that restore {restore.number} makes: name the server to restore from, or "
            f"set {key_path('database', 'restore', 'number')}: {restore.number + 1} to restore from this one",
        )


def earlier_servers_are_earlier(context: Context) -> Iterator[Problem]:
    """The stack file decides about servers that came before the newest restore, and Airflow has one to use."""
    restore = context.settings.database.restore
    if restore is None:
        return
    path = key_path("database", "restore", "earlierServers")
    for number in restore.earlier_servers:
        if int(number) >= restore.number:
            yield Problem(
                path=f"{path}.{number}",
                message=f"is no earlier server: {key_path('database', 'restore', 'number')} is {restore.number}",
            )
    if not restore.in_use and all(restore.state_of(number) != "protected" for number in range(restore.number)):
        yield Problem(
            path=path,
            message="leaves no server for Airflow: keep one of them protected while "
            f"{key_path('database', 'restore', 'inUse')} is false",
        )


def a_fernet_key_remains(context: Context) -> Iterator[Problem]:
    """Fewer Fernet keys are dropped than there are."""
    secrets = context.settings.secrets
    dropped, number = secrets.dropped_fernet_keys, secrets.rotate.fernet_key
    path = key_path("secrets", "rotate", "fernetKey")
    if dropped >= number and not context.is_wrong(path):
        yield Problem(
            path=key_path("secrets", "droppedFernetKeys"),
            message=f"is {dropped}, and {path} is {number}: must be at most {number - 1}, so that a key remains",
        )


OPERATION_ERRORS: tuple[Rule, ...] = (
    restored_time_has_passed,
    restored_server_is_another_one,
    earlier_servers_are_earlier,
    a_fernet_key_remains,
)
