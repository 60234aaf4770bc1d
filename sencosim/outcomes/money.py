"""Money of the baseline against public totals: every year for which a total is known.

A total of a financial year is set beside five twelfths of one school year and seven of the next, in cash of that year.
What a total holds and the model does not, or the other way round, is said line by line; the gap is not tuned away.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from sencosim.arms.prepare import make_inputs
from sencosim.costing.cost import cost
from sencosim.costing.deflate import rebase
from sencosim.costing.prices import PriceBook
from sencosim.engine.choose import engine_named
from sencosim.engine.pair import read_evidence
from sencosim.evidence.register import evidence_folder
from sencosim.ledger.table import tidy_years, yearly
from sencosim.outcomes.reconcile import COLUMNS, base_year_table, verdict_of
from sencosim.population.sampling import sample_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.schema import Scenario
from sencosim.units import PHASES

TARGETS_FILE = "money_targets.csv"
BEFORE, AFTER = 5.0 / 12.0, 7.0 / 12.0
"""Parts of a financial year in the school year that ends and in the one that begins in it."""

Lines = Callable[[pd.DataFrame], "pd.Series[bool]"]


@dataclass(frozen=True)
class MoneyTarget:
    """One public total.

    Attributes
    ----------
    measure
        One of :data:`MEASURES`.
    financial_year
        Such as ``2024-25``.
    value_gbp_million
        In cash. [GBP million]
    tolerance_pct
        Largest gap called within. [% of the total]
    """

    measure: str
    financial_year: str
    value_gbp_million: float
    tolerance_pct: float


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
    """Every public total that the baseline is set beside.

    Examples
    --------
    >>> money_targets()[0].measure
    'high_needs_block'
    """
    with (evidence_folder() / TARGETS_FILE).open(encoding="utf-8", newline="") as rows:
        return tuple(
            MoneyTarget(
                row["measure"], row["financial_year"], float(row["value_gbp_million"]), float(row["tolerance_pct"])
            )
            for row in csv.DictReader(rows)
        )


def money_table(academic: pd.DataFrame, book: PriceBook, *, england: bool = True) -> pd.DataFrame:
    """Model against public totals, in the columns of the base-year table.

    Parameters
    ----------
    academic
        Tidy ledger of the baseline by school year (year of its September), mean over replications.
    book
        Prices.
    england
        Whether the run stands for England; if not, there are no rows.

    Returns
    -------
        One row a total and year, in GBP million of that year.
    """
    if not england:
        return pd.DataFrame(columns=list(COLUMNS))
    lines = cost(academic[["year", "phase", "quantity", "value"]], book)
    return pd.DataFrame([_row(lines, target, book) for target in money_targets()], columns=list(COLUMNS))


def baseline_tables(share: float = 1.0, seed: int = 1) -> pd.DataFrame:
    """Base year and money of the baseline at the point values of the central view, on one sample of whole councils.

    Parameters
    ----------
    share
        Of England. [share]
    seed
        Of the sample and of chance.
    """
    scenario = Scenario.model_validate({"name": "baseline", "run": {"seed": seed}})
    schools = sample_councils(synthetic_england(), share, seed)
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


def _row(lines: pd.DataFrame, target: MoneyTarget, book: PriceBook) -> tuple[str | float, ...]:
    chosen, note = MEASURES[target.measure]
    by_year = lines[chosen(lines)].groupby("year")["value_gbp"].sum() / 1e6
    september = int(target.financial_year[:4])
    parts = [float(by_year.get(september + shift, math.nan)) for shift in (-1, 0)]
    real = BEFORE * parts[0] + AFTER * parts[1]
    model = rebase(real, book.price_base, target.financial_year).value if not math.isnan(real) else math.nan
    gap = model - target.value_gbp_million
    gap_pct = 100.0 * gap / target.value_gbp_million
    verdict = verdict_of(gap_pct, target.tolerance_pct)
    published = target.value_gbp_million
    breakdown = "GBP million, cash"
    return (
        target.measure,
        breakdown,
        target.financial_year,
        published,
        model,
        gap,
        gap_pct,
        target.tolerance_pct,
        verdict,
        note,
    )
