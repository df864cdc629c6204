"""Build the customized Airflow image in Azure and print the lines that name it in the stack file.

`python -m image.build STACK` needs the Azure CLI with a user signed in. With `--print` it only prints the commands and
does not need the CLI.
"""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Sequence
from pathlib import Path

import pulumi

from components.stack_file.problems import key_path
from components.stack_file.reader import StackFileError

from .acr_build import ImageBuild, StackProblemError, plan_build
from .azure_cli import (
    Az,
    AzureCliError,
    build,
    find_login_server,
    find_subscription,
    has_tag,
    import_base,
    run_az,
    show_login_server,
)
from .context import ContextError, stage
from .stack_file_editor import StackFileLayoutError, format_lines, set_image

_DEPLOY = "deploy stack {0} once (`pulumi up --stack {0}`), or name its subscription with --subscription"
_REFUSALS = (
    AzureCliError,
    ContextError,
    StackFileError,
    StackFileLayoutError,
    StackProblemError,
    pulumi.RunError,
)


def main(arguments: Sequence[str] | None = None, az: Az = run_az) -> int:
    """Run from the command line; on failure, print each problem as a line on standard error and return 1."""
    options = _make_parser().parse_args(arguments)
    folder: Path = options.project.resolve()
    try:
        planned = plan_build(folder, options.stack, options.subscription)
        _check_reachable(planned, options.agent_pool)
        context = Path("build") / "image" / planned.stack
        stage(planned.files, folder / context)
        if options.print:
            _say(render_script(planned, context, options.agent_pool))
        else:
            _build(planned, folder / context, options.agent_pool, az)
        _name_image(planned, options.write and not options.print)
    except _REFUSALS as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    return 0


def render_script(planned: ImageBuild, context: Path, agent_pool: str | None = None) -> str:
    """Return the commands as a shell script, which asks for a login server that the stack file does not determine."""
    name, subscription = "${registry%%.*}", planned.subscription
    registry = planned.name_registry(subscription)
    asked = f'"$(pulumi stack output registryLoginServer --stack {planned.stack})"'
    server = f"{registry}.azurecr.io" if registry else asked
    if planned.existing is not None:
        name, place = planned.existing.name, planned.select_place(subscription)
        server = f'"$(az {" ".join(map(_quote, show_login_server(name, place)))})"'
    commands = (
        planned.make_import_command(name, subscription),
        planned.make_build_command(name, "$registry", subscription, context, agent_pool),
    )
    return "\n".join((f"registry={server}", *(" ".join(["az", *map(_quote, command)]) for command in commands)))


def _check_reachable(planned: ImageBuild, agent_pool: str | None) -> None:
    """Raise StackProblemError when Azure's shared build machines have no access to the registry."""
    if not planned.settings.registry.public_access and agent_pool is None:
        raise StackProblemError(
            f"{key_path('registry', 'publicAccess')} is false, so Azure's shared build machines cannot reach the "
            "registry: name an agent pool of it inside the network, `make image AGENT_POOL=<name>`; see docs/image.md"
        )


def _build(planned: ImageBuild, context: Path, agent_pool: str | None, az: Az) -> None:
    """Build the image unless the registry has its tag, which is a hash of everything in the image."""
    subscription = planned.subscription or find_subscription(az)
    registry = planned.name_registry(subscription) or ""
    remedy = f"correct {key_path('registry', 'existingId')}" if planned.existing else _DEPLOY.format(planned.stack)
    server = find_login_server(az, registry, subscription, planned.select_place(subscription), remedy)
    match has_tag(az, registry, subscription, planned.image):
        case True:
            _say(f"{server}/{planned.image} is there already: nothing in it changed")
            return
        case None:
            _say(f"{server} cannot be asked from here whether it has {planned.image}: it is built")
    import_base(az, planned.make_import_command(registry, subscription))
    build(az, planned.make_build_command(registry, server, subscription, context, agent_pool))
    _say(f"{server}/{planned.image} is built")


def _name_image(planned: ImageBuild, write: bool) -> None:
    """Print the lines that name the image, or write them into the stack file."""
    if planned.is_named:
        _say(f"{planned.file.name} names it already")
        return
    if write:
        text = planned.file.read_text(encoding="utf-8")
        planned.file.write_text(set_image(text, planned.repository, planned.tag), encoding="utf-8")
        _say(f"{planned.file.name} names it now")
        return
    _say(f"\nWhat names it in {planned.file.name}, below `config:`\n\n{format_lines(planned.repository, planned.tag)}")


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m image.build", description=(__doc__ or "").partition("\n")[0], allow_abbrev=False
    )
    parser.add_argument("stack", help="the stack's name; its settings are read from Pulumi.STACK.yaml")
    parser.add_argument("--print", action="store_true", help="show the commands and run none")
    parser.add_argument("--write", action="store_true", help="name the image in the stack file")
    parser.add_argument("--subscription", metavar="ID", help="the stack's subscription (default: where az is set to)")
    parser.add_argument("--agent-pool", metavar="NAME", help="build on this agent pool of the registry")
    parser.add_argument("--project", type=Path, metavar="DIR", default=Path.cwd(), help="the project (default: .)")
    return parser


def _quote(argument: str) -> str:
    return f'"{argument}"' if "$" in argument else shlex.quote(argument)


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
