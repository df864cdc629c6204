"""Install the Pulumi CLI of the pinned version in a pipeline, and check its digest.

`python3 -m dryrun.pipelines.install_pulumi FOLDER` needs no package, and puts the CLI on the path of the next steps.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import os
import platform
import sys
import tarfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final
from urllib import request

# The version that the tests run, and the digests of its archives. Source: the publisher's own Homebrew formula.
VERSION: Final = "3.258.0"
DIGESTS: Final = {
    "linux-arm64": "c5928718c70ab328b22843ee41908942148743ff3021b29852efdcdd6ce369f1",
    "linux-x64": "b6cf2de0243fece40f386bc7ae6a5194c39e15891c79f66cc6c8905bea8c6479",
}
_ADDRESS: Final = "https://github.com/pulumi/pulumi/releases/download/v{version}/pulumi-v{version}-{system}.tar.gz"
_SYSTEMS: Final = {("Linux", "x86_64"): "linux-x64", ("Linux", "aarch64"): "linux-arm64"}


class InstallError(Exception):
    """The CLI cannot be installed; the message gives the reason."""


def main(
    arguments: Sequence[str] | None = None,
    environment: Mapping[str, str] = os.environ,
    download: Callable[[str], bytes] | None = None,
) -> int:
    """Run from the command line; on failure, print the reason and return 1."""
    parser = argparse.ArgumentParser(
        prog="python3 -m dryrun.pipelines.install_pulumi", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="install below this folder")
    options = parser.parse_args(arguments)
    try:
        install(options.folder, f"{platform.system()} {platform.machine()}", download or _download)
    except (InstallError, OSError, tarfile.TarError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    folder = (options.folder / "pulumi").resolve()
    if path := environment.get("GITHUB_PATH"):
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(f"{folder}\n")
    elif environment.get("TF_BUILD"):
        sys.stdout.write(f"##vso[task.prependpath]{folder}\n")
    sys.stdout.write(f"Pulumi {VERSION} is in {folder}\n")
    return 0


def install(folder: Path, machine: str, download: Callable[[str], bytes]) -> None:
    """Unpack the CLI into a folder. Raises InstallError when it does not exist for the machine or is another file."""
    kind, _, processor = machine.partition(" ")
    system = _SYSTEMS.get((kind, processor))
    if system is None:
        raise InstallError(f"there is no pinned Pulumi CLI for {machine}: install version {VERSION} on the agent")
    archive = download(_ADDRESS.format(version=VERSION, system=system))
    digest = hashlib.sha256(archive).hexdigest()
    if digest != DIGESTS[system]:
        raise InstallError(f"Pulumi {VERSION} for {system} has the digest {digest}, not {DIGESTS[system]}")
    with tarfile.open(fileobj=io.BytesIO(archive)) as content:
        content.extractall(folder, filter="data")


def _download(address: str) -> bytes:
    with request.urlopen(address, timeout=300) as answer:  # noqa: S310 - the address is ours
        return bytes(answer.read())


if __name__ == "__main__":
    sys.exit(main())
