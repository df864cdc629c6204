"""Looks up tags and digests in image registries, and chart versions in chart repositories."""

from __future__ import annotations

import re
from typing import Any

import httpx
import yaml

DIGEST = re.compile(r"sha256:[0-9a-f]{64}")
MANIFEST_TYPES = (
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
)
CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
API_HOSTS = {"docker.io": "registry-1.docker.io"}
TAGS_A_PAGE = 1000
MOST_PAGES = 200


class SourceError(Exception):
    """A registry or chart repository gave no usable answer; the message names it and the reason in one line."""


class Registries:
    """Queries registries and chart repositories with one HTTP client, and keeps lists and tokens for later queries."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._tokens: dict[str, str] = {}
        self._tags: dict[str, list[str]] = {}
        self._charts: dict[str, dict[str, Any]] = {}

    def list_tags(self, source: str) -> list[str]:
        """Return every tag of an image such as docker.io/apache/airflow; raises SourceError."""
        if source not in self._tags:
            self._tags[source] = self._fetch_tags(source)
        return self._tags[source]

    def find_digest(self, source: str, tag: str) -> str:
        """Return the digest of a tag, of the multi-platform index if the image has one; raises SourceError."""
        url = httpx.URL(f"{_make_api_url(source)}/manifests/{tag}")
        digest = self._get(source, url, "HEAD", ", ".join(MANIFEST_TYPES)).headers.get("Docker-Content-Digest", "")
        if not DIGEST.fullmatch(digest):
            raise SourceError(f"{source}:{tag}: the registry names no digest")
        return str(digest)

    def list_chart_versions(self, repository: str, name: str) -> list[str]:
        """Return every version of a chart, from a repository's index or an oci:// registry; raises SourceError."""
        if repository.startswith("oci://"):
            return self.list_tags(_chart_source(repository, name))
        if repository not in self._charts:
            self._charts[repository] = self._fetch_index(repository)
        entries = self._charts[repository].get(name)
        if not entries:
            raise SourceError(f"{repository}: has no chart {name}")
        return [str(entry["version"]) for entry in entries]

    def chart_digest(self, repository: str, name: str, version: str) -> str | None:
        """Return the SHA-256 of a chart's package as 64 hexadecimal digits; None if the repository's index has none.

        Raises SourceError.
        """
        if repository.startswith("oci://"):
            return self._chart_layer(repository, name, version).removeprefix("sha256:")
        digest = self._chart_entry(repository, name, version).get("digest")
        return str(digest).removeprefix("sha256:") if digest else None

    def chart_package(self, repository: str, name: str, version: str) -> bytes:
        """Return a chart's package; raises SourceError."""
        if repository.startswith("oci://"):
            source = _chart_source(repository, name)
            layer = self._chart_layer(repository, name, version)
            return self._get(source, httpx.URL(f"{_make_api_url(source)}/blobs/{layer}"), "GET", "*/*").content
        addresses = self._chart_entry(repository, name, version).get("urls") or []
        if not addresses:
            raise SourceError(f"{repository}: names no package of {name} {version}")
        url = httpx.URL(f"{repository.rstrip('/')}/").join(str(addresses[0]))
        return _require_success(repository, self._send(repository, "GET", url, {})).content

    def _chart_entry(self, repository: str, name: str, version: str) -> dict[str, Any]:
        if version not in self.list_chart_versions(repository, name):
            raise SourceError(f"{repository}: has no version {version} of chart {name}")
        entries: list[dict[str, Any]] = self._charts[repository][name]
        return next(entry for entry in entries if str(entry["version"]) == version)

    def _chart_layer(self, repository: str, name: str, version: str) -> str:
        """Return the digest of the layer of a chart's manifest that contains the package."""
        source = _chart_source(repository, name)
        url = httpx.URL(f"{_make_api_url(source)}/manifests/{version}")
        manifest = _parse_mapping(source, self._get(source, url, "GET", MANIFEST_TYPES[2]))
        for layer in manifest.get("layers") or []:
            if layer.get("mediaType") == CHART_LAYER and DIGEST.fullmatch(str(layer.get("digest"))):
                return str(layer["digest"])
        raise SourceError(f"{source}:{version}: is no chart")

    def _fetch_tags(self, source: str) -> list[str]:
        url = httpx.URL(f"{_make_api_url(source)}/tags/list", params={"n": TAGS_A_PAGE})
        found: list[str] = []
        for _ in range(MOST_PAGES):
            response = self._get(source, url, "GET", "application/json")
            found += _parse_mapping(source, response).get("tags") or []
            following = response.links.get("next", {}).get("url")
            if not following:
                return found
            url = response.url.join(following)
            if url.host != response.url.host:
                raise SourceError(f"{source}: the list of tags goes on at another host")
        raise SourceError(f"{source}: the list of tags has no end")

    def _fetch_index(self, repository: str) -> dict[str, Any]:
        response = self._send(repository, "GET", httpx.URL(f"{repository.rstrip('/')}/index.yaml"), {})
        entries: dict[str, Any] = _parse_mapping(repository, response).get("entries") or {}
        return entries

    def _get(self, source: str, url: httpx.URL, method: str, accept: str) -> httpx.Response:
        """Send a request to a registry, with a token if it demands one."""
        headers = {"Accept": accept}
        if source in self._tokens:
            headers["Authorization"] = f"Bearer {self._tokens[source]}"
        response = self._send(source, method, url, headers)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._tokens[source] = self._fetch_token(source, response.headers.get("WWW-Authenticate", ""))
            headers["Authorization"] = f"Bearer {self._tokens[source]}"
            # The request goes to the host that demanded the token, because httpx drops the header on a redirect to
            # another host.
            response = self._send(source, method, response.url, headers)
        return _require_success(source, response)

    def _fetch_token(self, source: str, challenge: str) -> str:
        scheme, _, rest = challenge.partition(" ")
        asked = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        realm = asked.pop("realm", "")
        if scheme.lower() != "bearer" or not realm.startswith("https://"):
            raise SourceError(f"{source}: wants a login that is not anonymous")
        query = {"scope": f"repository:{_qualify_repository(source)}:pull", **asked}
        answer = _parse_mapping(source, self._send(source, "GET", httpx.URL(realm, params=query), {}))
        token = answer.get("token") or answer.get("access_token")
        if not token:
            raise SourceError(f"{source}: gives no token to the anonymous")
        return str(token)

    def _send(self, source: str, method: str, url: httpx.URL, headers: dict[str, str]) -> httpx.Response:
        try:
            return self._client.request(method, url, headers=headers)
        except httpx.HTTPError as error:
            raise SourceError(f"{source}: {error or type(error).__name__}") from error


def _chart_source(repository: str, name: str) -> str:
    return f"{repository.removeprefix('oci://').rstrip('/')}/{name}"


def _qualify_repository(source: str) -> str:
    host, _, repository = source.partition("/")
    return f"library/{repository}" if host == "docker.io" and "/" not in repository else repository


def _make_api_url(source: str) -> str:
    host = source.partition("/")[0]
    return f"https://{API_HOSTS.get(host, host)}/v2/{_qualify_repository(source)}"


def _require_success(source: str, response: httpx.Response) -> httpx.Response:
    if not response.is_success:
        raise SourceError(f"{source}: {response.status_code} {response.reason_phrase} from {response.url.host}")
    return response


def _parse_mapping(source: str, response: httpx.Response) -> dict[str, Any]:
    """Parse an answer in YAML or JSON. Uses libyaml if installed, because an index can have megabytes."""
    text, loader = _require_success(source, response).text, getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        content = yaml.load(text, Loader=loader)  # noqa: S506, both are safe
    except yaml.YAMLError as error:
        raise SourceError(f"{source}: the answer cannot be parsed") from error
    if not isinstance(content, dict):
        raise SourceError(f"{source}: the answer is no mapping")
    return content
