"""The import provider with a folder in the registry: what it writes, asks for, and takes for a change."""

from __future__ import annotations

from typing import Any

from tests.azure.scripted_azure import DONE, EXISTS, OTHER, PINNED, PROPS, ScriptedProvider

TARGET = "platform/airflow/apache/airflow"
INSIDE: dict[str, Any] = {**PROPS, "targetRepository": TARGET}


def test_an_image_is_imported_into_the_folder() -> None:
    provider = ScriptedProvider(DONE)
    provider.create({**INSIDE, "digest": PINNED})
    assert provider.azure.imports[0]["source"]["sourceImage"] == f"apache/airflow@{PINNED}"
    assert provider.azure.imports[0]["targetTags"] == [f"{TARGET}:3.3.2"]


def test_an_official_image_comes_from_library_and_goes_into_the_folder() -> None:
    provider = ScriptedProvider(DONE)
    provider.create({**INSIDE, "sourceRepository": "busybox", "targetRepository": "data/busybox"})
    assert provider.azure.imports[0]["source"]["sourceImage"] == "library/busybox:3.3.2"
    assert provider.azure.imports[0]["targetTags"] == ["data/busybox:3.3.2"]


def test_the_digest_is_that_of_the_folders_tag() -> None:
    provider = ScriptedProvider(EXISTS, digests=[OTHER])
    assert provider.create(INSIDE).outs == {**INSIDE, "importedDigest": OTHER}
    assert provider.tags.asked == [(TARGET, "3.3.2")]


def test_another_folder_is_an_update_in_place() -> None:
    for old, new in ((PROPS, INSIDE), (INSIDE, PROPS), (INSIDE, {**INSIDE, "targetRepository": "data/x"})):
        result = ScriptedProvider().diff("id", old, new)
        assert (result.changes, result.replaces) == (True, [])


def test_the_same_folder_is_no_difference() -> None:
    assert ScriptedProvider().diff("id", {**INSIDE, "importedDigest": OTHER}, INSIDE).changes is False


def test_leaving_the_folder_imports_the_image_outside_of_it() -> None:
    provider = ScriptedProvider(DONE)
    outs = provider.update("id", {**INSIDE, "importedDigest": OTHER}, PROPS).outs
    assert provider.azure.imports[0]["targetTags"] == ["apache/airflow:3.3.2"]
    assert "targetRepository" not in (outs or {})
