"""Comments, work items and pull requests at Azure DevOps, for a repository in Azure Repos.

Source: Azure DevOps Services REST interface 7.1, "Pull Request Threads", "Pull Request Labels", "Work Items", "Wiql".
"""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from .hosts import COMMENT_MARKER, HostError, PullRequest, require
from .rest import Rest

_VERSION: Final = "api-version=7.1"
_TAG: Final = "airflow-aks-drift"
_QUERY: Final = (
    "SELECT [System.Id] FROM WorkItems WHERE [System.TeamProject] = @project "
    "AND [System.Tags] CONTAINS 'airflow-aks-drift' ORDER BY [System.Id] DESC"
)
_PATCH: Final = "application/json-patch+json"
# A thread that is closed does not hold a pull request up whose policy wants every comment resolved.
_CLOSED: Final = 4
_TEXT: Final = 1


class AzureDevOps:
    """A repository in Azure Repos. `number` is the pull request that this run validates; None if it validates none."""

    def __init__(self, rest: Rest, project: str, repository: str, number: int | None, work_item: str) -> None:
        self._rest = rest
        self._project = f"/{quote(project)}/_apis"
        self._repository = f"{self._project}/git/repositories/{quote(repository)}"
        self._number = number
        self._work_item = work_item

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> AzureDevOps:
        """Return the repository of this pipeline. Raises HostError."""
        provider = require(environment, "BUILD_REPOSITORY_PROVIDER")
        if provider != "TfsGit":
            raise HostError(f"the repository is at {provider}, not in Azure Repos: use the workflows of GitHub")
        number = environment.get("SYSTEM_PULLREQUEST_PULLREQUESTID", "")
        return cls(
            Rest(require(environment, "SYSTEM_COLLECTIONURI"), require(environment, "SYSTEM_ACCESSTOKEN")),
            require(environment, "SYSTEM_TEAMPROJECT"),
            require(environment, "BUILD_REPOSITORY_ID"),
            int(number) if number.isdigit() else None,
            environment.get("WORK_ITEM_TYPE") or "Issue",
        )

    def read_pull_request(self, number: int, commit: str) -> PullRequest:
        """Return the pull request; raises HostError unless this run validates it."""
        if number != self._number:
            raise HostError(f"the comparison of {commit} names pull request {number}, the run validates {self._number}")
        place = f"{self._repository}/pullRequests/{number}"
        labels = self._rest.call("GET", f"{place}/labels?{_VERSION}")["value"]
        return PullRequest(
            labels=frozenset(label["name"] for label in labels if label.get("active", True)),
            from_fork="forkSource" in self._rest.call("GET", f"{place}?{_VERSION}"),
        )

    def put_comment(self, number: int, body: str) -> str:
        """Write the comment, over the one that the build service wrote before."""
        threads = f"{self._repository}/pullRequests/{number}/threads"
        own = self._rest.call("GET", "/_apis/connectionData?api-version=7.1-preview")["authenticatedUser"]["id"]
        for thread in self._rest.call("GET", f"{threads}?{_VERSION}")["value"]:
            for comment in thread["comments"]:
                if comment["author"]["id"] == own and COMMENT_MARKER in (comment.get("content") or ""):
                    place = f"{threads}/{thread['id']}/comments/{comment['id']}?{_VERSION}"
                    self._rest.call("PATCH", place, {"content": body})
                    return f"updated thread {thread['id']} in pull request {number}"
        comment = {"parentCommentId": 0, "content": body, "commentType": _TEXT}
        made = self._rest.call("POST", f"{threads}?{_VERSION}", {"comments": [comment], "status": _CLOSED})
        return f"made thread {made['id']} in pull request {number}"

    def put_issue(self, title: str, body: str) -> str:
        """Open the work item, or write the text into the open one."""
        fields = {"System.Title": title, "System.Description": f"<pre>{html.escape(body)}</pre>"}
        item = self._find_work_item()
        if item is None:
            fields["System.Tags"] = _TAG
            place = f"{self._project}/wit/workitems/${quote(self._work_item)}?{_VERSION}"
            made = self._rest.call("POST", place, _set(fields), _PATCH)
            return f"opened work item {made['id']}"
        if any(item["fields"].get(name) != value for name, value in fields.items()):
            self._rest.call("PATCH", f"{self._project}/wit/workitems/{item['id']}?{_VERSION}", _set(fields), _PATCH)
        return f"work item {item['id']} is up to date"

    def close_issue(self, body: str) -> str:
        """Close the open work item, with the text in its history."""
        item = self._find_work_item()
        if item is None:
            return "no work item is open"
        closed = next(name for name, category in self._read_states().items() if category == "Completed")
        fields = {"System.State": closed, "System.History": html.escape(body)}
        self._rest.call("PATCH", f"{self._project}/wit/workitems/{item['id']}?{_VERSION}", _set(fields), _PATCH)
        return f"closed work item {item['id']}"

    def open_pull_request(self, branch: str, target: str, title: str, body: str) -> str:
        """Open a pull request."""
        asked = {
            "sourceRefName": f"refs/heads/{branch}",
            "targetRefName": f"refs/heads/{target}",
            "title": title,
            "description": body,
        }
        return str(self._rest.call("POST", f"{self._repository}/pullrequests?{_VERSION}", asked)["pullRequestId"])

    def _find_work_item(self) -> Any:
        """Return the newest work item of drift that is not done; None if there is none."""
        found = self._rest.call("POST", f"{self._project}/wit/wiql?{_VERSION}", {"query": _QUERY})["workItems"]
        states = self._read_states() if found else {}
        for reference in found[:20]:
            item = self._rest.call("GET", f"{self._project}/wit/workitems/{reference['id']}?{_VERSION}")
            if states.get(item["fields"]["System.State"]) not in ("Completed", "Removed"):
                return item
        return None

    def _read_states(self) -> dict[str, str]:
        """Return the category of each state. The names differ: a Scrum project has `Done`, an Agile one `Closed`."""
        place = f"{self._project}/wit/workitemtypes/{quote(self._work_item)}/states?{_VERSION}"
        return {state["name"]: state["category"] for state in self._rest.call("GET", place)["value"]}


def _set(fields: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"op": "add", "path": f"/fields/{name}", "value": value} for name, value in fields.items()]
