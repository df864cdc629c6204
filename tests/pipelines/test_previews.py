"""Tests what is kept of a real preview."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dryrun.pipelines.previews import (
    Change,
    Preview,
    PreviewFileError,
    dump_preview,
    load_preview,
    read_preview,
    render_preview,
)
from tests.pipelines.comparisons import URN

DATABASE = (
    "urn:pulumi:dev::airflow-aks::airflow-aks:azure:Database$azure-native:dbforpostgresql:Server::database-server"
)


def step(op: str, urn: str = URN, **more: Any) -> dict[str, Any]:
    return {"op": op, "urn": urn, "detailedDiff": None, **more}


def read(*steps: dict[str, Any], code: int = 0, **more: Any) -> Preview:
    return read_preview("dev", code, json.dumps({"steps": steps, **more}), "")


def test_what_stays_as_it_is_is_no_change() -> None:
    assert read(step("same"), step("refresh"), step("read"), step("same", DATABASE)).clean


def test_the_steps_of_a_replacement_are_one_change() -> None:
    found = read(
        step("create-replacement", replaceReasons=["sku"]),
        step("replace", diffReasons=["sku", "tags"]),
        step("delete-replaced"),
    )
    assert found.changes == (Change("replace", URN, ("sku", "tags")),)


def test_a_refresh_that_finds_a_change_is_shown_with_what_brings_it_back() -> None:
    drifted = step("update", detailedDiff={"adminUserEnabled": {"kind": "update", "inputDiff": False}})
    assert read(drifted, step("update", diffReasons=["properties"])).changes == (
        Change("update", URN, ("adminUserEnabled", "properties")),
    )


def test_no_value_is_kept() -> None:
    secret = {"inputs": {"password": "hunter2"}, "outputs": {"password": "hunter2"}}
    assert "hunter2" not in dump_preview(
        read(step("update", newState=secret, oldState=secret, diffReasons=["password"]))
    )


def test_errors_are_kept() -> None:
    diagnostics = [{"severity": "error", "message": "cluster.pools: no\n"}, {"severity": "warning", "message": "old"}]
    assert read(code=255, diagnostics=diagnostics).errors == ("cluster.pools: no",)


def test_a_command_that_prints_no_json_failed_with_its_words() -> None:
    assert read_preview("dev", 255, "", "error: no stack named 'dev' found\n").errors == (
        "error: no stack named 'dev' found",
    )


def test_a_failure_without_words_is_no_clean_preview() -> None:
    assert read_preview("dev", 255, "", "").errors == ("pulumi ended with exit code 255",)


def test_changes_that_were_not_expected_are_no_error() -> None:
    found = read_preview("dev", 255, json.dumps({"steps": [step("update")]}), "error: no changes were expected")
    assert found.errors == ()


@pytest.mark.parametrize(
    "preview",
    [
        Preview(stack="dev", changes=(), errors=()),
        Preview(
            stack="dev", changes=(Change("replace", URN, ("sku", "tags[0]")), Change("create", DATABASE)), errors=()
        ),
        Preview(stack="dev", changes=(), errors=("`@team`\n",)),
    ],
)
def test_what_was_written_is_read(preview: Preview) -> None:
    assert load_preview(dump_preview(preview)) == preview


@pytest.mark.parametrize(
    "change",
    [
        {"kind": "same"},
        {"kind": ["update"]},
        {"urn": "registry"},
        {"urn": f"{URN}` | @team"},
        {"urn": None},
        {"properties": "sku"},
        {"properties": ["<b>"]},
        {"properties": [1]},
    ],
)
def test_a_change_of_another_form_is_refused(change: dict[str, Any]) -> None:
    content = {"stack": "dev", "changes": [{"kind": "update", "urn": URN, "properties": [], **change}], "errors": []}
    with pytest.raises(PreviewFileError):
        load_preview(json.dumps(content))


@given(
    st.recursive(
        st.none() | st.integers() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_other_json_is_refused(content: Any) -> None:
    with pytest.raises(PreviewFileError):
        load_preview(json.dumps(content))


def test_the_most_dangerous_change_stands_first() -> None:
    text = render_preview(read(step("update"), step("delete", DATABASE)))
    assert text.index("| delete | `azure-native:dbforpostgresql:Server::database-server`") < text.index("| update |")
    assert text.startswith("1 to delete, 1 to update.")


def test_a_long_list_is_cut() -> None:
    text = render_preview(read(*(step("create", f"{URN}-{number}") for number in range(250))))
    assert "50 more are in the log." in text


def test_nothing_to_do_is_said() -> None:
    assert render_preview(read(step("same"))) == "Nothing would change."


def test_an_error_stands_in_a_fence_that_it_cannot_close() -> None:
    text = render_preview(Preview(stack="dev", changes=(), errors=("```\n@team",)))
    assert "````text\n```\n@team\n````" in text
