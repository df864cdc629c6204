"""A browser in front of the gateway: it keeps cookies and speaks HTTPS, of which Airflow sees the gateway's headers."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookies import Morsel, SimpleCookie
from typing import Any
from urllib.parse import urlsplit

import httpx

HOST = "airflow.example.com"


class Browser:
    """Sends requests to an Airflow that listens on loopback, as the gateway would pass them on."""

    def __init__(self, port: int) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60)
        self.cookies: dict[str, Morsel[str]] = {}
        # Every cookie that Airflow set, in order.
        self.received: list[Morsel[str]] = []

    def request(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Send a request without following redirects."""
        parts = urlsplit(url)
        assert parts.netloc in ("", HOST), f"{url} is not Airflow's"
        assert parts.scheme in ("", "https"), f"{url} is not safe"
        headers = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "X-Forwarded-Host": HOST,
            "X-Forwarded-For": "203.0.113.7",
            "Cookie": "; ".join(f"{name}={cookie.value}" for name, cookie in self.cookies.items()),
            **options.pop("headers", {}),
        }
        path = f"{parts.path}?{parts.query}" if parts.query else parts.path
        response = self._client.request(method, path, headers=headers, **options)
        for text in response.headers.get_list("set-cookie"):
            for name, cookie in SimpleCookie(text).items():
                self.received.append(cookie)
                if cookie.value and cookie["max-age"] != "0":
                    self.cookies[name] = cookie
                else:
                    self.cookies.pop(name, None)
        return response

    def get(self, url: str, **options: Any) -> httpx.Response:
        """Send a GET."""
        return self.request("GET", url, **options)

    def follow(self, response: httpx.Response) -> httpx.Response:
        """Follow redirects inside Airflow."""
        for _ in range(5):
            if not response.is_redirect:
                return response
            response = self.get(response.headers["location"])
        raise AssertionError(f"redirected too often, last to {response.headers['location']}")

    def as_json(self, url: str, **options: Any) -> Mapping[str, Any]:
        """Return a JSON answer."""
        answer: Mapping[str, Any] = self.get(url, **options).raise_for_status().json()
        return answer
