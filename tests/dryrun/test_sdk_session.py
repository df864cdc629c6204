"""Tests what a session changes in the Pulumi SDK, and its error when another release of the SDK is installed."""

from __future__ import annotations

import asyncio
import functools
import gc
import pickle
from importlib.metadata import version
from operator import attrgetter

import pulumi
import pytest
from pulumi import log
from pulumi.dynamic import ResourceProvider
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.runtime import resource as runtime_resource
from pulumi.runtime import settings, stack
from pulumi_azure_native import resources

from dryrun.__main__ import main
from dryrun.plan import Plan
from dryrun.recorder import record
from dryrun.sdk_private import SdkChangedError, require
from dryrun.sdk_session import PRIVATE_NAMES, Program, patch_sdk
from tests.plans import ROOT

pytestmark = pytest.mark.usefixtures("untraced")


def run(program: Program) -> Plan:
    return record(program, project="p", stack="s", config={}, secret_keys=[])


def make_group() -> None:
    resources.ResourceGroup(
        "group",
        resource_group_name="rg-x",
        location="westeurope",
        opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name="group-before")]),
    )


@pytest.mark.parametrize(("module", "path", "shape"), PRIVATE_NAMES, ids=[name[1] for name in PRIVATE_NAMES])
def test_each_private_name_is_reported_when_the_sdk_drops_it(
    module: object, path: str, shape: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    above, _, name = path.rpartition(".")
    owner = attrgetter(above)(module) if above else module
    # A property is an attribute of the class.
    monkeypatch.delattr(type(owner) if owner is settings.SETTINGS else owner, name)
    with pytest.raises(SdkChangedError) as raised:
        run(make_group)
    assert f"dry runs do not work with pulumi {version('pulumi')}: " in str(raised.value)
    assert f".{path} " in str(raised.value)


def test_message_names_what_is_missing_and_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(settings, "set_root_resource")
    with pytest.raises(SdkChangedError) as raised:
        run(make_group)
    assert str(raised.value) == (
        f"dry runs do not work with pulumi {version('pulumi')}: pulumi.runtime.settings.set_root_resource is missing. "
        "Install the release that requirements.txt pins, or adapt the modules in dryrun/ that use these names"
    )


def test_message_lists_every_difference_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(settings, "set_root_resource")
    monkeypatch.setattr(stack, "run_in_stack", lambda program: None)
    monkeypatch.setattr(log, "debug", "nothing")
    with pytest.raises(SdkChangedError) as raised:
        run(make_group)
    for difference in ("set_root_resource is missing", "run_in_stack does not take func", "debug is not a function"):
        assert difference in str(raised.value)


def test_value_of_another_type_is_reported() -> None:
    with pytest.raises(SdkChangedError, match=r"pulumi\.log\.debug is not of type str"):
        require([(log, "debug", str)])


def test_command_line_reports_another_sdk_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delattr(settings, "set_root_resource")
    assert main(["dev", "--project", str(ROOT)]) == 1
    error = capsys.readouterr().err
    assert error.startswith("error: dry runs do not work with pulumi ")
    assert len(error.splitlines()) == 1


def test_sdk_is_as_before_after_a_program_that_fails() -> None:
    def fail() -> None:
        assert log.debug is not before[0]
        raise KeyError("x")

    def read_sdk() -> tuple[object, ...]:
        return log.debug, runtime_resource._get_stack_trace, pulumi.Resource.__init__, gc.isenabled()

    before = read_sdk()
    with pytest.raises(KeyError):
        run(fail)
    assert read_sdk() == before
    assert settings.get_root_resource() is None
    assert not asyncio.get_event_loop().is_closed()


def test_pickler_is_as_before_after_a_program_with_a_dynamic_resource() -> None:
    """The SDK wraps it once more each time, until the calls are nested too deep."""
    before = pickle._Pickler._batch_setitems  # type: ignore[attr-defined]
    run(lambda: serialize_provider(ResourceProvider()) and None)
    assert pickle._Pickler._batch_setitems is before  # type: ignore[attr-defined]


def test_stack_traces_are_empty_while_the_sdk_is_patched() -> None:
    with patch_sdk():
        assert list(runtime_resource._get_stack_trace().frames) == []


def test_warnings_of_a_program_are_recorded_and_its_debug_messages_are_not() -> None:
    def program() -> None:
        pulumi.log.debug("a detail")
        pulumi.log.warn("a warning")

    assert run(program).warnings == ("a warning",)


def test_alias_that_the_program_sets_is_recorded() -> None:
    assert run(make_group).one("azure-native:resources:ResourceGroup").aliases == ("group-before",)


def test_aliases_of_older_api_versions_do_not_reach_the_sdk(monkeypatch: pytest.MonkeyPatch) -> None:
    aliases: list[int] = []
    initialize = pulumi.Resource.__init__

    @functools.wraps(initialize)
    def count(self: pulumi.Resource, t: str, name: str, *rest: object, **named: object) -> None:
        found = [item for item in (*rest, *named.values()) if isinstance(item, pulumi.ResourceOptions)]
        if t == "azure-native:resources:ResourceGroup":
            aliases.append(sum(len(options.aliases or ()) for options in found))
        initialize(self, t, name, *rest, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(pulumi.Resource, "__init__", count)
    run(make_group)
    assert aliases == [1]
