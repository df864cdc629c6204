"""Comments, issues and pull requests at GitHub.

Source: GitHub's REST interface, "Issue comments", "Issues" and "Pull requests", version 2022-11-28.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .hosts import COMMENT_MARKER, DRIFT_MARKER, HostError, PullRequest, require
from .rest import Rest

# Whom a comment belongs to that is written with the token of a workflow.
_AUTHOR: Final = "github-actions[bot]"
_HEADERS: Final = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}


class GitHub:
    """A repository at GitHub. `head` is the commit of the run that caused this one; None if none did."""

    def __init__(self, rest: Rest, repository: str, head: str | None) -> None:
        self._rest = rest
        self._repository = repository
        self._place = f"/repos/{repository}"
        self._head = head

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> GitHub:
        """Return the repository of this workflow. Raises HostError."""
        rest = Rest(require(environment, "GITHUB_API_URL"), require(environment, "GITHUB_TOKEN"), _HEADERS)
        return cls(rest, require(environment, "GITHUB_REPOSITORY"), environment.get("HEAD_SHA"))

    def read_pull_request(self, number: int, commit: str) -> PullRequest:
        """Return the pull request; raises HostError unless its head is the commit of the run."""
        if self._head is None or commit != self._head:
            raise HostError(f"the comparison is of commit {commit}, the run is of {self._head}")
        found = self._rest.call("GET", f"{self._place}/pulls/{number}")
        if found["state"] != "open" or found["head"]["sha"] != commit:
            raise HostError(f"pull request {number} is closed, or {commit} is not its newest commit")
        # The repository of a fork may be deleted by now.
        repository = (found["head"]["repo"] or {}).get("full_name")
        labels = frozenset(label["name"] for label in found["labels"])
        return PullRequest(labels=labels, from_fork=repository != self._repository)

    def put_comment(self, number: int, body: str) -> str:
        """Write the comment, over the one that this workflow wrote before."""
        comments = self._rest.read_pages(f"{self._place}/issues/{number}/comments?per_page=100")
        mine = next((one for one in comments if _is_own(one, COMMENT_MARKER)), None)
        if mine is None:
            made = self._rest.call("POST", f"{self._place}/issues/{number}/comments", {"body": body})
            return f"made comment {made['id']} in pull request {number}"
        self._rest.call("PATCH", f"{self._place}/issues/comments/{mine['id']}", {"body": body})
        return f"updated comment {mine['id']} in pull request {number}"

    def put_issue(self, title: str, body: str) -> str:
        """Open the issue, or write the text into the open one."""
        issue = self._find_issue()
        if issue is None:
            made = self._rest.call("POST", f"{self._place}/issues", {"title": title, "body": body})
            return f"opened issue {made['number']}"
        if (issue["title"], issue["body"]) != (title, body):
            self._rest.call("PATCH", f"{self._place}/issues/{issue['number']}", {"title": title, "body": body})
        return f"issue {issue['number']} is up to date"

    def close_issue(self, body: str) -> str:
        """Close the open issue, with the text as its last comment."""
        issue = self._find_issue()
        if issue is None:
            return "no issue is open"
        self._rest.call("POST", f"{self._place}/issues/{issue['number']}/comments", {"body": body})
        self._rest.call("PATCH", f"{self._place}/issues/{issue['number']}", {"state": "closed"})
        return f"closed issue {issue['number']}"

    def open_pull_request(self, branch: str, target: str, title: str, body: str) -> str:
        """Open a pull request."""
        asked = {"title": title, "body": body, "head": branch, "base": target}
        return str(self._rest.call("POST", f"{self._place}/pulls", asked)["number"])

    def _find_issue(self) -> Any:
        issues = self._rest.read_pages(f"{self._place}/issues?state=open&per_page=100")
        return next((one for one in issues if "pull_request" not in one and _is_own(one, DRIFT_MARKER)), None)


def _is_own(found: Mapping[str, Any], marker: str) -> bool:
    """Return whether a workflow wrote this. Anybody can write a marker."""
    return found["user"]["login"] == _AUTHOR and marker in (found["body"] or "")
