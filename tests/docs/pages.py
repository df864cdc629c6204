"""README and docs as data: their blocks, links, headings, and the settings that they name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from components.settings.pins import load_pins
from components.stack_file.problems import NAMESPACE
from components.stack_file.schema import stack_file_schema
from tests.plans import PINS_FILE, ROOT

README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").glob("*.md"))
PAGES = [README, ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md", *DOCS]

BLOCK = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+?) *$", re.MULTILINE)
# A path below the project's own config keys; a component type goes on with another colon.
CONFIG_KEY = re.compile(rf"{NAMESPACE}:([A-Za-z]+(?:\.[A-Za-z0-9_]+|\[\d*\])*)(?![A-Za-z0-9]|:[A-Za-z])")
# Names that only look like a setting.
FILES = {"airflow.cfg"}
SCHEMA = stack_file_schema(load_pins(PINS_FILE).airflow)
CONFIG = SCHEMA["properties"]["config"]["properties"]
SECTIONS = {key.partition(":")[2] for key in CONFIG if key.startswith(f"{NAMESPACE}:")}


def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(text: str, *languages: str) -> Iterator[str]:
    """The code blocks of some languages, without what indents them in a list."""
    for indent, language, content in BLOCK.findall(text):
        if language in languages:
            yield re.sub(rf"^{indent}", "", content, flags=re.MULTILINE)


def prose(page: Path) -> str:
    return BLOCK.sub("", text_of(page))


def anchors(page: Path) -> set[str]:
    """The ids that GitHub gives the headings of a page."""
    found: set[str] = set()
    for heading in HEADING.findall(prose(page)):
        words = re.sub(r"[^\w\- ]", "", re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)).lower()
        slug, number = words.replace(" ", "-"), 0
        while (anchor := f"{slug}-{number}" if number else slug) in found:
            number += 1
        found.add(anchor)
    return found


def is_setting(path: str) -> bool:
    """Whether a stack file may hold a value at this path: `cluster.pools[].name`."""
    section, *steps = re.findall(r"[A-Za-z0-9_]+|\[\d*\]", path)
    node = resolved(CONFIG.get(f"{NAMESPACE}:{section}"))
    for step in steps:
        if node is None:
            return False
        if step.startswith("["):
            node = resolved(node.get("items"))
        elif step in node.get("properties", {}):
            node = resolved(node["properties"][step])
        else:
            node = free_keys(node)
    return node is not None


def free_keys(node: dict[str, Any]) -> dict[str, Any] | None:
    """What a mapping holds under keys that are the stack file's to choose; None when it takes none."""
    free = next(iter(node.get("patternProperties", {}).values()), node.get("additionalProperties", False))
    return {"additionalProperties": True} if free is True else resolved(free or None)


def resolved(node: dict[str, Any] | None) -> dict[str, Any] | None:
    """A part of the schema with its reference followed; of an optional part, what it is when it is there."""
    while node is not None and ("$ref" in node or any("$ref" in option for option in node.get("anyOf", ()))):
        reference = next(option["$ref"] for option in (node, *node.get("anyOf", ())) if "$ref" in option)
        node = SCHEMA["$defs"][reference.rpartition("/")[2]]
    return node


def settings_named(page: Path) -> set[str]:
    """Every setting that a page names: with the namespace anywhere, without it as code."""
    named = set(CONFIG_KEY.findall(text_of(page)))
    for code in CODE.findall(prose(page)):
        path, _, _ = code.partition(":")
        if path.split(".")[0] in SECTIONS and re.fullmatch(r"[A-Za-z]+(\.[A-Za-z0-9_]+|\[\d*\])+", path):
            named.add(path)
    return named - FILES


def commands(block: str) -> list[str]:
    """The commands of a shell block, each by itself."""
    lines = block.replace("\\\n", " ").splitlines()
    parts = (part.strip() for line in lines for part in re.split(r"&&|;", line.split("#")[0]))
    return [part for part in parts if part]


def section_of_readme(title: str) -> str:
    _, found, rest = text_of(README).partition(f"\n## {title}\n")
    assert found, f"no section {title}"
    return rest.partition("\n## ")[0]
