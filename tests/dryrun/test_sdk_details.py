"""What a simulation leaves out of the SDK's own talk, and what it does not."""

from __future__ import annotations

import pulumi
from pulumi import log
from pulumi.runtime import resource

from dryrun.recorder import record
from dryrun.sdk_details import without_debug_details


def test_debug_details_are_left_out_inside_the_block_only() -> None:
    debug, stack_trace = log.debug, resource._get_stack_trace
    with without_debug_details():
        assert log.debug is not debug
        assert list(resource._get_stack_trace().frames) == []
    assert (log.debug, resource._get_stack_trace) == (debug, stack_trace)


def test_warnings_of_a_program_are_still_told() -> None:
    def program() -> None:
        pulumi.log.debug("a detail")
        pulumi.log.warn("a warning")

    assert record(program, project="airflow-aks", stack="dev", config={}, secret_keys=[]).warnings == ("a warning",)
