"""Addresses of git repositories, the known hosts for them, and empty keys."""

from __future__ import annotations

from typing import Any

import pytest

from components.settings.git_address import GitAddress, parse_git_address
from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.plans import PROJECT, changed, plan_of, shipped
from tests.stack_file.test_bad_input import problems

REPOSITORY = "airflow-aks:dags.git.repository"
HOSTS = "airflow-aks:dagsGitKnownHosts"


@pytest.mark.parametrize(
    ("text", "scheme", "user", "host", "port", "path"),
    [
        ("https://github.com/org/dags.git", "https", None, "github.com", 443, "org/dags.git"),
        ("https://git.example.com:8443/team/dags", "https", None, "git.example.com", 8443, "team/dags"),
        ("https://dev.azure.com/o/My%20Project/_git/d", "https", None, "dev.azure.com", 443, "o/My%20Project/_git/d"),
        ("https://10.1.2.3/dags.git/", "https", None, "10.1.2.3", 443, "dags.git"),
        ("https://me:secret@host/x.git", "https", "me:secret", "host", 443, "x.git"),
        ("git@github.com:org/dags.git", "ssh", "git", "github.com", 22, "org/dags.git"),
        ("git@ssh.dev.azure.com:v3/o/p/d", "ssh", "git", "ssh.dev.azure.com", 22, "v3/o/p/d"),
        ("org-1@host_a.local:/srv/git/x y".replace(" y", ""), "ssh", "org-1", "host_a.local", 22, "srv/git/x"),
        ("ssh://git@git.example.com:7999/team/dags.git", "ssh", "git", "git.example.com", 7999, "team/dags.git"),
        ("ssh://git.example.com/~me/dags.git", "ssh", None, "git.example.com", 22, "~me/dags.git"),
    ],
)
def test_parts_of_an_address_are_known(
    text: str, scheme: Any, user: str | None, host: str, port: int, path: str
) -> None:
    address = GitAddress(text=text, scheme=scheme, user=user, host=host, port=port, path=path)
    assert parse_git_address(text) == address


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("ssh://git@ssh.dev.azure.com:v3/contoso/data/dags", "git@ssh.dev.azure.com:v3/contoso/data/dags"),
        ("ssh://git@github.com:org/dags.git", "leave ssh:// out: git@github.com:org/dags.git"),
        ("ssh://bitbucket.org:team/dags.git", "leave ssh:// out: git@bitbucket.org:team/dags.git"),
        ("ssh://git@host:0/dags.git", "from 1 to 65535 after the host, or none (is '0')"),
        ("ssh://git@host:70000/dags.git", "(is '70000')"),
        ("https://host:65536/dags.git", "(is '65536')"),
        ("https://host:port/dags.git", "(is 'port')"),
        ("https://host:/dags.git", "(is '')"),
        ("https://host:\u0661/dags.git", "must have a port"),
        ("https://host:4 43/dags.git", "must not contain spaces"),
        ("https://host/My Project/dags.git", "write %20"),
        ("https://[host/dags.git", "must name the host by a DNS name or an IPv4 address"),
        ("https://[::1]/dags.git", "must name the host by a DNS name or an IPv4 address"),
        ("https://-host/dags.git", "must name the host"),
        ("https://ho..st/dags.git", "must name the host"),
        ("https://h\u00f6st/dags.git", "must name the host"),
        ("https:///dags.git", "names no host"),
        ("https://", "names no host"),
        ("https://user@/dags.git", "names no host"),
        ("https://host", "names no repository"),
        ("https://host//", "names no repository"),
        ("https://host/dags.git#main", "dags.git.branch"),
        ("https://host/dags.git?ref=main", "dags.git.branch"),
        ("http://host/dags.git", "must start with https://"),
        ("HTTPS://host/dags.git", "must start with https://"),
        ("git://host/dags.git", "must start with https://"),
        ("file:///srv/dags.git", "must start with https://"),
        ("git@github.com", "must be https://host/path"),
        ("github.com/org/dags.git", "must be https://host/path"),
        ("github.com:org/dags.git", "git@github.com:org/dags.git"),
        ("/srv/git/dags.git", "must be https://host/path"),
        ("", "must be https://host/path"),
        ("git@host:", "names no repository"),
        ("git@host:/", "names no repository"),
        ("@host:dags.git", "must be https://host/path"),
        ("-oProxyCommand=x@host:dags.git", "no valid user"),
        ("git@-host:dags.git", "must name the host"),
        ("ssh://git:secret@host/dags.git", "contains a password"),
        ("ssh://git:secret@host:v3/dags.git", "contains a password"),
        ("https://me:secret/more@host/dags.git", "must have a port from 1 to 65535 after the host, or none"),
    ],
)
def test_address_that_git_cannot_clone_from_is_one_clear_error(text: str, words: str) -> None:
    found = [problem for problem in problems({"dags.git.repository": text}) if problem.path == REPOSITORY]
    assert len(found) == 1
    assert words in found[0].message
    assert "\n" not in str(found[0])
    assert "secret" not in str(found[0])


def warnings(changes: dict[str, Any]) -> list[Problem]:
    config = changed(shipped("dev"), changes)
    found, errors, warned = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert found is not None, errors
    return [problem for problem in warned if problem.path == HOSTS]


def ssh(repository: str, known_hosts: str | None) -> dict[str, Any]:
    return {
        "dags.git.repository": repository,
        "dags.git.auth": "ssh",
        "dagsGitSshKey": {"secure": "key"},
        "dagsGitKnownHosts": known_hosts,
    }


