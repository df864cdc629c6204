"""No stack file ends in a traceback, and the schema and the loader refuse the same; found by Hypothesis.

`AIRFLOW_AKS_EXAMPLES=20000` tries that many stack files instead of a few, and other ones in each run.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pulumi
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from components.stack_file.checker import SECRET_KEYS, SECTIONS, check
from components.stack_file.problems import NAMESPACE, Problem
from components.stack_file.reader import StackConfig, StackFileError, read_config
from components.stack_file.schema import stack_file_schema
from dryrun.recorder import record_project
from tests.plans import PROJECT, ROOT
from tests.stack_file.any_stack_file import ANY_CONFIG, TEXTS, plausible, stack_file_text

EXAMPLES = os.environ.get("AIRFLOW_AKS_EXAMPLES")


def examples(few: int, share: float = 1.0) -> settings:
    """A few examples, the same in every run; or the wanted number of new ones, or a share of it for slow tests."""
    many = max(1, int(int(EXAMPLES) * share)) if EXAMPLES else few
    return settings(
        max_examples=many,
        derandomize=not EXAMPLES,
        database=None,
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
    )


def strict(part: Any) -> Any:
    """A schema whose patterns end where the text ends, as in editors: Python's `$` also fits a line break."""
    if isinstance(part, list):
        return [strict(item) for item in part]
    if not isinstance(part, dict):
        return part
    changed = {key: strict(inner) for key, inner in part.items()}
    if isinstance(part.get("pattern"), str):
        changed["pattern"] = to_the_end(part["pattern"])
    if "patternProperties" in part:
        changed["patternProperties"] = {to_the_end(key): strict(v) for key, v in part["patternProperties"].items()}
    return changed


def to_the_end(pattern: str) -> str:
    return re.sub(r"(?<!\\)\$", r"\\Z", pattern)


SCHEMA = jsonschema.Draft202012Validator(strict(stack_file_schema()))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("any") / "Pulumi.any.yaml"


def read(file: Path, content: bytes) -> StackConfig | None:
    """The config, or None for a file that the reader refuses."""
    file.write_bytes(content)
    try:
        return read_config(file)
    except StackFileError as error:
        message = str(error)
    assert "\n" not in message
    return None


def told(config: StackConfig) -> dict[str, Any]:
    """What the loader is told: keys without a value are absent, and a text that is JSON is no other than the value."""
    found: dict[str, Any] = {}
    for key, text in config.values.items():
        name = key.removeprefix(f"{NAMESPACE}:")
        if not text.strip():
            continue
        if name in SECRET_KEYS and key in config.secret_keys:
            found[key] = {"secure": text}
        elif name in SECTIONS and name != key:
            found[key] = _parse(text)
        else:
            found[key] = text
    return {"config": found}


def _parse(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def has_a_wrong_form(config: StackConfig) -> bool:
    """Whether pydantic refuses a section for its form, and not for what a validator in Python finds."""
    for name, field in SECTIONS.items():
        text = config.values.get(f"{NAMESPACE}:{name}", "")
        if text.strip():
            try:
                adapter: TypeAdapter[Any] = TypeAdapter(field.rebuild_annotation())
                adapter.validate_json(json.dumps(_parse(text)), strict=True, by_alias=True, by_name=False)
            except ValidationError as error:
                if any(detail["type"] != "value_error" for detail in error.errors()):
                    return True
    return False


def found_problems(config: StackConfig) -> list[Problem]:
    found, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "any")
    assert (found is None) == bool(errors)
    for problem in errors:
        assert re.match(r"(airflow-aks|azure-native):\S", problem.path)
        assert problem.message
    return errors


@examples(few=150)
@given(config=ANY_CONFIG)
def test_schema_and_loader_refuse_the_same(config: dict[str, Any], file: Path) -> None:
    read_back = read(file, stack_file_text(config))
    if read_back is None:
        return
    errors = found_problems(read_back)
    valid = SCHEMA.is_valid(told(read_back))
    assert valid or errors, "the schema refuses what the loader accepts"
    assert not (valid and has_a_wrong_form(read_back)), "the loader refuses a form that the schema accepts"


@examples(few=150)
@given(content=st.binary(max_size=60) | TEXTS.map(lambda text: f"config:\n  a:b: {text}\n".encode()))
def test_any_bytes_are_read_or_refused_in_one_line(content: bytes, file: Path) -> None:
    read(file, content)


@examples(few=6, share=0.01)
@given(config=plausible())
def test_program_plans_or_refuses_any_stack_file(config: dict[str, Any], file: Path) -> None:
    read_back = read(file, stack_file_text(config))
    if read_back is None:
        return
    try:
        record_project(ROOT, project=PROJECT, stack="any", config=read_back.values, secret_keys=read_back.secret_keys)
    except pulumi.RunError as error:
        message = str(error)
    else:
        message = ""
    assert not message or "in the stack file of any:" in message
