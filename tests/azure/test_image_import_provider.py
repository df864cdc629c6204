"""The import provider's requests to Azure, and how it handles the answers."""

from __future__ import annotations

from typing import Any

import pytest
import requests
from azure.core.exceptions import ClientAuthenticationError

from components.azure.image_import_provider import ImageImportError
from tests.azure.scripted_azure import (
    DONE,
    EXISTS,
    LIMITED,
    OTHER,
    PINNED,
    PROPS,
    SOURCE_LIMITED,
    UNKNOWN_MANIFEST,
    Answer,
    ScriptedProvider,
)


def failure(provider: ScriptedProvider, **changes: Any) -> str:
    with pytest.raises(ImageImportError) as caught:
        provider.create({**PROPS, **changes})
    return str(caught.value)


def test_create_imports_the_tag_under_its_own_name() -> None:
    provider = ScriptedProvider(DONE)
    provider.create(PROPS)
    assert provider.azure.imports == [
        {
            "source": {"registryUri": "docker.io", "sourceImage": "apache/airflow:3.3.2"},
            "targetTags": ["apache/airflow:3.3.2"],
            "mode": "NoForce",
        }
    ]


def test_create_asks_the_registry_of_the_inputs() -> None:
    provider = ScriptedProvider(DONE)
    provider.create(PROPS)
    assert (
        "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/rg-airflow-dev"
        "/providers/Microsoft.ContainerRegistry/registries/crairflowdev/importImage?"
    ) in str(provider.azure.requests[0].url)


def test_the_id_holds_registry_and_image_but_no_tag() -> None:
    assert ScriptedProvider(DONE).create(PROPS).id == "crairflowdev/airflow"


def test_outputs_hold_the_inputs_and_nothing_of_pulumi() -> None:
    outs = ScriptedProvider(DONE).create({**PROPS, "__provider": "x"}).outs
    assert outs == {**PROPS, "importedDigest": ""}


def test_a_pinned_digest_is_imported_by_digest() -> None:
    provider = ScriptedProvider(DONE)
    provider.create({**PROPS, "digest": PINNED})
    assert provider.azure.imports[0]["source"]["sourceImage"] == f"apache/airflow@{PINNED}"
    assert provider.azure.imports[0]["targetTags"] == ["apache/airflow:3.3.2"]


def test_an_official_image_of_docker_hub_comes_from_library() -> None:
    provider = ScriptedProvider(DONE)
    provider.create({**PROPS, "sourceRepository": "busybox", "tag": "1.37"})
    assert provider.azure.imports[0]["source"]["sourceImage"] == "library/busybox:1.37"
    assert provider.azure.imports[0]["targetTags"] == ["busybox:1.37"]


def test_a_short_name_of_another_registry_stays_as_it_is() -> None:
    provider = ScriptedProvider(DONE)
    provider.create({**PROPS, "sourceRegistry": "registry.example.com", "sourceRepository": "busybox"})
    assert provider.azure.imports[0]["source"]["sourceImage"] == "busybox:3.3.2"


def test_create_waits_for_an_asynchronous_import() -> None:
    location = "https://management.azure.com/operations/1"
    provider = ScriptedProvider((202, {"Location": location, "Retry-After": "0"}, None), DONE)
    provider.create(PROPS)
    assert [request.method for request in provider.azure.requests] == ["POST", "GET"]


def test_an_image_that_exists_is_a_success() -> None:
    provider = ScriptedProvider(EXISTS, digests=[OTHER])
    outs = provider.create(PROPS).outs
    assert outs is not None
    assert outs["importedDigest"] == OTHER


def test_an_image_that_exists_is_a_success_in_an_asynchronous_import() -> None:
    url = "https://management.azure.com/operations/1"
    late = {"status": "Failed", "error": {"code": "Conflict", "message": "x already exists in target registry."}}
    started = (202, {"Azure-AsyncOperation": url, "Retry-After": "0"}, None)
    assert ScriptedProvider(started, (200, {}, late)).create(PROPS).id == "crairflowdev/airflow"


def test_another_conflict_is_a_success_when_the_tag_exists() -> None:
    conflict: Answer = (409, {}, {"error": {"code": "Conflict", "message": "another operation is in progress"}})
    outs = ScriptedProvider(conflict, digests=[OTHER]).create(PROPS).outs
    assert outs is not None
    assert outs["importedDigest"] == OTHER


def test_another_conflict_is_an_error_when_the_tag_cannot_be_read() -> None:
    conflict: Answer = (409, {}, {"error": {"code": "Conflict", "message": "another operation is in progress"}})
    assert "another operation is in progress" in failure(ScriptedProvider(conflict))


def test_a_tag_with_the_pinned_digest_is_left_alone() -> None:
    provider = ScriptedProvider(EXISTS, digests=[PINNED])
    provider.create({**PROPS, "digest": PINNED})
    assert [request["mode"] for request in provider.azure.imports] == ["NoForce"]


