"""What one build makes of a stack: which image, from what, and the Azure CLI's commands for it."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components.settings.model import Settings
from components.settings.names import stack_names
from components.settings.pins import Image
from components.stack_file.checker import check
from components.stack_file.problems import NAMESPACE
from dryrun.stack_file import project_name, read_config, stack_file

from .context import content_tag, read_context

# Where the image goes when the stack file names no repository.
DEFAULT_REPOSITORY: Final = "customized/airflow"
_SUBSCRIPTION: Final = "azure-native:subscriptionId"
_AIRFLOW: Final = f"{NAMESPACE}:airflow"
_UNBUILT: Final = "unbuilt"
_TIMEOUT_SECONDS: Final = 3600


class StackProblemError(Exception):
    """The stack file or the pins do not allow a build; the message lists why."""


@dataclass(frozen=True, kw_only=True)
class ImageBuild:
    """One build: the files and images that go in, and the repository and tag that come out."""

    project: str
    stack: str
    file: Path
    settings: Settings
    subscription: str | None
    files: dict[str, bytes]
    base: Image
    kubelogin: Image
    repository: str
    tag: str

    @property
    def image(self) -> str:
        """Repository and tag in the stack's registry."""
        return f"{self.repository}:{self.tag}"

    @property
    def is_named(self) -> bool:
        """Whether the stack file names this very image already."""
        named = self.settings.airflow.image
        return (named.repository, named.tag) == (self.repository, self.tag)

    def registry(self, subscription: str | None) -> str | None:
        """The name of the stack's registry, as the program gives it; None when it hangs on a subscription unknown."""
        if subscription is None and self.settings.naming.suffix is None:
            return None
        return stack_names(self.settings.naming, self.project, self.stack, subscription or "").registry

    def import_command(self, registry: str, subscription: str | None) -> list[str]:
        """Copy the base image into the stack's registry, where no limit of a public one applies to the build."""
        base = self.base
        source = f"{base.source}@{base.digest}" if base.digest else f"{base.source}:{base.tag}"
        command = ["acr", "import", "--name", registry, *_in(subscription), "--source", source, "--image", base.target]
        # A tag that means something else there would not have the pinned digest.
        return [*command, "--force"] if base.digest else command

    def build_command(
        self, registry: str, server: str, subscription: str | None, folder: Path, agent_pool: str | None
    ) -> list[str]:
        """Build in Azure and push; the folder is the context."""
        arguments = {
            "BASE": f"{server}/{self.base.repository}:{self.base.pull_tag}",
            "KUBELOGIN": _reference(self.kubelogin),
        }
        command = ["acr", "build", "--registry", registry, *_in(subscription), "--image", self.image]
        for name, value in arguments.items():
            command += ["--build-arg", f"{name}={value}"]
        # AKS nodes of the stack are amd64.
        command += ["--platform", "linux/amd64", "--timeout", str(_TIMEOUT_SECONDS)]
        return [*command, *(["--agent-pool", agent_pool] if agent_pool else []), str(folder)]


def plan_build(folder: Path, stack: str, subscription: str | None = None) -> ImageBuild:
    """Read stack file, pins and image/; the subscription is the given one or the stack file's, if any.

    Raises:
        StackProblemError: when the stack file is wrong, or kubelogin has no digest.
        image.context.ContextError: when image/ is wrong.
        dryrun.stack_file.StackFileError: when the stack file cannot be read.
        pulumi.RunError: when the pins are wrong.

    """
    project, file = project_name(folder), stack_file(folder, stack)
    config = read_config(file)
    settings = _settings(config.values, set(config.secret_keys), project, stack)
    line = settings.release_line
    base, kubelogin = line.images["airflow"], _kubelogin(settings)
    files = read_context(folder / "image")
    tag = content_tag(line.version, files, [_reference(base), _reference(kubelogin)])
    return ImageBuild(
        project=project,
        stack=stack,
        file=file,
        settings=settings,
        subscription=subscription or config.values.get(_SUBSCRIPTION),
        files=files,
        base=base,
        kubelogin=kubelogin,
        repository=settings.airflow.image.repository or DEFAULT_REPOSITORY,
        tag=tag,
    )


def _settings(config: dict[str, str], secret_keys: set[str], project: str, stack: str) -> Settings:
    """The stack's settings; an image that is yet to be built is not held against it."""

    async def checked() -> tuple[Settings | None, list[Any], list[Any]]:
        return check(_with_a_tag(config), secret_keys, project, stack)

    settings, errors, _ = asyncio.run(checked())
    if settings is None:
        lines = "\n".join(f"  {problem}" for problem in sorted(set(errors)))
        raise StackProblemError(f"the stack file of {stack} is wrong:\n{lines}")
    return settings


def _with_a_tag(config: dict[str, str]) -> dict[str, str]:
    """The config with a tag in `airflow.image`, so that what needs one does not miss it before the first build."""
    try:
        airflow = json.loads(config.get(_AIRFLOW, "{}"))
        image = {"tag": _UNBUILT, **(airflow.get("image") or {})}
        if image["tag"] is None:
            image["tag"] = _UNBUILT
        return {**config, _AIRFLOW: json.dumps({**airflow, "image": image})}
    except (ValueError, AttributeError, TypeError):
        # No mapping: the check says so better.
        return config


def _kubelogin(settings: Settings) -> Image:
    tool = settings.pins.tools.images.get("kubelogin")
    if tool is None:
        raise StackProblemError("charts/pins.yaml: tools.images.kubelogin: is required to build the image")
    if tool.digest is None:
        raise StackProblemError(
            "charts/pins.yaml: tools.images.kubelogin.digest: is required to build the image, so that no other binary "
            "gets into it; run `make pins ONLY=tools`, which looks it up"
        )
    return tool


def _reference(image: Image) -> str:
    return f"{image.source}:{image.pull_tag}"


def _in(subscription: str | None) -> list[str]:
    return ["--subscription", subscription] if subscription else []
