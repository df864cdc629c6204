"""The section on the security baseline: its example is a stack file, and it names what the program checks."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from components.airflow.outside_hosts import outside_hosts
from components.preflight.checks.encryption_keys import _ROLE
from components.settings.customer_keys import CustomerManagedKey
from components.settings.names import stack_names
from components.stack_file.checker import check
from tests.docs.pages import blocks, text_of
from tests.landing_zone_cases import DATABASE_KEY, SECURITY_BASELINE
from tests.plans import PROJECT, ROOT, changed, shipped

PAGE = text_of(ROOT / "docs" / "landing-zone.md")
SECTION = text_of(ROOT / "docs" / "security-baseline.md")


def example() -> dict[str, Any]:
    """The example with the ids of the tests in the place of those that a reader fills in."""
    text, *_ = blocks(SECTION, "yaml")
    sections = yaml.safe_load(text)["config"]
    found = {
        f"{name.removeprefix(f'{PROJECT}:')}.{key}": value
        for name, one in sections.items()
        for key, value in one.items()
    }
    assert set(found) == set(SECURITY_BASELINE)
    assert set(found["database.customerManagedKey"]) == set(DATABASE_KEY)
    return {**found, **{key: value for key, value in SECURITY_BASELINE.items() if not isinstance(value, bool)}}


def test_the_example_is_a_stack_file() -> None:
    config = changed(shipped("prod"), example())
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert errors == []
    assert settings is not None
    assert settings.cluster.host_encryption


def test_every_setting_has_a_row() -> None:
    rows = re.findall(r"^\| `((?:cluster|database)\.\w+)` \|", SECTION, re.MULTILINE)
    assert rows == list(SECURITY_BASELINE)
    assert all(f"{field.alias}" in SECTION for field in CustomerManagedKey.model_fields.values())


@pytest.mark.parametrize(
    "fact",
    [
        _ROLE,
        "Microsoft.PolicyInsights",
        "EncryptionAtHost",
        "Microsoft.Compute/diskEncryptionSets/read",
        "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
        "gpu-resources",
        "Image Integrity",
    ],
)
def test_the_section_says_what_the_program_checks(fact: str) -> None:
    assert fact in SECTION + PAGE


def test_every_host_of_the_baseline_is_on_the_page() -> None:
    config = changed(shipped("prod"), SECURITY_BASELINE)
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert settings is not None, errors
    names = stack_names(settings, "00000000-0000-0000-0000-000000000001")
    found = [one for one in outside_hosts(settings, names) if one.purpose in ("Azure Policy", "Defender")]
    assert len(found) == 8
    assert [one.host for one in found if f"`{one.host}`" not in PAGE] == []
