"""The names of StatsD metrics that Airflow's own code emits, for each release line.

`python -m tests.airflow.emitted_metrics` reads them from the wheels of the pinned versions again. A part of a name that
depends on a pool, a task or the like is `{}`.
"""

from __future__ import annotations

import ast
import json
import re
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import yaml

from charts.write_airflow_options import download
from components.settings.pins import load_pins
from tests.plans import PINS_FILE

FOLDER = Path(__file__).with_name("metrics")
_METHODS = {"incr", "decr", "gauge", "timing", "timer"}
# The SDK of Airflow 3.3.2 has the version 1.3.2.
_PACKAGES = {"2.9": ("apache-airflow=={0}",), "3.3": ("apache-airflow-core=={0}", "apache-airflow-task-sdk==1.{1}")}


def emitted(line: str) -> list[str]:
    """The names that a release line emits."""
    names: list[str] = json.loads((FOLDER / f"{line}.json").read_text(encoding="utf-8"))["names"]
    return names


def exported(line: str, metric: str) -> bool:
    """Whether the StatsD exporter shows a metric by this name for it to be read; `*` is any ending."""
    shown = (f"airflow_{name.replace('.', '_')}" for name in emitted(line))
    return any(re.fullmatch(re.escape(name).replace(r"\{\}", ".+"), metric.replace("*", "x")) for name in shown)


def read_wheels(wheels: list[Path]) -> list[str]:
    """Names in calls of `Stats`, and the older names of those that Airflow 3 emits beside the newer ones."""
    found: set[str] = set()
    older: dict[str, str] = {}
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as content:
            for name in content.namelist():
                if name.endswith(".py"):
                    found |= set(_names(ast.parse(content.read(name))))
                elif name.endswith("metrics/metrics_template.yaml"):
                    metrics = yaml.safe_load(content.read(name))["metrics"]
                    older |= {metric["name"]: metric.get("legacy_name") or "-" for metric in metrics}
    beside = {re.sub(r"\{\w+\}", "{}", older[name]) for name in found if older.get(name, "-") != "-"}
    return sorted(found | beside)


def _package(text: str, version: str) -> str:
    return text.format(version, version.partition(".")[2])


def _names(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or not node.args:
            continue
        owner, name = node.func.value, node.args[0]
        if node.func.attr not in _METHODS or not isinstance(owner, ast.Name) or owner.id.lower() != "stats":
            continue
        if isinstance(name, ast.Constant):
            yield str(name.value)
        elif isinstance(name, ast.JoinedStr):
            yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in name.values)


if __name__ == "__main__":
    for line, release in load_pins(PINS_FILE).airflow.items():
        with tempfile.TemporaryDirectory() as folder:
            wheels = download([_package(text, release.version) for text in _PACKAGES[line]], Path(folder))
            content = {"version": release.version, "names": read_wheels(wheels)}
        (FOLDER / f"{line}.json").write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
        sys.stdout.write(f"{line}.json: Airflow {release.version}\n")
