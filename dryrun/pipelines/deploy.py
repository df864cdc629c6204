"""Preview, update or check a deployed stack in a pipeline.

`make preview STACK=dev`, `make up STACK=dev` and `make drift STACK=dev` run it. It needs the Pulumi CLI, an Azure CLI
that is signed in, and the variable PULUMI_BACKEND_URL.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from components.stack_file.reader import StackFileError, find_stack_file, read_secrets_provider

from .azure_session import keep_signed_in
from .comparison_folder import preview_file
from .previews import Preview, PreviewFileError, dump_preview, load_preview, read_preview, render_preview

BACKEND: Final = "PULUMI_BACKEND_URL"
SECRETS_PROVIDER: Final = "PULUMI_SECRETS_PROVIDER"


class DeployError(Exception):
    """The command cannot run, or must not; the message gives the reason and the remedy."""


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Run from the command line; on failure, print the reason and return 1."""
    options = _make_parser().parse_args(arguments)
    try:
        check_settings(options.stack, environment)
        with keep_signed_in(environment):
            match options.command:
                case "preview":
                    return _preview(options.stack, options.out, environment)
                case "drift":
                    return _check_drift(options.stack, options.out, environment)
                case _:
                    return _update(options.stack, options.approved, environment)
    except (DeployError, StackFileError, PreviewFileError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


def check_settings(stack: str, environment: Mapping[str, str]) -> None:
    """Raise DeployError unless the job knows the stack's state and the stack file names the key of the settings."""
    if not environment.get(BACKEND):
        raise DeployError(f"the variable {BACKEND} is not set; docs/pipelines.md says how to set up the state")
    expected, named = environment.get(SECRETS_PROVIDER), read_secrets_provider(find_stack_file(Path.cwd(), stack))
    if expected and named != expected:
        raise DeployError(
            f"Pulumi.{stack}.yaml: secretsprovider: is {named or 'missing'}, and the variable {SECRETS_PROVIDER} is "
            f"{expected}; run `pulumi stack change-secrets-provider --stack {stack} {expected}` and commit the file"
        )


def _preview(stack: str, out: Path, environment: Mapping[str, str]) -> int:
    preview = _run_preview(stack, [], environment)
    _write(preview_file(out, stack), preview)
    _publish(f"## {stack}\n\n{render_preview(preview)}\n", out / f"preview-{stack}.md", environment)
    return 1 if preview.errors else 0


def _check_drift(stack: str, out: Path, environment: Mapping[str, str]) -> int:
    """Write what differs from the state and the stack file. Only a check that could not be made is a failure."""
    preview = _run_preview(stack, ["--refresh", "--expect-no-changes"], environment)
    _write(out / f"drift-{stack}.json", preview)
    sys.stdout.write(f"{render_preview(preview)}\n")
    return 1 if preview.errors else 0


def _update(stack: str, approved: Path, environment: Mapping[str, str]) -> int:
    """Update the stack if that does what the approved preview shows. Between the two, somebody may have changed it."""
    if not approved.is_file():
        raise DeployError(f"{approved} is no file; APPROVED names the file that `make preview` wrote for the approval")
    expected = load_preview(approved.read_text(encoding="utf-8"))
    found = _run_preview(stack, [], environment)
    if found.errors or expected.errors or expected.stack != stack:
        raise DeployError(f"the preview failed, or {approved} is no preview of {stack}:\n{render_preview(found)}")
    if found.changes != expected.changes:
        raise DeployError(
            f"the update of {stack} would no longer do what was approved: start the pipeline again, and approve what "
            f"it shows then. It would now do:\n{render_preview(found)}"
        )
    return _pulumi(["up", "--yes", "--skip-preview", "--stack", stack], environment, subprocess.DEVNULL).returncode


def _run_preview(stack: str, more: Sequence[str], environment: Mapping[str, str]) -> Preview:
    done = _pulumi(["preview", "--json", "--stack", stack, *more], environment, subprocess.PIPE)
    return read_preview(stack, done.returncode, done.stdout, done.stderr)


def _pulumi(arguments: Sequence[str], environment: Mapping[str, str], streams: int) -> subprocess.CompletedProcess[str]:
    """Run the CLI. With DEVNULL as `streams`, its output goes to the log; with PIPE, into the result."""
    kept = subprocess.PIPE if streams == subprocess.PIPE else None
    command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
    return subprocess.run(  # noqa: S603
        command, env=dict(environment), stdin=subprocess.DEVNULL, stdout=kept, stderr=kept, text=True, check=False
    )


def _write(file: Path, preview: Preview) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(dump_preview(preview), encoding="utf-8")


def _publish(text: str, file: Path, environment: Mapping[str, str]) -> None:
    """Show Markdown in the log and on the page of the run, where the person who approves reads it."""
    sys.stdout.write(text)
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        with Path(summary).open("a", encoding="utf-8") as page:
            page.write(text)
    elif environment.get("TF_BUILD"):
        file.write_text(text, encoding="utf-8")
        sys.stdout.write(f"##vso[task.uploadsummary]{file.resolve()}\n")


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dryrun.pipelines.deploy", description=(__doc__ or "").partition("\n")[0]
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, help_text in (("preview", "show what an update would do"), ("drift", "find what others changed")):
        command = commands.add_parser(name, help=help_text)
        command.add_argument("stack")
        command.add_argument("--out", required=True, type=Path, metavar="DIR", help="write the preview here")
    up = commands.add_parser("up", help="update, if that does what was approved")
    up.add_argument("stack")
    up.add_argument("--approved", required=True, type=Path, metavar="FILE", help="the preview that was approved")
    return parser


if __name__ == "__main__":
    sys.exit(main())
