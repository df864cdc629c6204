"""Rules for the host keys of the git server, without which a clone over SSH fails or trusts any server."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterator

from components.stack_file.problems import Problem, key_path

from .context import Context, Rule


def known_hosts_name_the_repository(context: Context) -> Iterator[Problem]:
    """Warn when no line of the known hosts is for the repository's host."""
    settings = context.settings
    git, known_hosts = settings.dags.git, settings.git_credentials.known_hosts
    if not settings.dags.from_git or git.auth != "ssh" or git.repository is None or known_hosts is None:
        return
    name = git.repository.known_hosts_name
    if any(_names_host(line, name) for line in known_hosts.splitlines()):
        return
    scan = git.repository.host if name == git.repository.host else f"-p {git.repository.port} {git.repository.host}"
    yield Problem(
        path=key_path("dagsGitKnownHosts"),
        message=f"has no line for {name}, the host of {key_path('dags', 'git', 'repository')}, so that every clone "
        f"fails; add what `ssh-keyscan {scan}` prints",
    )


def _names_host(line: str, name: str) -> bool:
    """Return whether a line has a key of the host, or may have one.

    A line with a hashed name may be for any host, so it counts. Source: sshd(8), "SSH_KNOWN_HOSTS file format".
    """
    fields = line.split()
    if not fields or fields[0].startswith("#"):
        return False
    if fields[0] == "@cert-authority":
        del fields[0]
    # A valid line has host names, a key type and a key. A line that begins with @revoked has no usable key.
    if len(fields) < 3 or fields[0].startswith("@"):
        return False
    if fields[0].startswith("|1|"):
        return True
    patterns = fields[0].lower().split(",")
    if any(_fits(name, pattern[1:]) for pattern in patterns if pattern.startswith("!")):
        return False
    return any(_fits(name, pattern) for pattern in patterns)


def _fits(name: str, pattern: str) -> bool:
    """Return whether a name matches a pattern, in which only * and ? are wildcards."""
    return fnmatch.fnmatchcase(name.lower(), pattern.replace("[", "[[]"))


GIT_HOST_WARNINGS: tuple[Rule, ...] = (known_hosts_name_the_repository,)