GITHUB = "git@github.com:org/dags.git"


ODD_PORT = "ssh://git@git.example.com:7999/dags.git"


@pytest.mark.parametrize(
    ("repository", "known_hosts"),
    [
        (GITHUB, "github.com ssh-ed25519 AAAA"),
        (GITHUB, "# github.com:22 SSH-2.0\nGitHub.com ssh-rsa AAAA\n"),
        (GITHUB, "git.example.com,github.com,140.82.121.4 ssh-ed25519 AAAA me@laptop"),
        (GITHUB, "*.example.com,git???.com ssh-ed25519 AAAA"),
        (GITHUB, "* ssh-ed25519 AAAA"),
        (GITHUB, "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-rsa AAAA"),
        (GITHUB, "@cert-authority *.com ssh-ed25519 AAAA"),
        (GITHUB, "@revoked github.com ssh-rsa AAAA\ngithub.com ssh-ed25519 AAAA"),
        (ODD_PORT, "[git.example.com]:7999 ssh-rsa AAAA"),
        (ODD_PORT, "[*.example.com]:7999 ssh-rsa AAAA"),
        ("ssh://git@git.example.com:22/dags.git", "git.example.com ssh-rsa AAAA"),
    ],
)
def test_known_hosts_that_name_the_host_are_no_warning(repository: str, known_hosts: str) -> None:
    assert warnings(ssh(repository, known_hosts)) == []


@pytest.mark.parametrize(
    ("repository", "known_hosts", "words"),
    [
        (GITHUB, "gitlab.com ssh-ed25519 AAAA", "has no line for github.com"),
        (GITHUB, "# github.com:22 SSH-2.0-babeld", "`ssh-keyscan github.com`"),
        (GITHUB, "github.com", "has no line for github.com"),
        (GITHUB, "5", "has no line for github.com"),
        (GITHUB, "ssh-ed25519 AAAA me@laptop", "has no line for github.com"),
        (GITHUB, "@revoked github.com ssh-rsa AAAA", "has no line for github.com"),
        (GITHUB, "*.com,!github.com ssh-rsa AAAA", "has no line for github.com"),
        (GITHUB, "githubXcom ssh-rsa AAAA", "has no line for github.com"),
        (ODD_PORT, "git.example.com ssh-rsa AAAA", "has no line for [git.example.com]:7999"),
        (ODD_PORT, "[git.example.com]:7998 ssh-rsa AAAA", "`ssh-keyscan -p 7999 git.example.com`"),
    ],
)
def test_known_hosts_without_the_host_are_a_warning(repository: str, known_hosts: str, words: str) -> None:
    (warning,) = warnings(ssh(repository, known_hosts))
    assert words in warning.message


def test_plan_shows_the_warning_about_known_hosts_with_the_others() -> None:
    changes = {**ssh(GITHUB, "gitlab.com ssh-ed25519 AAAA"), "cluster.zones": ["1"]}
    shown = [warning.partition(": ")[0] for warning in plan_of("dev", changes).warnings]
    assert sorted(shown) == [HOSTS, "airflow-aks:logs.redundancy"]


@pytest.mark.parametrize("empty", ["", " ", "\n", "\t \n"])
@pytest.mark.parametrize("key", ["dagsGitKnownHosts", "dagsGitSshKey"])
def test_empty_key_for_ssh_is_missing(key: str, empty: str) -> None:
    changes = ssh(GITHUB, "github.com ssh-ed25519 AAAA")
    changes[key] = {"secure": empty} if key == "dagsGitSshKey" else empty
    (problem,) = problems(changes)
    assert problem.path == f"airflow-aks:{key}"
    assert "is required with airflow-aks:dags.git.auth: ssh" in problem.message


@pytest.mark.parametrize("empty", ["", "  ", "\n"])
def test_empty_token_and_region_are_missing(empty: str) -> None:
    found = problems({"dags.git.auth": "token", "dagsGitToken": {"secure": empty}, "azure-native:location": empty})
    assert {problem.path for problem in found} == {"airflow-aks:dagsGitToken", "azure-native:location"}
    assert all("is missing" in problem.message or "is required" in problem.message for problem in found)


def test_empty_user_name_is_the_default() -> None:
    changes = {"dags.git.auth": "token", "dagsGitToken": {"secure": "t"}, "dagsGitUsername": ""}
    config = changed(shipped("dev"), changes)
    found, _, warned = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert found is not None
    assert found.git_credentials.username == "x-access-token"
    assert not [problem for problem in warned if "dagsGit" in problem.path]


def test_empty_plain_secret_is_missing_and_not_a_secret_in_the_clear() -> None:
    assert problems({"dagsGitToken": ""}) == []


def test_empty_unknown_key_is_still_unknown() -> None:
    assert [problem.path for problem in problems({"clutser": ""})] == ["airflow-aks:clutser"]


def test_refusals_come_at_once_with_the_others() -> None:
    changes = {
        "azure-native:location": "chinanorth3",
        "azure-native:environment": "china",
        "dags.git": {"repository": "ssh://git@ssh.dev.azure.com:v3/contoso/data/dags", "auth": "ssh"},
        "dagsGitKnownHosts": "",
        "dagsGitSshKey": {"secure": "key"},
        "cluster.tier": "Gold",
    }
    assert sorted(problem.path for problem in problems(changes)) == [
        "airflow-aks:cluster.tier",
        REPOSITORY,
        HOSTS,
        "azure-native:environment",
        "azure-native:location",
    ]
