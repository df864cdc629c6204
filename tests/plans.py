"""Plans of the tests' own stack files, with changes.

`tests/stacks` and `tests/pins` began as copies of the shipped files. Tests read these, because `Pulumi.*.yaml` and the
files in `charts` are the user's to edit: only tests/program/test_own_stack_files.py and
tests/settings/test_retirements.py read those.
"""

from __future__ import annotations

import functools
import hashlib
import json
import os
import pickle
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from components.settings import nested, pins, retirements
from components.stack_file.reader import StackConfig, read_config
from dryrun.plan import Plan, Resource
from dryrun.recorder import record_project

from .cases import EVERY, MEASURED, SELECTORS, STACKS

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "airflow-aks"
STACK_FILES = ROOT / "tests" / "stacks"
PINS_FILE = ROOT / "tests" / "pins" / "pins.yaml"
RETIREMENTS_FILE = ROOT / "tests" / "pins" / "retirements.yaml"
# Today in every test, so that none begins to fail when a support ends. Nothing of the shipped stacks ends soon after.
TODAY = "2026-08-15"
# The environment variable with the folder that the processes of one test run share plans in.
CACHE = "AIRFLOW_AKS_TEST_PLANS"


@functools.cache
def shipped(stack: str) -> StackConfig:
    """The config of a stack file of the tests."""
    return read_config(STACK_FILES / f"{stack}.yaml")


@contextmanager
def pins_from(file: Path) -> Iterator[None]:
    """Let the program read its pins from another file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pins, "PINS_FILE", file)
        yield


@contextmanager
def retirements_from(file: Path) -> Iterator[None]:
    """Let the program read its retirements from another file."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(retirements, "RETIREMENTS_FILE", file)
        yield


def changed(config: StackConfig, changes: Mapping[str, Any]) -> StackConfig:
    """A config with changes: `section.key...` to a value, `{"secure": ...}` to a secret, None to leave out."""
    values, secret_keys = dict(config.values), list(config.secret_keys)
    for path, value in changes.items():
        section, *keys = path.split(".")
        name = section if ":" in section else f"{PROJECT}:{section}"
        if isinstance(value, dict) and set(value) == {"secure"}:
            values[name] = value["secure"]
            secret_keys.append(name)
            continue
        if not keys:
            if value is None:
                values.pop(name, None)
            else:
                values[name] = value if isinstance(value, str) else json.dumps(value)
            continue
        content = json.loads(values.get(name, "{}"))
        if value is None:
            nested.take(content, keys)
        else:
            nested.put(content, keys, value)
        values[name] = json.dumps(content)
    return StackConfig(values=values, secret_keys=secret_keys)


def plan_of(stack: str, changes: Mapping[str, Any] | None = None) -> Plan:
    """The plan of a stack file of the tests with changes; made once per process."""
    return _plan(stack, json.dumps(changes or {}, sort_keys=True))


@functools.cache
def _plan(stack: str, changes: str) -> Plan:
    # Measuring coverage triples the time of a run, and the plans without changes go through what the others repeat.
    measured = changes == "{}" or changes in MEASURED
    return recorded(stack, changed(shipped(stack), json.loads(changes)), PINS_FILE, measured=measured)


def recorded(stack: str, config: StackConfig, pins_file: Path, *, measured: bool = False) -> Plan:
    """The plan of a config with the pins of a file, from another process of the same test run if it made one."""
    folder = os.environ.get(CACHE)
    files = [file.read_text(encoding="utf-8") for file in (pins_file, retirements.RETIREMENTS_FILE)]
    given = json.dumps([stack, config.values, config.secret_keys, *files])
    file = Path(folder, hashlib.sha256(given.encode()).hexdigest()[:16]) if folder else None
    if file is not None and file.exists():
        plan: Plan = pickle.loads(file.read_bytes())
        return plan
    tracer = sys.gettrace()
    if not measured:
        sys.settrace(None)
    try:
        with pins_from(pins_file):
            plan = record_project(
                ROOT, project=PROJECT, stack=stack, config=config.values, secret_keys=config.secret_keys
            )
    finally:
        sys.settrace(tracer)
    if file is not None:
        unfinished = file.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(pickle.dumps(plan))
        unfinished.rename(file)
    return plan


def planned(name: str) -> Plan:
    """The plan of a stack file of the tests, or of a selector's value in prod."""
    return plan_of(name) if name in STACKS else plan_of("prod", SELECTORS[name])


def every_plan() -> Iterator[tuple[str, Plan]]:
    """Both stack files, and each value of each selector."""
    for name in EVERY:
        yield name, planned(name)


def texts(value: Any) -> Iterator[str]:
    """Every text in a value, at any depth."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from texts(item)


def at(value: Any, key: str) -> Iterator[Any]:
    """Every value of a key, at any depth."""
    if isinstance(value, Mapping):
        for name, item in value.items():
            if name == key:
                yield item
            yield from at(item, key)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from at(item, key)


def subjects(plan: Plan) -> set[str]:
    """The service accounts that federated credentials trust."""
    credentials = plan.all("azure-native:managedidentity:FederatedIdentityCredential")
    return {credential.inputs["subject"].rpartition(":")[2] for credential in credentials}


def synced(plan: Plan) -> dict[str, dict[str, str]]:
    """Kubernetes Secret to key to vault secret, by whichever delivery the plan has."""
    found = {
        secret.inputs["spec"]["target"]["name"]: {
            entry["secretKey"]: entry["remoteRef"]["key"] for entry in secret.inputs["spec"]["data"]
        }
        for secret in plan.all("kubernetes:external-secrets.io/v1:ExternalSecret")
    }
    for provider_class in plan.all("kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass"):
        for secret in provider_class.inputs["spec"]["secretObjects"]:
            found[secret["secretName"]] = {entry["key"]: entry["objectName"] for entry in secret["data"]}
    return found


def secret(plan: Plan, name: str) -> str:
    """The value of a secret, by the name that it has in a vault of the stack's own."""
    return plan.vault[plan.outputs.get("keyVaultSecretNames", {}).get(name, name)]


def component_of(plan: Plan, resource: Resource) -> Resource | None:
    """The component that a resource stands under; None directly under the stack."""
    return next((other for other in plan.resources if other.urn == resource.parent), None)


def children(plan: Plan, component: str) -> list[Resource]:
    """What stands under a component, at any depth."""
    parents = {resource.urn for resource in plan.resources if resource.name == component and not resource.custom}
    found: list[Resource] = []
    for resource in plan.resources:
        place = component_of(plan, resource)
        while place is not None:
            if place.urn in parents:
                found.append(resource)
                break
            place = component_of(plan, place)
    return found
