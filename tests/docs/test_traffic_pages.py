"""What the pages on the network say, held against the code."""

from __future__ import annotations

import re

import pytest

from components.airflow.traffic import destinations_of_settings as known
from components.settings.allowed_traffic import TrafficComponent
from tests.docs.pages import DOCS, blocks, text_of
from tests.plans import ROOT, plan_of

pytestmark = pytest.mark.usefixtures("untraced")

NETWORK = text_of(ROOT / "docs" / "network.md")
# Resource types of the SDK to the resource providers that make them.
ALWAYS_REGISTERED = {"authorization", "resources"}
PROVIDERS = {"privatedns": "network", "redisenterprise": "cache"}


@pytest.mark.parametrize(
    "purpose",
    [known.MAIL, known.PROXY, known.SECRETS, known.TELEMETRY, known.DIRECTORY, known.LOGS, known.LINEAGE],
)
def test_network_page_lists_the_policy_of_every_purpose(purpose: str) -> None:
    assert f"| `airflow-to-{purpose}` |" in NETWORK


def test_network_page_names_every_component_of_an_entry() -> None:
    section = NETWORK.partition("## Connections that you allow")[2].partition("\n## ")[0]
    for component in TrafficComponent.__args__:  # type: ignore[attr-defined]
        assert f"`{component}`" in section


@pytest.mark.parametrize("executor", ["KubernetesExecutor", "CeleryExecutor"])
def test_page_lists_every_resource_provider(executor: str) -> None:
    page = text_of(ROOT / "docs" / "first-deployment.md")
    (loop,) = (block for block in blocks(page, "bash") if "az provider register" in block)
    listed = set(re.findall(r"\w+", loop.partition(" in ")[2].partition("\ndo")[0].lower()))
    modules = {
        resource.type.split(":")[1]
        for resource in plan_of("prod", {"airflow.executor": executor}).resources
        if resource.type.startswith("azure-native:")
    }
    assert {PROVIDERS.get(module, module) for module in modules} <= listed | ALWAYS_REGISTERED


@pytest.mark.parametrize("page", ["mail", "proxy", "path-prefix", "tenant-policies"])
def test_page_exists_and_is_linked_from_the_readme(page: str) -> None:
    assert ROOT / "docs" / f"{page}.md" in DOCS
    assert f"(docs/{page}.md)" in text_of(ROOT / "README.md")
