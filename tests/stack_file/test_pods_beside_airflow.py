"""The pods that the program adds to the chart's, as the rules on capacity count them."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.rules.pods_and_pools import pods_of
from tests.stack_file.test_loader import context

CERTIFICATE = {"access": {"host": "airflow.example.com", "tls": {"issuer": "keyVault", "certificate": "a"}}}


@pytest.mark.parametrize(
    ("changes", "names"),
    [
        ({}, []),
        (CERTIFICATE, ["gateway proxy"]),
        ({"secrets.delivery": "csi"}, ["secret keeper"]),
        ({"secrets.delivery": "csi", **CERTIFICATE}, ["gateway proxy", "secret keeper", "certificate keeper"]),
    ],
)
def test_proxies_and_keepers_are_counted(changes: dict[str, Any], names: list[str]) -> None:
    own = {pod.name for pod in pods_of(context({}))}
    added = [pod for pod in pods_of(context(changes)) if pod.name not in own]
    assert [pod.name for pod in added] == names
    assert all(pod.replicas == 2 and pod.needs_surge and pod.cpu and pod.memory and pod.disk for pod in added)
