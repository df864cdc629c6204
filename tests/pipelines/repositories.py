"""Repositories with the merge of a pull request checked out, as the pipelines find it."""

from __future__ import annotations

import subprocess
from pathlib import Path

GIT = ("git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false")
# Plays `make compare STACK=all`: each stack file of these tests holds the exit code of its comparison, or `broken` for
# a stack without a result. `make` itself ends with 2 as soon as one of them is not 0.
MAKEFILE = """\
compare:
\t@git rev-parse --quiet --verify "$(BASE)^{commit}" > /dev/null || { echo "error: $(BASE) is no commit"; exit 1; }
\t@for file in Pulumi.*.yaml; do \\
\t  stack=$${file#Pulumi.}; stack=$${stack%.yaml}; echo "comparing $$stack"; \\
\t  grep -q broken $$file && continue; \\
\t  echo "$$stack against $(BASE)$(if $(PRICES), with $(PRICES))" > $(OUT)/$$stack.md; \\
\t  echo "{\\"exitCode\\": $$(grep -o '[0-9]' $$file)}" > $(OUT)/$$stack.json; \\
\tdone; test -z "$(ALLOW_DATA_LOSS)"; ! grep -q -e '[1-9]' -e broken Pulumi.*.yaml
"""


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run([*GIT, *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout.strip()


def commit(folder: Path, message: str, **files: str | None) -> None:
    """Write files by stack, remove those that are None, and commit."""
    for stack, text in files.items():
        file = folder / f"Pulumi.{stack}.yaml"
        if text is None:
            file.unlink()
        else:
            file.write_text(f"{text}\n", encoding="utf-8")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--allow-empty", "--message", message)


def merge_of_pull_request(folder: Path, base: dict[str, str], change: dict[str, str | None]) -> Path:
    """Make a repository whose HEAD is the merge of a pull request: the first parent is the target branch."""
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "Makefile").write_text(MAKEFILE, encoding="utf-8")
    commit(folder, "base", **base)
    git(folder, "switch", "--quiet", "--create", "feature")
    commit(folder, "change", **change)
    git(folder, "switch", "--quiet", "main")
    commit(folder, "the target branch moves on")
    git(folder, "merge", "--quiet", "--no-ff", "--message", "merge", "feature")
    return folder
