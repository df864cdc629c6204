"""What the page on private networks says, held against the plans."""

from __future__ import annotations

import pytest

from components.airflow.service_hosts import AZURE_HOST, SIGN_IN_HOST
from tests.docs.pages import text_of
from tests.plans import ROOT
from tests.program.private_plans import CASES, endpoints

pytestmark = pytest.mark.usefixtures("untraced")

PAGE = text_of(ROOT / "docs" / "private-network.md")


@pytest.mark.parametrize("case", CASES)
def test_the_page_names_each_endpoint_with_its_zone(case: str) -> None:
    for part, zone in endpoints(case).items():
        assert f"| `{part}` | `{zone}` |" in PAGE


def test_the_error_about_the_api_server_names_this_page() -> None:
    source = text_of(ROOT / "components" / "kubernetes" / "api_server_path.py")
    assert "docs/private-network.md" in source


@pytest.mark.parametrize("host", [SIGN_IN_HOST, AZURE_HOST])
def test_the_page_names_the_hosts_that_the_program_opens(host: str) -> None:
    assert f"`{host}`" in PAGE.partition("## Restricted egress")[2].partition("### What it costs")[0]
