"""The commands that workflows and pipelines run, taken apart as a shell does."""

from __future__ import annotations

import argparse
import importlib
import importlib.util
import re
import shlex
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.linters import PIPELINES, WORKFLOWS, compile_pipeline, read
from tests.plans import ROOT

# What a script may use besides `make` and our modules: what every runner and agent has.
TOOLS = {"mkdir", "find", "git"}
# The targets of the matrix in check.yml.
CHECKS = ("test", "test-engine", "test-cluster", "test-sign-in")


def steps_of(content: Any) -> Iterator[dict[str, Any]]:
    """Yield every step of a workflow or pipeline, and the parameters of a template as if they were one."""
    if isinstance(content, dict):
        if {"run", "uses", "bash", "task", "checkout", "template"} & set(content):
            yield content
        for value in content.values():
            yield from steps_of(value)
    elif isinstance(content, list):
        for value in content:
            yield from steps_of(value)


def script_of(step: Mapping[str, Any]) -> str | None:
    """Return the shell script of a step, or the one that it hands to a template."""
    # The parameters of a template's own file are a list.
    inner = {**step.get("inputs", {}), **(step.get("parameters", {}) if "template" in step else {})}
    return step.get("run") or step.get("bash") or inner.get("inlineScript") or inner.get("script")


def scripts() -> list[tuple[str, str]]:
    """Return every script with its file, but the one that tests/image runs and the parameter of the template."""
    found = set()
    for file in (*WORKFLOWS, *PIPELINES):
        content = read(file) if file in WORKFLOWS else compile_pipeline(file)
        for text in map(script_of, steps_of(content)):
            if text and text != "script" and "gh pr create" not in text:
                found |= {(file.name, text.replace("$TARGET", target)) for target in CHECKS}
    return sorted(found)


def check_script(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail unless every command of a script exists and takes its arguments."""
    for words in split(script):
        check_command(words, monkeypatch)


def split(script: str) -> Iterator[list[str]]:
    """Yield the commands of a script as words, with variables replaced by a word."""
    plain = re.sub(r"\$\{?\w+(//,/ )?\}?", "dev", script)
    for line in plain.splitlines():
        if words := shlex.split(line):
            yield words


def check_command(words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail unless a command exists and takes its arguments."""
    while re.fullmatch(r"[A-Z_]+=.*", words[0]):
        words = words[1:]
    if words[0] == "make":
        for line in dry_make(words[1:]):
            check_command(shlex.split(line), monkeypatch)
    elif Path(words[0]).name in ("python", "python3"):
        assert words[1] == "-m"
        check_module(words[2], words[3:], monkeypatch)
    elif words[0].startswith(".venv/bin/"):
        assert (ROOT / words[0]).exists()
    else:
        assert words[0] in TOOLS, words


def dry_make(arguments: list[str]) -> list[str]:
    """Return the commands that `make` would run for a target, without those that set up .venv."""
    for argument in arguments:
        name, is_variable, _ = argument.partition("=")
        assert not is_variable or re.search(rf"\$\({name}\)|\$\([a-z]+ .*\$\({name}\)", MAKEFILE), argument
    # Up to date for this question, whatever the dates of the files are.
    stamps = ["--old-file=.venv/.runtime", "--old-file=.venv/.dev"]
    command = ["make", "--dry-run", "--no-print-directory", *stamps, *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


class ParsedError(Exception):
    """The arguments of a command were understood."""


def check_module(name: str, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail unless a module exists and, if it is one of the pipelines, its command line takes the arguments."""
    assert importlib.util.find_spec(name), name
    if not name.startswith("dryrun.pipelines."):
        return
    parse = argparse.ArgumentParser.parse_args

    def stop_after_parsing(parser: Any, given: Any = None, namespace: Any = None) -> None:
        parse(parser, given, namespace)
        raise ParsedError

    with monkeypatch.context() as patch:
        patch.setattr(argparse.ArgumentParser, "parse_args", stop_after_parsing)
        with pytest.raises(ParsedError):
            importlib.import_module(name).main(arguments)


MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
