"""Renders plan.html, a page that shows a plan and loads nothing from other servers."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from dryrun.picture.architecture import describe_architecture
from dryrun.picture.layout import lay_out

from . import facts, remains, tree, words
from .cost.amounts import format_amount, format_days, format_unit_price
from .cost.costs import Costs
from .duration_reader import load_durations
from .gantt import lay_out_timeline, list_typical_times
from .images import list_images
from .manifests import build_manifest, describe_chart, dump_yaml
from .plan import SECRET, Plan, Resource
from .timeline import compute_timeline, format_seconds

_TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
_SECRET: Final = re.compile(r"(?:&#39;|&#34;)?" + re.escape(SECRET) + r"(?:&#39;|&#34;)?")
# The key in a line of YAML, after HTML escaping.
_KEY: Final = re.compile(r"^( *(?:- )*)([\w./][^\s:]*|&#39;[^:\n]+&#39;):(?= |$)", re.MULTILINE)


def render_page(plan: Plan, costs: Costs | None = None, changes: Mapping[str, Any] | None = None) -> str:
    """Return the page, with costs and the marks of a comparison if there are any. Equal arguments give equal bytes."""
    view = {**_collect_view(plan), "changes": changes, "marks": changes["marks"] if changes else {}}
    return _make_environment().get_template("plan.html.j2").render(view, costs=costs)


@cache
def _make_environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {
        "allow_breaks": allow_breaks,
        "highlight": highlight,
        "pluralize": words.pluralize,
        "summarize": words.summarize,
        "describe_type": words.describe_type,
        "select_inputs": select_inputs,
        "find_physical_name": find_physical_name,
        "amount": format_amount,
        "unit_price": format_unit_price,
        "days": format_days,
        "minutes": format_seconds,
        "px": lambda number: f"{number:g}",
        "yaml": dump_yaml,
    }
    return environment


def _collect_view(plan: Plan) -> dict[str, Any]:
    parts = tree.list_components(plan)
    content = describe_architecture(plan)
    durations = load_durations()
    timeline = compute_timeline(plan, durations)
    return {
        "plan": plan,
        "region": facts.find_region(plan),
        "airflow": facts.describe_airflow(plan),
        "created": facts.list_created(plan),
        "components": [part for top in parts for part in top.walk()],
        "groups": tree.group_components(parts),
        "others": tree.list_others(plan),
        "protected": facts.list_protected(plan),
        "remains": remains.list_remains(plan),
        "contained": _group_contained(plan),
        "warnings": [facts.split_warning(text) for text in plan.warnings],
        "content": content,
        "picture": lay_out(content),
        "timeline": timeline,
        "gantt": lay_out_timeline(plan, timeline),
        "typical_times": list_typical_times(timeline, durations),
        "images": list_images(plan),
        "releases": [
            (each, describe_chart(each), each.inputs.get("values") or {})
            for each in (*plan.releases, *plan.rendered_charts)
        ],
        "manifests": _group_manifests(plan),
        "outputs": {name: _format_output(value) for name, value in plan.outputs.items()},
        "links": assign_anchors(plan),
        "names": {resource.urn: resource.name for resource in plan.resources},
    }


def assign_anchors(plan: Plan) -> dict[str, str]:
    """Return an HTML id for each resource, by URN: the logical name, with a number if several resources share it."""
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


def find_physical_name(resource: Resource) -> tuple[str, bool] | None:
    """Return a resource's name in Azure, Kubernetes or the registry, and whether the program set it; or None."""
    if "sourceRepository" in resource.inputs:
        repository = resource.inputs.get("targetRepository") or resource.inputs["sourceRepository"]
        return f"{repository}:{resource.inputs.get('tag')}", True
    metadata = resource.outputs.get("metadata")
    if isinstance(metadata, Mapping) and metadata.get("name"):
        fixed = facts.look_up(resource.inputs, "metadata", "name") is not None
        return "/".join(str(metadata[key]) for key in ("namespace", "name") if metadata.get(key)), fixed
    name = resource.outputs.get("name")
    return (str(name), name in resource.inputs.values()) if isinstance(name, str) and name else None


def select_inputs(resource: Resource) -> Mapping[str, Any]:
    """Return a resource's inputs without Helm values, which the page shows in a separate section."""
    return {key: value for key, value in resource.inputs.items() if key != "values" or "chart" not in resource.inputs}


def highlight(text: str) -> Markup:
    """Return YAML as escaped HTML with tags around keys and secrets."""
    marked = _KEY.sub(r"\1<i>\2</i>:", str(escape(text.rstrip("\n"))))
    return Markup(_SECRET.sub(f'<span class="secret">{SECRET}</span>', marked))  # noqa: S704 - escaped above


def allow_breaks(reference: str) -> Markup:
    """Return an image reference as escaped HTML that may break after each separator."""
    return Markup(re.sub(r"([/:@])", r"\1<wbr>", str(escape(reference))))  # noqa: S704 - escaped in it


def _group_manifests(plan: Plan) -> dict[str, list[tuple[Resource, dict[str, Any]]]]:
    """Return the Kubernetes objects that the program creates without a chart, by kind."""
    kinds: dict[str, list[tuple[Resource, dict[str, Any]]]] = {}
    for resource in plan.manifests:
        manifest = build_manifest(resource)
        kinds.setdefault(str(manifest["kind"]), []).append((resource, manifest))
    return dict(sorted(kinds.items()))


def _group_contained(plan: Plan) -> list[tuple[Resource, list[Resource]]]:
    """Return the resources that are deleted only with their container, grouped by that container."""
    groups: dict[str, tuple[Resource, list[Resource]]] = {}
    for resource, container in remains.list_contained(plan):
        groups.setdefault(container.urn, (container, []))[1].append(resource)
    return list(groups.values())


def _format_output(value: Any) -> str:
    if isinstance(value, str):
        return value
    return dump_yaml(value) if isinstance(value, Mapping | list) else json.dumps(value)
