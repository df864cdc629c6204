"""The stack files and pins of this folder, which are the user's: what holds for every one that is accepted."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pulumi
import pytest
import yaml

from components.settings.pins import load_pins
from dryrun.plan import Plan
from tests.cases import STACKS
from tests.landing_zone_cases import LANDING_ZONES
from tests.plans import PINS_FILE, RETIREMENTS_FILE, ROOT, STACK_FILES, changed, plan_of, planned, shipped
from tests.program.own_stacks import (
    PINS,
    RECORDS,
    RETIREMENTS,
    missing_names,
    problems,
    problems_of_plan,
    record_names,
    stacks_of,
)
from tests.repository.pins_to_find import expect
from tests.repository.renovate import describe

pytestmark = pytest.mark.usefixtures("untraced")

Content = dict[str, Any]


@pytest.mark.parametrize("stack", stacks_of(ROOT))
def test_every_stack_file_of_this_folder_makes_a_whole_plan(stack: str) -> None:
    assert problems(ROOT, stack) == []


@pytest.mark.parametrize("stack", stacks_of(ROOT))
def test_recorded_names_stay(stack: str) -> None:
    """A stack whose names `make names` has not recorded, or whose file has changed since, promises none."""
    assert (missing_names(ROOT, stack) or []) == [], "each needs an alias in the code"


def test_renovate_finds_every_pin() -> None:
    """One that it misses is never renewed: write it like the others."""
    text = (ROOT / PINS).read_text(encoding="utf-8")
    assert describe(text) == expect(text)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A project's folder with copies of the stack files and pins, to edit."""
    (tmp_path / PINS).parent.mkdir()
    shutil.copy(PINS_FILE, tmp_path / PINS)
    shutil.copy(RETIREMENTS_FILE, tmp_path / RETIREMENTS)
    for stack in STACKS:
        shutil.copy(STACK_FILES / f"{stack}.yaml", tmp_path / f"Pulumi.{stack}.yaml")
    return tmp_path


def edit(file: Path, change: Callable[[Content], None]) -> None:
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(content)
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def section(name: str, **settings: Any) -> Callable[[Path], str]:
    """An edit of a section of prod."""

    def apply(folder: Path) -> str:
        key = f"airflow-aks:{name}"
        edit(folder / "Pulumi.prod.yaml", lambda content: content["config"].setdefault(key, {}).update(settings))
        return "prod"

    return apply


def celery_in_dev(folder: Path) -> str:
    edit(
        folder / "Pulumi.dev.yaml",
        lambda content: content["config"]["airflow-aks:airflow"].update(executor="CeleryExecutor"),
    )
    return "dev"


def two_schedulers_in_dev(folder: Path) -> str:
    edit(folder / "Pulumi.dev.yaml", lambda content: content["config"]["airflow-aks:airflow"].update(schedulers=2))
    return "dev"


def git_by_ssh(folder: Path) -> str:
    def change(content: Content) -> None:
        content["encryptionsalt"] = "v1:salt"
        git = {"repository": "git@git.example.com:team/dags.git", "auth": "ssh"}
        content["config"]["airflow-aks:dags"] = {"git": git}
        content["config"]["airflow-aks:dagsGitSshKey"] = {"secure": "v1:abcdef"}
        content["config"]["airflow-aks:dagsGitKnownHosts"] = "git.example.com ssh-ed25519 AAAA"

    edit(folder / "Pulumi.prod.yaml", change)
    return "prod"


def digests_on_all_pins(folder: Path) -> str:
    def change(content: Content) -> None:
        for part in [*content.pop("airflow").values(), *content.values()]:
            for image in part["images"].values():
                image["digest"] = f"sha256:{hashlib.sha256(image['tag'].encode()).hexdigest()}"

    edit(folder / PINS, lambda content: change(dict(content)))
    return "prod"


def a_new_stack(folder: Path) -> str:
    (folder / "Pulumi.staging.yaml").write_text(
        "config:\n  azure-native:location: westeurope\n  airflow-aks:dags:\n    git:\n"
        "      repository: https://git.example.com/team/dags.git\n",
        encoding="utf-8",
    )
    return "staging"


def private_everything(folder: Path) -> str:
    section("cluster", privateApiServer=True)(folder)
    return section("logs", delivery="blobfuse")(folder)


def a_patch(folder: Path) -> str:
    image = {"source": "docker.io/apache/airflow", "tag": "3.3.7"}
    edit(folder / PINS, lambda content: content["airflow"]["3.3"].update(patches={"3.3.7": image}))
    return section("airflow", patch="3.3.7")(folder)


