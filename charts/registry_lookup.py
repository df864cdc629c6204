"""What image registries and chart repositories offer: tags, digests, chart versions."""

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
    """A source did not say what was asked; the message names it and the reason in one line."""


class Registries:
    """Asks sources over one HTTP client, and each source for one thing only once."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client
        self._tokens: dict[str, str] = {}
        self._tags: dict[str, list[str]] = {}
        self._charts: dict[str, dict[str, Any]] = {}

    def tags(self, source: str) -> list[str]:
        """Return every tag of an image such as docker.io/apache/airflow; raises SourceError."""
        if source not in self._tags:
            self._tags[source] = self._all_tags(source)
        return self._tags[source]

    def digest(self, source: str, tag: str) -> str:
        """Return the digest that the tag means now, of the index where there is one; raises SourceError."""
        url = httpx.URL(f"{_api(source)}/manifests/{tag}")
        digest = self._get(source, url, "HEAD", ", ".join(MANIFEST_TYPES)).headers.get("Docker-Content-Digest", "")
        if not DIGEST.fullmatch(digest):
            raise SourceError(f"{source}:{tag}: the registry names no digest")
        return str(digest)

    def chart_versions(self, repository: str, name: str) -> list[str]:
        """Return every version of a chart, from a repository's index or an oci:// registry; raises SourceError."""
        if repository.startswith("oci://"):
            return self.tags(_chart_source(repository, name))
        if repository not in self._charts:
            self._charts[repository] = self._index(repository)
        entries = self._charts[repository].get(name)
        if not entries:
            raise SourceError(f"{repository}: has no chart {name}")
        return [str(entry["version"]) for entry in entries]

    def chart_digest(self, repository: str, name: str, version: str) -> str | None:
        """Return the SHA-256 of a chart's package as 64 hexadecimal digits, None where an index names none.

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
            return self._get(source, httpx.URL(f"{_api(source)}/blobs/{layer}"), "GET", "*/*").content
        addresses = self._chart_entry(repository, name, version).get("urls") or []
        if not addresses:
            raise SourceError(f"{repository}: names no package of {name} {version}")
        url = httpx.URL(f"{repository.rstrip('/')}/").join(str(addresses[0]))
        return _checked(repository, self._send(repository, "GET", url, {})).content

    def _chart_entry(self, repository: str, name: str, version: str) -> dict[str, Any]:
        if version not in self.chart_versions(repository, name):
            raise SourceError(f"{repository}: has no version {version} of chart {name}")
        entries: list[dict[str, Any]] = self._charts[repository][name]
        return next(entry for entry in entries if str(entry["version"]) == version)

    def _chart_layer(self, repository: str, name: str, version: str) -> str:
        """The digest of the one layer of a chart's manifest that holds the package."""
        source = _chart_source(repository, name)
        url = httpx.URL(f"{_api(source)}/manifests/{version}")
        manifest = _mapping(source, self._get(source, url, "GET", MANIFEST_TYPES[2]).text)
        for layer in manifest.get("layers") or []:
            if layer.get("mediaType") == CHART_LAYER and DIGEST.fullmatch(str(layer.get("digest"))):
                return str(layer["digest"])
        raise SourceError(f"{source}:{version}: is no chart")

    def _all_tags(self, source: str) -> list[str]:
        url = httpx.URL(f"{_api(source)}/tags/list", params={"n": TAGS_A_PAGE})
        found: list[str] = []
        for _ in range(MOST_PAGES):
            response = self._get(source, url, "GET", "application/json")
            found += _mapping(source, response.text).get("tags") or []
            following = response.links.get("next", {}).get("url")
            if not following:
                return found
            url = response.url.join(following)
            if url.host != response.url.host:
                raise SourceError(f"{source}: the list of tags goes on at another host")
        raise SourceError(f"{source}: the list of tags has no end")

    def _index(self, repository: str) -> dict[str, Any]:
        response = self._send(repository, "GET", httpx.URL(f"{repository.rstrip('/')}/index.yaml"), {})
        entries: dict[str, Any] = _mapping(repository, _checked(repository, response).text).get("entries") or {}
        return entries

    def _get(self, source: str, url: httpx.URL, method: str, accept: str) -> httpx.Response:
        """Ask a registry; when it wants a token, get one as it says and ask again."""
        headers = {"Accept": accept}
        if source in self._tokens:
            headers["Authorization"] = f"Bearer {self._tokens[source]}"
        response = self._send(source, method, url, headers)
        if response.status_code == httpx.codes.UNAUTHORIZED:
            self._tokens[source] = self._token(source, response.headers.get("WWW-Authenticate", ""))
            headers["Authorization"] = f"Bearer {self._tokens[source]}"
            # The host that asked may stand behind a redirect, across which no token is passed on.
            response = self._send(source, method, response.url, headers)
        return _checked(source, response)

    def _token(self, source: str, challenge: str) -> str:
        scheme, _, rest = challenge.partition(" ")
        asked = dict(re.findall(r'(\w+)="([^"]*)"', rest))
        realm = asked.pop("realm", "")
        if scheme.lower() != "bearer" or not realm.startswith("https://"):
            raise SourceError(f"{source}: wants a login that is not anonymous")
        query = {"scope": f"repository:{_repository(source)}:pull", **asked}
        answer = _mapping(source, _checked(source, self._send(source, "GET", httpx.URL(realm, params=query), {})).text)
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


def _repository(source: str) -> str:
    host, _, repository = source.partition("/")
    return f"library/{repository}" if host == "docker.io" and "/" not in repository else repository


def _api(source: str) -> str:
    host = source.partition("/")[0]
    return f"https://{API_HOSTS.get(host, host)}/v2/{_repository(source)}"


def _checked(source: str, response: httpx.Response) -> httpx.Response:
    if not response.is_success:
        raise SourceError(f"{source}: {response.status_code} {response.reason_phrase} from {response.url.host}")
    return response


def _mapping(source: str, text: str) -> dict[str, Any]:
    """Parse YAML, and so JSON too; with libyaml where it is there, as an index may have megabytes."""
    try:
        content = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506, both are safe
    except yaml.YAMLError as error:
        raise SourceError(f"{source}: the answer cannot be parsed") from error
    if not isinstance(content, dict):
        raise SourceError(f"{source}: the answer is no mapping")
    return content
