"""With digests in charts/pins.yaml, everything is imported by digest and every pod asks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest
import yaml

from components.settings.pins import Image
from dryrun.images import list_images
from dryrun.plan import Plan
from tests.plans import PINS_FILE, plan_of, recorded, shipped
from tests.program.test_images import images_of


def digest_of(image: Image) -> str:
    """A digest of its own for each source and tag."""
    return f"sha256:{hashlib.sha256(f'{image.source}:{image.tag}'.encode()).hexdigest()}"


@pytest.fixture(scope="module")
def plan(tmp_path_factory: pytest.TempPathFactory) -> Plan:
    content = yaml.safe_load(PINS_FILE.read_text(encoding="utf-8"))
    for part in [*content["airflow"].values(), *(part for name, part in content.items() if name != "airflow")]:
        for image in part["images"].values():
            image["digest"] = digest_of(Image.model_validate(image))
    file = tmp_path_factory.mktemp("digests") / "pins.yaml"
    file.write_text(yaml.safe_dump(content), encoding="utf-8")
    return recorded("prod", shipped("prod"), file)


def imports(plan: Plan) -> Iterator[dict[str, str]]:
    return (resource.inputs for resource in plan.resources if resource.type.endswith(":ImageImport"))


def test_every_image_of_values_and_manifests_carries_its_digest(plan: Plan) -> None:
    images = list(images_of(plan))
    by_target = {f"{made['sourceRepository']}:{made['tag']}": made["digest"] for made in imports(plan)}
    assert len(images) >= 8
    for image in images:
        named, _, digest = image.partition("@")
        assert digest == by_target[named.partition("/")[2]]


def test_every_import_is_by_digest(plan: Plan) -> None:
    made = list(imports(plan))
    assert made
    for one in made:
        source = f"{one['sourceRegistry']}/{one['sourceRepository']}"
        assert one["digest"] == digest_of(Image(source=source, tag=one["tag"]))


def test_imported_images_are_those_digests(plan: Plan) -> None:
    assert plan.outputs["importedImages"] == {
        f"{made['sourceRepository']}:{made['tag']}": made["digest"] for made in imports(plan)
    }


def test_the_page_finds_the_users_of_every_pinned_image(plan: Plan) -> None:
    assert all(image.users and image.digest for image in list_images(plan))


def test_a_digest_gives_the_migration_another_name(plan: Plan) -> None:
    def name(of: Plan) -> str:
        jobs = [job.inputs["metadata"]["name"] for job in of.all("kubernetes:batch/v1:Job")]
        return next(job for job in jobs if "migration" in job)

    assert name(plan) != name(plan_of("prod"))


def test_no_import_of_a_tool_is_made(plan: Plan) -> None:
    assert "kubelogin" not in {made["image"] for made in imports(plan)}
