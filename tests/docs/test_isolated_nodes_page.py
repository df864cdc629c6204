"""The part on nodes without a way out names what the program makes, needs and warns of."""

from __future__ import annotations

import pytest

from components.airflow.service_hosts import AZURE_HOST, SIGN_IN_HOST
from components.azure.bootstrap_cache import CACHE_RULE, CACHE_TARGET
from components.settings.network_section import NetworkSettings
from tests.docs.pages import text_of
from tests.plans import ROOT

PAGE = text_of(ROOT / "docs" / "existing-network.md")
PART = PAGE[PAGE.index("### No way out") : PAGE.index("## Private DNS")]


@pytest.mark.parametrize(
    "fact",
    [
        CACHE_RULE,
        CACHE_TARGET.removesuffix("*"),
        SIGN_IN_HOST,
        AZURE_HOST,
        "network.private: true",
        "cluster.nodeOsUpgrade: NodeImage",
        "dags.git.repository",
        "monitoring.logAnalytics: false",
    ],
)
def test_the_part_names_it(fact: str) -> None:
    assert f"`{fact}`" in PART


def test_the_setting_says_that_a_gateway_may_be_public() -> None:
    described = NetworkSettings.model_json_schema()["properties"]["private"]["description"]
    assert "a gateway and the way out may have one" in described
    assert "no service has a public address" not in described
