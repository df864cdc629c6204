"""`make init`: five answers make a commented stack file that the checker accepts."""

from __future__ import annotations

import io
import ipaddress
import itertools
import json
import re
from pathlib import Path
from typing import get_args

import pytest
import yaml

from components.settings.airflow_sections import Executor
from components.settings.pins import load_pins
from components.stack_file.checker import check
from components.stack_file.new_stack.__main__ import main
from components.stack_file.new_stack.answers import SIZES, AnswerError
from components.stack_file.new_stack.text import choose_address_space
from components.stack_file.reader import StackConfig, read_config
from tests.plans import PINS_FILE, ROOT, recorded, shipped

Capture = pytest.CaptureFixture[str]
FLAGS = ("region", "size", "executor", "dags", "access")
DEV = {
    "region": "canadacentral",
    "size": "development",
    "executor": "KubernetesExecutor",
    "dags": "examples",
    "access": "none",
}
EXECUTORS = get_args(Executor)
DAGS = ("examples", "image", "volume", "https://git.example.com/team/dags.git", "git@git.example.com:team/dags.git")
# A line with a value, not the head of a mapping or a list.
SETTING = re.compile(r" *(- )?[\w:-]+: +[^#\s]")
ACCESS = ("none", "my-airflow", "airflow.acme.com")


def init(folder: Path, stack: str = "staging", **answers: str) -> int:
    """Run the command with flags for the given answers."""
    flags = [part for name, value in answers.items() for part in (f"--{name}", value)]
    return main([stack, *flags, "--project", str(folder)])


def typed(monkeypatch: pytest.MonkeyPatch, *lines: str) -> None:
    """Let these lines be what the user types; then the input ends."""
    monkeypatch.setattr("sys.stdin", io.StringIO("".join(f"{line}\n" for line in lines)))


def made(folder: Path, stack: str = "staging") -> StackConfig:
    return read_config(folder / f"Pulumi.{stack}.yaml")


def section(folder: Path, name: str) -> dict[str, object]:
    content: dict[str, object] = json.loads(made(folder).values[f"airflow-aks:{name}"])
    return content


@pytest.mark.parametrize(
    ("size", "executor", "dags", "access"),
    [
        *itertools.product(SIZES, EXECUTORS, DAGS[:1], ACCESS[:1]),
        *itertools.product(SIZES, EXECUTORS[:1], DAGS, ACCESS[1:]),
    ],
)
def test_answers_make_a_valid_stack_file_without_avoidable_warnings(
    tmp_path: Path, size: str, executor: str, dags: str, access: str
) -> None:
    assert init(tmp_path, **{**DEV, "size": size, "executor": executor, "dags": dags, "access": access}) == 0
    config = made(tmp_path)
    values = dict(config.values)
    if dags.startswith("git@"):
        # What the last lines of the command say to set.
        values |= {"airflow-aks:dagsGitKnownHosts": "git.example.com ssh-ed25519 AAAA"}
    _, errors, warnings = check(values, set(), "airflow-aks", "staging")
    missing = ["airflow-aks:dagsGitSshKey"] if dags.startswith("git@") else []
    assert [problem.path for problem in errors] == missing
    own = size == "development" or dags not in ("examples", "image")
    assert [warning.path for warning in warnings if own and warning.path != "airflow-aks:database.access"] == []


def test_development_has_the_settings_of_the_shipped_dev(tmp_path: Path) -> None:
    assert init(tmp_path, "dev", **DEV) == 0
    assert made(tmp_path, "dev").values == shipped("dev").values


@pytest.mark.parametrize("size", SIZES)
def test_written_file_goes_through_a_dry_run(tmp_path: Path, size: str) -> None:
    assert init(tmp_path, **{**DEV, "size": size, "access": "my-airflow"}) == 0
    plan = recorded("staging", made(tmp_path), PINS_FILE)
    assert plan.outputs["airflowUrl"] == "https://my-airflow.canadacentral.cloudapp.azure.com"


@pytest.mark.parametrize(
    ("size", "executor", "dags", "access"),
    [
        (size, executor, *answers)
        for size, executor in itertools.product(SIZES, ("LocalExecutor", "CeleryExecutor"))
        for answers in zip(DAGS, itertools.cycle(ACCESS), strict=False)
    ],
)
def test_every_setting_has_a_comment(tmp_path: Path, size: str, executor: str, dags: str, access: str) -> None:
    init(tmp_path, **{**DEV, "size": size, "executor": executor, "dags": dags, "access": access})
    lines = (tmp_path / "Pulumi.staging.yaml").read_text().splitlines()
    pairs = itertools.pairwise(lines)
    silent = [line for above, line in pairs if SETTING.match(line) and " # " not in line and "  # " not in above]
    assert silent == []
    assert [line for line in lines if len(line) > 120] == []


def test_lines_end_with_docs_pages_that_exist(tmp_path: Path) -> None:
    for size, dags, access in zip(itertools.cycle(SIZES), DAGS, itertools.cycle(ACCESS), strict=False):
        folder = tmp_path / f"{size}-{DAGS.index(dags)}-{access}"
        folder.mkdir()
        init(folder, **{**DEV, "size": size, "dags": dags, "access": access})
        words = (folder / "Pulumi.staging.yaml").read_text().replace("(", " ").replace(")", " ").split()
        pages = {word.rstrip(".,:;") for word in words if word.startswith("docs/")}
        assert pages
        assert [page for page in pages if not (ROOT / page).is_file()] == []


