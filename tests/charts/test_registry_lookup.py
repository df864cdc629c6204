"""Tests the queries to registries and chart repositories."""

from __future__ import annotations

import httpx
import pytest

from charts.registry_lookup import Registries, SourceError
from tests.charts.fake_sources import REGISTRY, SOURCE, FakeSources, digest

TAGS = f"{REGISTRY}/v2/team/app/tags/list"
CHALLENGE = 'Bearer realm="https://auth.example.com/token",service="registry",scope="repository:team/app:pull"'


@pytest.fixture
def sources() -> FakeSources:
    return FakeSources()


@pytest.fixture
def registries(sources: FakeSources) -> Registries:
    return Registries(sources.client())


def demand_token(sources: FakeSources, place: str, challenge: str = CHALLENGE) -> None:
    """Answer with a list of tags only if the request has a token."""

    def route(request: httpx.Request) -> httpx.Response:
        if request.headers.get("Authorization") == "Bearer secret":
            return httpx.Response(200, json={"tags": ["1.0.0"]})
        return httpx.Response(401, headers={"WWW-Authenticate": challenge})

    sources.routes["GET", place] = route


def test_tags_are_listed(sources: FakeSources, registries: Registries) -> None:
    sources.image(SOURCE, {"1.0.0": digest("a"), "1.1.0": digest("b")})
    assert registries.list_tags(SOURCE) == ["1.0.0", "1.1.0"]


def test_tags_of_one_image_are_asked_for_once(sources: FakeSources, registries: Registries) -> None:
    sources.image(SOURCE, {"1.0.0": digest("a")})
    registries.list_tags(SOURCE)
    registries.list_tags(SOURCE)
    assert len(sources.requests) == 1


def test_every_page_of_tags_is_read(sources: FakeSources, registries: Registries) -> None:
    def route(request: httpx.Request) -> httpx.Response:
        if request.url.params.get("last") == "1.0.0":
            return httpx.Response(200, json={"tags": ["1.1.0"]})
        link = {"Link": '</v2/team/app/tags/list?n=1&last=1.0.0>; rel="next"'}
        return httpx.Response(200, json={"tags": ["1.0.0"]}, headers=link)

    sources.routes["GET", TAGS] = route
    assert registries.list_tags(SOURCE) == ["1.0.0", "1.1.0"]


def test_a_page_at_another_host_is_refused(sources: FakeSources, registries: Registries) -> None:
    headers = {"Link": '<https://other.example.com/v2/tags>; rel="next"'}
    sources.answer("GET", TAGS, json={"tags": []}, headers=headers)
    with pytest.raises(SourceError, match="goes on at another host"):
        registries.list_tags(SOURCE)


def test_pages_without_an_end_are_given_up(sources: FakeSources, registries: Registries) -> None:
    sources.answer("GET", TAGS, json={"tags": []}, headers={"Link": '</v2/team/app/tags/list>; rel="next"'})
    with pytest.raises(SourceError, match="has no end"):
        registries.list_tags(SOURCE)


def test_docker_hub_is_asked_at_its_registrys_host(sources: FakeSources, registries: Registries) -> None:
    registry = "registry-1.docker.io"
    sources.answer("GET", f"{registry}/v2/apache/airflow/tags/list", json={"tags": ["3.3.2"]})
    assert registries.list_tags("docker.io/apache/airflow") == ["3.3.2"]


def test_an_official_image_of_docker_hub_is_in_library(sources: FakeSources, registries: Registries) -> None:
    sources.answer("GET", "registry-1.docker.io/v2/library/busybox/tags/list", json={"tags": ["1.37"]})
    assert registries.list_tags("docker.io/busybox") == ["1.37"]


@pytest.mark.parametrize("key", ["token", "access_token"])
def test_a_token_is_fetched_where_the_registry_says(sources: FakeSources, registries: Registries, key: str) -> None:
    demand_token(sources, TAGS)
    sources.answer("GET", "auth.example.com/token", json={key: "secret"})
    assert registries.list_tags(SOURCE) == ["1.0.0"]


def test_the_token_is_asked_for_as_the_challenge_says(sources: FakeSources, registries: Registries) -> None:
    demand_token(sources, TAGS)
    sources.answer("GET", "auth.example.com/token", json={"token": "secret"})
    registries.list_tags(SOURCE)
    assert dict(sources.requests[1].url.params) == {"service": "registry", "scope": "repository:team/app:pull"}


