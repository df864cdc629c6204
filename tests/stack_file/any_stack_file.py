"""Stack files that no person would write: made from the JSON Schema, and good ones with parts exchanged."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from components.stack_file.schema import stack_file_schema

SCHEMA = stack_file_schema()
CONFIG = SCHEMA["properties"]["config"]["properties"]
Path = tuple[str | int, ...]
# Stack files of their own: what is exchanged in them has neighbours that are right.
SMALL: dict[str, Any] = {
    "azure-native:location": "canadacentral",
    "airflow-aks:dags": {"git": {"repository": "https://git.example.com/team/dags.git"}},
}
LARGE: dict[str, Any] = {
    "azure-native:location": "westeurope",
    "airflow-aks:protectData": True,
    "airflow-aks:tags": {"team": "data", "cost-centre": "42"},
    "airflow-aks:naming": {"prefix": "flow", "suffix": "a1b2"},
    "airflow-aks:network": {"addressSpace": "10.50.0.0/16", "outbound": "natGateway", "peerWith": []},
    "airflow-aks:cluster": {
        "kubernetesVersion": "1.35",
        "tier": "Standard",
        "zones": ["1", "2"],
        "authorizedIpRanges": ["203.0.113.0/24"],
        "maintenance": {"day": "Sunday", "utcOffset": "+01:00"},
        "systemPool": {"vmSize": "Standard_D4ds_v5", "minNodes": 2, "maxNodes": 3},
        "pools": [
            {"name": "airflow", "vmSize": "Standard_D8ds_v5", "minNodes": 2, "maxNodes": 6, "labels": {"a/b": "c"}},
            {"name": "tasks", "vmSize": "Standard_D8ds_v5", "purpose": "workers", "spot": True, "taints": []},
        ],
    },
    "airflow-aks:registry": {"sku": "Premium"},
    "airflow-aks:keyVault": {"softDeleteDays": 30},
    "airflow-aks:secrets": {"delivery": "csi", "refreshMinutes": 5},
    "airflow-aks:logs": {"delivery": "azureFiles", "redundancy": "Standard_ZRS", "sizeGb": 200},
    "airflow-aks:dags": {
        "delivery": "gitSync",
        "git": {"repository": "ssh://git@git.example.com:7999/team/dags.git", "auth": "ssh", "branch": "release"},
    },
    "airflow-aks:dagsGitSshKey": {"secure": "v1:abc"},
    "airflow-aks:dagsGitKnownHosts": "[git.example.com]:7999 ssh-rsa AAAA",
    "airflow-aks:database": {"sku": "Standard_D4ds_v5", "access": "private", "allowedIpRanges": []},
    "airflow-aks:broker": {},
    "airflow-aks:access": {
        "host": "airflow.example.com",
        "path": "/airflow",
        "dnsZoneId": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/dns/providers/"
        "Microsoft.Network/dnsZones/example.com",
        "tls": {"issuer": "letsencrypt", "email": "ops@example.com"},
        "allowedCidrs": ["203.0.113.0/24"],
        "signIn": {
            "tenantId": "00000000-0000-0000-0000-000000000001",
            "clientId": "00000000-0000-0000-0000-000000000002",
            "roles": {"Admin": ["Airflow.Admin"], "Viewer": ["00000000-0000-0000-0000-000000000003"]},
            "federated": True,
        },
    },
    "airflow-aks:airflow": {
        "release": "3.3",
        "executor": "CeleryExecutor",
        "workers": {"min": 1, "max": 4, "scaler": "keda"},
        "resources": {"scheduler": {"cpu": "1", "memory": "2Gi"}},
        "config": {"core": {"parallelism": 64}, "email": {"from_email": "airflow@example.com"}},
        "environment": {"TEAM": "data"},
        "keyVaultSecrets": {"AIRFLOW_CONN_WAREHOUSE": "warehouse-connection"},
        "values": {"scheduler": {"podAnnotations": {"a": "b"}}},
    },
}
# What parsers of addresses, ranges, quantities, dates and numbers stumble over.
HOSTILE = (
    "", " ", "\n", "0", "-1", "00", "0x1F", "1e999", "NaN", "Infinity", "null", "true", "~", "[", "{", "{}", "[]", '"',
    "https://", "https:///x.git", "https://[host/x.git", "https://[::1]/x.git", "https://host:port/x.git",
    "https://host:99999/x.git", "https://host:/x.git", "https://u:p@host/x.git", "https://host/x.git#main",
    "ssh://git@ssh.dev.azure.com:v3/contoso/data/dags", "ssh://", "ssh://git@/x", "git@:x", "git@host:", ":x", "@",
    "git@ssh.dev.azure.com:v3/contoso/data/dags", "file:///x", "//host/x", "http://host\\x", "https://ho st/x",
    "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8", "0.0.0.0/0", "255.255.255.255/32", "10.0.0.1/24", "::/0", "10.0.0.0",
    "10.0.0.0/29", "256.1.1.1/24", "1.2.3.4/5/6", "1.", ".35", "1.35", "99999999999999999999.1", "1.2.3", "3", "v3",
    "1e9", "1E", "9" * 400, "0.0001", "500m", "1Gi", "999999999999Ei", "-1Gi", "1n", ".5", "+00:00", "+99:99", "12:30",
    "2027-01-31", "Standard_D4ds_v5", "Standard_B1s", "Standard_", "Basic_A1", "Standard_D4ds_v5_Promo",
    "Standard_D999999ds_v5", "Standard_NC24ads_A100_v4", "a=b:NoSchedule", "=:NoSchedule", "a=b:c", "a/b/c", "$(X)",
    "{{ x }}", "${x}", "%s", "%", "\\", "\x00", "\u2028", "\U0001f600", "ä", "\u00b2", "\u0130", "\u0661", "A" * 300,
    "secure", "..", "/", "9" * 5000, f"{'9' * 5000}m", f"{'9' * 5000}Gi", f"Standard_D{'9' * 5000}s_v5",
    "/subscriptions/0/resourceGroups/x", "usgovvirginia", "westeurope", "airflow", "tasks", "KubernetesExecutor",
    "CeleryExecutor", "LocalExecutor", "gitBundle", "image", "azureFiles", "blobfuse", "csi", "2.9", "3.3", "none",
)  # fmt: skip
TEXTS = st.sampled_from(HOSTILE) | st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
NUMBERS = st.integers(-(2**65), 2**65) | st.integers(-3, 70) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = TEXTS | NUMBERS | st.booleans() | st.none()
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3), max_leaves=6
)


def by_schema(part: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a part of the schema allows, so far as their form goes."""
    if "$ref" in part:
        definition = SCHEMA["$defs"][part["$ref"].rpartition("/")[2]]
        return st.deferred(lambda: by_schema(definition))
    if "anyOf" in part:
        return st.one_of([by_schema(option) for option in part["anyOf"]])
    if "const" in part or "enum" in part:
        return st.sampled_from(part.get("enum", [part.get("const")]))
    match part.get("type"):
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
        case "integer":
            return st.integers(part.get("minimum", -5), part.get("maximum", 5000))
        case "number":
            return st.floats(allow_nan=False, allow_infinity=False)
        case "string" if "pattern" in part:
            texts = st.from_regex(part["pattern"], fullmatch=True)
            return texts.filter(lambda text: len(text) <= part.get("maxLength", 300)) | TEXTS
        case "string":
            return TEXTS
        case "array":
            return st.lists(by_schema(part["items"]), max_size=3)
        case "object":
            return _mapping_by_schema(part)
    return VALUES


