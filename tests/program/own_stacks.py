"""What must hold for every stack file that the program accepts, and the names that its owner had recorded.

`python -m tests.program.own_stacks STACK` records the names of a stack.
"""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from components.settings.airflow_sections import AirflowSettings
from components.settings.pins import Pins, load_pins
from components.stack_file.reader import PLACEHOLDER, StackConfig, read_config
from dryrun.plan import Plan
from tests.plans import ROOT, recorded, retirements_from, texts
from tests.program.test_images import images_of
from tests.program.test_secrets_stay_secret import secret_pieces

PINS = Path("charts", "pins.yaml")
RETIREMENTS = Path("charts", "retirements.yaml")
# Below the project's folder: a file for each stack whose names its owner recorded.
RECORDS = Path("tests", "recorded")


def stacks_of(folder: Path) -> list[str]:
    """The stacks that have a file in a project's folder."""
    return sorted(file.name.removeprefix("Pulumi.").removesuffix(".yaml") for file in folder.glob("Pulumi.*.yaml"))


def plan_of_file(folder: Path, stack: str) -> Plan:
    """The plan of a stack file with the pins and retirements of its project's folder."""
    with retirements_from(folder / RETIREMENTS):
        return recorded(stack, read_config(folder / f"Pulumi.{stack}.yaml"), folder / PINS)


def problems(folder: Path, stack: str) -> list[str]:
    """Everything that is wrong with the plan of a stack file; raises `pulumi.RunError` for one that is refused."""
    config = read_config(folder / f"Pulumi.{stack}.yaml")
    return problems_of_plan(plan_of_file(folder, stack), config, load_pins(folder / PINS))


def problems_of_plan(plan: Plan, config: StackConfig, pins: Pins) -> list[str]:
    """Images from elsewhere, secrets in the clear, and components without outputs."""
    return [
        *_images_from_elsewhere(plan, config, pins),
        *_secrets_in_the_clear(plan),
        *_components_without_outputs(plan),
    ]


def _images_from_elsewhere(plan: Plan, config: StackConfig, pins: Pins) -> Iterator[str]:
    imports = (resource.inputs for resource in plan.resources if resource.type.endswith(":ImageImport"))
    imported = {f"{made.get('targetRepository') or made['sourceRepository']}:{made['tag']}" for made in imports}
    section = json.loads(config.values.get("airflow-aks:airflow") or "{}") or {}
    own = section.get("image") or {}
    if own.get("tag"):
        line = pins.airflow[section.get("release", AirflowSettings().release)]
        folder = (json.loads(config.values.get("airflow-aks:registry") or "{}") or {}).get("prefix")
        repository = own.get("repository") or line.images["airflow"].repository
        imported.add(f"{folder}/{repository}:{own['tag']}" if folder else f"{repository}:{own['tag']}")
    # The user answers for the images of containers that the stack file itself adds.
    added = set(texts(section.get("values") or {}))
    for image in images_of(plan):
        server, _, path = image.partition("/")
        if image in added:
            continue
        if server != plan.outputs["registryLoginServer"]:
            yield f"the image {image} is not from the stack's registry"
        elif path.partition("@")[0] not in imported:
            yield f"the image {image} is not imported"


def _secrets_in_the_clear(plan: Plan) -> Iterator[str]:
    named = {name: value for name, value in plan.vault.items() if "-STORAGE-ACCOUNT-NAME-" not in name}
    pieces = {piece: name for name, value in named.items() for piece in secret_pieces(value)}
    pieces[PLACEHOLDER] = "a secret of the stack file"
    made = ((resource.urn, (resource.inputs, resource.outputs)) for resource in plan.resources)
    for place, value in [("an output", plan.outputs), *made]:
        for text in texts(value):
            yield from (f"{place} holds {name} in the clear" for piece, name in pieces.items() if piece in text)


def _components_without_outputs(plan: Plan) -> Iterator[str]:
    for component in plan.resources:
        # A rendered chart is the Kubernetes provider's component.
        if (
            component.type.startswith("airflow-aks:")
            and not component.custom
            and not plan.component_outputs.get(component.urn)
        ):
            yield f"{component.urn} registers no outputs"


def missing_names(folder: Path, stack: str) -> list[str] | None:
    """The recorded URNs that the plan lacks; None when nothing was recorded for the file as it is now."""
    record = folder / RECORDS / f"{stack}.json"
    if not record.is_file():
        return None
    content = json.loads(record.read_text(encoding="utf-8"))
    if content["config"] != _fingerprint(folder, stack):
        return None
    return sorted(set(content["names"]) - {resource.urn for resource in plan_of_file(folder, stack).resources})


def record_names(folder: Path, stack: str) -> Path:
    """Write the URNs of a stack's resources beside those of the other recorded stacks."""
    names = sorted(resource.urn for resource in plan_of_file(folder, stack).resources)
    record = folder / RECORDS / f"{stack}.json"
    record.parent.mkdir(parents=True, exist_ok=True)
    content = {"config": _fingerprint(folder, stack), "names": names}
    record.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    return record


def _fingerprint(folder: Path, stack: str) -> str:
    """A hash of the settings: other settings may well have other names, a newer program must not."""
    values = read_config(folder / f"Pulumi.{stack}.yaml").values
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


if __name__ == "__main__":
    sys.stdout.write(f"recorded in {record_names(ROOT, sys.argv[1]).relative_to(ROOT)}\n")
