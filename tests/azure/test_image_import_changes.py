"""Which changes the import provider sees, and how it updates the image."""

from __future__ import annotations

import pytest
from pulumi.runtime.rpc import UNKNOWN

from tests.azure.scripted_azure import DONE, OTHER, PINNED, PROPS, ScriptedProvider


def test_nothing_changed_is_no_difference() -> None:
    assert ScriptedProvider().diff("id", {**PROPS, "importedDigest": OTHER}, PROPS).changes is False


def test_new_code_alone_is_no_difference() -> None:
    provider = ScriptedProvider()
    assert provider.diff("id", {**PROPS, "__provider": "old"}, {**PROPS, "__provider": "new"}).changes is False


@pytest.mark.parametrize("key", ["sourceRegistry", "sourceRepository", "tag", "digest"])
def test_another_image_is_an_update_in_place(key: str) -> None:
    result = ScriptedProvider().diff("id", PROPS, {**PROPS, key: "other"})
    assert (result.changes, result.replaces) == (True, [])


def test_a_pin_that_is_dropped_is_an_update() -> None:
    assert ScriptedProvider().diff("id", {**PROPS, "digest": PINNED}, PROPS).changes is True


@pytest.mark.parametrize("key", ["subscriptionId", "resourceGroupName", "registryName"])
def test_another_registry_is_a_replacement(key: str) -> None:
    result = ScriptedProvider().diff("id", PROPS, {**PROPS, key: "other"})
    assert (result.changes, result.replaces) == (True, [key])


def test_a_registry_not_known_yet_is_no_replacement() -> None:
    result = ScriptedProvider().diff("id", PROPS, {**PROPS, "registryName": UNKNOWN})
    assert (result.changes, result.replaces) == (True, [])


def test_an_update_without_a_change_sends_no_request() -> None:
    provider = ScriptedProvider()
    provider.update("id", {**PROPS, "__provider": "old"}, {**PROPS, "__provider": "new"})
    assert (provider.azure.requests, provider.tags.asked) == ([], [])


def test_an_update_without_a_change_keeps_the_outputs() -> None:
    old = {**PROPS, "importedDigest": OTHER}
    assert ScriptedProvider().update("id", {**old, "__provider": "x"}, PROPS).outs == old


def test_a_changed_tag_is_imported() -> None:
    provider = ScriptedProvider(DONE, digests=[OTHER])
    outs = provider.update("id", {**PROPS, "importedDigest": PINNED}, {**PROPS, "tag": "3.3.3"}).outs
    assert provider.azure.imports[0]["targetTags"] == ["apache/airflow:3.3.3"]
    assert outs == {**PROPS, "tag": "3.3.3", "importedDigest": OTHER}


def test_delete_leaves_the_image() -> None:
    provider = ScriptedProvider()
    provider.delete("id", PROPS)
    assert provider.azure.requests == []


def test_read_returns_its_inputs() -> None:
    result = ScriptedProvider().read("id", {**PROPS, "importedDigest": OTHER})
    assert (result.id, result.outs) == ("id", {**PROPS, "importedDigest": OTHER})
