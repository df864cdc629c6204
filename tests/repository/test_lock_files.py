"""requirements*.txt lock what pyproject.toml lists, direct and transitive, with hashes."""

from __future__ import annotations

import os
import re
import subprocess
from importlib.metadata import version

import pytest
from packaging.markers import default_environment
from packaging.utils import canonicalize_name

from tests.plans import ROOT
from tests.repository.lock_files import GROUPS, RUNTIME, included_groups, lock_file, needed, read_list, read_lock

LOCKS = {name: read_lock(lock_file(name).read_text(encoding="utf-8")) for name in (RUNTIME, *GROUPS)}
HERE: dict[str, str] = {key: str(value) for key, value in default_environment().items()}
PLATFORMS = {
    "linux": {"os_name": "posix", "platform_system": "Linux", "platform_machine": "x86_64"},
    "darwin": {"os_name": "posix", "platform_system": "Darwin", "platform_machine": "arm64"},
    "win32": {"os_name": "nt", "platform_system": "Windows", "platform_machine": "AMD64"},
}
ENVIRONMENTS = {
    f"{platform} {python}": {
        **HERE,
        **markers,
        "sys_platform": platform,
        "python_version": python,
        "python_full_version": f"{python}.9",
    }
    for platform, markers in PLATFORMS.items()
    for python in ("3.11", "3.12", "3.13")
}
HASH = f"--hash=sha256:{'0' * 64}"


def show(*arguments: str) -> list[str]:
    """Return the commands that make would run, whatever the make that runs these tests was asked for."""
    environment = {"PATH": os.environ["PATH"]}
    done = subprocess.run(
        ["make", "-n", *arguments], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


each_lock = pytest.mark.parametrize("name", LOCKS)


@each_lock
def test_every_listed_package_is_locked_at_its_pinned_version(name: str) -> None:
    locked = {one.name: one.version for one in LOCKS[name]}
    listed = {canonicalize_name(one.name): str(one.specifier) for one in read_list(name)}
    assert {package: f"=={locked.get(package)}" for package in listed} == listed


@each_lock
def test_the_lock_holds_what_the_list_needs_here_and_no_more(name: str) -> None:
    assert {one.name for one in LOCKS[name] if one.applies(HERE)} == needed(read_list(name), HERE)


@each_lock
@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_the_lock_holds_what_the_list_needs_elsewhere(name: str, environment: str) -> None:
    markers = ENVIRONMENTS[environment]
    assert needed(read_list(name), markers) <= {one.name for one in LOCKS[name] if one.applies(markers)}


@each_lock
def test_the_locked_versions_are_installed(name: str) -> None:
    locked = {one.name: one.version for one in LOCKS[name] if one.applies(HERE)}
    assert {package: version(package) for package in locked} == locked


@each_lock
def test_what_is_deployed_is_what_is_tested(name: str) -> None:
    """`make lock` takes every other version from requirements-dev.txt."""
    tested = {str(one.requirement): one.hashes for one in LOCKS["dev"]}
    assert {str(one.requirement): one.hashes for one in LOCKS[name]}.items() <= tested.items()


def test_the_tests_need_every_group() -> None:
    assert included_groups("dev") == set(GROUPS)


@each_lock
def test_a_lock_names_the_command_that_made_it(name: str) -> None:
    commands = [line for line in show("lock") if "uv pip compile" in line]
    written = [command.replace(".venv/bin/uv", "uv").replace(" --quiet", "") for command in commands]
    header = lock_file(name).read_text(encoding="utf-8").splitlines()[1]
    assert header.removeprefix("#").strip() in written


@each_lock
def test_a_lock_names_no_index_and_no_folder(name: str) -> None:
    text = lock_file(name).read_text(encoding="utf-8")
    assert re.findall(r"://|^ *--?(?!hash)\w+.*|(?<=[\s=])[/~]\S*", text, re.MULTILINE) == []


def test_make_installs_nothing_without_its_hash() -> None:
    installs = [line for line in show("-B", "test") if "pip install" in line]
    assert len(installs) == 2
    assert [line for line in installs if "--require-hashes" not in line] == []


def test_no_pipeline_installs_a_package_without_its_hash() -> None:
    folders = (".ci", ".devcontainer", ".github", "azure-pipelines")
    files = [file for folder in folders for file in sorted((ROOT / folder).rglob("*")) if file.is_file()]
    lines = [(file.name, line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    assert lines
    assert [line for line in lines if "pip install" in line[1] and "--require-hashes" not in line[1]] == []


@pytest.mark.parametrize("line", ["rich==15.0.0", f"rich>=15 {HASH}", f"rich==15.* {HASH}", f"rich {HASH}"])
def test_a_package_without_version_or_hash_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="must have an exact version and a hash"):
        read_lock(f"# via x\n{line}\n")


def test_a_package_that_only_another_one_needs_is_found() -> None:
    direct = [one for one in read_list(RUNTIME) if one.name == "azure-identity"]
    # cffi by cryptography, which PyJWT asks for as an extra that msal names.
    assert {"msal", "cryptography", "pyjwt"} <= needed(direct, HERE)
