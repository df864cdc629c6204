"""What a job needs from the host of the repository, be it GitHub or Azure DevOps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

# A comment and an issue carry a marker, which readers do not see, so that the next run finds them again.
COMMENT_MARKER = "<!-- airflow-aks: comparison of the stacks -->"
DRIFT_MARKER = "<!-- airflow-aks: drift of the stacks -->"


class HostError(Exception):
    """The job cannot do its work at the host; the message says what is missing or does not match."""


@dataclass(frozen=True, kw_only=True)
class PullRequest:
    """What the host itself says of a pull request: its labels, and whether its commits are in another repository."""

    labels: frozenset[str]
    from_fork: bool


class Host(Protocol):
    """The host of the repository, as the user that the job's token belongs to."""

    def read_pull_request(self, number: int, commit: str) -> PullRequest:
        """Return the pull request that this run belongs to.

        The number and the commit come from the pull request's own code. Raises HostError when they name another one.
        """

    def put_comment(self, number: int, body: str) -> str:
        """Write the comment into a pull request, over the one of an earlier run, and return what was done."""

    def put_issue(self, title: str, body: str) -> str:
        """Open the issue of drift, or write the text into the open one, and return what was done."""

    def close_issue(self, body: str) -> str:
        """Close the issue of drift if one is open, and return what was done."""

    def open_pull_request(self, branch: str, target: str, title: str, body: str) -> str:
        """Open a pull request of a branch that was pushed, and return its number."""


def require(environment: Mapping[str, str], name: str) -> str:
    """Return a variable of the job. Raises HostError when it is missing."""
    value = environment.get(name)
    if not value:
        raise HostError(f"the variable {name} is not set")
    return value
