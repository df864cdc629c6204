"""The text of a new stack file: a commented baseline, with the answers filled in."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Final, get_args

import yaml

from components.airflow.executors import ExecutorParts, executor_parts
from components.settings.airflow_sections import AirflowSettings, Executor
from components.settings.pins import load_pins

from .answers import AnswerError, Answers

# The lengths of the address spaces of the shipped stack files.
_PREFIX_LENGTHS: Final = {"development": 20, "production": 16}
_FIRST_NETWORK: Final = 40
_TASK_NODES: Final = {
    "development": """\
      - name: tasks # pods in which tasks run
        vmSize: Standard_D4ds_v5 # 4 cores, 16 GiB
        minNodes: 0 # no task, no node
        maxNodes: 4 # the most tasks that run at once need
        spot: true # cheap nodes that Azure may take away: tasks should have retries
        purpose: workers # no other pods
""",
    "production": """\
      - name: tasks # pods in which tasks run
        vmSize: Standard_D8ds_v5 # 8 cores, 32 GiB
        minNodes: 0 # no task, no node
        maxNodes: 20 # the most tasks that run at once need
        purpose: workers # no other pods
""",
}
# The most nodes for Airflow's own pods. Without nodes for tasks, those run there too.
_AIRFLOW_NODES: Final = {"development": (3, 4), "production": (9, 9)}
_CELERY_WORKERS: Final = {
    "development": """\
    workers:
      min: 1 # Celery workers that always run
      max: 8 # more find no room on the nodes for tasks
""",
    "production": """\
    workers:
      min: 2 # Celery workers that always run
      max: 20 # as many as tasks need
""",
}
_SMALL_BROKER: Final = """\
  airflow-aks:broker:
    highAvailability: false # one copy of the tasks that wait; cannot be turned off again once it is true
"""
_ABOUT_IMAGES: Final = """\
# The image with your DAGs is built in the stack's own registry, so the stack begins with Airflow's example DAGs.
    # Then `make image` names the image: set `delivery: image`, and remove git (docs/image.md)."""
_ABOUT_EXAMPLES: Final = (
    "# Airflow's example DAGs. Set your own repository instead, and its branch and folder: docs/dags.md"
)
_AIRFLOW: Final = "https://github.com/apache/airflow.git"


def render_stack_file(stack: str, answers: Answers, taken: Iterable[ipaddress.IPv4Network]) -> str:
    """Return the text of a stack file whose network overlaps none of those that are taken. The size must be known.

    Raises:
        AnswerError: there is no free network.

    """
    parts = _find_parts(answers.executor)
    baseline = Path(__file__).with_name(f"{answers.size}.yaml").read_text(encoding="utf-8")
    return Template(baseline).substitute(
        stack=_scalar(stack),
        region=_scalar(answers.region),
        address_space=choose_address_space(taken, _PREFIX_LENGTHS[answers.size]),
        airflow_nodes=_AIRFLOW_NODES[answers.size][0 if parts.worker_pods else 1],
        tasks_pool=_TASK_NODES[answers.size] if parts.worker_pods else "",
        executor=_scalar(answers.executor),
        broker=_SMALL_BROKER if parts.celery_workers else "",
        workers=_CELERY_WORKERS[answers.size] if parts.celery_workers else "",
        dags=_describe_dags(answers.dags),
        access=_describe_access(answers.access, answers.region),
    )


def choose_address_space(taken: Iterable[ipaddress.IPv4Network], prefix_length: int) -> str:
    """Return the first private network from 10.40.0.0 on that overlaps none of those that are taken.

    Raises:
        AnswerError: all of them are taken.

    """
    others = list(taken)
    for number in range(_FIRST_NETWORK, 256):
        network = ipaddress.IPv4Network(f"10.{number}.0.0/{prefix_length}")
        if not any(network.overlaps(other) for other in others):
            return str(network)
    raise AnswerError(f"other stack files have every network from 10.{_FIRST_NETWORK}.0.0 to 10.255.0.0 already")


def _find_parts(executor: str) -> ExecutorParts:
    """Return the parts that an executor needs; of the default one in place of one that the checker will refuse."""
    known = {"executor": executor} if executor in get_args(Executor) else {}
    return executor_parts(AirflowSettings.model_validate(known))


def _describe_dags(answer: str) -> str:
    match answer:
        case "examples":
            return _name_examples(_ABOUT_EXAMPLES)
        case "image":
            return _name_examples(_ABOUT_IMAGES)
        case "volume":
            return """\
  airflow-aks:dags:
    delivery: azureFiles # a file share; the output connectCommand has the command that uploads DAGs
    sizeGb: 10 # its quota
"""
    auth = "none # a public repository; token for a private one: docs/dags.md"
    if not re.match("https?://", answer):
        auth = "ssh # a deploy key: docs/dags.md"
    return f"""\
  airflow-aks:dags:
    git:
      repository: {_scalar(answer)} # cloned by a sidecar
      branch: main # or a tag
      subPath: dags # the folder with the DAGs; "" for the root
      auth: {auth}
"""


def _name_examples(comment: str) -> str:
    version = load_pins().airflow[AirflowSettings().release].version
    return f"""\
  airflow-aks:dags:
    {comment}
    git:
      repository: {_AIRFLOW} # public
      branch: {version} # a release tag
      subPath: airflow-core/src/airflow/example_dags # the folder with the DAGs
      periodSeconds: 60 # between two looks for new commits
"""


def _describe_access(answer: str, region: str) -> str:
    if answer == "none":
        return """\
  # airflow-aks:access is left out: nothing is reachable from outside, a port-forward leads to the UI (docs/access.md)
"""
    name = f"host: {_scalar(answer)} # its DNS record must point to the output gatewayAddress"
    if "." not in answer:
        name = f"dnsLabel: {_scalar(answer)} # https://{answer}.{region}.cloudapp.azure.com"
    return f"""\
  airflow-aks:access: # a public gateway with a certificate of Let's Encrypt; visibility: internal closes it
    {name}
    # allowedCidrs: [203.0.113.0/24] # who may come; left out, everyone
"""


def _scalar(text: str) -> str:
    """Return a text as YAML on one line, in quotes where it needs them."""
    return str(yaml.safe_dump(text, width=10_000, allow_unicode=True)).partition("\n")[0]