def test_a_token_is_fetched_once_for_an_image(sources: FakeSources, registries: Registries) -> None:
    demand_token(sources, TAGS)
    sources.answer("GET", "auth.example.com/token", json={"token": "secret"})
    sources.answer("HEAD", f"{REGISTRY}/v2/team/app/manifests/1.0.0", headers={"Docker-Content-Digest": digest("a")})
    registries.list_tags(SOURCE)
    registries.find_digest(SOURCE, "1.0.0")
    assert [request.url.host for request in sources.requests].count("auth.example.com") == 1


def test_a_token_works_behind_a_redirect(sources: FakeSources, registries: Registries) -> None:
    target = "https://mirror.example.com/v2/mirrored/app/tags/list"
    sources.answer("GET", TAGS, 307, headers={"Location": target})
    demand_token(sources, "mirror.example.com/v2/mirrored/app/tags/list")
    sources.answer("GET", "auth.example.com/token", json={"token": "secret"})
    assert registries.list_tags(SOURCE) == ["1.0.0"]


@pytest.mark.parametrize("challenge", ["", 'Basic realm="x"', 'Bearer realm="http://auth.example.com/token"'])
def test_another_login_than_an_anonymous_token_is_an_error(
    sources: FakeSources, registries: Registries, challenge: str
) -> None:
    demand_token(sources, TAGS, challenge)
    with pytest.raises(SourceError, match=r"registry\.example\.com/team/app: wants a login that is not anonymous"):
        registries.list_tags(SOURCE)


def test_an_answer_without_a_token_is_an_error(sources: FakeSources, registries: Registries) -> None:
    demand_token(sources, TAGS)
    sources.answer("GET", "auth.example.com/token", json={})
    with pytest.raises(SourceError, match="gives no token"):
        registries.list_tags(SOURCE)


def test_the_digest_is_that_of_the_index(sources: FakeSources, registries: Registries) -> None:
    sources.image(SOURCE, {"1.0.0": digest("a")})
    assert registries.find_digest(SOURCE, "1.0.0") == digest("a")
    assert "application/vnd.oci.image.index.v1+json" in sources.requests[0].headers["Accept"]
    assert "application/vnd.docker.distribution.manifest.list.v2+json" in sources.requests[0].headers["Accept"]


@pytest.mark.parametrize("value", ["", "sha512:abc"])
def test_a_registry_without_a_digest_is_an_error(sources: FakeSources, registries: Registries, value: str) -> None:
    sources.image(SOURCE, {"1.0.0": value})
    with pytest.raises(SourceError, match=r"registry\.example\.com/team/app:1\.0\.0: the registry names no digest"):
        registries.find_digest(SOURCE, "1.0.0")


def test_versions_of_a_chart_come_from_the_index(sources: FakeSources, registries: Registries) -> None:
    sources.chart("charts.example.com", "app", ["1.1.0", "1.0.0"])
    assert registries.list_chart_versions("https://charts.example.com", "app") == ["1.1.0", "1.0.0"]


def test_versions_of_a_chart_in_a_registry_are_its_tags(sources: FakeSources, registries: Registries) -> None:
    sources.image(f"{REGISTRY}/charts/app", {"v1.2.0": digest("a")})
    assert registries.list_chart_versions(f"oci://{REGISTRY}/charts", "app") == ["v1.2.0"]


def test_a_chart_that_is_not_there_is_an_error(sources: FakeSources, registries: Registries) -> None:
    sources.chart("charts.example.com", "app", ["1.1.0"])
    with pytest.raises(SourceError, match="has no chart other"):
        registries.list_chart_versions("https://charts.example.com", "other")


def test_a_status_is_named_with_image_and_host(registries: Registries) -> None:
    with pytest.raises(
        SourceError, match=r"^registry\.example\.com/team/app: 404 Not Found from registry\.example\.com$"
    ):
        registries.list_tags(SOURCE)


def test_a_broken_connection_is_named_with_the_image(sources: FakeSources, registries: Registries) -> None:
    def route(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route to host")

    sources.routes["GET", TAGS] = route
    with pytest.raises(SourceError, match=r"^registry\.example\.com/team/app: no route to host$"):
        registries.list_tags(SOURCE)


@pytest.mark.parametrize("text", ["{", "[]", "just text"])
def test_an_answer_that_is_no_mapping_is_an_error(sources: FakeSources, registries: Registries, text: str) -> None:
    sources.answer("GET", TAGS, text=text)
    with pytest.raises(SourceError, match=r"^registry\.example\.com/team/app: the answer"):
        registries.list_tags(SOURCE)
