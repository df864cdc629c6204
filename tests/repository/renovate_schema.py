"""Fetches the JSON Schema of Renovate's configuration from its npm package into the cache outside the tree, once.

`python -m tests.repository.renovate_schema` needs npm. Nothing of the package runs.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path

VERSION = "44.121.2"
FILE = Path.home() / ".cache" / "airflow-aks" / f"renovate-{VERSION}.schema.json"


def fetch() -> None:
    """Write the schema to `FILE`."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", "--silent", "--ignore-scripts", f"renovate@{VERSION}"]
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as package:
            member = package.extractfile("package/renovate-schema.json")
            if member is None:
                raise FileNotFoundError(f"renovate {VERSION} has no renovate-schema.json")
            FILE.parent.mkdir(parents=True, exist_ok=True)
            FILE.write_bytes(member.read())


def find_or_fetch() -> None:
    """Have the schema in `FILE`. Raises OSError without npm, and CalledProcessError where npm cannot fetch it."""
    if not FILE.exists():
        fetch()


if __name__ == "__main__":
    find_or_fetch()
    sys.stdout.write(f"{FILE}\n")
