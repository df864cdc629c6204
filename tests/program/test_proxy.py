"""A company's proxy and authorities: in every container that calls something outside, on each line and delivery."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from components.kubernetes.way_out import (
    ANNOTATION,
    BUNDLE_FILE,
    CERTIFICATE_VARIABLES,
    CONFIG_MAP,
    FOLDER,
    PROXY_VARIABLES,
)
from dryrun.plan import Plan
from tests.authorities import EXPIRED, INSPECTION, ROOT
from tests.case_values import HOST
from tests.cases import SELECTORS, TEAMS
from tests.landing_zone_cases import PROXY
from tests.plans import plan_of, texts
from tests.pod_cluster_cases import POD_CLUSTER

pytestmark = pytest.mark.usefixtures("untraced")

CLUSTER = "azure-native:containerservice:ManagedCluster"
CONFIG_MAPS = "kubernetes:core/v1:ConfigMap"
RELEASE = "kubernetes:helm.sh/v3:Release"
JOB = "kubernetes:batch/v1:Job"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
ACCESS = {"host": HOST}
KEY_VAULT = {"issuer": "keyVault", "certificate": "airflow-example-com"}
RESTRICTED = {**SELECTORS["proxy-restricted"], "access": {**ACCESS, "tls": KEY_VAULT}}
TASKS = {
    "cluster.adminGroupIds": ["00000000-0000-0000-0000-000000000002"],
    "teams": [{**TEAMS[1], "role": "developer", "runsTasks": True}],
}
EXECUTORS = {"3.3": ("KubernetesExecutor", "CeleryExecutor", "LocalExecutor", "CeleryExecutor,KubernetesExecutor")}
EXECUTORS["2.9"] = EXECUTORS["3.3"][:3]
LINES = [(line, executor) for line, executors in EXECUTORS.items() for executor in executors]
DELIVERIES: dict[str, dict[str, Any]] = {
    "gitSync": {"dags.delivery": "gitSync"},
    "gitBundle over SSH": SELECTORS["dags-bundle-ssh"],
    "azureFiles": {"dags": {"delivery": "azureFiles"}},
    "logs on a volume": {"logs.delivery": "azureFiles"},
    "secrets by CSI": {"secrets.delivery": "csi"},
}


def has_way_out(environment: Sequence[Mapping[str, Any]], *, certificates: bool = True) -> bool:
    """Whether a container's variables hold the proxy and the bundle, each once."""
    names = [variable["name"] for variable in environment]
    wanted = [*PROXY_VARIABLES, *(CERTIFICATE_VARIABLES if certificates else ())]
    return [names.count(name) for name in wanted] == [1] * len(wanted)


def mounts_bundle(mounts: Sequence[Mapping[str, Any]], volumes: Sequence[Mapping[str, Any]]) -> bool:
    (volume,) = [one["name"] for one in volumes if one.get("configMap", {}).get("name") == CONFIG_MAP]
    return [mount["mountPath"] for mount in mounts if mount["name"] == volume] == [FOLDER]


def values_of(plan: Plan, release: str = "airflow") -> Any:
    (found,) = [one for one in plan.all(RELEASE) if one.inputs.get("name") == release]
    return found.inputs["values"]


def with_certificates(plan: Plan) -> dict[str, str]:
    """The bundle by the namespace of its ConfigMap."""
    found = (one.inputs for one in plan.all(CONFIG_MAPS) if one.inputs["metadata"]["name"] == CONFIG_MAP)
    return {one["metadata"]["namespace"]: one["data"]["ca-bundle.crt"] for one in found}


def check_airflow(plan: Plan, line: str) -> None:
    values = values_of(plan)
    assert has_way_out(values["env"])
    assert mounts_bundle(values["volumeMounts"], values["volumes"])
    assert values["airflowPodAnnotations"][ANNOTATION]
    # On the 2.9 line, the chart mounts no volume there, and a file that is missing would break every call.
    assert has_way_out(values["cleanup"]["env"], certificates=line != "2.9")
    unmounted = {variable["name"] for variable in values["cleanup"]["env"]} & set(CERTIFICATE_VARIABLES)
    assert line != "2.9" or unmounted == set()
    git_sync = values["dags"]["gitSync"]
    assert has_way_out(git_sync["env"])
    assert mounts_bundle(git_sync["extraVolumeMounts"], values["volumes"])


