"""The dry run reads stack files as the real CLI does: what the program is told is the same, text by text."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.stack_file.reader import PLACEHOLDER, StackConfig, StackFileError, read_config
from tests.stack_file.readings import ANCHORS, REFUSED, SCALARS, STRUCTURES

from .workspace import Workspace

# A program that writes down what it is told.
PROGRAM = """
import json
import pathlib

from pulumi.runtime import config

values = {**config.get_config_env(), **config.CONFIG.get()}
secret = {*config.get_config_secret_keys_env(), *filter(config.is_config_secret, values)}
pathlib.Path("told.json").write_text(json.dumps({"values": values, "secret": sorted(secret)}))
"""


@pytest.fixture(scope="module")
def stack(pulumi_cli: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return Workspace(tmp_path_factory.mktemp("reading") / "workspace", pulumi_cli, "dev", checkpoints=False)


@pytest.fixture(scope="module")
def told(stack: Workspace) -> Callable[[str], StackConfig]:
    """Writes a stack file, and returns what the CLI tells a program with it."""
    kept = _kept(stack)
    (stack.project / "__main__.py").write_text(PROGRAM, encoding="utf-8")

    def ask(content: str) -> StackConfig:
        stack.stack_file.write_text(f"{kept}{content}", encoding="utf-8")
        stack.preview()
        answer: dict[str, Any] = json.loads((stack.project / "told.json").read_text(encoding="utf-8"))
        return StackConfig(values=answer["values"], secret_keys=answer["secret"])

    return ask


def _kept(stack: Workspace) -> str:
    """What the CLI needs in the stack file to decrypt secrets."""
    content = yaml.safe_load(stack.stack_file.read_text(encoding="utf-8"))
    return yaml.safe_dump({key: value for key, value in content.items() if key != "config"})


def differences(stack: Workspace, answer: StackConfig) -> dict[str, tuple[str | None, str | None]]:
    """Each key that the two readers do not agree on, with what the CLI and what the dry run makes of it."""
    read = read_config(stack.stack_file).values
    keys = sorted(read.keys() | answer.values.keys())
    return {key: (answer.values.get(key), read.get(key)) for key in keys if answer.values.get(key) != read.get(key)}


def test_table_of_values_is_what_the_cli_tells_a_program(stack: Workspace, told: Callable[[str], StackConfig]) -> None:
    table = SCALARS | STRUCTURES
    lines = [f"  try:v{index}: {value}\n" for index, value in enumerate(table)]
    answer = told(f"{ANCHORS}config:\n{''.join(lines)}")
    found = {value: answer.values.get(f"try:v{index}") for index, value in enumerate(table)}
    assert {value: text for value, text in found.items() if text != table[value]} == {}
    assert differences(stack, answer) == {}


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_shipped_stack_file_is_read_alike(name: str, stack: Workspace, told: Callable[[str], StackConfig]) -> None:
    content = (Path(__file__).resolve().parents[2] / f"Pulumi.{name}.yaml").read_text(encoding="utf-8")
    answer = told(content)
    assert answer.values
    assert differences(stack, answer) == {}


def test_keys_without_a_namespace_and_secrets_are_read_alike(
    stack: Workspace, told: Callable[[str], StackConfig]
) -> None:
    stack.set("try:secret", "sesame", secret=True)
    secure = yaml.safe_load(stack.stack_file.read_text(encoding="utf-8"))["config"]["try:secret"]["secure"]
    answer = told(
        f"config:\n  tags: {{a: b}}\n  try:config:old: 1\n  try:secret: {{secure: {secure}}}\n"
        f"  try:list: [{{secure: {secure}}}]\n  try:no-secret: {{secure: 5}}\n"
    )
    assert answer.values["try:secret"] == "sesame"
    read = read_config(stack.stack_file)
    assert sorted(read.secret_keys) == sorted(answer.secret_keys) == ["try:list", "try:secret"]
    opened = {key: text.replace(PLACEHOLDER, "sesame") for key, text in read.values.items()}
    assert opened == answer.values


@pytest.mark.parametrize("content", REFUSED)
def test_file_that_the_dry_run_refuses_is_refused_by_the_cli(content: str, stack: Workspace) -> None:
    kept = stack.stack_file.read_text(encoding="utf-8")
    stack.stack_file.write_text(content, encoding="utf-8")
    try:
        with pytest.raises(StackFileError):
            read_config(stack.stack_file)
        assert stack.run("config", "--stack", stack.stack).code != 0
    finally:
        stack.stack_file.write_text(kept, encoding="utf-8")