EDITS = {
    "celery in dev": celery_in_dev,
    "two schedulers in dev": two_schedulers_in_dev,
    "git by ssh": git_by_ssh,
    "digests on all pins": digests_on_all_pins,
    "a new stack": a_new_stack,
    "csi": section("secrets", delivery="csi"),
    "shares": section("logs", delivery="azureFiles", sizeGb=50),
    "release 2.9": section("airflow", release="2.9"),
    "private everything": private_everything,
    "a customized image": section("airflow", image={"repository": "team/airflow", "tag": "1.0.0"}),
    "another patch": a_patch,
}


@pytest.mark.parametrize("name", EDITS)
def test_an_edited_file_makes_a_whole_plan(name: str, folder: Path) -> None:
    stack = EDITS[name](folder)
    assert stack in stacks_of(folder)
    assert problems(folder, stack) == []


def test_a_file_that_is_refused_fails_with_its_own_message(folder: Path) -> None:
    section("airflow", schedulers=0)(folder)
    with pytest.raises(pulumi.RunError, match=r"airflow-aks:airflow\.schedulers: must be at least 1"):
        problems(folder, "prod")


def without_an_import(plan: Plan) -> Plan:
    resources = [made for made in plan.resources if made.inputs.get("image") != "gitSync"]
    assert len(resources) == len(plan.resources) - 1
    return replace(plan, resources=tuple(resources))


FAULTS: dict[str, tuple[Callable[[Plan], Plan], str]] = {
    "an image that is not imported": (without_an_import, r"the image .*/git-sync/git-sync:.* is not imported"),
    "an image of another registry": (
        lambda plan: replace(plan, outputs={**plan.outputs, "registryLoginServer": "other.azurecr.io"}),
        r"the image .* is not from the stack's registry",
    ),
    "a secret in an output": (
        lambda plan: replace(plan, outputs={**plan.outputs, "databaseHost": plan.vault["airflow-metadata-connection"]}),
        r"an output holds airflow-metadata-connection in the clear",
    ),
    "a component without outputs": (
        lambda plan: replace(plan, component_outputs={}),
        r"airflow-aks:azure:Database::database registers no outputs",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_plan_that_is_not_whole_is_noticed(name: str) -> None:
    break_it, words = FAULTS[name]
    found = problems_of_plan(break_it(plan_of("dev")), shipped("dev"), load_pins(PINS_FILE))
    assert any(re.search(words, problem) for problem in found), found


@pytest.mark.parametrize("case", ["existing-registry", "existing-registry-in-landing-zone", "registry-prefix"])
def test_images_in_a_folder_of_the_registry_are_imported_there(case: str) -> None:
    config = changed(shipped("prod"), LANDING_ZONES[case])
    assert problems_of_plan(planned(case), config, load_pins(PINS_FILE)) == []


def test_names_are_held_against_the_file_for_which_they_were_recorded(folder: Path) -> None:
    assert missing_names(folder, "dev") is None
    record = record_names(folder, "dev")
    assert record == folder / RECORDS / "dev.json"
    assert missing_names(folder, "dev") == []
    content = json.loads(record.read_text(encoding="utf-8"))
    gone = "urn:pulumi:dev::airflow-aks::airflow-aks:azure:Database::old"
    record.write_text(json.dumps({**content, "names": [*content["names"], gone]}), encoding="utf-8")
    assert missing_names(folder, "dev") == [gone]
    two_schedulers_in_dev(folder)
    assert missing_names(folder, "dev") is None


READS_OF_THE_USERS_FILES = re.compile(
    r"""ROOT\s*/\s*f?"Pulumi\.(?!yaml")|ROOT\s*/\s*"charts"\s*/\s*"(pins|retirements)"""
)


def test_no_other_test_reads_the_users_files() -> None:
    allowed = (Path(__file__), ROOT / "tests" / "settings" / "test_retirements.py")
    others = (file for file in (ROOT / "tests").rglob("*.py") if file not in allowed)
    files = {file: file.read_text(encoding="utf-8") for file in others}
    assert [str(file) for file, text in files.items() if READS_OF_THE_USERS_FILES.search(text)] == []
    assert READS_OF_THE_USERS_FILES.search('(ROOT / "Pulumi.dev.yaml")')
    assert READS_OF_THE_USERS_FILES.search('ROOT / f"Pulumi.{stack}.yaml"')
    assert READS_OF_THE_USERS_FILES.search('(ROOT / "charts" / "pins.yaml")')
    assert READS_OF_THE_USERS_FILES.search('(ROOT / "charts" / "retirements.yaml")')
