"""GitHub's REST interface, as far as the workflows use it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.pipelines.api_server import TOKEN, Answer, Api, Request, Route

REPOSITORY = "team/airflow-aks"
HEAD = "a" * 40
BOT = "github-actions[bot]"
# The server's own limit of a page; the real one is 100.
PAGE = 2


@dataclass
class GitHubApi(Api):
    """One repository with pull request 7, whose newest commit is HEAD."""

    pulls: dict[int, dict[str, Any]] = field(default_factory=dict)
    comments: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.required_headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        self.add_pull(7, REPOSITORY)

    def add_pull(self, number: int, repository: str | None, *labels: str, head: str = HEAD) -> None:
        repo = {"full_name": repository} if repository else None
        self.pulls[number] = {
            "state": "open",
            "head": {"sha": head, "repo": repo},
            "labels": [{"name": label} for label in labels],
        }

    def add_comment(self, login: str, body: str, issue: int = 7) -> dict[str, Any]:
        comment = {"id": len(self.comments) + 100, "issue": issue, "user": {"login": login}, "body": body}
        self.comments.append(comment)
        return comment

    def add_issue(self, login: str, body: str, **more: Any) -> dict[str, Any]:
        number = len(self.issues) + 30
        issue = {"number": number, "state": "open", "title": "x", "user": {"login": login}, "body": body, **more}
        self.issues.append(issue)
        return issue

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a job finds around it."""
        return {
            "GITHUB_ACTIONS": "true",
            "GITHUB_API_URL": self.address,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_TOKEN": TOKEN,
            **more,
        }

    def routes(self) -> list[Route]:
        place = f"/repos/{REPOSITORY}"
        return [
            ("GET", rf"{place}/pulls/(\d+)", self.read_pull),
            ("POST", rf"{place}/pulls", self.open_pull),
            ("GET", rf"{place}/issues/(\d+)/comments", self.list_comments),
            ("POST", rf"{place}/issues/(\d+)/comments", self.make_comment),
            ("PATCH", rf"{place}/issues/comments/(\d+)", self.change_comment),
            ("GET", rf"{place}/issues", self.list_issues),
            ("POST", rf"{place}/issues", self.make_issue),
            ("PATCH", rf"{place}/issues/(\d+)", self.change_issue),
        ]

    def read_pull(self, _: Request, number: str) -> Answer:
        found = self.pulls.get(int(number))
        return (200, found, {}) if found else (404, {"message": "Not Found"}, {})

    def open_pull(self, request: Request) -> Answer:
        if set(request.body) != {"title", "body", "head", "base"}:
            return 422, {"message": "Validation Failed"}, {}
        return 201, {"number": 8}, {}

    def list_comments(self, request: Request, issue: str) -> Answer:
        return self._page(request, [one for one in self.comments if one["issue"] == int(issue)])

    def make_comment(self, request: Request, issue: str) -> Answer:
        if len(request.body["body"]) > 65_536:
            return 422, {"message": "body is too long (maximum is 65536 characters)"}, {}
        return 201, self.add_comment(BOT, request.body["body"], int(issue)), {}

    def change_comment(self, request: Request, number: str) -> Answer:
        comment = next(one for one in self.comments if one["id"] == int(number))
        comment["body"] = request.body["body"]
        return 200, comment, {}

    def list_issues(self, request: Request) -> Answer:
        return self._page(request, [one for one in self.issues if one["state"] == request.query["state"]])

    def make_issue(self, request: Request) -> Answer:
        return 201, self.add_issue(BOT, request.body["body"], title=request.body["title"]), {}

    def change_issue(self, request: Request, number: str) -> Answer:
        issue = next(one for one in self.issues if one["number"] == int(number))
        issue.update(request.body)
        return 200, issue, {}

    def _page(self, request: Request, found: list[dict[str, Any]]) -> Answer:
        if request.query.get("per_page") != "100":
            return 422, {"message": "ask for whole pages"}, {}
        page = int(request.query.get("page", "1"))
        headers = {}
        if len(found) > page * PAGE:
            query = "&".join(f"{name}={value}" for name, value in {**request.query, "page": page + 1}.items())
            headers["Link"] = f'<{request.address}{request.path}?{query}>; rel="next", <{request.address}>; rel="last"'
        return 200, found[(page - 1) * PAGE : page * PAGE], headers
