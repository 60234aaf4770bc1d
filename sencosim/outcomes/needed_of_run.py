"""How large an effect would pay, of a run: its pupils, months of progress, and the three tables of a view.

A month of progress is worth what the lifetime earnings are that go with it: one gain for each pupil of a group who sits
the exams at the end of Year 11. That worth is in no total. It prices the same life course as exclusions do, and it
contains tax (traps 1 to 3), so it serves as a currency of break-even and as nothing else. It is no public saving:
nobody's budget holds it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.deflate import rebase
from sencosim.costing.discount import discount_factors
from sencosim.costing.prices import PROGRESS
from sencosim.decisions.spread import Spread
from sencosim.engine.pair import first_year_of, read_inputs
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.register import load_register
from sencosim.evidence.views import load_view
from sencosim.experiment.jobs import Job
from sencosim.model import RunResult
from sencosim.outcomes.catalogue import quantities
from sencosim.outcomes.columns import EVENTS, one_event_fewer
from sencosim.outcomes.needed import (
    ENDS,
    GROUPS,
    GROUPS_NEEDED,
    MAIN_GROUP,
    MEASURES,
    NEEDED,
    PAIRS,
    Draws,
    Measure,
    end_of,
    needed_number,
    needed_table,
    pairs_table,
    share_that_pays,
)
from sencosim.outcomes.summary import Counted, moved_draws, spread_figures
from sencosim.scenario.assumed import register_of
from sencosim.scenario.schema import Scenario
from sencosim.units import FIRST_SECONDARY_YEAR_GROUP, N_YEAR_GROUPS, PHASES
from sencosim.vocabulary import COLUMN

Floats = npt.NDArray[np.float64]
EXAM_YEARS = N_YEAR_GROUPS - FIRST_SECONDARY_YEAR_GROUP
"""Year groups of secondary school: one in so many of its pupils sits the exams in a year."""

# -- pupils and months of progress ------------------------------------------------------------------------------------


def month_prices(scenario: Scenario, view: str, draws: Sequence[int]) -> tuple[Floats, Floats]:
    """What a month of progress at the exams is worth to a pupil, and years before the first exams that count.

    Both are read from the register at the points of the sequence of draws, as every other number of a draw.

    Parameters
    ----------
    scenario
        With its overrides.
    view
        Reading of the evidence.
    draws
        Numbers of the draws; 0 for the point values.

    Returns
    -------
    tuple of numpy.ndarray
        [GBP per pupil and month, present value at 16, in the price base; years; shape (n_draws,) each]
    """
    register = register_of(scenario)
    points = load_view(view).values(register)
    drawn = read_inputs(scenario, view, PROGRESS, max(draws)) if max(draws) > 0 else {}
    found = {
        name: np.array([drawn[name][draw - 1] if draw > 0 else points[name] for draw in draws], dtype=np.float64)
        for name in PROGRESS
    }
    earnings, in_sd, years = (found[name] for name in PROGRESS)
    year = load_register()[PROGRESS[0]].price_year
    factor = 1.0 if year is None else rebase(1.0, year).factor
    return earnings * factor * in_sd, years


def worth_of_month(leavers: Floats, price: float, years_before: float, start: int = 0) -> float:
    """Present value of one month more for every pupil who sits the exams, in cohorts that the policy had time for.

    Parameters
    ----------
    leavers
        Pupils who sit the exams, by year. [pupils, shape (n_years,)]
    price
        [GBP per pupil and month, present value at 16]
    years_before
        Years of the policy before the first pupils who gain; part of a year counts in part. [years, >= 0]
    start
        Year in which the policy starts. [place in ``leavers``]

    Examples
    --------
    >>> round(worth_of_month(np.array([10.0, 10.0, 10.0]), 2.0, 1.0), 2)
    37.99
    """
    in_force = np.arange(leavers.size) - start
    gains = np.clip(in_force + 1.0 - years_before, 0.0, 1.0) * (in_force >= 0)
    return float(price * (leavers * gains) @ discount_factors(leavers.size))


@dataclass(frozen=True)
class Pupils:
    """Pupils of a group by draw and year, and the part of them in secondary school."""

    by_year: Floats  # pupil-years without the policy [pupils, shape (n_draws, n_years)]
    secondary: Floats  # [share, shape (n_years,)]
    start: int  # first year of the policy [place]

    def of_phase(self, phase: str) -> Floats:
        """Of a phase, or of both where it is blank. [pupils, shape (n_draws, n_years)]"""
        secondary = self.by_year * self.secondary
        return {"": self.by_year, "primary": self.by_year - secondary, "secondary": secondary}[phase]

    @property
    def leavers(self) -> Floats:
        """Who sit the exams in a year. [pupils, shape (n_draws, n_years)]"""
        return self.of_phase("secondary") / EXAM_YEARS


@dataclass(frozen=True)
class Progress:
    """Worth of months of progress in each draw."""

    price: Floats  # of a month for one pupil at the exams [GBP, shape (n_draws,)]
    worth: Mapping[str, Floats]  # by group: of one for each who sits the exams [GBP, present value, shape (n_draws,)]


def groups_table(draws: Draws, spread: Spread, pupils: Mapping[str, Pupils], progress: Progress) -> pd.DataFrame:
    """What the policy costs for each pupil, and the months of progress that would pay for it, by group and phase.

    Parameters
    ----------
    draws, spread
        Draws of a view and how they stand for its evidence.
    pupils
        By group.
    progress
        Worth of months.

    Returns
    -------
    pandas.DataFrame
        ``group``, ``title``, ``phase`` (blank for both), ``pupils`` (a year in force), ``public``, ``social`` (net cost
        for each pupil a year, with ``_p10`` and ``_p90``), ``leavers`` (who sit the exams in a year),
        ``month_price_gbp`` (of a month for one pupil), ``month_gbp`` (present value of a month for each), ``months``,
        ``months_low``, ``months_high`` (10 % and 90 % of the draws), ``pays`` (share of draws that pay already),
        ``n_draws``. What stands on exams is NaN in the row of primary schools. [pupils; GBP; months]
    """
    rows = []
    for group in GROUPS:
        one = pupils[group.name]
        for phase in ("", *PHASES):
            of_exams = phase != "primary"
            row = {"group": group.name, "title": group.title, "phase": phase, **_each_pupil(draws, spread, one, phase)}
            row |= _months(draws, one, progress.price, progress.worth[group.name]) if of_exams else {}
            rows.append(row | {"pays": share_that_pays(draws.cost["social"]), "n_draws": draws.weights.size})
    return pd.DataFrame(rows)


def _each_pupil(draws: Draws, spread: Spread, pupils: Pupils, phase: str) -> dict[str, float]:
    """Pupils, and net cost for each of them in a year: both over the years in force, discounted alike."""
    here = pupils.of_phase(phase)[:, pupils.start :]
    years = here @ discount_factors(pupils.by_year.shape[1])[pupils.start :]
    found = {"pupils": draws.mean(here.mean(axis=1))}
    for measure in MEASURES:
        each = draws.cost[measure] / years if (years > 0.0).all() else np.full(years.size, math.nan)
        told = spread_figures(spread, each)
        found |= {measure: told["difference"], f"{measure}_p10": told["p10"], f"{measure}_p90": told["p90"]}
    return found


def _months(draws: Draws, pupils: Pupils, price: Floats, worth: Floats) -> dict[str, float]:
    cost = draws.cost["social"]
    each = needed_number(cost, worth)
    return {
        "leavers": draws.mean(pupils.leavers[:, pupils.start :].mean(axis=1)),
        "month_price_gbp": draws.mean(price),
        "month_gbp": draws.mean(worth),
        "months": float(needed_number(draws.mean(cost), draws.mean(worth))),
        "months_low": end_of(each, ENDS[0]),
        "months_high": end_of(each, ENDS[1]),
    }


# -- of a run ---------------------------------------------------------------------------------------------------------


def needed_of_run(
    result: RunResult, view: str, counted: Mapping[Job, Counted], spread: Spread, arms: Mapping[Job, Floats]
) -> Iterator[tuple[str, pd.DataFrame]]:
    """The three tables of a view, from what its pairs count and at which prices.

    Parameters
    ----------
    result
        Of the run.
    view
        Of the pairs.
    counted, spread
        Pairs of which the figures are means, and how they stand for the evidence.
    arms
        Both arms of every pair of the view over all years of the run. [units, shape (2, n_years, n_quantities)]
    """
    scenario = result.scenario
    draws = _draws(scenario, counted, spread, _base_years(result, view, counted, arms))
    pupils = _pupils(result, view, counted)
    prices, years = month_prices(scenario, view, [job.draw for job in counted])
    progress = Progress(prices, {name: _worths(one, prices, years) for name, one in pupils.items()})
    groups = groups_table(draws, spread, pupils, progress)
    yield NEEDED, _per_thousand(needed_table(draws), groups)
    yield GROUPS_NEEDED, groups
    yield PAIRS, pairs_table(draws, progress.worth[MAIN_GROUP])


def _worths(pupils: Pupils, prices: Floats, years: Floats) -> Floats:
    drawn = zip(pupils.leavers, prices.tolist(), years.tolist(), strict=True)
    return np.array([worth_of_month(leavers, price, before, pupils.start) for leavers, price, before in drawn])


def _per_thousand(needed: pd.DataFrame, groups: pd.DataFrame) -> pd.DataFrame:
    """Events alongside the pupils among whom they happen, who are named in ``among``."""
    among = needed["event"].map({event.name: event.among for event in EVENTS})
    pupils = among.map(groups[groups["phase"] == ""].set_index("group")["pupils"])
    return needed.assign(among=among, per_thousand=(1000.0 * needed["needed"] / pupils).where(pupils > 0.0))


def _base_years(
    result: RunResult, view: str, counted: Mapping[Job, Counted], arms: Mapping[Job, Floats]
) -> list[Floats]:
    """The base year of each pair without the policy, moved as its counts are. [units, shape (n_quantities,)]"""
    points = [job for job in result.plan.point_jobs(result.replications) if job.view == view]
    moved = moved_draws(result, points, [job for job in counted if job.draw > 0], arms)
    return [moved.get(job, arms[job])[0][BASE_YEAR - result.scenario.start_year] for job in counted]


def _draws(scenario: Scenario, counted: Mapping[Job, Counted], spread: Spread, base_years: Sequence[Floats]) -> Draws:
    pairs, years = list(counted.values()), scenario.horizon.years
    fewer = [one_event_fewer(pair.baseline) for pair in pairs]
    public = np.array([pair.headline_of(changes) for pair, changes in zip(pairs, fewer, strict=True)])
    social = np.array([pair.npsv_of(changes) for pair, changes in zip(pairs, fewer, strict=True)])
    spared: dict[tuple[Measure, str], Floats] = {}
    avoided, today = dict[str, Floats](), dict[str, Floats]()
    for number, event in enumerate(EVENTS):
        spared["public", event.name], spared["social", event.name] = -public[:, number], social[:, number]
        columns = quantities(event.counted)
        avoided[event.name] = np.array([-pair.change[:, columns].sum() / years for pair in pairs])
        today[event.name] = np.array([row[columns].sum() for row in base_years])
    cost: dict[Measure, Floats] = {
        "public": np.array([float(pair.headline_of(pair.change)) for pair in pairs]),
        "social": np.array([-float(pair.npsv_of(pair.change)) for pair in pairs]),
    }
    return Draws(cost, spared, avoided, today, spread.weights)


def _pupils(result: RunResult, view: str, counted: Mapping[Job, Counted]) -> dict[str, Pupils]:
    """Pupils of each group; the part in secondary schools is that at the point values."""
    scenario, n_years = result.scenario, result.scenario.horizon.years
    first = first_year_of(scenario) - (scenario.horizon.first - scenario.start_year)
    start = max(0, first) if first < n_years else 0
    phases = {phase: np.zeros((n_years, len(COLUMN))) for phase in PHASES}
    for totals in result.points(view):
        for phase in PHASES:
            rows = [row for row, (one, _) in enumerate(totals.strata) if one == phase]
            phases[phase] += totals.baseline[rows].sum(axis=0)[-n_years:]
    found = {}
    for group in GROUPS:
        columns = quantities(group.counted)
        by_year = np.array([pair.baseline[:, columns].sum(axis=1) for pair in counted.values()])
        primary, secondary = (phases[phase][:, columns].sum(axis=1) for phase in PHASES)
        both = primary + secondary
        share = np.divide(secondary, both, out=np.zeros(n_years), where=both > 0.0)
        found[group.name] = Pupils(by_year, share, start)
    return found
