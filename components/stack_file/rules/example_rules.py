"""Rules for examples in the shipped stack files that a stack in production should replace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.settings.git_address import GitAddress
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# GitHub's host names. ssh.github.com takes SSH connections on the port of HTTPS.
_GITHUB: Final = frozenset({"github.com", "ssh.github.com", "www.github.com"})
# Source: RFC 2606, "Reserved Top Level DNS Names".
_EXAMPLE_DOMAINS: Final = (".example.com", ".example.net", ".example.org", ".example")


def dags_are_your_own(context: Context) -> Iterator[Problem]:
    """Warn when a stack that looks like production runs the example DAGs of Apache Airflow."""
    settings = context.settings
    repository = settings.dags.git.repository
    if not settings.dags.from_git or repository is None or not _is_airflow(repository):
        return
    signs = [f"{key_path('protectData')} is true"] if settings.protect_data else []
    if settings.airflow.schedulers > 1:
        signs.append(f"{key_path('airflow', 'schedulers')} is {settings.airflow.schedulers}")
    if signs:
        yield Problem(
            path=key_path("dags", "git", "repository"),
            message="is the repository of Apache Airflow, whose example DAGs are for trying, and "
            f"{' and '.join(signs)}: set the repository with your own DAGs",
        )


def host_is_your_own(context: Context) -> Iterator[Problem]:
    """Warn about a host below a domain that is reserved for examples: nobody can have a certificate for it."""
    access = context.settings.access
    host = access.host if access is not None else None
    if host is not None and host.lower().endswith(_EXAMPLE_DOMAINS):
        yield Problem(
            path=key_path("access", "host"),
            message=f"{host} is an example, and no authority issues a certificate for it: set a name of your own",
        )


def _is_airflow(repository: GitAddress) -> bool:
    path = repository.path.strip("/").removesuffix(".git")
    return repository.host.lower() in _GITHUB and path.lower() == "apache/airflow"


EXAMPLE_WARNINGS: tuple[Rule, ...] = (dags_are_your_own, host_is_your_own)
