"""With digests in charts/pins.yaml, everything is imported by digest and every pod asks for it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import pytest

from components.settings.pins import Image, Pins, load_pins
from components.stack_file import checker
from dryrun.images import list_images
from dryrun.plan import Plan
from dryrun.recorder import record_project
from tests.plans import PROJECT, ROOT, plan_of, shipped
from tests.program.test_images import images_of


def digest_of(image: Image) -> str:
    """A digest of its own for each source and tag."""
    return f"sha256:{hashlib.sha256(f'{image.source}:{image.tag}'.encode()).hexdigest()}"


def pinned() -> Pins:
    """The shipped pins, each image with a digest."""
    pins = load_pins()

    def with_digests(images: dict[str, Image]) -> dict[str, Image]:
        return {key: image.model_copy(update={"digest": digest_of(image)}) for key, image in images.items()}

    def renewed(part: object) -> object:
        return part.model_copy(update={"images": with_digests(part.images)})  # type: ignore[attr-defined]

    parts = {name: getattr(pins, name) for name in Pins.model_fields if name != "airflow"}
    return pins.model_copy(
        update={
            "airflow": {line: renewed(release) for line, release in pins.airflow.items()},
            **{name: renewed(part) for name, part in parts.items()},
        }
    )


@pytest.fixture(scope="module")
def plan() -> Plan:
    config = shipped("prod")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(checker, "load_pins", pinned)
        return record_project(ROOT, project=PROJECT, stack="prod", config=config.values, secret_keys=config.secret_keys)


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