def check_jobs(plan: Plan) -> None:
    jobs = plan.all(JOB)
    assert len(jobs) == 2
    for job in jobs:
        pod = job.inputs["spec"]["template"]["spec"]
        (container,) = pod["containers"]
        assert has_way_out(container["env"])
        assert mounts_bundle(container["volumeMounts"], pod["volumes"])


@pytest.mark.parametrize(("line", "executor"), LINES)
def test_every_container_of_airflow_has_the_proxy_and_the_bundle(line: str, executor: str) -> None:
    plan = plan_of("dev", {"proxy": PROXY, "airflow.release": line, "airflow.executor": executor})
    check_airflow(plan, line)
    check_jobs(plan)
    assert {"airflow", "external-secrets"} == set(with_certificates(plan))


# Airflow 2.9 has no bundles.
@pytest.mark.parametrize(
    ("line", "delivery"),
    [(line, name) for line in ("3.3", "2.9") for name in DELIVERIES if line == "3.3" or "gitBundle" not in name],
)
def test_every_delivery_keeps_the_proxy_and_the_bundle(line: str, delivery: str) -> None:
    plan = plan_of("dev", {"proxy": PROXY, "airflow.release": line, **DELIVERIES[delivery]})
    check_airflow(plan, line)
    check_jobs(plan)


@pytest.mark.parametrize("release", ["external-secrets", "cert-manager", "external-secrets-gateway"])
def test_every_operator_that_calls_something_outside_has_them(release: str) -> None:
    plan = plan_of("prod", RESTRICTED if release.endswith("gateway") else SELECTORS["proxy"])
    values = values_of(plan, release)
    assert has_way_out(values["extraEnv"])
    mounts, volumes = (
        values.get(first, values.get(second))
        for first, second in (("extraVolumeMounts", "volumeMounts"), ("extraVolumes", "volumes"))
    )
    assert mounts_bundle(mounts, volumes)
    assert ANNOTATION in values["podAnnotations"]
    assert release in with_certificates(plan)


def test_the_gateway_and_other_containers_that_call_nothing_outside_have_none() -> None:
    plan = plan_of("prod", {**SELECTORS["proxy"], "secrets.delivery": "csi", **SELECTORS["chaos"]})
    others = [one for one in plan.resources if one.type.endswith((":Deployment", ":EnvoyProxy"))]
    gateway = [one for one in plan.all(RELEASE) if "gateway" in str(one.inputs.get("name"))]
    assert len(others) >= 3
    assert gateway
    assert not [text for one in (*others, *gateway) for text in texts(one.inputs) if "proxy.example.com" in text]


def test_a_namespace_of_a_team_has_the_bundle_that_the_template_of_task_pods_mounts() -> None:
    found = with_certificates(plan_of("prod", {**TASKS, "proxy": PROXY}))
    assert found[TEAMS[1]["namespace"]] == found["airflow"]


@pytest.mark.parametrize("case", ["proxy", "proxy-restricted", "authorities-2.9"])
def test_every_bundle_holds_the_public_authorities_and_then_the_companys(case: str) -> None:
    own = SELECTORS[case]["proxy"]["trustedCa"]
    for bundle in with_certificates(plan_of("prod", SELECTORS[case])).values():
        assert bundle.endswith(own)
        assert bundle.count("BEGIN CERTIFICATE") > 100 + own.count("BEGIN CERTIFICATE")