def test_a_tag_with_another_digest_than_the_pinned_one_is_overwritten() -> None:
    provider = ScriptedProvider(EXISTS, DONE, digests=[OTHER])
    provider.create({**PROPS, "digest": PINNED})
    assert [request["mode"] for request in provider.azure.imports] == ["NoForce", "Force"]
    assert provider.azure.imports[1]["source"]["sourceImage"] == f"apache/airflow@{PINNED}"


def test_a_tag_that_cannot_be_read_is_overwritten_by_the_pinned_digest() -> None:
    provider = ScriptedProvider(EXISTS, DONE, digests=[None])
    provider.create({**PROPS, "digest": PINNED})
    assert [request["mode"] for request in provider.azure.imports] == ["NoForce", "Force"]


def test_the_pinned_digest_is_the_imported_digest() -> None:
    outs = ScriptedProvider(DONE).create({**PROPS, "digest": PINNED}).outs
    assert outs is not None
    assert outs["importedDigest"] == PINNED


def test_without_a_pinned_digest_it_is_read_back() -> None:
    provider = ScriptedProvider(DONE, digests=[OTHER])
    outs = provider.create(PROPS).outs
    assert outs is not None
    assert outs["importedDigest"] == OTHER
    assert provider.tags.asked == [("apache/airflow", "3.3.2")]


def test_a_registry_that_cannot_be_reached_is_no_error() -> None:
    outs = ScriptedProvider(DONE, digests=[None]).create(PROPS).outs
    assert outs is not None
    assert outs["importedDigest"] == ""


@pytest.mark.parametrize("answer", [LIMITED, SOURCE_LIMITED], ids=["azure", "source registry"])
def test_a_rate_limited_import_is_retried(answer: Answer) -> None:
    provider = ScriptedProvider(answer, DONE)
    provider.create(PROPS)
    assert len(provider.azure.imports) == 2


def test_the_provider_waits_as_long_as_azure_asks() -> None:
    provider = ScriptedProvider(LIMITED, DONE)
    provider.create(PROPS)
    assert provider.waits == [7]


def test_the_wait_that_azure_asks_for_is_bounded() -> None:
    provider = ScriptedProvider((429, {"Retry-After": "86400"}, None), DONE)
    provider.create(PROPS)
    assert provider.waits == [300]


def test_waits_grow_when_azure_asks_for_none() -> None:
    provider = ScriptedProvider(SOURCE_LIMITED, SOURCE_LIMITED, SOURCE_LIMITED, DONE)
    provider.create(PROPS)
    assert provider.waits == sorted(set(provider.waits))


def test_a_lasting_rate_limit_is_an_error_after_five_attempts() -> None:
    provider = ScriptedProvider(*[SOURCE_LIMITED] * 5)
    assert "run `pulumi up` again later" in failure(provider)
    assert len(provider.azure.imports) == 5


@pytest.mark.parametrize("status", [400, 403, 404])
def test_a_permanent_error_is_not_retried(status: int) -> None:
    provider = ScriptedProvider((status, {}, {"error": {"code": "No", "message": "no"}}))
    failure(provider)
    assert provider.waits == []


def test_an_error_names_image_registry_and_remedy_in_one_line() -> None:
    assert failure(ScriptedProvider(UNKNOWN_MANIFEST), tag="9.9.9") == (
        "cannot import docker.io/apache/airflow:9.9.9 into registry crairflowdev: manifest unknown; "
        "check source and tag in charts/pins.yaml"
    )


def test_an_error_names_the_pinned_digest() -> None:
    assert f"docker.io/apache/airflow:3.3.2@{PINNED} into" in failure(ScriptedProvider(UNKNOWN_MANIFEST), digest=PINNED)


def test_a_long_answer_of_azure_becomes_one_line() -> None:
    answer: Answer = (400, {}, {"error": {"code": "BadRequest", "message": "first\n" + "second " * 200}})
    message = failure(ScriptedProvider(answer))
    assert "\n" not in message
    assert len(message) < 600


def test_an_answer_that_is_no_json_is_an_error_like_any_other() -> None:
    provider = ScriptedProvider((502, {"Content-Type": "text/html"}, None))
    assert "cannot import docker.io/apache/airflow:3.3.2 into registry crairflowdev" in failure(provider)


def test_a_missing_right_is_named() -> None:
    answer: Answer = (403, {}, {"error": {"code": "AuthorizationFailed", "message": "no right"}})
    assert "Microsoft.ContainerRegistry/registries/importImage/action" in failure(ScriptedProvider(answer))


def test_a_missing_login_says_how_to_sign_in() -> None:
    message = failure(ScriptedProvider(ClientAuthenticationError("no credential found")))
    assert message.endswith("sign in with `az login`, or set AZURE_TENANT_ID, AZURE_CLIENT_ID and a credential")


def test_a_broken_connection_says_so() -> None:
    message = failure(ScriptedProvider(requests.ConnectionError("no route")))
    assert message.endswith("check the connection to Azure and run `pulumi up` again")
