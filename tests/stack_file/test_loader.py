"""Reading the stack's config."""

from __future__ import annotations

import datetime
from typing import Any

import pulumi
import pytest

from components.settings.model import StackFile
from components.stack_file.checker import check
from components.stack_file.rules import airflow_rules
from components.stack_file.rules.context import Context
from dryrun.recorder import record
from tests.plans import PROJECT, changed, shipped


def checked(changes: dict[str, Any]) -> Any:
    config = changed(shipped("dev"), changes)
    return check(config.values, set(config.secret_keys), PROJECT, "dev")


def context(changes: dict[str, Any], today: datetime.date = datetime.date(2026, 11, 21)) -> Context:
    config = changed(shipped("dev"), changes)
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert settings is not None, errors
    return Context(settings=settings, config_keys=frozenset(config.values), today=today)


def test_section_left_out_takes_its_defaults() -> None:
    settings, _, _ = checked({"network": None, "cluster": None})
    assert settings.network == StackFile().network
    assert settings.cluster == StackFile().cluster


def test_defaults_are_those_of_the_documentation() -> None:
    defaults = StackFile()
    assert defaults.network.address_space == "10.40.0.0/16"
    assert defaults.cluster.kubernetes_version == "1.35"
    assert [pool.name for pool in defaults.cluster.pools] == ["airflow", "tasks"]
    assert defaults.database.pooler == "pgbouncer"
    assert defaults.protect_data is True


def test_settings_cannot_be_changed() -> None:
    settings, _, _ = checked({})
    with pytest.raises(ValueError, match="frozen"):
        settings.network.outbound = "natGateway"


def test_report_lists_every_problem_in_one_error() -> None:
    config = changed(shipped("dev"), {"cluster.tier": "Gold", "database.storageGb": 7})

    def program() -> None:
        from components.stack_file.loader import load

        load()

    with pytest.raises(pulumi.RunError) as raised:
        record(program, project=PROJECT, stack="dev", config=config.values, secret_keys=[])
    lines = str(raised.value).splitlines()
    assert lines[0] == "2 problems in the stack file of dev:"
    assert len(lines) == 3


def test_warnings_are_logged_and_do_not_stop() -> None:
    config = changed(shipped("dev"), {"cluster.zones": ["1"]})

    def program() -> None:
        from components.stack_file.loader import load

        load()

    plan = record(program, project=PROJECT, stack="dev", config=config.values, secret_keys=[])
    assert [warning.partition(": ")[0] for warning in plan.warnings] == ["airflow-aks:logs.redundancy"]


def test_unused_git_key_is_a_warning() -> None:
    found = list(airflow_rules.git_credentials_are_used(context({"dagsGitToken": {"secure": "x"}})))
    assert [problem.path for problem in found] == ["airflow-aks:dagsGitToken"]


def test_more_than_13_tags_do_not_fit() -> None:
    _, errors, _ = checked({"tags": {f"tag{index}": "x" for index in range(14)}})
    assert [problem.path for problem in errors] == ["airflow-aks:tags"]


def test_git_secrets_are_pulumi_secrets() -> None:
    settings, _, _ = checked(
        {
            "dags.git": {"repository": "https://git.example.com/dags.git", "auth": "token"},
            "dagsGitToken": {"secure": "x"},
        }
    )
    assert isinstance(settings.git_credentials.token, pulumi.Output)
    assert settings.git_credentials.username == "x-access-token"