def test_whatever_names_the_bundle_mounts_it() -> None:
    """A variable with a file that is not there breaks every call of requests."""
    for case in ("proxy", "proxy-restricted", "proxy-2.9", "authorities-2.9"):
        plan = plan_of("prod", SELECTORS[case])
        namespaces = set(with_certificates(plan))
        for resource in plan.resources:
            if BUNDLE_FILE in texts(resource.inputs):
                inputs = resource.inputs
                assert inputs.get("namespace", inputs.get("metadata", {}).get("namespace")) in namespaces, resource.name


def test_nodes_get_the_proxy_with_a_slash_and_the_authorities_alone() -> None:
    config = plan_of("prod", SELECTORS["proxy"]).one(CLUSTER).inputs["httpProxyConfig"]
    assert config["httpProxy"] == "http://proxy.example.com:3128/"
    assert config["httpsProxy"] == "https://proxy.example.com:3129/"
    assert config["noProxy"][-2:] == ["example.org", "10.70.0.0/16"]
    assert base64.b64decode(config["trustedCa"]).decode() == ROOT + INSPECTION


def test_without_https_nodes_and_pods_use_one_proxy_for_both() -> None:
    plan = plan_of("prod", SELECTORS["proxy-2.9"])
    config = plan.one(CLUSTER).inputs["httpProxyConfig"]
    assert config["httpProxy"] == config["httpsProxy"] == "http://192.0.2.9:3128/"
    assert "trustedCa" not in config
    variables = {one["name"]: one["value"] for one in values_of(plan)["env"]}
    assert variables["HTTPS_PROXY"] == variables["http_proxy"] == "http://192.0.2.9:3128"


def test_authorities_alone_reach_nodes_and_containers_and_no_proxy_does() -> None:
    plan = plan_of("prod", SELECTORS["authorities-2.9"])
    cluster = plan.one(CLUSTER).inputs
    assert "httpProxyConfig" not in cluster
    trusted = cluster["securityProfile"]["customCATrustCertificates"]
    assert [base64.b64decode(one).decode() for one in trusted] == [ROOT]
    names = {one["name"] for one in values_of(plan)["env"]}
    assert set(CERTIFICATE_VARIABLES) <= names
    assert not names & set(PROXY_VARIABLES)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_without_the_section_nothing_knows_of_it(stack: str) -> None:
    plan = plan_of(stack)
    cluster = plan.one(CLUSTER)
    assert {"httpProxyConfig", "securityProfile.customCATrustCertificates"} <= set(cluster.ignore_changes)
    assert "customCATrustCertificates" not in cluster.inputs["securityProfile"]
    words = [*PROXY_VARIABLES, BUNDLE_FILE, ANNOTATION]
    assert not [text for one in plan.resources for text in texts(one.inputs) if any(word in text for word in words)]


def test_what_the_stack_file_sets_is_no_longer_left_to_others() -> None:
    proxied = plan_of("prod", SELECTORS["proxy"]).one(CLUSTER).ignore_changes
    trusting = plan_of("prod", SELECTORS["authorities-2.9"]).one(CLUSTER).ignore_changes
    assert "httpProxyConfig" not in proxied
    assert "securityProfile.customCATrustCertificates" not in trusting
    assert "httpProxyConfig" in trusting


def test_another_authority_restarts_the_pods_and_runs_no_job_again() -> None:
    first, second = (plan_of("dev", {"proxy": {**PROXY, "trustedCa": trusted}}) for trusted in (ROOT, ROOT + EXPIRED))
    digests = [values_of(plan)["airflowPodAnnotations"][ANNOTATION] for plan in (first, second)]
    assert digests[0] != digests[1]
    names = [[job.inputs["metadata"]["name"] for job in plan.all(JOB)] for plan in (first, second)]
    assert names[0] == names[1]


def test_a_cluster_without_airflow_has_the_proxy_on_its_nodes() -> None:
    plan = plan_of("dev", {**POD_CLUSTER, "proxy": PROXY})
    assert plan.one(CLUSTER).inputs["httpProxyConfig"]["httpProxy"] == "http://proxy.example.com:3128/"
    assert with_certificates(plan) == {}
