"""Stacks with `airflow: null` on the real engine: alone, read by another stack, and as Airflow comes and would go."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable

import pytest
import yaml

from tests.plans import ROOT, STACK_FILES
from tests.remote_cluster_cases import IMAGE, entry

from .workspace import Workspace

EXAMPLE = ROOT / "examples" / "stack-files" / "gpu.yaml"
SECTION = "airflow-aks:airflow"
DATA = ("dbforpostgresql", "keyvault", "storage:", "random:", "helm.sh", "privatedns")


@pytest.fixture
def gpu(workspaces: Callable[..., Workspace]) -> Workspace:
    """The shipped example, as a person copies it."""
    workspace = workspaces("gpu")
    # Pulumi has written the key of the stack's secrets; the example is below, as it is, for the CLI to read.
    with workspace.stack_file.open("a", encoding="utf-8") as file:
        file.write(EXAMPLE.read_text(encoding="utf-8"))
    return workspace


def write(stack: Workspace, **sections: object) -> None:
    """Write sections into the stack file."""
    content = yaml.safe_load(stack.stack_file.read_text(encoding="utf-8"))
    content["config"] |= {f"airflow-aks:{name}": value for name, value in sections.items()}
    stack.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def outputs(stack: Workspace) -> dict[str, object]:
    found: dict[str, object] = json.loads(stack.run("stack", "output", "--json", check=True).output)
    return found


def add_airflow(stack: Workspace) -> None:
    """Write what `Pulumi.dev.yaml` says of Airflow, and a pool for it beside those that the stack has."""
    dev = yaml.safe_load((STACK_FILES / "dev.yaml").read_text(encoding="utf-8"))["config"]
    content = yaml.safe_load(stack.stack_file.read_text(encoding="utf-8"))["config"]
    cluster = content["airflow-aks:cluster"]
    pools = [{"name": "airflow", "vmSize": "Standard_D4ds_v5", "maxNodes": 3}, *cluster["pools"]]
    pools = [{"purpose": "other", **pool} if pool["name"] != "airflow" else pool for pool in pools]
    sections = {name: dev[f"airflow-aks:{name}"] for name in ("airflow", "dags", "database", "keyVault", "logs")}
    write(stack, **sections, cluster={**cluster, "pools": pools})


def test_shipped_example_comes_up_stays_and_goes(gpu: Workspace) -> None:
    gpu.up()
    made = [f"{type_}::{name}" for type_, name in gpu.in_state()]
    assert [one for one in made if any(word in one for word in DATA)] == []
    assert {"kubernetes:core/v1:Namespace::pod-namespaces-jobs-namespace"} <= set(made)
    assert "kubernetes:apps/v1:DaemonSet::gpu-plugin-daemon-set" in made
    assert {"clusterId", "kubeconfig", "registryLoginServer"} <= set(outputs(gpu))
    assert "databaseHost" not in outputs(gpu)
    assert gpu.up().changes.keys() == {"unchanged"}
    gpu.unprotect()
    gpu.destroy()
    assert gpu.cloud.objects == {}


def test_another_stack_reads_its_cluster_and_connects_to_it(gpu: Workspace, living: Callable[..., Workspace]) -> None:
    gpu.up()
    shown = outputs(gpu)
    namespace = gpu.cloud.find("kubernetes:core/v1:Namespace", "pod-namespaces-jobs-namespace").inputs["metadata"]
    living_dev = living("dev")
    # Both stacks in one backend, and the cluster of the one in the cloud of the other.
    shutil.copytree(gpu.state, living_dev.state, dirs_exist_ok=True)
    living_dev.others.make(str(shown["clusterName"]))
    living_dev.change("airflow", image=IMAGE)
    write(living_dev, remoteClusters=[entry("gpu", stack="organization/airflow-aks/gpu", grantAccess=True)])
    living_dev.up()
    assert living_dev.others.kinds(str(shown["clusterName"])) == ["Role", "RoleBinding"]
    secret = living_dev.cloud.find("azure-native:keyvault:Secret", "airflow-secrets-remote-cluster-gpu-secret")
    connection = json.loads(secret.inputs["properties"]["value"])["extra"]
    assert connection["kube_config"]["clusters"][0]["cluster"]["server"].startswith(f"https://{shown['clusterName']}")
    assert connection["namespace"] == namespace["name"]
    assert living_dev.up().changes.keys() == {"unchanged"}


def test_airflow_comes_to_such_a_stack_and_cannot_be_taken_away(gpu: Workspace) -> None:
    gpu.up()
    before = gpu.cloud.find("azure-native:containerservice:ManagedCluster").id
    add_airflow(gpu)
    gpu.up()
    assert gpu.cloud.find("azure-native:containerservice:ManagedCluster").id == before
    assert gpu.cloud.find("kubernetes:core/v1:Namespace", "pod-namespaces-jobs-namespace")
    assert "databaseHost" in outputs(gpu)
    assert gpu.up().changes.keys() == {"unchanged"}
    shutil.copy(gpu.stack_file, gpu.folder / "with-airflow.yaml")
    content = yaml.safe_load(gpu.stack_file.read_text(encoding="utf-8"))
    for name in ("dags", "database", "keyVault", "logs"):
        del content["config"][f"airflow-aks:{name}"]
    content["config"]["airflow-aks:cluster"]["pools"][0]["purpose"] = "other"
    content["config"][SECTION] = None
    gpu.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    gpu.cloud.operations.clear()
    for command in (gpu.preview, gpu.up):
        result = command(check=False)
        assert result.code
        assert f"{SECTION}: is null, and the stack gpu has Airflow" in result.output
    assert [name for kind, name in gpu.cloud.operations if kind == "delete"] == []
    shutil.copy(gpu.folder / "with-airflow.yaml", gpu.stack_file)
    gpu.up()
    assert gpu.cloud.operations == [], "the refused update, which no preview preceded, renamed the record and no more"
    assert gpu.up().changes.keys() == {"unchanged"}


def test_a_stack_that_was_made_with_airflow_refuses_to_lose_it(living_dev: Workspace) -> None:
    content = yaml.safe_load(living_dev.stack_file.read_text(encoding="utf-8"))
    kept = ("azure-native:location", "airflow-aks:tags", "airflow-aks:network", "airflow-aks:protectData")
    config = {key: value for key, value in content["config"].items() if key in kept}
    cluster = {key: value for key, value in content["config"]["airflow-aks:cluster"].items() if key != "pools"}
    content["config"] = {**config, "airflow-aks:cluster": cluster, SECTION: None}
    living_dev.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")
    result = living_dev.up(check=False)
    assert f"{SECTION}: is null, and the stack dev has Airflow" in result.output
    assert [name for kind, name in living_dev.cloud.operations if kind == "delete"] == []


def test_a_stack_without_airflow_refuses_another_region(gpu: Workspace) -> None:
    gpu.up()
    text = gpu.stack_file.read_text(encoding="utf-8").replace("location: canadacentral", "location: westeurope")
    gpu.stack_file.write_text(text, encoding="utf-8")
    assert "azure-native:location: is westeurope" in gpu.up(check=False).output
