"""The numbers of a stack file that only go up, held against the stack's record."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.azure.stack_counters import check_numbers, kept_entries, reached
from components.settings.model import Settings
from tests.azure.test_stack_record import settings

RESTORE = {
    "sourceServerId": "/subscriptions/1/resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-1",
    "pointInTime": "2026-08-10T02:00:00Z",
}


def rotated(dropped: int = 0, **numbers: int) -> Settings:
    return settings(secrets={"rotate": numbers, "droppedFernetKeys": dropped})


def restored(**changes: Any) -> Settings:
    return settings(database={"restore": {**RESTORE, **changes}})


def recorded(before: Settings, now: Settings) -> dict[str, str]:
    """The record after an update: what it may write is that of now, what it ignores is that of before."""
    old, new = reached(before), reached(now)
    ignored = kept_entries(now)
    if not new:
        return old
    return {
        **{key: value for key, value in new.items() if key not in ignored},
        **{k: old[k] for k in ignored if k in old},
    }


def test_a_stack_that_counts_nothing_records_nothing() -> None:
    assert reached(settings()) == {}
    check_numbers(settings(), {})


def test_each_number_that_was_reached_is_an_entry() -> None:
    assert list(reached(rotated(jwtSecret=3))) == [
        "airflow-aks:secrets.rotate.jwtSecret 2",
        "airflow-aks:secrets.rotate.jwtSecret 3",
    ]


@pytest.mark.parametrize(
    ("before", "now"),
    [
        (settings(), rotated(jwtSecret=2)),
        (rotated(jwtSecret=2), rotated(jwtSecret=2)),
        (rotated(jwtSecret=2), rotated(jwtSecret=5, apiSecretKey=2)),
        (settings(), restored()),
        (restored(), restored(inUse=True)),
        (restored(inUse=True), restored(number=2)),
        (rotated(fernetKey=2), rotated(1, fernetKey=2)),
        (rotated(1, fernetKey=2), rotated(1, fernetKey=3)),
    ],
)
def test_a_number_that_goes_up_passes(before: Settings, now: Settings) -> None:
    check_numbers(now, recorded(before, now))


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        (rotated(jwtSecret=3), rotated(jwtSecret=2), "airflow-aks:secrets.rotate.jwtSecret: is 2, and was higher"),
        (rotated(jwtSecret=3), settings(), "airflow-aks:secrets.rotate.jwtSecret: is 1, and was higher"),
        (rotated(jwtSecret=9), rotated(jwtSecret=2, apiSecretKey=4), "jwtSecret: is 2, and was higher"),
        (restored(), settings(), "airflow-aks:database.restore: is not set, and the stack has the server of a later"),
        (restored(number=2), restored(number=1), "airflow-aks:database.restore.number: is 1, and the stack has"),
        (settings(), restored(inUse=True), "airflow-aks:database.restore.inUse: restore 1 does not exist yet"),
        (restored(), restored(number=2, inUse=True), "inUse: restore 2 does not exist yet"),
        (settings(), rotated(1, fernetKey=2), "airflow-aks:secrets.droppedFernetKeys: is 1, and nothing is encrypted"),
        (rotated(1, fernetKey=2), rotated(2, fernetKey=3), "run `pulumi up` with 1, re-encrypt"),
    ],
)
def test_a_number_that_contradicts_the_record_is_refused_by_its_path(
    before: Settings, now: Settings, said: str
) -> None:
    with pytest.raises(pulumi.RunError) as refused:
        check_numbers(now, recorded(before, now))
    assert said in str(refused.value)


def test_every_number_is_named_in_one_message() -> None:
    before = settings(database={"restore": RESTORE}, secrets={"rotate": {"jwtSecret": 2}})
    with pytest.raises(pulumi.RunError) as refused:
        check_numbers(settings(), recorded(before, settings()))
    assert str(refused.value).count("\n  airflow-aks:") == 2
