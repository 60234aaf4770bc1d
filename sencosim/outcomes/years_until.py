"""How long until SENCO time is full time, or enough: the campaigners' question, asked of every scenario.

The published claims (almost 150, more than 40 and more than 30 years) draw a straight line from the change between two
surveys. The same arithmetic, on the hours that a run allocates, says when each arm gets there.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from sencosim.evidence.register import Register
from sencosim.units import PHASES, SCHOOL_WEEKS_PER_YEAR
from sencosim.vocabulary import Activity, WholeSchool

TREND_YEARS = 5
"""Last years of the results from which the trend is read, so that a policy's own steps are behind it."""
TARGETS = ("full_time", "enough")
COLUMNS = ("arm", "phase", "target", "hours_now", "hours_needed", "trend_per_year", "reached_in", "years_more")


def years_at_trend(gap: float, trend_per_year: float) -> float:
    """Years until a gap is closed by a straight line; 0 if there is none, endless if it does not close.

    [gap in hours a week, trend in hours a week per year]

    Examples
    --------
    >>> round(years_at_trend(22.1, 0.15)), years_at_trend(-1.0, 0.0), years_at_trend(3.0, 0.0)
    (147, 0.0, inf)
    """
    if gap <= 0.0:
        return 0.0
    return gap / trend_per_year if trend_per_year > 0.0 else math.inf


def published_years(register: Register) -> pd.DataFrame:
    """The claims of 2021 by their own arithmetic: change between the surveys of 2018 and 2020, drawn on as a line.

    One row a claim: ``gap`` [hours a week], ``trend_per_year`` [hours a week per year], ``years`` by this arithmetic,
    and ``published`` [years].
    """
    trend = {phase: register.number(f"fact_senco_time_change_{phase}") / 2.0 for phase in PHASES}
    rows = [
        (
            f"full time, {phase}",
            register.number(f"fact_implied_gap_to_full_time_{phase}"),
            trend[phase],
            register.number(f"fact_years_to_full_time_at_trend_{phase}"),
        )
        for phase in PHASES
    ]
    rows.append(
        (
            "enough for pupils on SEN Support",
            register.number("fact_implied_shortfall_for_sen_support"),
            sum(trend.values()) / len(trend),
            register.number("fact_years_to_sufficient_time_for_sen_support"),
        )
    )
    return pd.DataFrame(
        [(claim, gap, slope, years_at_trend(gap, slope), published) for claim, gap, slope, published in rows],
        columns=["claim", "gap", "trend_per_year", "years", "published"],
    )


def years_until(ledger: pd.DataFrame, values: Mapping[str, float], first_year: int, last_year: int) -> pd.DataFrame:
    """When a mean SENCO post is full time, and when it has the hours that the work needs.

    Enough is the standard hours of all work that falls due, less what the team did, per post and school week. The
    trend is a straight line through the allocated hours of the last :data:`TREND_YEARS` years.
    One row an arm, phase and target: ``hours_now`` and ``hours_needed`` in the last year [hours a week],
    ``trend_per_year``, ``reached_in`` (first academic year of the results in which it is reached, missing if it is
    not), and ``years_more`` from the last year on [years; 0 if reached, endless if the trend leads away].
    """
    inside = ledger[ledger["year"].between(first_year, last_year)]
    rows = []
    for arm in ("baseline", "policy"):
        table = inside.pivot_table(index=["phase", "year"], columns="quantity", values=arm, aggfunc="sum")
        for phase in PHASES:
            if phase in table.index.get_level_values("phase"):
                rows += _rows(arm, phase, pd.DataFrame(table.loc[phase]).fillna(0.0), values)
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _rows(arm: str, phase: str, table: pd.DataFrame, values: Mapping[str, float]) -> list[tuple[object, ...]]:
    weeks = _column(table, "posts") * SCHOOL_WEEKS_PER_YEAR
    hours = _column(table, "allocated_hours") / weeks
    enough = (_work_due(table, phase, values) - _column(table, "team_hours")) / weeks
    recent = min(TREND_YEARS, hours.size)
    years = np.asarray(table.index, dtype=float)
    slope = float(np.polyfit(years[-recent:], hours[-recent:], 1)[0]) if recent > 1 else 0.0
    rows: list[tuple[object, ...]] = []
    for target in TARGETS:
        needed = np.full(hours.size, values["full_time_hours_per_week"]) if target == "full_time" else enough
        met = np.flatnonzero(hours >= needed - 1e-6)
        reached = int(years[met[0]]) if met.size else None
        gap = float(needed[-1] - hours[-1])
        more = 0.0 if gap <= 1e-6 else years_at_trend(gap, slope)
        rows.append((arm, phase, target, float(hours[-1]), float(needed[-1]), slope, reached, more))
    return rows


def _work_due(table: pd.DataFrame, phase: str, values: Mapping[str, float]) -> np.ndarray:
    """Standard hours of all work that fell due, by year. [hours]."""
    total = np.zeros(len(table))
    for activity in Activity:
        task = f"support_review_{phase}" if activity == Activity.SUPPORT_REVIEW else activity.key
        total += _column(table, f"due.{activity.key}") * values[f"task_hours_{task}"]
    for session in WholeSchool:
        total += _column(table, f"hours_due.{session.key}")
    return total


def _column(table: pd.DataFrame, name: str) -> np.ndarray:
    return table[name].to_numpy(dtype=float) if name in table.columns else np.zeros(len(table))
