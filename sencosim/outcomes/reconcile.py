"""The baseline against what was published: every series of the base year, and every public total that is known.

Published figures come from the evidence; none is typed in here. ``base_year_targets.csv`` of the evidence says which is
compared with what: its tolerance is narrow where calibration aims at the very figure, wide where definitions
differ or events are few. A public total of a financial year is set against five twelfths of one school year and
seven of the next, in cash of that year. What differs in definition is said line by line; gaps are not tuned away.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.arms.prepare import make_inputs
from sencosim.costing.cost import cost
from sencosim.costing.deflate import rebase
from sencosim.costing.prices import PriceBook
from sencosim.engine.choose import engine_named
from sencosim.engine.pair import read_evidence
from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.base_year import BASE_YEAR, TARGETS_FILE, BaseYearTarget, base_year_targets
from sencosim.evidence.councils import england_total
from sencosim.evidence.register import load_register
from sencosim.evidence.series import series_over_time, series_value
from sencosim.evidence.tables import read_table
from sencosim.ledger.table import tidy_years, yearly
from sencosim.outcomes.school_budgets import budget_checks
from sencosim.population.schools import Population
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.schema import Scenario
from sencosim.units import PHASES, parse_year

COLUMNS = ("series", "breakdown", "period", "published", "model", "gap", "gap_pct", "tolerance", "verdict", "note")
WITHIN, OUTSIDE, NOT_IN_RUN = "within", "outside", "not in this run"
HOURS_YEARS_SINCE = BASE_YEAR + 1 - 2020
"""From the survey of 2020 behind mean protected hours to the end of the base year. [years]"""
BEFORE, AFTER = 5.0 / 12.0, 7.0 / 12.0
"""Parts of a financial year in the school year that ends and in the one that begins in it."""

FloatArray = npt.NDArray[np.float64]
HoursByPhase = Mapping[str, tuple[FloatArray, FloatArray]]
"""By phase: allocated hours of each school [hours a week] and the schools that it stands for."""
Totals = Mapping[tuple[int, str, str], float]
"""By year, phase (blank for all) and quantity."""
Lines = Callable[[pd.DataFrame], "pd.Series[bool]"]


def verdict_of(gap_pct: float, tolerance: float) -> str:
    """Say whether a gap is within its tolerance.

    Examples
    --------
    >>> verdict_of(-4.0, 5.0), verdict_of(6.0, 5.0)
    ('within', 'outside')
    """
    if math.isnan(gap_pct):
        return NOT_IN_RUN
    return WITHIN if abs(gap_pct) <= tolerance else OUTSIDE


def _row(
    names: tuple[str, str, str], published: float, model: float, tolerance: float, note: str
) -> tuple[str | float, ...]:
    gap_pct = 100.0 * (model - published) / published
    return (*names, published, model, model - published, gap_pct, tolerance, verdict_of(gap_pct, tolerance), note)


# -- the base year ----------------------------------------------------------------------------------------------------


def _of_two(series: str, breakdown: str, other: tuple[str, str], period: str) -> float:
    """One published count or share of itself and another. [%]"""
    own = series_value(series, breakdown, period)
    return 100.0 * own / (own + series_value(*other, period))


def _placed(period: str, *breakdowns: str) -> float:
    """Pupils of school age in placements that are published for all ages."""
    school_aged = load_register().number("special_school_age_share")
    return school_aged * sum(series_value("ehcp_placement", name, period) for name in breakdowns)


def _hours(phase: str) -> float:
    """Mean of the survey, moved to the base year by the published yearly change. [hours a week]"""
    register = load_register()
    surveyed = register.number(f"fact_implied_mean_protected_hours_{phase}_range")
    return surveyed + register.number(f"hours_drift_{phase}") * HOURS_YEARS_SINCE


def _special_starts(period: str) -> float:
    """New plans that name special, plus moves from mainstream of the last year in which they were collected."""
    *_, moves = series_over_time("placement_moves", "mainstream_to_special_ehcp").values()
    return moves + series_value("ehcp_new_plans_placement", "special", period)


PUBLISHED: Mapping[str, Callable[[str], float]] = {
    "requests_of_school_age": lambda period: sum(
        series_value("ehcp_initial_requests", f"age_{age}", period) for age in range(5, 16)
    ),
    "refused_of_decided": lambda period: _of_two(
        "ehcp_requests_refused", "all", ("ehcp_requests_agreed_to_assess", "all"), period
    ),
    "parental_share": lambda period: _of_two(
        "ehcp_request_source_share",
        "source_parent_or_young_person",
        ("ehcp_request_source_share", "source_school_or_other_education_setting"),
        period,
    ),
    "hours_primary": lambda _: _hours("primary"),
    "hours_secondary": lambda _: _hours("secondary"),
    "hours_variation": lambda _: load_register().number("fact_nl_cv_hours"),
    "state_special_places": lambda period: _placed(period, "special_la_maintained", "special_academy_or_free"),
    "independent_special_places": lambda period: _placed(period, "special_independent", "special_non_maintained"),
    "special_starts": _special_starts,
}
"""Published figures of a period that are made of more than one series."""


def published_figure(target: BaseYearTarget) -> float:
    """What was published. [unit of the series]

    Raises
    ------
    EvidenceError
        If the evidence asks for a figure that nothing here works out.
    """
    if target.published in PUBLISHED:
        return PUBLISHED[target.published](target.period)
    source, _, rest = target.published.partition(":")
    if not rest:
        message = f"{TARGETS_FILE} asks for {target.published}, which nothing in outcomes/reconcile.py works out."
        raise EvidenceError(message, (Problem(message, file=TARGETS_FILE, found=target.published),))
    return england_total(rest) if source == "councils" else series_value(source, rest, target.period)


def base_year_table(
    academic: pd.DataFrame, calendar: pd.DataFrame, hours: HoursByPhase, *, england: bool = True
) -> pd.DataFrame:
    """Model against published for the base year, one row a comparison.

    The ledgers are tidy ones of the baseline by academic year (year of its September) and by calendar year, mean over
    replications; ``year``, ``phase``, ``quantity`` and ``value`` are read. If the run does not stand for England,
    national figures say nothing about it and the table has no rows. ``gap`` is model less published, ``gap_pct`` and
    ``tolerance`` are per cent of published.
    """
    if not england:
        return pd.DataFrame(columns=list(COLUMNS))
    of_years, of_calendar = _totals(academic), _totals(calendar)
    rows = []
    for one in base_year_targets().values():
        if one.counted.endswith("hours"):
            mean, spread = _mean_and_spread(*hours.get(one.phase, (np.zeros(0), np.zeros(0))))
            model = mean if one.counted == "mean hours" else spread
        else:
            year = parse_year(one.period) if one.counted == "period" else BASE_YEAR
            model = _counted(of_calendar if one.counted == "calendar" else of_years, year, one)
        names = one.series, one.breakdown, one.period
        rows.append(_row(names, published_figure(one), model, one.tolerance_pct, one.note))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _totals(table: pd.DataFrame) -> Totals:
    totals: dict[tuple[int, str, str], float] = {}
    columns = (table[name].tolist() for name in ("year", "phase", "quantity", "value"))
    for year, phase, quantity, value in zip(*columns, strict=True):
        for key in ((int(year), str(phase), str(quantity)), (int(year), "", str(quantity))):
            totals[key] = totals.get(key, 0.0) + float(value)
    return totals


def _counted(totals: Totals, year: int, one: BaseYearTarget) -> float:
    """Sum of quantities in a year or its percentage of others, NaN if the run has no such year."""
    if not any(known == year for known, _, _ in totals):
        return math.nan
    top, bottom = (sum(totals.get((year, one.phase, name), 0.0) for name in names) for names in (one.of, one.per))
    if not one.per:
        return top
    return 100.0 * top / bottom if bottom > 0.0 else math.nan


def _mean_and_spread(hours: FloatArray, weight: FloatArray) -> tuple[float, float]:
    """Mean allocated hours [hours a week], and their coefficient of variation between schools. [ratio]"""
    mean = float(np.average(hours, weights=weight)) if weight.sum() > 0.0 else math.nan
    if not mean > 0.0:
        return mean, math.nan
    return mean, math.sqrt(float(np.average((hours - mean) ** 2, weights=weight))) / mean


# -- public totals ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class MoneyTarget:
    """One public total."""

    measure: str  # one of MEASURES
    financial_year: str  # such as 2024-25
    value_gbp_million: float  # in cash [GBP million]
    tolerance_pct: float  # largest gap called within [% of the total]


def _items(*names: str) -> Lines:
    return lambda lines: lines["item"].isin(names)


MEASURES: Mapping[str, tuple[Lines, str]] = {
    "high_needs_block": (
        lambda lines: lines["payer"] == "council_high_needs",
        "Allocation, not spending: councils spent more. The model's has no nursery or hospital places, and prices "
        "top-ups at one mean of weak evidence.",
    ),
    "independent_special_places": (
        _items("independent_fee"),
        "The published total has all ages to 25; the model's is Reception to Year 11.",
    ),
    "send_transport": (
        lambda lines: lines["category"] == "transport",
        "Shares of users by placement are assumptions; the model has only those who left mainstream at 16 after it.",
    ),
    "sen_administration": (
        _items("officer_hours", "review_officer_time", "agency_premium"),
        "Budget of councils, tribunal defence included, that the model books under appeals.",
    ),
    "educational_psychology": (
        _items("psychologist_hours"),
        "The published service does more than assessments; the model prices only those hours.",
    ),
    "tribunal": (_items("appeal_council", "appeal_tribunal"), "A campaign estimate of councils' and courts' cost."),
}
"""Which priced lines make each total, and what differs in definition."""


@lru_cache(maxsize=1)
def money_targets() -> tuple[MoneyTarget, ...]:
    """Every public total that the baseline is set against.

    Examples
    --------
    >>> money_targets()[0].measure
    'high_needs_block'
    """
    return read_table("money_targets.csv", MoneyTarget)


def money_table(academic: pd.DataFrame, book: PriceBook, *, england: bool = True) -> pd.DataFrame:
    """Model against public totals, one row a total and year, in GBP million of that year; else as the base year's."""
    if not england:
        return pd.DataFrame(columns=list(COLUMNS))
    lines = cost(academic[["year", "phase", "quantity", "value"]], book)
    return pd.DataFrame([_money_row(lines, target, book) for target in money_targets()], columns=list(COLUMNS))


