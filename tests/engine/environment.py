"""What `pulumi` finds around it in a test: its language host, its providers, and nothing of this machine's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from components.settings.today import TODAY_VARIABLE
from tests.engine import warm_host
from tests.plans import TODAY

PASSPHRASE = "a passphrase for tests"


def pulumi_environment(
    folder: Path, pulumi: Path, providers: list[str], host: Path | None, checkpoints: bool, keys: Mapping[str, str]
) -> dict[str, str]:
    """Put the binaries into the folder and name the variables for a command that runs there.

    `providers` are `package:port` of servers that already run; `host` is the socket of a warm language host.
    `keys` are the variables of a key service.
    """
    binaries = folder / "bin"
    binaries.mkdir()
    # The language host is looked for beside the binary.
    try:
        os.link(pulumi, binaries / "pulumi")
    except OSError:
        # Another file system: it is then found on PATH, with a warning.
        (binaries / "pulumi").symlink_to(pulumi)
    launcher = binaries / "pulumi-language-python"
    launcher.write_text(_launcher(host), encoding="utf-8")
    launcher.chmod(0o755)
    home = folder / "pulumi-home"
    home.mkdir()
    # Where the CLI wants a folder for its own logs, which it encrypts: a quarter of its time.
    (home / "logs").touch()
    environment = {
        "HOME": str(folder),
        "PATH": f"{binaries}:/usr/bin:/bin",
        "PULUMI_HOME": str(home),
        "PULUMI_BACKEND_URL": f"file://{folder / 'state'}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_PROVIDERS": ",".join(providers),
        "PYTHONDONTWRITEBYTECODE": "1",
        TODAY_VARIABLE: TODAY,
        # A command lives for two seconds: collecting its garbage is not worth it.
        "GOGC": "off",
        **keys,
    }
    if not checkpoints:
        # The state is written once, at the end of an update, be it a failed one; tests that kill write every step.
        environment |= {"PULUMI_EXPERIMENTAL": "true", "PULUMI_SKIP_CHECKPOINTS": "true"}
    return environment


def _launcher(host: Path | None) -> str:
    if host is not None:
        return warm_host.LAUNCHER.format(python=sys.executable, path=str(host))
    script = Path(__file__).with_name("language_host.py")
    return f'#!/bin/sh\nexec "{sys.executable}" "{script}" "$@"\n'


__all__ = ["PASSPHRASE", "pulumi_environment"]
