"""plan.html: one page, without anything from outside it, to look at a plan."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from dryrun.picture.architecture import architecture
from dryrun.picture.layout import picture

from . import facts, tree, words
from .images import images
from .kubernetes import as_yaml, chart_of, manifest_of
from .plan import SECRET, Plan, Resource

_TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
_SECRET: Final = re.compile(r"(?:&#39;|&#34;)?" + re.escape(SECRET) + r"(?:&#39;|&#34;)?")
# The key of a line of YAML, once escaped.
_KEY: Final = re.compile(r"^( *(?:- )*)([\w./][^\s:]*|&#39;[^:\n]+&#39;):(?= |$)", re.MULTILINE)


def plan_page(plan: Plan) -> str:
    """The page; equal plans give equal bytes."""
    return _environment().get_template("plan.html.j2").render(_view(plan))


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "breakable": breakable,
        "code": code,
        "counted": words.counted,
        "inventory": words.inventory,
        "kind": words.kind,
        "own_inputs": own_inputs,
        "physical": physical,
        "px": lambda number: f"{number:g}",
        "yaml": as_yaml,
    }
    return environment


def _view(plan: Plan) -> dict[str, Any]:
    parts = tree.components(plan)
    content = architecture(plan)
    return {
        "plan": plan,
        "region": facts.region(plan),
        "airflow": facts.airflow(plan),
        "made": facts.made(plan),
        "components": [part for top in parts for part in top.walk()],
        "groups": tree.by_group(parts),
        "beside": tree.beside(plan),
        "protected": facts.protected(plan),
        "kept": facts.kept(plan),
        "warnings": [facts.warning(text) for text in plan.warnings],
        "content": content,
        "picture": picture(content),
        "images": images(plan),
        "releases": [(release, chart_of(release), release.inputs.get("values") or {}) for release in plan.releases],
        "manifests": _manifests(plan),
        "outputs": {name: _output(value) for name, value in plan.outputs.items()},
        "links": anchors(plan),
        "names": {resource.urn: resource.name for resource in plan.resources},
    }


def anchors(plan: Plan) -> dict[str, str]:
    """An id on the page for every resource, by urn: its logical name, with a number where two would be alike."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for resource in plan.resources:
        base = ("resource-" if resource.custom else "component-") + re.sub(r"[^A-Za-z0-9_-]+", "-", resource.name)
        anchor, number = base, 1
        while anchor in taken:
            number += 1
            anchor = f"{base}--{number}"
        taken.add(anchor)
        found[resource.urn] = anchor
    return found


def physical(resource: Resource) -> tuple[str, bool] | None:
    """Its name in Azure, in Kubernetes or in the registry, and whether the program fixed it; None when it has none."""
    if "sourceRepository" in resource.inputs:
        return f"{resource.inputs['sourceRepository']}:{resource.inputs.get('tag')}", True
    metadata = resource.outputs.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("name"):
        fixed = facts.at(resource.inputs, "metadata", "name") is not None
        return "/".join(str(metadata[key]) for key in ("namespace", "name") if metadata.get(key)), fixed
    name = resource.outputs.get("name")
    return (str(name), name in resource.inputs.values()) if isinstance(name, str) and name else None


def own_inputs(resource: Resource) -> Mapping[str, Any]:
    """A resource's inputs; a release's values have a place of their own on the page."""
    return {key: value for key, value in resource.inputs.items() if key != "values" or "chart" not in resource.inputs}


def code(text: str) -> Markup:
    """YAML with its keys and its secrets marked up, everything in it escaped."""
    marked = _KEY.sub(r"\1<i>\2</i>:", str(escape(text.rstrip("\n"))))
    return Markup(_SECRET.sub(f'<span class="secret">{SECRET}</span>', marked))  # noqa: S704 - escaped above


def breakable(reference: str) -> Markup:
    """An image reference that may go on in the next line behind each of its separators."""
    return Markup(re.sub(r"([/:@])", r"\1<wbr>", str(escape(reference))))  # noqa: S704 - escaped in it


def _manifests(plan: Plan) -> dict[str, list[tuple[Resource, dict[str, Any]]]]:
    """The Kubernetes objects that the program makes, by kind."""
    kinds: dict[str, list[tuple[Resource, dict[str, Any]]]] = {}
    for resource in plan.manifests:
        manifest = manifest_of(resource)
        kinds.setdefault(str(manifest["kind"]), []).append((resource, manifest))
    return dict(sorted(kinds.items()))


def _output(value: Any) -> str:
    if value is None:
        return "null"
    return (
        value if isinstance(value, str) else as_yaml(value) if isinstance(value, Mapping | list) else json.dumps(value)
    )
