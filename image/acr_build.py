"""The build of a stack's image in Azure: its name and tag, its files, and its commands `az acr import` and `build`."""

from __future__ import annotations

import asyncio
import base64
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components.azure.resource_id import ResourceId
from components.kubernetes.way_out import proxy_variables
from components.settings.model import Settings
from components.settings.names import name_form, stack_names
from components.settings.pins import Image
from components.settings.proxy_section import ProxySettings
from components.settings.registry_section import REPOSITORY_ROLE
from components.stack_file.checker import check
from components.stack_file.problems import NAMESPACE
from components.stack_file.reader import find_stack_file, read_config, read_project_name

from .context import compute_tag, read_context

# The image's repository, unless the stack file sets another.
DEFAULT_REPOSITORY: Final = "customized/airflow"
_SUBSCRIPTION: Final = "azure-native:subscriptionId"
_AIRFLOW: Final = f"{NAMESPACE}:airflow"
_EXISTING: Final = f"{NAMESPACE}:registry.existingId"
_UNBUILT: Final = "unbuilt"
_TIMEOUT_SECONDS: Final = 3600


class StackProblemError(Exception):
    """The stack file or the pins do not allow a build; the message lists the reasons."""


@dataclass(frozen=True, kw_only=True)
class ImageBuild:
    """A build: the files and images that it uses, and the repository and tag of the image that it produces."""

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
        """The image's repository and tag in the stack's registry."""
        return self.settings.registry.place(f"{self.repository}:{self.tag}")

    @property
    def existing(self) -> ResourceId | None:
        """The registry that exists already; None = the stack's own."""
        existing_id = self.settings.registry.existing_id
        return ResourceId.of(existing_id) if existing_id is not None else None

    @property
    def is_named(self) -> bool:
        """Whether the stack file already names this repository and tag."""
        named = self.settings.airflow.image
        return (named.repository, named.tag) == (self.repository, self.tag)

    def name_registry(self, subscription: str | None) -> str | None:
        """Return the name of the stack's registry; None if the name depends on an unknown subscription."""
        if self.existing is not None:
            return self.existing.name
        if subscription is None and not name_form(self.settings, "registry").is_known:
            return None
        return stack_names(self.settings, subscription or "").registry

    def make_import_command(self, registry: str, subscription: str | None) -> list[str]:
        """Return the command that imports the base image into the registry.

        The build then pulls the base image from the stack's registry, not from a public registry with a rate limit.
        """
        base = self.base
        source = f"{base.source}@{base.digest}" if base.digest else f"{base.source}:{base.tag}"
        command = ["acr", "import", "--name", registry, *self.select_place(subscription)]
        command += ["--source", source, "--image", self.settings.registry.place(base.target)]
        # The registry may have this tag with another digest than the pinned one.
        return [*command, "--force"] if base.digest else command

    def make_build_command(
        self, registry: str, server: str, subscription: str | None, folder: Path, agent_pool: str | None
    ) -> list[str]:
        """Return the command that builds the image from a folder in Azure and pushes it."""
        settings = self.settings.registry
        arguments = {
            "BASE": f"{server}/{settings.place(self.base.repository)}:{self.base.pull_tag}",
            "KUBELOGIN": _format_reference(self.kubelogin),
            **(_pass_proxy(self.settings.proxy) if agent_pool else {}),
        }
        command = ["acr", "build", "--registry", registry, *self.select_place(subscription), "--image", self.image]
        for name, value in arguments.items():
            command += ["--build-arg", f"{name}={value}"]
        if settings.pull_role == REPOSITORY_ROLE:
            # Such a registry lets a build read and push by the rights of whoever starts it only. Source: Azure
            # Container Registry, "Azure ABAC repository permissions", effects on tasks and builds.
            command += ["--source-acr-auth-id", "[caller]"]
        # AKS nodes of the stack are amd64.
        command += ["--platform", "linux/amd64", "--timeout", str(_TIMEOUT_SECONDS)]
        return [*command, *(["--agent-pool", agent_pool] if agent_pool else []), str(folder)]

    def select_place(self, subscription: str | None) -> list[str]:
        """Return the options that say where the registry is: its subscription, and the group of one that exists."""
        options = ["--subscription", subscription] if subscription else []
        return [*options, "--resource-group", self.existing.resource_group_name] if self.existing else options


