"""Write the options of airflow.cfg that each release line knows, and the new places of moved options.

`python -m charts.write_airflow_options` downloads the wheels of Airflow and its providers for each pinned release line
with pip, without their dependencies. The wheels contain Airflow's `config.yml`, the providers' options, and Airflow's
lists of moved and removed options. charts/airflow/providers.yaml names the providers. No code of a wheel runs.
"""

from __future__ import annotations

import ast
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from components.airflow.release_lines import options_file
from components.settings.pins import load_pins

PROVIDERS_FILE: Final = Path(__file__).with_name("airflow") / "providers.yaml"
# The first major version of Airflow whose core is a separate package.
_SEPARATE_CORE_SINCE: Final = 3
_FIELDS: Final = ("renamed_to", "default_change", "was_removed")


def read_options(wheels: list[Path]) -> dict[str, Any]:
    """Return the options that the wheels of Airflow and of its providers declare.

    `sections` maps section and option to the version that added the option (null: unknown). `moved` maps each old place
    to the new place. `removed` lists the places of options without a successor. A place is `section.option`.
    """
    sections: dict[str, dict[str, str | None]] = {}
    moved: dict[str, str] = {}
    removed: set[str] = set()
    for wheel in wheels:
        with zipfile.ZipFile(wheel) as content:
            for name in content.namelist():
                if name.endswith("config_templates/config.yml"):
                    _add(sections, yaml.safe_load(content.read(name)))
                elif name.endswith("/get_provider_info.py"):
                    _add(sections, _literal_key(ast.parse(content.read(name)), "config") or {})
                elif name.endswith(("airflow/configuration.py", "configuration/parser.py")):
                    moved |= _deprecated(ast.parse(content.read(name)))
                elif name.endswith("commands/config_command.py"):
                    for old, new in _changes(ast.parse(content.read(name))):
                        moved.update({old: new} if new else {})
                        removed.update(() if new else (old,))
    known = {f"{section}.{option}" for section, options in sections.items() for option in options}
    now = {old: _last(moved, old) for old in sorted(moved) if old not in known}
    gone = {old for old, new in now.items() if new not in known}
    return {
        "sections": {section: dict(sorted(options.items())) for section, options in sorted(sections.items())},
        "moved": {old: new for old, new in now.items() if old not in gone},
        "removed": sorted((removed | gone) - known - (set(now) - gone)),
    }


def _last(moved: Mapping[str, str], place: str) -> str:
    """Return the newest place of an option, which may have moved several times."""
    seen = {place}
    while (new := moved.get(place)) is not None and new not in seen:
        seen.add(new)
        place = new
    return place


def _add(sections: dict[str, dict[str, str | None]], config: Mapping[str, Any]) -> None:
    for section, content in config.items():
        options = sections.setdefault(section, {})
        for option, facts in (content.get("options") or {}).items():
            since = (facts or {}).get("version_added")
            options[option.lower()] = str(since) if since else None


def _literal_key(tree: ast.AST, wanted: str) -> Any:
    """Return the value of a key in the dictionary that a provider's only function returns."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Dict):
            for key, value in zip(node.value.keys, node.value.values, strict=True):
                if isinstance(key, ast.Constant) and key.value == wanted:
                    return ast.literal_eval(value)
    return None


def _deprecated(tree: ast.AST) -> dict[str, str]:
    """Read the tables of deprecated options, and return a mapping from old to new place."""
    found = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.AnnAssign) or not isinstance(node.target, ast.Name) or node.value is None:
            continue
        if node.target.id == "deprecated_options":
            for (section, option), (old_section, old_option, _) in ast.literal_eval(node.value).items():
                found[f"{old_section}.{old_option}"] = f"{section}.{option}"
        elif node.target.id == "many_to_one_deprecated_options":
            for (section, option), olds in ast.literal_eval(node.value).items():
                found |= {f"{old_section}.{old_option}": f"{section}.{option}" for old_section, old_option, _ in olds}
    return found


def _changes(tree: ast.AST) -> Iterator[tuple[str, str | None]]:
    """Yield each option in Airflow 3's list of changes with its new place; None if the option was removed."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Name) or node.func.id != "ConfigChange":
            continue
        given = {keyword.arg: keyword.value for keyword in node.keywords}
        new, changed, removed = (given.get(field) for field in _FIELDS)
        if new is not None:
            yield _place(given["config"]), _place(new)
        elif not _is(changed, True) and not _is(removed, False) and "is_invalid_if" not in given:
            yield _place(given["config"]), None


def _is(node: ast.expr | None, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def _place(node: ast.expr) -> str:
    """Return a ConfigParameter as `section.option`; its arguments may be positional or keywords."""
    if not isinstance(node, ast.Call):
        raise ValueError(f"is no ConfigParameter: {ast.unparse(node)}")
    arguments = [*node.args, *(keyword.value for keyword in node.keywords)]
    return ".".join(str(ast.literal_eval(argument)) for argument in arguments)


def as_text(facts: Mapping[str, Any], version: str) -> str:
    """Return the file's text: JSON with a line for each section and each move, so that a diff shows single changes."""

    def block(items: Mapping[str, Any]) -> str:
        lines = (f"{json.dumps(key)}: {json.dumps(value)}" for key, value in items.items())
        return "{\n" + ",\n".join(lines) + "\n}"

    parts = (
        f'"version": {json.dumps(version)}',
        f'"sections": {block(facts["sections"])}',
        f'"moved": {block(facts["moved"])}',
        f'"removed": {json.dumps(facts["removed"])}',
    )
    return "{" + ",\n".join(parts) + "}\n"


def download(packages: list[str], folder: Path) -> list[Path]:
    """Download wheels with pip, whichever version of Python they require."""
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:"]
    command += ["--ignore-requires-python", "--dest", str(folder), *packages]
    subprocess.run(command, check=True)  # noqa: S603 - the packages of providers.yaml
    return sorted(folder.glob("*.whl"))


def main() -> int:
    """Write the file of every pinned release line."""
    providers = yaml.safe_load(PROVIDERS_FILE.read_text(encoding="utf-8"))
    for line, release in load_pins().airflow.items():
        if line not in providers:
            raise SystemExit(
                f'{PROVIDERS_FILE.name} has no release line "{line}": add it, with the providers of its image'
            )
        core = "apache-airflow-core" if int(line.partition(".")[0]) >= _SEPARATE_CORE_SINCE else "apache-airflow"
        packages = [f"apache-airflow-providers-{name}=={version}" for name, version in providers[line].items()]
        with tempfile.TemporaryDirectory() as folder:
            wheels = download([f"{core}=={release.version}", *packages], Path(folder))
            options_file(line).write_text(as_text(read_options(wheels), release.version), encoding="utf-8")
        sys.stdout.write(f"{options_file(line).name}: Airflow {release.version}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
