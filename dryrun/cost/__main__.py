"""The command line: `python -m dryrun.cost STACK [--prices FILE] [--refresh] [--json]`."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from pulumi import RunError

from components.settings.today import read_today
from dryrun.plan import Plan
from dryrun.stack_plan import plan_or_report

from .cache import cache_file, collect_prices
from .charges import list_charges
from .costs import Costs, as_json, price
from .prices import PricesError, read_prices
from .retail_prices import ADDRESS, fetch_answers
from .table import print_costs


def main(arguments: list[str] | None = None) -> int:
    """Price the plan of a stack and return the exit code: 1 without a plan, or if no price can be had."""
    options = _make_parser().parse_args(arguments)
    plan = plan_or_report(options.stack, options.project.resolve(), options.config)
    if plan is None:
        return 1
    try:
        costs = _price(plan, options)
    except (PricesError, RunError) as error:
        print(f"error: no prices: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: cannot write {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    if not costs.lines:
        print("error: no prices: none of the prices is one of this stack", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(as_json(costs), indent=2))
    else:
        print_costs(plan, costs)
    return 0


def _price(plan: Plan, options: argparse.Namespace) -> Costs:
    if options.prices:
        return price(plan, read_prices(options.prices))
    today = read_today()
    prices, warning = collect_prices(
        [charge.meter for charge in list_charges(plan)],
        cache_file(),
        lambda meters: fetch_answers(meters, today, options.address),
        today,
        refresh=options.refresh,
    )
    if warning:
        print(f"warning: {warning}", file=sys.stderr)
    return price(plan, prices)


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dryrun.cost",
        description="Price a stack by the month, with Azure's public retail prices. No account is needed.",
    )
    parser.add_argument("stack", help="the stack's name; its settings are read from Pulumi.STACK.yaml")
    parser.add_argument("--prices", type=Path, metavar="FILE", help="ask nobody, and take the prices of this file")
    parser.add_argument("--refresh", action="store_true", help="ask for every price again, also for those of this week")
    parser.add_argument("--json", action="store_true", help="print the content of cost.json instead of a table")
    parser.add_argument(
        "--project", type=Path, metavar="DIR", default=Path.cwd(), help="the project folder (default: .)"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="take the settings from this stack file instead")
    parser.add_argument("--address", metavar="URL", default=ADDRESS, help=f"the prices interface (default: {ADDRESS})")
    return parser


if __name__ == "__main__":
    sys.exit(main())