def test_questions_are_asked_for_what_the_flags_leave_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    typed(monkeypatch, "westeurope", "", "my-airflow")
    assert init(tmp_path, executor="LocalExecutor", dags="volume") == 0
    said = capsys.readouterr().out
    assert [line for line in said.splitlines() if line.startswith("  region [canadacentral]")]
    assert "executor [" not in said
    assert made(tmp_path).values["azure-native:location"] == "westeurope"
    assert section(tmp_path, "access") == {"dnsLabel": "my-airflow"}
    assert section(tmp_path, "dags") == {"delivery": "azureFiles", "sizeGb": 10}


def test_network_overlaps_no_other_stack_of_the_folder(tmp_path: Path) -> None:
    for stack in ("one", "two"):
        assert init(tmp_path, stack, **DEV) == 0
    (tmp_path / "Pulumi.broken.yaml").write_text("config: [")
    assert init(tmp_path, "three", **{**DEV, "size": "production", "dags": "volume"}) == 0
    networks = [
        json.loads(made(tmp_path, stack).values["airflow-aks:network"])["addressSpace"]
        for stack in ("one", "two", "three")
    ]
    assert networks == ["10.40.0.0/20", "10.41.0.0/20", "10.42.0.0/16"]


def test_folder_without_a_free_network_is_an_error() -> None:
    with pytest.raises(AnswerError, match="every network from"):
        choose_address_space([ipaddress.IPv4Network("10.0.0.0/8")], 16)


def test_what_comes_next_begins_with_the_dry_run(tmp_path: Path, capsys: Capture) -> None:
    assert init(tmp_path, **DEV) == 0
    commands = [line.strip().partition("  ")[0] for line in capsys.readouterr().out.splitlines() if line[:2] == "  "]
    assert commands == [
        "make dry-run STACK=staging",
        "make preflight STACK=staging",
        "pulumi stack select --create staging",
        "pulumi up",
    ]


def test_secrets_that_the_dry_run_needs_come_before_it(tmp_path: Path, capsys: Capture) -> None:
    assert init(tmp_path, **{**DEV, "dags": "git@git.example.com:team/dags.git"}) == 0
    commands = [line.strip().partition("  ")[0] for line in capsys.readouterr().out.splitlines() if line[:2] == "  "]
    assert commands == [
        "pulumi stack select --create staging",
        "pulumi config set --secret airflow-aks:dagsGitSshKey < airflow-dags",
        "ssh-keyscan -t ed25519 git.example.com | pulumi config set airflow-aks:dagsGitKnownHosts",
        "make dry-run STACK=staging",
        "make preflight STACK=staging",
        "pulumi up",
    ]
    assert section(tmp_path, "dags")["git"] == {
        "repository": "git@git.example.com:team/dags.git",
        "branch": "main",
        "subPath": "dags",
        "auth": "ssh",
    }


@pytest.mark.parametrize(
    ("address", "command"),
    [
        ("git@ssh.dev.azure.com:v3/acme/data/dags", "ssh-keyscan -t rsa ssh.dev.azure.com |"),
        ("ssh://git@git.example.com:2222/dags.git", "ssh-keyscan -t ed25519 -p 2222 git.example.com |"),
    ],
)
def test_host_key_is_asked_for_as_the_server_has_it(
    address: str, command: str, tmp_path: Path, capsys: Capture
) -> None:
    assert init(tmp_path, **{**DEV, "dags": address}) == 0
    assert f"  {command} pulumi config set airflow-aks:dagsGitKnownHosts  " in capsys.readouterr().out


@pytest.mark.parametrize(("size", "said"), [("development", False), ("production", True)])
def test_private_stack_needs_a_path_into_its_network(size: str, said: bool, tmp_path: Path, capsys: Capture) -> None:
    assert init(tmp_path, **{**DEV, "size": size}) == 0
    assert ("docs/private-network.md" in capsys.readouterr().out) == said


@pytest.mark.parametrize("executor", [name for name in EXECUTORS if "Celery" in name])
def test_development_has_a_broker_without_a_second_copy(executor: str, tmp_path: Path) -> None:
    assert init(tmp_path, **{**DEV, "executor": executor}) == 0
    assert section(tmp_path, "broker") == {"highAvailability": False}
    assert init(tmp_path, "live", **{**DEV, "size": "production", "executor": executor}) == 0
    assert "airflow-aks:broker" not in made(tmp_path, "live").values


def test_warnings_of_the_checker_are_shown(tmp_path: Path, capsys: Capture) -> None:
    assert init(tmp_path, **{**DEV, "size": "production"}) == 0
    assert "warning: airflow-aks:dags.git.repository: is the repository of Apache Airflow" in capsys.readouterr().out


def test_example_dags_are_those_of_the_pinned_airflow(tmp_path: Path) -> None:
    assert init(tmp_path, **DEV) == 0
    git = section(tmp_path, "dags")["git"]
    assert isinstance(git, dict)
    assert git["branch"] == load_pins().airflow["3.3"].version


def test_written_file_is_what_an_editor_of_yaml_reads(tmp_path: Path) -> None:
    assert init(tmp_path, **{**DEV, "access": "airflow.acme.com"}) == 0
    content = yaml.safe_load((tmp_path / "Pulumi.staging.yaml").read_text())
    assert content["config"]["airflow-aks:access"] == {"host": "airflow.acme.com"}
