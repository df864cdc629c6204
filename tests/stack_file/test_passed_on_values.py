"""What a stack file passes on to the chart and its containers, and nobody can use."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stack_file.findings import OLD, OURS, found_in
from tests.stack_file.test_bad_input import problems


# Chart values: unknown keys below the top, and wrong types.
@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"scheduler": {"replica": 3}}, "scheduler.replica", "did you mean replicas?"),
        ({"triggerer": {"livenessProb": {}}}, "triggerer.livenessProb", "did you mean livenessProbe?"),
        ({"scheduler": {"livenessProbe": {"timeout": 9}}}, "scheduler.livenessProbe.timeout", "timeoutSeconds?"),
        ({"dags": {"gitSync": {"maxFailure": 1}}}, "dags.gitSync.maxFailure", "did you mean maxFailures?"),
        ({"cleanup": {"enabled": "yes"}}, "cleanup.enabled", "must be true or false"),
        ({"cleanup": {"schedule": 15}}, "cleanup.schedule", 'must be text, in quotes: "15"'),
        ({"labels": {"tier": 1}}, "labels.tier", 'must be text, in quotes: "1"'),
        (
            {"scheduler": {"livenessProbe": {"timeoutSeconds": "9"}}},
            "scheduler.livenessProbe.timeoutSeconds",
            "a whole",
        ),
        ({"triggerer": {"extraVolumes": {"name": "a"}}}, "triggerer.extraVolumes", "must be a list"),
        ({"pgbouncer": {"podDisruptionBudget": True}}, "pgbouncer.podDisruptionBudget", "must be a mapping"),
        ({"imagePullSecrets": [{"nam": "a"}]}, "imagePullSecrets[0].nam", "did you mean name?"),
        (
            {"scheduler": {"extraContainers": [{"name": "a", "image": OURS, "command": "sh"}]}},
            "scheduler.extraContainers[0].command",
            "must be a list",
        ),
        ({"scheduler": {"extraContainers": [{"image": OURS}]}}, "scheduler.extraContainers[0]", "the key name"),
        ({"images": {"statsd": {"pullPolicy": "Sometimes"}}}, "images.statsd.pullPolicy", "must be one of"),
    ],
)
def test_a_value_that_helm_refuses_is_refused_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    found = found_in({"airflow.values": changes})
    assert [*found] == [f"values.{path}"]
    assert words in found[f"values.{path}"]


def test_the_older_line_has_keys_of_its_own() -> None:
    assert found_in({**OLD, "airflow.values": {"workers": {"safeToEvic": True}}}) == {
        "values.workers.safeToEvic": "unknown key of the chart; did you mean safeToEvict?"
    }
    assert found_in({**OLD, "airflow.values": {"webserver": {"startupProbe": {"periodSeconds": 11}}}}) == {}


def test_a_wrong_value_that_may_be_a_secret_is_not_shown() -> None:
    (message,) = found_in({"airflow.values": {"labels": {"password": 1234}}}).values()
    assert "1234" not in message


# What Pod Security and the network policies make useless.
@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"apiServer": {"service": {"type": "LoadBalancer"}}}, "apiServer.service.type", "must be ClusterIP"),
        ({"apiServer": {"service": {"type": "NodePort"}}}, "apiServer.service.type", "connectCommand"),
        ({"apiServer": {"service": {"loadBalancerIP": "1.2.3.4"}}}, "apiServer.service.loadBalancerIP", "no effect"),
        (
            {"apiServer": {"service": {"loadBalancerSourceRanges": ["1.2.3.4/32"]}}},
            "apiServer.service.loadBalancerSourceRanges",
            "network policies",
        ),
        (
            {"scheduler": {"extraVolumes": [{"name": "a", "hostPath": {"path": "/var/log"}}]}},
            "scheduler.extraVolumes[0].hostPath",
            "Pod Security standard restricted",
        ),
        (
            {"triggerer": {"extraVolumes": [{"name": "a", "nfs": {"server": "s", "path": "/"}}]}},
            "triggerer.extraVolumes[0].nfs",
            "persistentVolumeClaim",
        ),
        (
            {"scheduler": {"extraContainers": [{"name": "a", "image": OURS, "ports": [{"hostPort": 80}]}]}},
            "scheduler.extraContainers[0].ports[0].hostPort",
            "keeps the pods from starting",
        ),
        ({"scheduler": {"hostNetwork": True}}, "scheduler.hostNetwork", "keeps the pods from starting"),
        ({"statsd": {"service": {"type": "LoadBalancer"}}}, "statsd.service.type", "must be ClusterIP"),
    ],
)
def test_a_value_that_cannot_work_here_is_refused(changes: dict[str, Any], path: str, words: str) -> None:
    found = found_in({"airflow.values": changes})
    assert words in found[f"values.{path}"]


@pytest.mark.parametrize(
    ("context", "path", "words"),
    [
        ({"privileged": True}, "privileged", "must be false"),
        ({"allowPrivilegeEscalation": True}, "allowPrivilegeEscalation", "must be false"),
        ({"runAsUser": 0}, "runAsUser", "the root user"),
        ({"runAsNonRoot": False}, "runAsNonRoot", "must be true"),
        ({"capabilities": {"add": ["SYS_ADMIN"]}}, "capabilities.add", "NET_BIND_SERVICE"),
        ({"capabilities": {"drop": ["NET_RAW"]}}, "capabilities.drop", "must hold ALL"),
        ({"seccompProfile": {"type": "Unconfined"}}, "seccompProfile.type", "RuntimeDefault"),
        ({"procMount": "Unmasked"}, "procMount", "must be Default"),
        ({"windowsOptions": {"hostProcess": True}}, "windowsOptions.hostProcess", "must be false"),
    ],
)
@pytest.mark.parametrize("key", ["extraContainers", "extraInitContainers"])
def test_a_privileged_container_is_refused_by_its_path(context: Any, path: str, words: str, key: str) -> None:
    container = {"name": "a", "image": OURS, "securityContext": context}
    found = found_in({"airflow.values": {"dagProcessor": {key: [container]}}})
    assert [*found] == [f"values.dagProcessor.{key}[0].securityContext.{path}"]
    assert words in next(iter(found.values()))


@pytest.mark.parametrize(
    ("image", "source"),
    [
        ("busybox:1.37", "docker.io/library/busybox:1.37"),
        ("fluent/fluent-bit:3", "docker.io/fluent/fluent-bit:3"),
        ("ghcr.io/team/tool@sha256:0", "ghcr.io/team/tool@sha256:0"),
        ("crother123.azurecr.io/team/tool:1", "crother123.azurecr.io/team/tool:1"),
        ("localhost:5000/tool:1", "localhost:5000/tool:1"),
    ],
)
def test_an_image_from_elsewhere_is_refused_with_the_command_that_imports_it(image: str, source: str) -> None:
    found = found_in({"airflow.values": {"scheduler": {"extraContainers": [{"name": "a", "image": image}]}}})
    (message,) = found.values()
    repository = source.partition("/")[2]
    assert [*found] == ["values.scheduler.extraContainers[0].image"]
    assert f"`az acr import --name crairflowdev<suffix> --source {source}`" in message
    assert f"write crairflowdev<suffix>.azurecr.io/{repository};" in message


@pytest.mark.parametrize(
    "image",
    [
        OURS,
        "crairflowdevxyz.azurecr.io/a/b:1",
        "{{ .Values.defaultAirflowRepository }}:{{ .Values.defaultAirflowTag }}",
    ],
)
def test_an_image_of_the_stack_is_free(image: str) -> None:
    assert found_in({"airflow.values": {"scheduler": {"extraContainers": [{"name": "a", "image": image}]}}}) == {}


def test_a_suffix_of_the_stack_file_must_be_the_registrys() -> None:
    values = {"scheduler": {"extraContainers": [{"name": "a", "image": OURS}]}}
    assert found_in({"naming.suffix": "0a1b2c", "airflow.values": values}) == {}
    (message,) = found_in({"naming.suffix": "zzz", "airflow.values": values}).values()
    assert "crairflowdevzzz.azurecr.io/team/sidecar:1.0" in message


@pytest.mark.parametrize(
    "container",
    [
        {"name": "a", "image": OURS, "securityContext": {"capabilities": {"drop": 1, "add": 2}}},
        {"name": "a", "image": 3},
        {"name": "a", "image": OURS, "securityContext": [], "resources": {"requests": 5}},
        "sidecar",
        {},
    ],
)
def test_a_container_of_the_wrong_shape_is_refused_without_a_traceback(container: Any) -> None:
    assert problems({"airflow.values": {"scheduler": {"extraContainers": [container]}}})
