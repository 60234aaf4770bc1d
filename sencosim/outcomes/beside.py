"""What stands alongside the headline, in the same two sums: net cost to the public purse and net present social value.

No figure is worked out here that another table states: each is read from where that table takes it. The 30-year case
alone is this module's own.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.discount import present_value
from sencosim.costing.money import money_by_year
from sencosim.costing.option import appraise_option
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.experiment.jobs import Job
from sencosim.experiment.precision import standard_error
from sencosim.model import RunResult, price_book
from sencosim.outcomes.appraisal import OVER_DRAWS, frame_of
from sencosim.outcomes.baselines import MONEY
from sencosim.outcomes.summary import PRESENT_VALUE, Summary, arms_of

Floats = npt.NDArray[np.float64]
HEADLINE, OPTIMISM_BIAS, AFTER_HORIZON, NEW_BURDENS = "headline", "optimism_bias", "after_horizon", "new_burdens"
OTHER_LAW, LONG = "law_", "long_horizon"
"""Cases. The name of a law follows ``law_``."""
SAMPLE_SHORT, SAMPLE_LONG = "sample_headline_years", "sample_long_horizon"
"""Rows on the sample of the long case: over the years of the headline, and over all."""
COLUMNS = (
    *("case", "net_public_cost", "npsv", "net_public_cost_error", "npsv_error", "years", "sample_share"),
    *("trends_whole_to", "trend_damping"),
)


def beside_headline(
    result: RunResult, summary: Summary, laws: pd.DataFrame, appraisal: Mapping[str, pd.DataFrame]
) -> pd.DataFrame:
    """The headline and each case alongside it, in the main view; empty for a scenario without a policy.

    Parameters
    ----------
    result, summary
        A run and its figures.
    laws
        Figures by law, see :func:`sencosim.outcomes.baselines.law_figures`.
    appraisal
        Tables of :func:`sencosim.outcomes.appraisal.appraisal_tables`.

    Returns
    -------
    pandas.DataFrame
        :data:`COLUMNS`. Errors are of simulation, NaN where another table states them or there is none; ``npsv`` is NaN
        where a case has none. Present values, but for new burdens, which are undiscounted. ``trends_whole_to`` is the
        first calendar year of the last academic year whose trends are not damped. [GBP]
    """
    if not any(result.scenario.levers.active()):
        return pd.DataFrame(columns=list(COLUMNS))
    rows = pd.DataFrame([*_rows(result, summary, laws, appraisal)])
    return rows.reindex(columns=list(COLUMNS))


def _rows(
    result: RunResult, summary: Summary, laws: pd.DataFrame, appraisal: Mapping[str, pd.DataFrame]
) -> Iterator[dict[str, object]]:
    view, years = result.scenario.view, result.scenario.horizon.years
    figures = summary.figures
    told = figures[(figures["view"] == view) & (figures["year"] == PRESENT_VALUE) & (figures["payer"] == "")]
    headline = told.set_index("outcome")["difference"]
    whole = {name: float(headline[name]) for name in MONEY}
    yield {"case": HEADLINE, "years": years, **whole}
    lines = appraisal["lines"]
    lines = lines[(lines["view"] == view) & (lines["basis"] == OVER_DRAWS)].drop(columns=["view", "basis"])
    option = appraise_option(lines, frame_of(result))
    biased = {"net_public_cost": option.biased_public_net, "npsv": option.biased.npsv}
    yield {"case": OPTIMISM_BIAS, "years": years, **biased}
    later = appraisal["after_horizon"]
    later = later[later["view"] == view]
    public = later["public"].astype(bool)
    left = {"net_public_cost": float(later.loc[public, "budget_gbp"].sum()), "npsv": float(later["npsv_gbp"].sum())}
    yield {"case": AFTER_HORIZON, **left}
    yield {"case": NEW_BURDENS, "net_public_cost": option.new_burdens, "npsv": math.nan}
    for law in result.plan.laws[1:]:
        own = laws[(laws["law"] == law) & (laws["view"] == view)].set_index("outcome")["difference"]
        yield {"case": f"{OTHER_LAW}{law}", "years": years, **{name: float(own[name]) for name in MONEY}}
    yield from _long(result, whole)


def _long(result: RunResult, whole: Mapping[str, float]) -> Iterator[dict[str, object]]:
    """The longer horizon: the headline moved by what the later years add on the sample; nothing if it was not run."""
    plan = result.plan
    if not plan.long_years:
        return
    jobs = plan.long_jobs()
    flows = [_flows(result, job) for job in jobs]
    values = result.store.whole(jobs[0]).values  # noqa: PD011
    n = result.scenario.horizon.years
    short = {name: np.array([present_value(one[name][:n]) for one in flows]) for name in MONEY}
    long = {name: np.array([present_value(one[name]) for one in flows]) for name in MONEY}
    added = {name: long[name] - short[name] for name in MONEY}
    whole_to = BASE_YEAR + int(values["trend_whole_years"])
    told = {"sample_share": plan.route_share, "trends_whole_to": whole_to, "trend_damping": values["trend_damping"]}
    errors = {f"{name}_error": standard_error(added[name].tolist()) for name in MONEY}
    moved = {name: whole[name] + float(added[name].mean()) for name in MONEY}
    yield {"case": LONG, "years": plan.long_years, **moved, **errors, **told}
    for case, years, found in ((SAMPLE_SHORT, n, short), (SAMPLE_LONG, plan.long_years, long)):
        yield {"case": case, "years": years, **{name: float(found[name].mean()) for name in MONEY}, **told}


def _flows(result: RunResult, job: Job) -> dict[str, Floats]:
    """Money of a pair over its own horizon, by year. [GBP a year]"""
    totals, scenario = result.store.whole(job), result.asked(job)
    baseline, policy = arms_of(totals, scenario.horizon.years)
    book = price_book(scenario, job.view, totals.values)
    return money_by_year(policy - baseline, book, scenario.horizon.first)