def _money_row(lines: pd.DataFrame, target: MoneyTarget, book: PriceBook) -> tuple[str | float, ...]:
    chosen, note = MEASURES[target.measure]
    by_year = lines[chosen(lines)].groupby("year")["value_gbp"].sum() / 1e6
    september = int(target.financial_year[:4])
    before, after = (float(by_year.get(september + shift, math.nan)) for shift in (-1, 0))
    real = BEFORE * before + AFTER * after
    model = rebase(real, book.price_base, target.financial_year).value if not math.isnan(real) else math.nan
    names = target.measure, "GBP million, cash", target.financial_year
    return _row(names, target.value_gbp_million, model, target.tolerance_pct, note)


def budgets_table(schools: Population) -> pd.DataFrame:
    """Worked-out budgets of all schools of England against published facts that they were not made from."""
    rows = [_row(one[:3], *one[3:]) for one in budget_checks(schools)]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def baseline_tables() -> pd.DataFrame:
    """Base year and money of the baseline at the point values of the central view, on all of synthetic England."""
    seed, schools = 1, synthetic_england()
    scenario = Scenario.model_validate({"name": "baseline", "run": {"seed": seed}})
    evidence = read_evidence(scenario, "central", 0, seed)
    inputs = make_inputs(schools, scenario, evidence, seed=seed, replication=0, n_years=4)
    tally = engine_named("compiled")(inputs).tally
    academic = tidy_years(yearly(tally), inputs.cells, inputs.start_year)
    calendar = tidy_years(yearly(tally, "calendar"), inputs.cells, inputs.start_year + 1)
    weight = schools.weight * schools.council_weight
    hours = {
        name: (inputs.schools.base_hours[schools.phase == phase], weight[schools.phase == phase])
        for phase, name in enumerate(PHASES)
    }
    money = money_table(academic, PriceBook.from_values(evidence.values, "central"))
    both: pd.DataFrame = pd.concat([base_year_table(academic, calendar, hours), money], ignore_index=True)
    return both
