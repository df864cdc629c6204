"""Provides pins with all digests that a build requires, and a project folder to build in."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from components.settings.pins import Image, Pins, Tools, load_pins
from components.stack_file import checker
from tests.cases import STACKS
from tests.plans import PINS_FILE, ROOT, STACK_FILES

KUBELOGIN = f"sha256:{'c' * 64}"


def pins_with(kubelogin: str | None = KUBELOGIN, base: str | None = None) -> Pins:
    """Return the tests' pins with these digests of kubelogin and the base image."""
    pins = load_pins(PINS_FILE)
    tool = pins.tools.images["kubelogin"].model_copy(update={"digest": kubelogin})

    def with_base(images: dict[str, Image]) -> dict[str, Image]:
        return {**images, "airflow": images["airflow"].model_copy(update={"digest": base})}

    lines = {name: line.model_copy(update={"images": with_base(line.images)}) for name, line in pins.airflow.items()}
    return pins.model_copy(update={"tools": Tools(images={"kubelogin": tool}), "airflow": lines})


@pytest.fixture(autouse=True)
def pins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checker, "load_pins", pins_with)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Copy the files that a build reads, so that a test can change them."""
    shutil.copy(ROOT / "Pulumi.yaml", tmp_path)
    for stack in STACKS:
        shutil.copy(STACK_FILES / f"{stack}.yaml", tmp_path / f"Pulumi.{stack}.yaml")
    kept = shutil.ignore_patterns("*.py", "__pycache__")
    shutil.copytree(ROOT / "image", tmp_path / "image", ignore=kept)
    return tmp_path
