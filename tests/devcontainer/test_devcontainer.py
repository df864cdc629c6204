"""The development container: valid, complete, and without versions of its own."""

from __future__ import annotations

import json
import os
import re
import stat
import subprocess
from pathlib import Path
from typing import Any

import pytest

from components.settings.pins import load_pins
from tests.plans import PINS_FILE, ROOT

FOLDER = ROOT / ".devcontainer"
SCRIPT = FOLDER / "post-create.sh"
CONTENT: dict[str, Any] = json.loads((FOLDER / "devcontainer.json").read_text(encoding="utf-8"))
# A version of more than one part, such as 3.12 or v0.2.22.
VERSION = re.compile(r"\d+\.\d+")


def test_every_file_that_the_container_names_exists() -> None:
    assert CONTENT["postCreateCommand"] == ["bash", str(SCRIPT.relative_to(ROOT))]
    assert SCRIPT.is_file()


def test_no_version_is_repeated() -> None:
    for file in FOLDER.iterdir():
        assert VERSION.findall(file.read_text(encoding="utf-8")) == [], file.name


def test_features_name_a_major_version() -> None:
    assert CONTENT["features"]
    assert [name for name in CONTENT["features"] if not re.fullmatch(r"[a-z./-]+:\d+", name)] == []


def test_pulumi_is_found_where_its_installer_puts_it() -> None:
    assert CONTENT["remoteEnv"]["PATH"].startswith("/home/vscode/.pulumi/bin:")


def run_script(folder: Path, requirements: str, pins: str) -> tuple[int, list[str], str]:
    """Run the script in a project of its own, with commands that only note how they were called."""
    project, binaries, calls = folder / "project", folder / "bin", folder / "calls"
    for name, text in {"requirements.txt": requirements, "charts/pins.yaml": pins}.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(text, encoding="utf-8")
    (project / ".devcontainer").mkdir()
    (project / ".devcontainer" / SCRIPT.name).write_bytes(SCRIPT.read_bytes())
    binaries.mkdir()
    for name in ("curl", "sh", "sudo", "make"):
        stub = binaries / name
        stub.write_text(f'#!/bin/bash\necho "{name} $*" >> "{calls}"\n', encoding="utf-8")
        stub.chmod(stub.stat().st_mode | stat.S_IXUSR)
    result = subprocess.run(
        ["bash", str(project / ".devcontainer" / SCRIPT.name)],
        env={**os.environ, "PATH": f"{binaries}:/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = sorted(calls.read_text(encoding="utf-8").splitlines()) if calls.exists() else []
    return result.returncode, lines, result.stderr


def test_script_installs_the_versions_of_requirements_and_pins(tmp_path: Path) -> None:
    requirements = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    pins = PINS_FILE.read_text(encoding="utf-8")
    code, calls, _ = run_script(tmp_path, requirements, pins)
    assert code == 0
    pulumi = re.search(r"^pulumi==([\d.]+)", requirements, re.MULTILINE)
    assert pulumi is not None
    kubelogin = load_pins(PINS_FILE).tools.images["kubelogin"].tag.removeprefix("v")
    assert calls == [
        "curl -fsSL https://get.pulumi.com",
        "make .venv/.runtime",
        f"sh -s -- --version {pulumi[1]}",
        f"sudo az aks install-cli --kubelogin-version {kubelogin}",
    ]


@pytest.mark.parametrize(
    ("requirements", "pins", "message"),
    [
        (
            "pydantic==2.0\n",
            "tools:\n    kubelogin: {source: x, tag: v0.1.2}\n",
            "requirements.txt does not pin pulumi",
        ),
        ("pulumi==3.2.1 \\\n  --hash=sha256:0\n", "tools: {}\n", "charts/pins.yaml does not pin kubelogin"),
    ],
)
def test_missing_pin_stops_the_script_before_it_installs_anything(
    tmp_path: Path, requirements: str, pins: str, message: str
) -> None:
    code, calls, error = run_script(tmp_path, requirements, pins)
    assert (code != 0, calls) == (True, [])
    assert message in error
