"""Tests that setting the image in a stack file changes no other line."""

from __future__ import annotations

import difflib

import pytest
import yaml

from image.stack_file_editor import StackFileLayoutError, format_lines, set_image
from tests.cases import STACKS
from tests.plans import STACK_FILES

NAMED = {"repository": "team/airflow", "tag": "3.3.2-abc"}


def name_image(text: str) -> str:
    return set_image(text, NAMED["repository"], NAMED["tag"])


def diff(before: str, after: str) -> tuple[list[str], list[str]]:
    """Return the removed and the added lines."""
    lines = [line for line in difflib.ndiff(before.splitlines(), after.splitlines()) if line[0] in "-+"]
    return [line[2:] for line in lines if line[0] == "-"], [line[2:] for line in lines if line[0] == "+"]


@pytest.mark.parametrize("stack", STACKS)
def test_a_stack_file_gets_three_lines_and_keeps_the_rest(stack: str) -> None:
    text = (STACK_FILES / f"{stack}.yaml").read_text(encoding="utf-8")
    gone, new = diff(text, name_image(text))
    assert gone == []
    assert new == ["    image:", "      repository: team/airflow", "      tag: 3.3.2-abc"]
    assert yaml.safe_load(name_image(text))["config"]["airflow-aks:airflow"]["image"] == NAMED


def test_the_second_time_only_the_tag_changes() -> None:
    text = name_image((STACK_FILES / "dev.yaml").read_text(encoding="utf-8"))
    assert diff(text, set_image(text, "team/airflow", "3.3.2-def")) == (
        ["      tag: 3.3.2-abc"],
        ["      tag: 3.3.2-def"],
    )


def test_the_same_image_changes_nothing() -> None:
    text = name_image((STACK_FILES / "dev.yaml").read_text(encoding="utf-8"))
    assert name_image(text) == text


def test_comments_quotes_and_secrets_stay() -> None:
    text = """\
encryptionsalt: v1:abc=:v1:def
config:
  azure-native:location: 'canadacentral' # quoted
  airflow-aks:dagsGitToken:
    secure: AAAB
  # about Airflow
  airflow-aks:airflow:
    image: {tag: old} # built in March
    executor: "KubernetesExecutor"
  # about the rest
  airflow-aks:naming: {prefix: a}
"""
    gone, new = diff(text, name_image(text))
    assert gone == ["    image: {tag: old} # built in March"]
    assert new == ["    image: {tag: 3.3.2-abc, repository: team/airflow} # built in March"]


def test_a_list_as_pulumi_writes_it_keeps_its_columns() -> None:
    text = "config:\n  airflow-aks:network:\n    peerWith:\n    - /subscriptions/a\n    - /subscriptions/b\n"
    gone, new = diff(text, name_image(text))
    assert gone == []
    assert new[0] == "  airflow-aks:airflow:"


@pytest.mark.parametrize("section", ["", "  airflow-aks:airflow:\n", "  airflow-aks:airflow: {}\n"])
def test_a_file_without_the_section_gets_it(section: str) -> None:
    text = f"config:\n  azure-native:location: canadacentral\n{section}"
    assert yaml.safe_load(name_image(text))["config"]["airflow-aks:airflow"] == {"image": NAMED}


def test_an_image_of_null_is_replaced() -> None:
    text = "config:\n  airflow-aks:airflow:\n    image:\n    executor: LocalExecutor\n"
    assert yaml.safe_load(name_image(text))["config"]["airflow-aks:airflow"] == {
        "image": NAMED,
        "executor": "LocalExecutor",
    }


def test_a_layout_that_would_not_survive_is_refused() -> None:
    text = "config:\n     airflow-aks:airflow:\n         executor:    LocalExecutor\n"
    with pytest.raises(StackFileLayoutError, match="set the lines yourself"):
        name_image(text)


def test_a_file_that_is_no_yaml_is_refused() -> None:
    with pytest.raises(StackFileLayoutError, match="not valid YAML"):
        name_image("config: [")


def test_the_lines_to_set_are_those_that_are_written() -> None:
    said = yaml.safe_load(f"config:\n{format_lines(**NAMED)}")
    assert said == yaml.safe_load(name_image("config:\n  airflow-aks:airflow: {}\n"))
