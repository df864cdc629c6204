"""The numbers of a stack file that only go up, and the check that they do: rotated secrets and database restores.

The stack's record holds one entry for each number that was reached. The entry after the current number is ignored by
updates, so it is there only if the number was higher before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pulumi import RunError

from components.settings.model import Settings

RESTORE: Final = "airflow-aks:database.restore"
_NUMBER: Final = f"{RESTORE}.number"
_IN_USE: Final = f"{RESTORE}.inUse"
_ROTATE: Final = "airflow-aks:secrets.rotate"
_FERNET_KEY: Final = f"{_ROTATE}.fernetKey"
_DROPPED_FERNET_KEYS: Final = "airflow-aks:secrets.droppedFernetKeys"


def _numbers(settings: Settings) -> Iterator[tuple[str, int, int]]:
    """Yield the path of each number, where it begins, and what it is now."""
    restore = settings.database.restore
    yield _NUMBER, 0, restore.number if restore is not None else 0
    for key, number in settings.secrets.rotate.numbers.items():
        yield f"{_ROTATE}.{key}", 1, number


def reached(settings: Settings) -> dict[str, str]:
    """Return an entry for each number that the settings have reached; none if every number is at its beginning."""
    return {
        _entry(path, number): "reached"
        for path, first, now in _numbers(settings)
        for number in range(first + 1, now + 1)
    }


def kept_entries(settings: Settings) -> list[str]:
    """Return the entries that an update of the record leaves as they are, because the check compares them."""
    return [*(_entry(path, now + 1) for path, _, now in _numbers(settings)), *_prerequisites(settings)]


def check_numbers(settings: Settings, recorded: Mapping[str, str]) -> None:
    """Compare the numbers with the record.

    Raises:
        pulumi.RunError: one message with every number that went down, or that is used before an update reached it.

    """
    lowered = [_describe_lowered(path, now) for path, _, now in _numbers(settings) if _entry(path, now + 1) in recorded]
    early = [message for entry, message in _prerequisites(settings).items() if entry not in recorded]
    if lowered or early:
        raise RunError("\n  ".join((f"the stack {settings.stack} is elsewhere than its stack file:", *lowered, *early)))


def _prerequisites(settings: Settings) -> dict[str, str]:
    """Return the entries that an earlier update must have recorded, with the message if it has not."""
    found = {}
    restore, rotate = settings.database.restore, settings.secrets.rotate
    if restore is not None and restore.in_use:
        found[_entry(_NUMBER, restore.number)] = (
            f"{_IN_USE}: restore {restore.number} does not exist yet: set false, run `pulumi up`, look at the restored "
            "server, then set true"
        )
    if rotate.fernet_key > 1 and settings.secrets.dropped_fernet_keys == rotate.fernet_key - 1:
        found[_entry(_FERNET_KEY, rotate.fernet_key)] = (
            f"{_DROPPED_FERNET_KEYS}: is {rotate.fernet_key - 1}, and nothing is encrypted with the new key yet: run "
            f"`pulumi up` with {rotate.fernet_key - 2}, re-encrypt as docs/operations.md says, then drop the old key"
        )
    return found


def _describe_lowered(path: str, now: int) -> str:
    if path == _NUMBER:
        is_now = f"{_NUMBER}: is {now}" if now else f"{RESTORE}: is not set"
        return (
            f"{is_now}, and the stack has the server of a later restore, which this change would delete: put the "
            "setting back; docs/operations.md says how to leave a restored server"
        )
    return f"{path}: is {now}, and was higher: a number only goes up, because the earlier secret is gone"


def _entry(path: str, number: int) -> str:
    return f"{path} {number}"
