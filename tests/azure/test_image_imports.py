"""The component that imports every image: names, references, digests."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pulumi
import pytest

from components.azure.image_imports import ImageImports, ImageImportsArgs, find_import_owners
from components.settings.pins import Image
from components.settings.registry_section import RegistrySettings
from tests.azure.scripted_azure import OTHER, PINNED, PROPS


class Recorder(pulumi.runtime.Mocks):
    """Records every resource, and gives it an id unless `has_id` is false."""

    def __init__(self, has_id: bool = True) -> None:
        self.made: dict[str, pulumi.runtime.MockResourceArgs] = {}
        self.has_id = has_id

    def call(self, args: pulumi.runtime.MockCallArgs) -> tuple[dict[str, Any], list[tuple[str, str]] | None]:
        raise AssertionError(f"unexpected call {args.token}")

    def new_resource(self, args: pulumi.runtime.MockResourceArgs) -> tuple[str | None, dict[str, Any]]:
        self.made[args.name] = args
        digest = "" if args.inputs.get("tag") == "unreachable" else args.inputs.get("digest", OTHER)
        return f"{args.name}-id" if self.has_id else "", {**args.inputs, "importedDigest": digest}


def image(source: str, tag: str, digest: str | None = None) -> Image:
    return Image(source=source, tag=tag, digest=digest)


IMAGES = {
    "airflow": image("docker.io/apache/airflow", "3.3.2", PINNED),
    "pgbouncerExporter": image("docker.io/apache/airflow", "airflow-pgbouncer-exporter-1.0"),
    "statsd": image("registry.example.com/statsd-exporter", "v0.30.0"),
    "metrics": image("registry.example.com/statsd-exporter", "v0.30.0"),
}


def deploy(
    question: Callable[[ImageImports], pulumi.Output[Any]],
    recorder: Recorder,
    images: Mapping[str, Image] = IMAGES,
    preview: bool = False,
    prefix: str = "",
) -> Any:
    """Resolve one output of the component, in a new thread, because Pulumi's settings belong to a context."""
    answers: list[Any] = []

    def run() -> None:
        asyncio.set_event_loop(asyncio.new_event_loop())
        pulumi.runtime.set_mocks(recorder, preview=preview)

        @pulumi.runtime.test  # type: ignore[untyped-decorator]
        def program() -> pulumi.Output[None]:
            args = ImageImportsArgs(
                images=images,
                settings=RegistrySettings(prefix=prefix),
                subscription_id="11111111-1111-1111-1111-111111111111",
                resource_group_name="rg-airflow-dev",
                registry_name="crairflowdev",
                login_server="crairflowdev.azurecr.io",
                pull_server="crairflowdev.azurecr.io",
            )
            return question(ImageImports("images", args)).apply(answers.append)

        program()

    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(run).result()
    return answers[0]


def references(component: ImageImports) -> pulumi.Output[Any]:
    return pulumi.Output.all(**component.references)


def test_a_reference_names_server_repository_and_tag() -> None:
    assert deploy(references, Recorder())["statsd"] == "crairflowdev.azurecr.io/statsd-exporter:v0.30.0"


def test_a_pinned_digest_is_in_the_reference() -> None:
    assert deploy(references, Recorder())["airflow"] == f"crairflowdev.azurecr.io/apache/airflow:3.3.2@{PINNED}"


def test_every_key_has_a_reference() -> None:
    assert set(deploy(references, Recorder())) == set(IMAGES)


def test_names_of_imports_hold_the_key_and_no_tag() -> None:
    recorder = Recorder()
    deploy(references, recorder)
    assert set(recorder.made) == {"images", "images-airflow", "images-pgbouncer-exporter", "images-statsd"}


def test_the_import_gets_the_whole_image() -> None:
    recorder = Recorder()
    deploy(references, recorder)
    inputs = {key: value for key, value in recorder.made["images-airflow"].inputs.items() if key != "__provider"}
    assert inputs == {**PROPS, "digest": PINNED}


def test_the_imports_type_is_its_own() -> None:
    recorder = Recorder()
    deploy(references, recorder)
    assert recorder.made["images-airflow"].typ == "pulumi-python:dynamic/airflow-aks:ImageImport"


def test_digests_are_those_pinned_read_back_or_none() -> None:
    images = {**IMAGES, "private": image("registry.example.com/private", "unreachable")}
    assert deploy(lambda component: component.digests, Recorder(), images) == {
        "apache/airflow:3.3.2": PINNED,
        "apache/airflow:airflow-pgbouncer-exporter-1.0": OTHER,
        "statsd-exporter:v0.30.0": OTHER,
        "private:unreachable": None,
    }


def test_a_reference_depends_on_its_own_import_only() -> None:
    async def names(component: ImageImports) -> list[str]:
        return [resource._name for resource in await component.references["metrics"].resources()]

    assert deploy(lambda component: pulumi.Output.from_input(names(component)), Recorder()) == ["images-statsd"]


async def known(component: ImageImports) -> bool:
    return await component.references["airflow"].is_known()


def test_a_reference_is_unknown_in_the_preview_of_a_new_import() -> None:
    recorder = Recorder(has_id=False)
    assert deploy(lambda component: pulumi.Output.from_input(known(component)), recorder, preview=True) is False


def test_a_reference_is_known_in_the_preview_of_an_import_that_exists() -> None:
    assert deploy(lambda component: pulumi.Output.from_input(known(component)), Recorder(), preview=True) is True


@pytest.mark.parametrize(
    "other",
    [image("registry.example.com/apache/airflow", "3.3.2", PINNED), image("docker.io/apache/airflow", "3.3.2", OTHER)],
    ids=["source", "digest"],
)
def test_two_images_of_one_name_are_refused(other: Image) -> None:
    with pytest.raises(pulumi.RunError, match=r"images airflow and other are both apache/airflow:3\.3\.2"):
        find_import_owners({"airflow": IMAGES["airflow"], "other": other})


def test_images_have_the_folder_of_the_prefix() -> None:
    recorder = Recorder()
    references = deploy(lambda imports: pulumi.Output.all(**imports.references), recorder, prefix="platform/airflow")
    assert references["airflow"] == f"crairflowdev.azurecr.io/platform/airflow/apache/airflow:3.3.2@{PINNED}"
    made = recorder.made["images-airflow"].inputs
    assert (made["sourceRepository"], made["targetRepository"]) == ("apache/airflow", "platform/airflow/apache/airflow")


def test_an_import_without_a_prefix_names_no_second_repository() -> None:
    recorder = Recorder()
    deploy(lambda imports: imports.digests, recorder)
    assert [made for made in recorder.made.values() if "targetRepository" in made.inputs] == []


def test_digests_are_by_the_name_in_the_registry() -> None:
    digests = deploy(lambda imports: imports.digests, Recorder(), prefix="team")
    assert set(digests) == {f"team/{image.target}" for image in IMAGES.values()}
