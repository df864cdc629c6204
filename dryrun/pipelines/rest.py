"""A JSON client for the REST interfaces of GitHub and Azure DevOps, with nothing but Python's standard library.

The job that comments on a pull request has a token that may write. It therefore installs no package.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from urllib import error, request

_TIMEOUT_SECONDS: Final = 30
_NEXT: Final = re.compile(r'<([^>]+)>;\s*rel="next"')


class RestError(Exception):
    """A request failed; the message names it and the server's reason."""


class _NoRedirects(request.HTTPRedirectHandler):
    """Refuses redirects, which would carry the token to another server."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Rest:
    """Sends requests below one address, with one token."""

    def __init__(self, base: str, token: str, headers: Mapping[str, str] | None = None) -> None:
        if not base.startswith(("https://", "http://127.0.0.1:")):
            raise RestError(f"{base} is no https address")
        self._base = base.rstrip("/")
        self._headers = {"Authorization": f"Bearer {token}", "User-Agent": "airflow-aks", **(headers or {})}
        self._opener = request.build_opener(_NoRedirects)

    def call(self, method: str, path: str, body: Any = None, content_type: str = "application/json") -> Any:
        """Send a request and return the answer, None if it is empty. Raises RestError."""
        return self._send(method, f"{self._base}{path}", body, content_type)[0]

    def read_pages(self, path: str) -> Iterator[Any]:
        """Yield the elements of a list, page after page as the header `Link` names them. Raises RestError."""
        url: str | None = f"{self._base}{path}"
        while url is not None:
            if not url.startswith(f"{self._base}/"):
                raise RestError(f"GET {path}: the next page is at another server")
            page, links = self._send("GET", url, None, "")
            yield from page
            found = _NEXT.search(links)
            url = found[1] if found else None

    def _send(self, method: str, url: str, body: Any, content_type: str) -> tuple[Any, str]:
        headers = dict(self._headers)
        data = None
        if body is not None:
            data, headers["Content-Type"] = json.dumps(body).encode(), content_type
        asked = request.Request(url, data=data, headers=headers, method=method)  # noqa: S310 - checked above
        try:
            with self._opener.open(asked, timeout=_TIMEOUT_SECONDS) as answer:
                text = answer.read()
                return (json.loads(text) if text else None), answer.headers.get("Link", "")
        except error.HTTPError as failed:
            raise RestError(f"{method} {url}: {failed.code} {failed.read(300).decode(errors='replace')}") from failed
        except (OSError, ValueError) as failed:
            raise RestError(f"{method} {url}: {failed}") from failed
