"""Open the change of an image's tag in a stack file as a pull request.

`python -m dryrun.pipelines.change_tag STACK` runs after `make image STACK=... WRITE=1`, in a clone that may push.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from typing import Final

from .connect import connect
from .hosts import HostError
from .rest import RestError

_AUTHOR: Final = ("-c", "user.name=Image pipeline", "-c", "user.email=image-pipeline@example.invalid")


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Run from the command line; on failure, print the reason and return 1."""
    parser = argparse.ArgumentParser(
        prog="python -m dryrun.pipelines.change_tag", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("stack", help="the stack whose file names another image now")
    parser.add_argument("--target", default="main", metavar="BRANCH", help="the branch to change (default: main)")
    options = parser.parse_args(arguments)
    try:
        host = connect(environment)
        file = f"Pulumi.{options.stack}.yaml"
        difference = _git("diff", "--", file)
        if not difference:
            sys.stdout.write(f"{file} names this image already\n")
            return 0
        branch = f"image/{options.stack}-{hashlib.sha256(difference.encode()).hexdigest()[:12]}"
        if _git("ls-remote", "--heads", "origin", branch):
            sys.stdout.write(f"{branch} is there already\n")
            return 0
        commit = _git("rev-parse", "HEAD")
        _git("switch", "--create", branch)
        _git(*_AUTHOR, "commit", "--message", f"Run the customized image of {commit} on {options.stack}", "--", file)
        _git("push", "origin", branch)
        number = host.open_pull_request(
            branch,
            options.target,
            f"Run the new customized image on {options.stack}",
            f"Built from {commit}. Merging changes the stack file; `pulumi up --stack {options.stack}` rolls it out.",
        )
    except (HostError, RestError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"error: {' '.join(error.cmd)}: {error.stderr.strip()}\n")
        return 1
    sys.stdout.write(f"opened pull request {number}\n")
    return 0


def _git(*arguments: str) -> str:
    """Run git and return what it printed. Raises CalledProcessError."""
    command = ["git", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603 - the arguments are ours
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
