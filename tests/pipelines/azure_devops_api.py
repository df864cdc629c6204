"""Azure DevOps' REST interface, as far as the pipelines use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.pipelines.api_server import TOKEN, Answer, Api, Request, Route

PROJECT = "Data Platform"
REPOSITORY = "0a1b2c3d-0000-4000-8000-000000000001"
SERVICE = "build-service"
STATES = {"New": "Proposed", "Active": "InProgress", "Closed": "Completed", "Removed": "Removed"}
_PATCH = "application/json-patch+json"


@dataclass
class AzureDevOpsApi(Api):
    """One project with a repository and pull request 7."""

    labels: list[dict[str, Any]] = field(default_factory=list)
    fork: bool = False
    threads: list[dict[str, Any]] = field(default_factory=list)
    items: list[dict[str, Any]] = field(default_factory=list)
    opened: list[dict[str, str]] = field(default_factory=list)

    def add_thread(self, author: str, content: str) -> dict[str, Any]:
        comment = {"id": 1, "author": {"id": author}, "content": content}
        thread = {"id": len(self.threads) + 50, "comments": [comment], "status": "closed"}
        self.threads.append(thread)
        return thread

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a job of a build validation finds around it."""
        return {
            "TF_BUILD": "True",
            "BUILD_REPOSITORY_PROVIDER": "TfsGit",
            "BUILD_REPOSITORY_ID": REPOSITORY,
            "SYSTEM_COLLECTIONURI": f"{self.address}/",
            "SYSTEM_TEAMPROJECT": PROJECT,
            "SYSTEM_ACCESSTOKEN": TOKEN,
            "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
            **more,
        }

    def routes(self) -> list[Route]:
        project = "/Data%20Platform/_apis"
        pulls = f"{project}/git/repositories/{REPOSITORY}/pull[Rr]equests"
        return [
            ("GET", "/_apis/connectionData", self.who_am_i),
            (
                "GET",
                f"{pulls}/7",
                lambda _: (200, {"pullRequestId": 7, **({"forkSource": {}} if self.fork else {})}, {}),
            ),
            ("GET", f"{pulls}/7/labels", lambda _: (200, {"value": self.labels}, {})),
            ("GET", f"{pulls}/7/threads", lambda _: (200, {"value": self.threads}, {})),
            ("POST", f"{pulls}/7/threads", self.make_thread),
            ("PATCH", rf"{pulls}/7/threads/(\d+)/comments/(\d+)", self.change_comment),
            ("POST", pulls, self.open_pull),
            ("POST", f"{project}/wit/wiql", self.query),
            ("GET", rf"{project}/wit/workitems/(\d+)", self.read_item),
            ("POST", rf"{project}/wit/workitems/\$Issue", self.make_item),
            ("PATCH", rf"{project}/wit/workitems/(\d+)", self.change_item),
            ("GET", f"{project}/wit/workitemtypes/Issue/states", self.list_states),
        ]

    def answer(self, request: Request, headers: Any) -> Answer:
        expected = "7.1-preview" if request.path.endswith("connectionData") else "7.1"
        if request.query.get("api-version") != expected:
            return 400, {"message": "VssVersionNotSpecifiedException"}, {}
        wanted = _PATCH if "/workitems/" in request.path else "application/json"
        if request.body is not None and request.content_type != wanted:
            return 415, {"message": f"the content type must be {wanted}"}, {}
        return super().answer(request, headers)

    def who_am_i(self, _: Request) -> Answer:
        return 200, {"authenticatedUser": {"id": SERVICE}}, {}

    def make_thread(self, request: Request) -> Answer:
        (comment,) = request.body["comments"]
        if len(comment["content"]) > 150_000 or comment["commentType"] != 1:
            return 400, {"message": "invalid comment"}, {}
        return 200, self.add_thread(SERVICE, comment["content"]), {}

    def change_comment(self, request: Request, thread: str, comment: str) -> Answer:
        found = next(one for one in self.threads if one["id"] == int(thread))["comments"][int(comment) - 1]
        if found["author"]["id"] != SERVICE:
            return 403, {"message": "only its author may change a comment"}, {}
        found["content"] = request.body["content"]
        return 200, found, {}

    def open_pull(self, request: Request) -> Answer:
        self.opened.append(request.body)
        return 201, {"pullRequestId": 8}, {}

    def query(self, request: Request) -> Answer:
        tag = "airflow-aks-drift"
        if f"[System.Tags] CONTAINS '{tag}'" not in request.body["query"]:
            return 400, {"message": "no such query is expected"}, {}
        found = [one for one in reversed(self.items) if tag in one["fields"].get("System.Tags", "")]
        return 200, {"workItems": [{"id": one["id"]} for one in found]}, {}

    def read_item(self, _: Request, number: str) -> Answer:
        return 200, next(one for one in self.items if one["id"] == int(number)), {}

    def make_item(self, request: Request) -> Answer:
        item = {"id": len(self.items) + 70, "fields": {"System.State": "New"}}
        self.items.append(item)
        return self._change(item, request)

    def change_item(self, request: Request, number: str) -> Answer:
        return self._change(next(one for one in self.items if one["id"] == int(number)), request)

    def list_states(self, _: Request) -> Answer:
        return 200, {"value": [{"name": name, "category": category} for name, category in STATES.items()]}, {}

    def _change(self, item: dict[str, Any], request: Request) -> Answer:
        for one in request.body:
            name = one["path"].removeprefix("/fields/")
            if one["op"] != "add" or (name == "System.State" and one["value"] not in STATES):
                return 400, {"message": f"{name} cannot be {one['value']}"}, {}
            item["fields"][name] = one["value"]
        return 200, item, {}
