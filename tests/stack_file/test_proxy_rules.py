"""The proxy and the authorities of a company: what a stack file may say, and what is never repeated."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from tests.authorities import INSPECTION, ROOT
from tests.own_authority import sign
from tests.plans import PROJECT, changed, shipped
from tests.pod_cluster_cases import POD_CLUSTER

from .wrong_proxy import ALLOWED, HTTP, KEY, http, proxy

TODAY_WORDS = ("airflow-aks:proxy", "airflow-aks:dags.git", "airflow-aks:network.allowedHosts")


def checked(changes: dict[str, Any]) -> tuple[list[str], list[str]]:
    config = changed(shipped("dev"), changes)
    _, errors, warnings = check(config.values, set(config.secret_keys), PROJECT, "dev")
    return [str(problem) for problem in errors], [str(problem) for problem in warnings]


@pytest.mark.parametrize(("changes", "warning"), ALLOWED)
def test_what_is_right_is_allowed_and_warned_of_if_it_must_be(changes: dict[str, Any], warning: str) -> None:
    errors, warnings = checked(changes)
    assert errors == []
    found = [text for text in warnings if text.startswith(TODAY_WORDS)]
    assert any(warning in text for text in found) if warning else found == []


@pytest.mark.parametrize(
    ("changes", "secret"),
    [
        (proxy(http="http://user:pa55word@proxy.example.com:3128"), "pa55word"),
        (http(https="http://user:pa55word@proxy.example.com:3128"), "pa55word"),
        (proxy(http="http://token-pa55word@proxy.example.com"), "pa55word"),
        (proxy(trustedCa=ROOT + KEY), "MIGHAgEAMBMGByqGSM49"),
        (proxy(trustedCa=KEY.replace("PRIVATE", "ENCRYPTED PRIVATE")), "MIGHAgEAMBMGByqGSM49"),
        (proxy(trustedCa=KEY.replace("PRIVATE", "RSA PRIVATE")), "MIGHAgEAMBMGByqGSM49"),
    ],
)
def test_a_secret_is_refused_and_never_repeated(changes: dict[str, Any], secret: str) -> None:
    errors, _ = checked(changes)
    assert len(errors) == 1
    assert secret not in errors[0]


def test_a_secure_value_is_no_way_for_a_password() -> None:
    errors, _ = checked({"proxy": {"secure": '{"http": "http://user:pa55word@proxy.example.com"}'}})
    assert [error for error in errors if error.startswith("airflow-aks:proxy: holds a secret")]


@pytest.mark.parametrize(("section", "most"), [({}, 10), ({"http": HTTP}, 20)])
def test_aks_takes_so_many_certificates_and_no_more(section: dict[str, str], most: int) -> None:
    authorities = [sign(f"Authority {number}").pem for number in range(most + 1)]
    assert checked(proxy(**section, trustedCa="".join(authorities[:most])))[0] == []
    (error,) = checked(proxy(**section, trustedCa="".join(authorities)))[0]
    assert f"has {most + 1} certificates: AKS takes {most}" in error


def test_clones_over_ssh_go_around_the_proxy() -> None:
    git = {"repository": "git@git.example.com:team/dags.git", "auth": "ssh"}
    secrets = {"dagsGitSshKey": {"secure": "x"}, "dagsGitKnownHosts": "git.example.com ssh-ed25519 AAAA"}
    errors, warnings = checked({**http(), "dags.git": git, **secrets})
    assert errors == []
    assert [text for text in warnings if "git.example.com on port 22" in text]


def test_a_host_that_the_proxy_decides_on_is_not_opened_for_nothing() -> None:
    hosts = ["api.example.com", "*.example.org"]
    restricted = {"network.egress": "restricted", "network.allowedHosts": hosts}
    _, warnings = checked({**http(noProxy=[".example.org"]), **restricted})
    found = [text for text in warnings if text.startswith("airflow-aks:network.allowedHosts")]
    assert len(found) == 1
    assert "allowedHosts[0]: api.example.com is opened for direct connections" in found[0]


def test_a_cluster_without_airflow_has_a_proxy_too() -> None:
    assert checked({**POD_CLUSTER, **http(trustedCa=ROOT)})[0] == []


def test_every_problem_of_the_section_comes_at_once() -> None:
    errors, _ = checked(proxy(http="proxy:3128", https="x", noProxy=["*", "https://a"], trustedCa=INSPECTION[:50]))
    assert [error.partition(": ")[0].removeprefix("airflow-aks:proxy.") for error in sorted(errors)] == [
        "http",
        "https",
        "noProxy[0]",
        "noProxy[1]",
        "trustedCa",
    ]
