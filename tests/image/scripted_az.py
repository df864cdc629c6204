"""An Azure CLI with given answers, and functions that run builds with it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import yaml

from image import build
from image.azure_cli import Answer

SUBSCRIPTION = "11111111-2222-3333-4444-555555555555"


class ScriptedAz:
    """Answers by the first words of a command, and records the commands."""

    def __init__(self, **answers: Answer) -> None:
        self.asked: list[list[str]] = []
        self.answers = {
            "account show": Answer(code=0, out=SUBSCRIPTION),
            "acr show": Answer(code=0, out="crdev.azurecr.io"),
            "acr repository show": Answer(code=1, err="ERROR: Error: repository is not found. Correlation ID: 1."),
            "acr import": Answer(code=0),
            "acr build": Answer(code=0),
            **{name.replace("_", " "): answer for name, answer in answers.items()},
        }

    def __call__(self, arguments: Sequence[str], to_terminal: bool) -> Answer:
        self.asked.append(list(arguments))
        assert to_terminal == (arguments[:2] == ["acr", "build"])
        return next(
            answer for name, answer in self.answers.items() if list(arguments)[: len(name.split())] == name.split()
        )

    @property
    def names(self) -> list[str]:
        return [" ".join(word for word in command[:3] if not word.startswith("-")) for command in self.asked]


def run(project: Path, *options: str, az: ScriptedAz | None = None) -> int:
    return build.main(["dev", "--project", str(project), *options], az or ScriptedAz())


def edit(project: Path, **airflow: object) -> None:
    file = project / "Pulumi.dev.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:airflow"].update(airflow)
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
