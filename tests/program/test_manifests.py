"""Every Kubernetes object of ours, field by field, against the API's own schemas."""

from __future__ import annotations

import functools
import importlib.resources
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from dryrun.manifests import build_manifest
from dryrun.plan import Plan
from tests.cases import CASES
from tests.plans import plan_of

pytestmark = pytest.mark.usefixtures("untraced")

# Kinds of other groups; their schemas stand in no package of Python's. `make test-engine` checks them.
CUSTOM_GROUPS = {
    "cilium.io",
    "cert-manager.io",
    "external-secrets.io",
    "gateway.envoyproxy.io",
    "gateway.networking.k8s.io",
    "secrets-store.csi.x-k8s.io",
}
each = pytest.mark.parametrize("case", CASES)


@functools.cache
def schemas_of(kubernetes: str) -> Path:
    """The folder with the strict schemas of a minor version: no field beside those that the API knows."""
    package = importlib.resources.files("kubernetes_validate") / "kubernetes-json-schema"
    folder = Path(str(package)) / f"v{kubernetes}.0-local-strict"
    assert folder.is_dir(), f"no schemas of Kubernetes {kubernetes}: take a newer kubernetes-validate"
    return folder


@functools.cache
def definitions_of(kubernetes: str) -> Registry[Any]:
    content = json.loads((schemas_of(kubernetes) / "_definitions.json").read_text(encoding="utf-8"))
    return Registry().with_resource("_definitions.json", Resource.from_contents(content)).crawl()


@functools.cache
def validator_of(kubernetes: str, api_version: str, kind: str) -> Draft202012Validator:
    """The check of one kind; the file's name has the group up to its first dot."""
    group, slash, version = api_version.rpartition("/")
    file = f"{kind.lower()}-{group.partition('.')[0]}{'-' if slash else ''}{version}.json"
    schema = json.loads((schemas_of(kubernetes) / file).read_text(encoding="utf-8"))
    return Draft202012Validator(schema, registry=definitions_of(kubernetes))


def problems(manifest: dict[str, Any], kubernetes: str) -> tuple[str, ...]:
    return _problems(json.dumps(manifest, sort_keys=True), kubernetes)


@functools.cache
def _problems(text: str, kubernetes: str) -> tuple[str, ...]:
    """The problems of one object, looked for once: most cases share most of theirs."""
    manifest = json.loads(text)
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    errors = validator_of(kubernetes, manifest["apiVersion"], manifest["kind"]).iter_errors(manifest)
    return tuple(f"{name}: {error.json_path}: {error.message}" for error in errors)


def own_manifests(plan: Plan) -> list[dict[str, Any]]:
    return [build_manifest(resource) for resource in plan.manifests]


def group_of(manifest: dict[str, Any]) -> str:
    return str(manifest["apiVersion"]).rpartition("/")[0]


def kubernetes_of(plan: Plan) -> str:
    """The minor version of the plan's cluster."""
    version = plan.one("azure-native:containerservice:ManagedCluster").inputs["kubernetesVersion"]
    return ".".join(str(version).split(".")[:2])


@each
def test_every_object_fits_the_api_of_its_cluster(case: str) -> None:
    plan = plan_of(*CASES[case])
    kubernetes = kubernetes_of(plan)
    core = [manifest for manifest in own_manifests(plan) if group_of(manifest) not in CUSTOM_GROUPS]
    assert core
    assert [problem for manifest in core for problem in problems(manifest, kubernetes)] == []


@each
def test_every_object_has_a_version_and_a_kind(case: str) -> None:
    assert all(manifest.get("apiVersion") and manifest.get("kind") for manifest in own_manifests(plan_of(*CASES[case])))


@each
def test_no_two_objects_have_one_name(case: str) -> None:
    names = [
        (manifest["kind"], manifest["metadata"].get("namespace"), manifest["metadata"]["name"])
        for manifest in own_manifests(plan_of(*CASES[case]))
    ]
    assert len(names) == len(set(names))


# One mistake in a real object, and words of the answer.
MISTAKES = [
    ("Job", ["spec", "template", "spec", "nodeSelectors"], {}, "nodeSelectors"),
    ("Job", ["spec", "backoffLimit"], "3", "is not of type"),
    ("Job", ["spec", "template"], None, "required"),
    ("Job", ["spec", "template", "spec", "securityContext", "runAsNonroot"], True, "runAsNonroot"),
    ("NetworkPolicy", ["spec", "podSelectors"], {}, "podSelectors"),
    ("ServiceAccount", ["automountServiceAccountToken"], "false", "is not of type"),
]


@pytest.mark.parametrize(("kind", "path", "value", "words"), MISTAKES, ids=[".".join(row[1]) for row in MISTAKES])
def test_a_wrong_field_is_noticed(kind: str, path: list[str], value: Any, words: str) -> None:
    plan = plan_of("prod")
    found = next(manifest for manifest in own_manifests(plan) if manifest["kind"] == kind)
    manifest = json.loads(json.dumps(found))
    *parents, last = path
    place = manifest
    for parent in parents:
        place = place[parent]
    if value is None:
        del place[last]
    else:
        place[last] = value
    assert any(words in problem for problem in problems(manifest, kubernetes_of(plan)))
