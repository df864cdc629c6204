"""A living stack that moves into a landing zone, or out of one, is told every refusal at once."""

from __future__ import annotations

import re
from typing import Any

import pulumi
import pytest

from components.azure.recorded_zones import database_zone_to_record, describe_changed_database_zone
from components.azure.stack_record import check_record, made_with
from components.settings.model import Settings
from components.stack_file.checker import check
from tests.landing_zone_cases import FIXED, WHOLE
from tests.plans import PROJECT, changed, shipped

HERE = "00000000-0000-0000-0000-0000000000e1"


def settings(changes: dict[str, Any]) -> Settings:
    config = changed(shipped("prod"), changes)
    found, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert found is not None, errors
    return found


@pytest.mark.parametrize(("before", "now"), [({}, WHOLE), (WHOLE, {})], ids=["in", "out"])
def test_one_error_has_every_setting_that_is_fixed(before: dict[str, Any], now: dict[str, Any]) -> None:
    made, wanted = settings(before), settings(now)
    zone = describe_changed_database_zone(wanted, database_zone_to_record(made))
    with pytest.raises(pulumi.RunError) as refused:
        check_record(wanted, made_with(made, HERE), made_with(wanted, HERE), zone)
    first, *lines = str(refused.value).split("\n  ")
    assert first == "10 settings differ from what the stack prod was made with:"
    assert sorted(re.findall(r"airflow-aks:(\S+): is", "\n".join(lines))) == sorted(FIXED)
