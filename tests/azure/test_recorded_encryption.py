"""The encryption that a stack was made with, held against what its settings say now."""

from __future__ import annotations

import pulumi
import pytest

from components.azure.stack_record import LOCATION, check_record, made_with
from tests.azure.test_stack_record import HERE, check, settings
from tests.landing_zone_cases import DATABASE_KEY, DISK_ENCRYPTION_SET, GEO_DATABASE_KEY

DISKS = {"cluster": {"diskEncryptionSetId": DISK_ENCRYPTION_SET}}
HOSTS = {"cluster": {"hostEncryption": True}}
KEY = {"database": {"customerManagedKey": DATABASE_KEY}}
WHAT: list[tuple[dict[str, object], str, str]] = [
    (DISKS, "cluster.diskEncryptionSetId", "would replace the cluster"),
    (HOSTS, "cluster.hostEncryption", "would replace the cluster, whose system pool cannot change it"),
    (KEY, "database.customerManagedKey", "would replace the database with all of its data"),
]


@pytest.mark.parametrize(("changes", "path", "replaced"), WHAT)
def test_a_living_stack_does_not_get_it(changes: dict[str, object], path: str, replaced: str) -> None:
    with pytest.raises(pulumi.RunError, match="1 setting differs") as refused:
        check(settings(), settings(**changes))
    assert f"airflow-aks:{path}: is set, and the stack was made without it: Azure fixes it" in str(refused.value)
    assert replaced in str(refused.value)
    assert "Remove it, or move to a new stack as docs/moving-a-stack.md says" in str(refused.value)


@pytest.mark.parametrize(("changes", "path", "replaced"), WHAT)
def test_a_living_stack_does_not_lose_it(changes: dict[str, object], path: str, replaced: str) -> None:
    with pytest.raises(pulumi.RunError, match="1 setting differs") as refused:
        check(settings(**changes), settings())
    assert f"airflow-aks:{path}: is not set, and the stack was made with it" in str(refused.value)
    assert "Set it, or move to a new stack" in str(refused.value)


@pytest.mark.parametrize(("changes", "path", "replaced"), WHAT)
def test_a_stack_of_an_older_release_does_not_get_it(changes: dict[str, object], path: str, replaced: str) -> None:
    now = settings(**changes)
    with pytest.raises(pulumi.RunError, match=f"airflow-aks:{path}: is set"):
        check_record(now, {LOCATION: '"canadacentral"'}, made_with(now, HERE))


@pytest.mark.parametrize(("changes", "path", "replaced"), WHAT)
def test_what_stays_is_no_change(changes: dict[str, object], path: str, replaced: str) -> None:
    check(settings(**changes), settings(**changes))


def test_another_disk_encryption_set_is_refused() -> None:
    other = {"cluster": {"diskEncryptionSetId": f"{DISK_ENCRYPTION_SET}-other"}}
    with pytest.raises(pulumi.RunError, match=r"diskEncryptionSetId: is .*/des-aks-other, and the stack was made with"):
        check(settings(**DISKS), settings(**other))


def test_the_case_of_the_sets_id_is_no_change() -> None:
    other = {"cluster": {"diskEncryptionSetId": DISK_ENCRYPTION_SET.replace("rg-keys", "RG-Keys")}}
    check(settings(**DISKS), settings(**other))


def test_another_key_and_identity_are_free() -> None:
    check(settings(**KEY), settings(database={"customerManagedKey": GEO_DATABASE_KEY}))


def test_a_stack_without_airflow_has_no_key_of_a_database() -> None:
    assert set(made_with(settings(has_airflow=False), HERE)) == set(made_with(settings(has_airflow=False, **KEY), HERE))
