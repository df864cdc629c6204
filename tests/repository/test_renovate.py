"""Renovate finds every version that this repository pins, and its rules speak of what is there."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from typing import Any

import jsonschema
import pytest
import yaml

from charts import update_pins
from components.settings import nested
from components.settings.retirements import load_retirements
from tests.plans import PINS_FILE
from tests.repository import renovate, renovate_schema
from tests.repository.lock_files import GROUPS, RUNTIME, lock_file
from tests.repository.pins_to_find import expect, walk

DIGEST = "0123456789abcdef" * 4
NEW_DIGEST = "fedcba9876543210" * 4
# Renovate's default for the data source `docker`: numbers, and a suffix that stays.
DOCKER_VERSION = re.compile(r"v?\d+(\.\d+)*\w*(-.*)?")
# Options of `uv pip compile` that Renovate repeats from the header of a lock file.
# Source: Renovate's manual, manager pip-compile, and its module common.ts.
REPEATED = {"--universal", "--generate-hashes", "--python-version", "--group", "--constraints", "--output-file"}


def settled() -> str:
    """Return the pins as `make pins` leaves them: with every digest, and a patch of a line."""
    document = update_pins.parse(PINS_FILE.read_text(encoding="utf-8"))
    update_pins.keep_patch(document["airflow"]["3.3"], {"source": "docker.io/apache/airflow", "tag": "3.3.1"}, "3.3.2")
    for _, node in walk(document):
        node["digest" if "source" in node else "sha256"] = f"sha256:{DIGEST}" if "source" in node else DIGEST
    return update_pins.dump(document)


FILES = {
    "as shipped": PINS_FILE.read_text(encoding="utf-8"),
    "with digests": settled(),
}
SETTLED = renovate.find(FILES["with digests"])

each_file = pytest.mark.parametrize("text", FILES.values(), ids=FILES)
each_pin = pytest.mark.parametrize("pin", SETTLED, ids=lambda pin: pin.name)


@each_file
def test_every_pin_is_found_once(text: str) -> None:
    """tests/program/test_own_stack_files.py asks the same of charts/pins.yaml."""
    assert renovate.describe(text) == expect(text)
    assert len(renovate.find(text)) == len(renovate.describe(text))


@each_file
def test_another_version_changes_its_pin_alone(text: str) -> None:
    for pin in renovate.find(text):
        updated = yaml.safe_load(pin.replace(text, "v9.9.9", _new_digest(pin)))
        wanted = copy.deepcopy(yaml.safe_load(text))
        node = nested.get(wanted, _path(pin.name, wanted))
        node["tag" if "source" in node else "version"] = "v9.9.9"
        if "source" in node:
            node["digest"] = f"sha256:{NEW_DIGEST}"
        elif node.pop("sha256", None) and pin.fields["datasource"] == "helm":
            node["sha256"] = NEW_DIGEST
        assert updated == wanted, pin.name


def _new_digest(pin: renovate.Dependency) -> str:
    return f"sha256:{NEW_DIGEST}" if pin.fields["datasource"] == "docker" else NEW_DIGEST


def _path(name: str, document: Any) -> list[str]:
    return next(list(path) for path, _ in walk(document) if ".".join(path) == name)


@each_pin
def test_the_version_of_every_pin_can_be_compared(pin: renovate.Dependency) -> None:
    version = pin.fields["currentValue"]
    schemes = [rule["versioning"] for rule in renovate.rules_for(pin.name) if "versioning" in rule]
    if pin.fields["datasource"] == "helm":
        assert re.fullmatch(r"v?\d+\.\d+\.\d+", version)
    elif schemes:
        assert renovate.compile_expression(schemes[-1].removeprefix("regex:")).search(version)
    else:
        assert DOCKER_VERSION.fullmatch(version)


@pytest.mark.parametrize("rule", renovate.pin_rules(), ids=lambda rule: " ".join(rule.get("matchDepNames", ["all"])))
def test_every_rule_about_pins_is_about_one(rule: dict[str, Any]) -> None:
    for pattern in rule.get("matchDepNames", "*"):
        assert any(renovate.matches(pin.name, pattern) for pin in SETTLED)


def test_only_ended_lines_and_patches_keep_their_versions() -> None:
    frozen = [rule for rule in renovate.pin_rules() if rule.get("enabled") is False]
    kept = {pin.name for pin in SETTLED for rule in frozen if rule in renovate.rules_for(pin.name)}
    ended = tuple(f"airflow.{line}." for line in load_retirements().airflow)
    assert [name for name in sorted(kept) if ".patches." not in name and not name.startswith(ended)] == []
    assert {"airflow.2.9.chart", "airflow.2.9.images.airflow", "airflow.3.3.patches.3.3.1"} <= kept


def test_an_image_gets_its_digest_and_a_chart_of_a_registry_does_not() -> None:
    pinned = {pin.name for pin in SETTLED if any(rule.get("pinDigests") for rule in renovate.rules_for(pin.name))}
    assert pinned == {".".join(path) for path, node in walk(yaml.safe_load(FILES["with digests"])) if "source" in node}


def test_renovate_repeats_the_command_that_made_a_lock() -> None:
    (pattern,) = renovate.CONFIG["pip-compile"]["managerFilePatterns"]
    for name in (RUNTIME, *GROUPS):
        assert renovate.matches(lock_file(name).name, pattern)
        command = lock_file(name).read_text(encoding="utf-8").splitlines()[1].split()
        options = [word.partition("=") for word in command if word.startswith("--")]
        assert {option for option, _, _ in options} <= REPEATED
        assert {option for option, _, value in options if not value} <= {"--universal", "--generate-hashes"}
    assert not renovate.matches("image/requirements.txt", pattern)


def test_a_lookaround_is_refused() -> None:
    with pytest.raises(ValueError, match="RE2 has no lookaround"):
        renovate.compile_expression("(?<name>a)(?=b)")


def option_names(node: Any) -> set[str]:
    """Return every name of an option in a schema, or in a configuration that it describes."""
    if isinstance(node, list):
        return set().union(*(option_names(value) for value in node))
    if not isinstance(node, dict):
        return set()
    return set(node).union(*(option_names(value) for value in node.values()))


def test_the_configuration_is_valid() -> None:
    try:
        renovate_schema.find_or_fetch()
    except (OSError, subprocess.CalledProcessError) as error:
        pytest.skip(f"Renovate's schema is not there, and npm does not bring it: {error}")
    schema = json.loads(renovate_schema.FILE.read_text(encoding="utf-8"))
    jsonschema.validators.validator_for(schema)(schema).validate(renovate.CONFIG)
    # The schema allows any other name.
    assert option_names(renovate.CONFIG) <= option_names(schema)