def _mapping_by_schema(part: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    if "properties" in part:
        known = {key: by_schema(inner) for key, inner in part["properties"].items()}
        needed = {key: known.pop(key) for key in part.get("required", ())}
        return st.fixed_dictionaries(needed, optional=known)
    names = TEXTS
    if "enum" in part.get("propertyNames", {}):
        names = st.sampled_from(part["propertyNames"]["enum"])
    inner = part.get("additionalProperties", {})
    for pattern, described in part.get("patternProperties", {}).items():
        names, inner = st.from_regex(pattern, fullmatch=True), described
    return st.dictionaries(names, by_schema(inner if isinstance(inner, dict) else {}), max_size=3)


def _paths(value: Any, path: Path = ()) -> Iterator[Path]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield (*path, key)
        yield from _paths(inner, (*path, key))


def _exchange(config: dict[str, Any], path: Path, value: Any, how: str) -> dict[str, Any]:
    """Replace, remove or double what stands at a path, or add a key beside it; without the path, do nothing."""
    changed = copy.deepcopy(config)
    *parents, last = path
    place: Any = changed
    for part in parents:
        if not isinstance(place, dict | list) or (isinstance(place, list) and not isinstance(part, int)):
            return changed
        if part not in (place if isinstance(place, dict) else range(len(place))):
            return changed
        place = place[part]
    if isinstance(place, dict):
        match how:
            case "remove":
                place.pop(last, None)
            case "beside":
                place[f"{last}s"] = value
            case _:
                place[last] = value
    elif isinstance(place, list) and isinstance(last, int) and last < len(place):
        match how:
            case "remove":
                del place[last]
            case "beside":
                place.append(copy.deepcopy(place[last]))
            case _:
                place[last] = value
    return changed


# Settings that the large file leaves out, by their path, with what the schema says of them.
SETTINGS: dict[Path, dict[str, Any]] = {
    (section, key): inner
    for section, part in CONFIG.items()
    if "$ref" in part
    for key, inner in SCHEMA["$defs"][part["$ref"].rpartition("/")[2]]["properties"].items()
}


@st.composite
def plausible(draw: st.DrawFn) -> dict[str, Any]:
    """The config of a good stack file, with one or two settings of the form that the schema gives them."""
    config = copy.deepcopy(draw(st.sampled_from([SMALL, LARGE])))
    for _ in range(draw(st.integers(1, 2))):
        section, key = draw(st.sampled_from(sorted(SETTINGS)))
        config.setdefault(section, {})[key] = draw(by_schema(SETTINGS[section, key]))
    return config


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """The config of a good stack file, with one to four parts exchanged."""
    config = copy.deepcopy(draw(st.sampled_from([SMALL, LARGE])))
    for _ in range(draw(st.integers(1, 4))):
        if draw(st.booleans()):
            path = draw(st.sampled_from(sorted(SETTINGS)))
            if not isinstance(config.setdefault(path[0], {}), dict):
                continue
            value = draw(by_schema(SETTINGS[path]) | VALUES)
            config[path[0]][path[1]] = value
        else:
            path = draw(st.sampled_from([("azure-native:location",), *sorted(_paths(config), key=repr)]))
            how = draw(st.sampled_from(["replace", "replace", "replace", "remove", "beside"]))
            config = _exchange(config, path, draw(VALUES), how)
    return config


ANY_CONFIG = (
    mutated()
    | plausible()
    | st.fixed_dictionaries(
        {"azure-native:location": st.just("westeurope") | TEXTS},
        optional={key: by_schema(part) for key, part in CONFIG.items() if key != "azure-native:location"},
    )
)


def stack_file_text(config: dict[str, Any]) -> bytes:
    """A stack file with this config; every text is in quotes, with escapes for what YAML does not take as it is."""
    text = json.dumps({"config": config}, ensure_ascii=False)
    return re.sub(
        r"[^\n\x20-\x7e\xa0-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]",
        lambda found: f"\\u{ord(found[0]):04x}",
        text,
    ).encode()
