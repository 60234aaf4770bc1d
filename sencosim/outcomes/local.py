"""Figures for every council and region, with ranges, as rows of the summary.

A figure is *modelled* where the area was simulated at the point values in two or more replications: its level is the
area's own. A region is modelled only if all schools were run: sampled councils stand for England, not for the region
that they lie in. Draws of the evidence are not run for every council, so the width that evidence adds is the area's
share, by pupils, of England's; chance in the area itself is added to it as independent. Elsewhere a figure is *a share
of the national one*, by pupils, and says so. Percentages and weeks are not shared out: there England's figure stands.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterator

import numpy as np
import numpy.typing as npt
import pandas as pd
from scipy.stats import t as students_t

from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.councils import load_councils
from sencosim.model import RunResult
from sencosim.outcomes.areas import ENGLAND, MONEY, Areas, area_figures
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.outcomes.summary import PRESENT_VALUE, TOTAL, Summary

Floats = npt.NDArray[np.float64]
MODELLED, SHARED, NATIONAL = "modelled for the area", "share of the national figure, by pupils", "England's figure"
BASES = (MODELLED, SHARED, NATIONAL)
PER_PUPIL = "net_public_cost_per_pupil"
FEWEST_REPLICATIONS = 2
"""Below this nothing is known of chance in the area itself. [replications]"""
UPPER = 0.9
"""End of an 80 % interval. [probability]"""


def pupil_shares() -> dict[str, float]:
    """Share of England's mainstream pupils by ONS code of a council, or name of a region. [share]"""
    pupils: dict[str, float] = {}
    for one in load_councils():
        for code in (one.ons_code, one.region):
            pupils[code] = pupils.get(code, 0.0) + one.primary_pupils + one.secondary_pupils
    england = england_pupils()
    return {code: number / england for code, number in pupils.items()}


def local_figures(result: RunResult, summary: Summary, area_code: str) -> pd.DataFrame:
    """Rows of the summary for every council and region.

    Parameters
    ----------
    result, summary
        A finished run and what it says of its whole area.
    area_code
        Of the whole area, which has its rows already.

    Returns
    -------
        Columns of the summary and ``basis``, one of :data:`BASES`. Empty for a run of chosen councils: what is
        simulated there is not England, so nothing can be shared out.
    """
    if area_code != ENGLAND[1]:
        return pd.DataFrame()
    rows = pd.DataFrame([row for view in result.scenario.views for row in _of_view(result, summary, view)])
    return pd.concat([rows, _per_pupil(rows, summary)], ignore_index=True)


def _per_pupil(rows: pd.DataFrame, summary: Summary) -> pd.DataFrame:
    """Net cost to the public purse for each mainstream pupil, so that places of different size can be compared."""
    england = summary.figures[summary.figures["payer"] == ""]
    both = pd.concat([rows, england.assign(basis=MODELLED)], ignore_index=True)
    told = both[(both["outcome"] == "net_public_cost") & (both["year"] == PRESENT_VALUE)].copy()
    shares = pupil_shares() | {ENGLAND[1]: 1.0}
    pupils = told["area_code"].map(shares).to_numpy(dtype=np.float64) * england_pupils()
    money = ["difference", "p10", "p50", "p90", "monte_carlo_error", "draw_error"]
    told[money] = told[money].div(pupils, axis=0)
    words = {
        "outcome": PER_PUPIL,
        "title": "Net cost to the public purse per mainstream pupil",
        "unit": "GBP per pupil",
    }
    return told.assign(**words, kind="local")


def england_pupils() -> int:
    """Mainstream pupils of all councils, January 2023. [pupils]"""
    return sum(one.primary_pupils + one.secondary_pupils for one in load_councils())


def _of_view(result: RunResult, summary: Summary, view: str) -> Iterator[dict[str, object]]:
    own = area_figures(result, view)
    own = own[own["year"].astype(str) == np.where(own["outcome"].isin(list(MONEY)), PRESENT_VALUE, TOTAL)]
    if result.plan.share < 1.0:  # sampled councils stand for England, not for the region that they lie in
        own = own[own["area_kind"] == "council"]
    modelled = {(row["area_code"], row["outcome"]): row for row in own.to_dict("records")}
    runs = summary.runs[(summary.runs["view"] == view) & (summary.runs["payer"] == "")]
    shares = pupil_shares()
    for outcome in (*OUTCOME, *MONEY):
        year = PRESENT_VALUE if outcome in MONEY else TOTAL
        spread = runs[(runs["outcome"] == outcome) & (runs["year"] == year)]
        national = summary.figures.query(
            "view == @view and outcome == @outcome and year == @year and payer == ''"
        ).to_dict("records")
        if spread.empty or not national:
            continue
        drawn = spread.loc[spread["draw"] > 0, "difference"].to_numpy(dtype=np.float64)
        level = float(spread.loc[spread["draw"] == 0, "difference"].mean())
        drawn = drawn if drawn.size else np.array([level])
        is_ratio = outcome in OUTCOME and bool(OUTCOME[outcome].per)
        for _, code, name in Areas.all().names:
            if code == ENGLAND[1]:
                continue
            share = 1.0 if is_ratio else shares[code]
            figure = _figure(modelled.get((code, outcome)), drawn, level, share, NATIONAL if is_ratio else SHARED)
            yield {
                **{str(key): value for key, value in national[0].items()},
                **figure,
                "area_code": code,
                "area_name": name,
                "price_base": _price_base(outcome),
            }


def _figure(
    own: dict[Hashable, object] | None, drawn: Floats, level: float, share: float, otherwise: str
) -> dict[str, object]:
    """One figure of one area: the area's own level if there is one, and its range."""
    error = math.nan if own is None else float(str(own["monte_carlo_error"]))
    n = 0 if own is None else int(str(own["n_replications"]))
    is_own = own is not None and n >= FEWEST_REPLICATIONS and math.isfinite(error)
    values = share * drawn
    told: dict[str, object] = {"baseline": math.nan, "policy": math.nan, "basis": otherwise}
    chance = 0.0
    if own is not None and is_own:
        values = float(str(own["difference"])) + share * (drawn - level)
        told = {"baseline": own["baseline"], "policy": own["policy"], "basis": MODELLED, "n_replications": n}
        chance = float(students_t.ppf(UPPER, n - 1)) * error
    mean = float(values.mean())
    low, middle, high = (float(end) for end in np.quantile(values, [0.1, 0.5, 0.9]))
    return {
        **told,
        "difference": mean,
        "p10": mean - math.hypot(max(0.0, mean - low), chance),
        "p50": middle,
        "p90": mean + math.hypot(max(0.0, high - mean), chance),
        "monte_carlo_error": error if is_own else math.nan,
        "draw_error": float(values.std(ddof=1) / math.sqrt(values.size)) if values.size > 1 else math.nan,
        "chance_below_zero": float((values < 0.0).mean()),
    }


def _price_base(outcome: str) -> str:
    return load_appraisal_tables().price_base if outcome in MONEY else ""