def plan_build(folder: Path, stack: str, subscription: str | None = None) -> ImageBuild:
    """Plan a build from the stack file, the pins and image/. A given subscription overrides that of the stack file.

    Raises:
        StackProblemError: the stack file is invalid, or kubelogin has no digest, or a subscription is given although
            the registry exists, with its own.
        image.context.ContextError: a file in image/ is missing or not allowed.
        components.stack_file.reader.StackFileError: the stack file cannot be read.
        pulumi.RunError: the pins are invalid.

    """
    project, file = read_project_name(folder), find_stack_file(folder, stack)
    config = read_config(file)
    settings = _read_settings(config.values, set(config.secret_keys), project, stack)
    existing_id = settings.registry.existing_id
    if existing_id is not None and subscription is not None:
        raise StackProblemError(f"--subscription: {_EXISTING} names the registry's subscription: leave the option out")
    line = settings.release_line
    base, kubelogin = line.images["airflow"], _find_kubelogin(settings)
    files = read_context(folder / "image")
    tag = compute_tag(line.version, files, [_format_reference(base), _format_reference(kubelogin)])
    return ImageBuild(
        stack=stack,
        file=file,
        settings=settings,
        subscription=ResourceId.of(existing_id).subscription_id
        if existing_id is not None
        else subscription or config.values.get(_SUBSCRIPTION),
        files=files,
        base=base,
        kubelogin=kubelogin,
        repository=settings.airflow.image.repository or DEFAULT_REPOSITORY,
        tag=tag,
    )


def _read_settings(config: dict[str, str], secret_keys: set[str], project: str, stack: str) -> Settings:
    """Return the stack's settings. The stack file may leave out the tag, which exists only after the first build."""

    async def checked() -> tuple[Settings | None, list[Any], list[Any]]:
        return check(_add_tag(config), secret_keys, project, stack)

    settings, errors, _ = asyncio.run(checked())
    if settings is None:
        lines = "\n".join(f"  {problem}" for problem in sorted(set(errors)))
        raise StackProblemError(f"the stack file of {stack} is wrong:\n{lines}")
    if not settings.has_airflow:
        raise StackProblemError(f"{_AIRFLOW} of {stack} is null: a stack without Airflow has no image to build")
    return settings


def _add_tag(config: dict[str, str]) -> dict[str, str]:
    """Return the config with a placeholder tag in `airflow.image`, unless it sets a tag; some settings require one."""
    try:
        airflow = json.loads(config.get(_AIRFLOW, "{}"))
        image = {"tag": _UNBUILT, **(airflow.get("image") or {})}
        if image["tag"] is None:
            image["tag"] = _UNBUILT
        return {**config, _AIRFLOW: json.dumps({**airflow, "image": image})}
    except (ValueError, AttributeError, TypeError):
        # The section is not a mapping. The check reports that with its path.
        return config


def _find_kubelogin(settings: Settings) -> Image:
    tool = settings.pins.tools.images.get("kubelogin")
    if tool is None:
        raise StackProblemError("charts/pins.yaml: tools.images.kubelogin: is required to build the image")
    if tool.digest is None:
        raise StackProblemError(
            "charts/pins.yaml: tools.images.kubelogin.digest: is required to build the image, so that no other binary "
            "gets into it; run `make pins ONLY=tools`, which looks it up"
        )
    return tool


def _pass_proxy(proxy: ProxySettings | None) -> dict[str, str]:
    """Return the arguments of a build inside the company's network: the proxy and the company's authorities.

    Azure's shared build machines are not behind the proxy. Builders know the proxy's arguments without their names in
    the Dockerfile, and keep their values out of the image. Source: Docker, "Dockerfile reference", predefined ARGs.
    """
    if proxy is None:
        return {}
    trusted = "".join(certificate.pem for certificate in proxy.authorities)
    encoded = {"TRUSTED_CA": base64.b64encode(trusted.encode()).decode()} if trusted else {}
    return {**proxy_variables(proxy, sorted(proxy.no_proxy)), **encoded}


def _format_reference(image: Image) -> str:
    return f"{image.source}:{image.pull_tag}"
