"""From the refitted posterior to the registers: the same world in the registers' own terms.

A design speaks of 2022/23 and of paths by year. The registers speak of the base year and of one past growth. A run
that starts two years before the base year has the same level in the first and in the base year either way.

Capacity is not among them: near the posterior the share of plans within 20 weeks moves too sharply for the emulator,
so that the sample says little of it. It is solved by runs of the engine, at the posterior mean, and alike in all draws.
Appeals, suspensions and exclusions are proportional to their rates, which the registers hold by ratio to the base year.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from sencosim.arms.prepare import Draw
from sencosim.calibration.parameters import DIRECT, PIVOT, noticing, shares_without_place
from sencosim.evidence.base_year import BASE_YEAR

DIGITS = 4
"""Significant digits of values in the registers and the sample."""


def in_register_terms(point: Mapping[str, float], evidence: Draw) -> dict[str, float]:
    """One posterior draw as columns of the posterior sample.

    Parameters
    ----------
    point
        Value of each fitted parameter.
    evidence
        Point values of all others.
    """
    years = BASE_YEAR - PIVOT
    requests = (1.0 + point["request_growth_next"]) * (1.0 + point["request_growth_later"]) ** (years - 1)
    need = (1.0 + point["need_growth_next"]) ** years
    entry = 1.0 + point["reception_plan_growth_past"]
    found = {name: point[name] for name in DIRECT}
    found["request_rate_primary"] *= requests
    found["request_rate_secondary"] *= requests
    found["request_growth_past"] = requests ** (1 / years) - 1.0
    found["exogenous_request_share"] *= requests * need
    found["exogenous_growth_past"] = (requests * need) ** (1 / years) - 1.0
    found["need_growth_past"] = point["need_growth_next"]
    found["reception_plan_share"] *= entry**years
    found["reception_plan_growth_past"] = entry - 1.0
    found |= shares_without_place(point["special_wait_share"], evidence.values)
    levels = (point["notice_level_primary"], point["notice_level_secondary"])
    rates = noticing(levels, evidence.vectors["notice_rate_by_year_group"])
    found |= {f"notice_rate_by_year_group.{group}": rate * need for group, rate in enumerate(rates)}
    return {name: float(f"{value:.{DIGITS}g}") for name, value in found.items()}


def write_sample(rows: Sequence[Mapping[str, float]], path: Path) -> None:
    """Write the posterior sample, one draw a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(dict(row) for row in rows)


def means_of(rows: Sequence[Mapping[str, float]]) -> dict[str, float]:
    """Mean of each column, to as many digits as the sample has."""
    return {name: float(f"{sum(row[name] for row in rows) / len(rows):.{DIGITS}g}") for name in rows[0]}


def put_in_registers(means: Mapping[str, float], folder: Path) -> list[str]:
    """Put posterior means into the registers as their values.

    Parameters
    ----------
    means
        Value by column of the sample.
    folder
        Of the registers.

    Returns
    -------
    list of str
        Names that were changed.
    """
    values: dict[str, str] = {name: f"{value:g}" for name, value in means.items() if "." not in name}
    lists = sorted({name.split(".")[0] for name in means if "." in name})
    for name in lists:
        own = [means[column] for column in means if column.startswith(f"{name}.")]
        values[name] = "[" + ", ".join(f"{value:g}" for value in own) + "]"
    changed = []
    for path in sorted(folder.glob("*.yaml")):
        text = path.read_text(encoding="utf-8")
        for name, value in values.items():
            entry = re.compile(rf"(^{name}:\n(?:  .*\n)*?  value: ).*$", re.MULTILINE)
            text, n = entry.subn(rf"\g<1>{value}", text, count=1)
            changed += [name] * n
        path.write_text(text, encoding="utf-8")
    return changed
