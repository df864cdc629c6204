"""Imports run one way: preflight → stack_file → airflow → azure, kubernetes → settings, output_registration.

`outputs` stands beside `stack_file`.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.plans import ROOT

# What each part may import besides itself.
BELOW: dict[str, frozenset[str]] = {
    "settings": frozenset(),
    "output_registration": frozenset(),
    "azure": frozenset({"settings", "output_registration"}),
    "kubernetes": frozenset({"settings", "output_registration"}),
    "airflow": frozenset({"settings", "output_registration", "azure", "kubernetes"}),
    "stack_file": frozenset({"settings", "azure", "kubernetes", "airflow"}),
    "outputs": frozenset({"settings", "azure", "kubernetes", "airflow"}),
    "preflight": frozenset({"settings", "azure", "kubernetes", "airflow", "stack_file"}),
}


def imported_modules(tree: ast.AST, package: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Every module that a file of a package imports, also inside functions and guards, as the parts of its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (tuple(alias.name.split(".")) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = (*base, *(node.module.split(".") if node.module else ()))
            yield from ((*module, alias.name) for alias in node.names)


def wrong_imports(root: Path) -> list[str]:
    """Each import against the direction, with the importing and the imported file."""
    found = []
    for file in sorted((root / "components").rglob("*.py")):
        place = file.relative_to(root).with_suffix("").parts
        part = place[1]
        for module in imported_modules(ast.parse(file.read_text(encoding="utf-8")), place[:-1]):
            if module[0] != "components" or len(module) < 2 or part == "__init__":
                continue
            if module[1] != part and module[1] not in BELOW[part]:
                found.append(f"{'/'.join(place)}.py imports {_file(root, module)}")
    return sorted(set(found))


def _file(root: Path, module: tuple[str, ...]) -> str:
    """The file of a module; the last part of its name may be something that the file defines."""
    names = ("/".join(module[:end]) for end in range(len(module), 0, -1))
    return next((f"{name}.py" for name in names if (root / f"{name}.py").exists()), "/".join(module))


def test_imports_run_one_way() -> None:
    assert wrong_imports(ROOT) == []


def test_every_part_of_components_has_a_direction() -> None:
    parts = {path.stem for path in (ROOT / "components").iterdir() if path.stem not in ("__init__", "__pycache__")}
    assert parts == set(BELOW)


@pytest.mark.parametrize(
    "line",
    [
        "from components.airflow.release_lines import family_of",
        "from components.airflow import release_lines",
        "import components.airflow.release_lines",
        "from ..airflow.release_lines import family_of",
        "from ..airflow import release_lines",
        "def late() -> None:\n    from components.airflow.release_lines import family_of",
        "if TYPE_CHECKING:\n    from components.airflow.release_lines import family_of",
    ],
)
def test_a_planted_wrong_import_is_named_with_both_files(tmp_path: Path, line: str) -> None:
    for name, text in {"azure/network.py": f"{line}\n", "airflow/release_lines.py": ""}.items():
        (tmp_path / "components" / name).parent.mkdir(parents=True)
        (tmp_path / "components" / name).write_text(text, encoding="utf-8")
    assert wrong_imports(tmp_path) == ["components/azure/network.py imports components/airflow/release_lines.py"]


@pytest.mark.parametrize(
    "folder",
    sorted(path.parent for path in (ROOT / "components").rglob("__init__.py")),
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_every_folder_says_in_one_sentence_what_it_is_for(folder: Path) -> None:
    tree = ast.parse((folder / "__init__.py").read_text(encoding="utf-8"))
    text = ast.get_docstring(tree) or ""
    assert len(tree.body) == 1
    assert text.endswith(".")
    assert text.count(". ") == 0
