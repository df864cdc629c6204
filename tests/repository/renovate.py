"""What Renovate does with the custom managers of .github/renovate.json: it finds versions and replaces them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.plans import ROOT

CONFIG: dict[str, Any] = json.loads((ROOT / ".github" / "renovate.json").read_text(encoding="utf-8"))
# The fields of a dependency that a group of the expressions or a template may fill.
_FIELDS = ("depName", "packageName", "currentValue", "currentDigest", "datasource", "depType", "registryUrl")


@dataclass(frozen=True, kw_only=True)
class Dependency:
    """A version that a custom manager finds: its fields, the text that holds it, and where that begins in the file."""

    fields: Mapping[str, str]
    text: str
    start: int
    template: str | None

    @property
    def name(self) -> str:
        return self.fields["depName"]

    def replace(self, content: str, version: str, digest: str | None) -> str:
        """Return the file with another version, and digest, of this dependency."""
        if self.template is None:
            new = self.text.replace(self.fields["currentValue"], version, 1)
            if digest and "currentDigest" in self.fields:
                new = new.replace(self.fields["currentDigest"], digest, 1)
        else:
            new = fill(self.template, {**self.fields, "newValue": version, "newDigest": digest or ""})
        return content[: self.start] + new + content[self.start + len(self.text) :]


def find(content: str) -> list[Dependency]:
    """Return what the custom managers find in a file."""
    return [found for manager in CONFIG["customManagers"] for found in _find(manager, content)]


def describe(content: str) -> dict[str, dict[str, str]]:
    """Return what the custom managers find in a file: the fields of each dependency, by its name."""
    return {pin.name: {key: value for key, value in pin.fields.items() if key != "depName"} for pin in find(content)}


def rules_for(name: str) -> list[dict[str, Any]]:
    """Return the rules about a dependency of charts/pins.yaml, by its name."""
    return [rule for rule in pin_rules() if any(matches(name, pattern) for pattern in rule.get("matchDepNames", "*"))]


def pin_rules() -> list[dict[str, Any]]:
    """Return the rules about charts/pins.yaml."""
    return [rule for rule in CONFIG["packageRules"] if rule.get("matchFileNames") == ["charts/pins.yaml"]]


def matches(text: str, pattern: str) -> bool:
    """Whether a text fits a pattern: an expression between slashes, everything, or the text itself."""
    return compile_expression(pattern[1:-1]).search(text) is not None if pattern[0] == "/" else pattern in ("*", text)


def compile_expression(expression: str) -> re.Pattern[str]:
    """Compile an expression of RE2 or JavaScript. Raises ValueError for lookarounds, which RE2 does not have."""
    if re.search(r"\(\?<?[=!]", expression):
        raise ValueError(f"RE2 has no lookaround: {expression}")
    return re.compile(expression.replace("(?<", "(?P<"))


def fill(template: str, values: Mapping[str, str]) -> str:
    """Fill the templates of this configuration: `{{{name}}}`, and `{{#if name}}text{{/if}}`."""
    kept = re.sub(r"{{#if (\w+)}}(.*?){{/if}}", lambda found: found[2] if values.get(found[1]) else "", template)
    return re.sub(r"{{{(\w+)}}}", lambda found: values[found[1]], kept)


def _find(manager: Mapping[str, Any], content: str) -> Iterator[Dependency]:
    expressions = [compile_expression(expression) for expression in manager["matchStrings"]]
    for groups, text, start in _match(expressions, {}, content, 0):
        fields = {}
        for field in _FIELDS:
            template = manager.get(f"{field}Template")
            value = groups.get(field) if template is None else fill(template, groups)
            if value:
                fields[field] = value
        yield Dependency(fields=fields, text=text, start=start, template=manager.get("autoReplaceStringTemplate"))


def _match(
    expressions: list[re.Pattern[str]], groups: dict[str, str], text: str, start: int
) -> Iterator[tuple[dict[str, str], str, int]]:
    """Apply each expression to what the one before it matched: the strategy `recursive`."""
    if not expressions:
        yield groups, text, start
        return
    for found in expressions[0].finditer(text):
        inner = {**groups, **{name: value for name, value in found.groupdict().items() if value}}
        yield from _match(expressions[1:], inner, found[0], start + found.start())
