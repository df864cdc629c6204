"""The arguments that the commands of this folder share."""

from __future__ import annotations

import argparse
from pathlib import Path


def parse_arguments(arguments: list[str] | None, *, command: str, description: str, json: str) -> argparse.Namespace:
    """Return `stack`, `json`, `project` and `config`. `json` is the help of the option `--json`."""
    parser = argparse.ArgumentParser(prog=f"python -m {command}", description=description)
    parser.add_argument("stack", help="the stack's name; its settings are read from Pulumi.STACK.yaml")
    parser.add_argument("--json", action="store_true", help=json)
    parser.add_argument(
        "--project", type=Path, metavar="DIR", default=Path.cwd(), help="the project folder (default: .)"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="take the settings from this stack file instead")
    return parser.parse_args(arguments)
