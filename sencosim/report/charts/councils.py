"""Requests by council: what the policy changes in the last year, by council or by region; all years in the data."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from sencosim.evidence.councils import load_councils
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.report.charts.rows import MOST_BARS, label_rows, line_at, row_axis
from sencosim.report.charts.style import DARK_BLUE, TEXT_POINTS, Chart, Wording, beside, sheet, wording_of
from sencosim.report.findings import Findings
from sencosim.report.showing import FEWEST, LOW
from sencosim.report.words import plain, rounding_step
from sencosim.units import format_year

REQUESTS = "requests"
UNIT = "requests per 1,000 pupils"
FEWEST_COUNCILS = 2
COLUMNS = (
    *("area_code", "area_name", "region", "year", "unit", "baseline", "policy", "difference"),
    *("is_low", "n_replications"),
)


def council_paths(findings: Findings) -> pd.DataFrame:
    """Requests for each 1,000 mainstream pupils by council and year, at the point values of the main view.

    A row for each council that was simulated and year of the results, by name and year: :data:`COLUMNS`. Pupils are
    those of January 2023; ``is_low`` marks fewer than five requests in both arms. Empty if the run kept no areas.
    """
    tables = findings.inputs.areas
    parts = [_requests(table, findings.inputs.main_view) for table in tables()] if tables is not None else []
    found = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame()
    if found.empty:
        return pd.DataFrame(columns=list(COLUMNS))
    councils = {one.ons_code: one for one in load_councils()}
    found = found[found["year"].map(format_year).isin(findings.years) & found["area_code"].isin(list(councils))]
    keys = ["area_code", "area_name", "year", "n_replications"]
    told = found.groupby(keys, as_index=False, observed=True)[["baseline", "policy"]].sum()
    told["is_low"] = told[["baseline", "policy"]].max(axis=1) < FEWEST
    thousands = told["area_code"].map({code: one.pupils / 1000.0 for code, one in councils.items()}).astype(float)
    told[["baseline", "policy"]] = told[["baseline", "policy"]].div(thousands, axis=0)
    told["difference"] = told["policy"] - told["baseline"]
    told["region"] = told["area_code"].map({code: one.region for code, one in councils.items()})
    told["year"] = told["year"].map(format_year)
    return told.assign(unit=UNIT).sort_values(["area_name", "year"], ignore_index=True)[list(COLUMNS)]


def _requests(table: pd.DataFrame, view: str) -> pd.DataFrame:
    chosen = (table["view"] == view) & (table["area_kind"] == "council") & table["quantity"].isin(OUTCOME[REQUESTS].of)
    return table[chosen].astype({"area_code": str, "area_name": str})


def councils_chart(findings: Findings, source: str) -> Chart | None:
    """What changes in the last year, a bar for each council, or for each region where councils are many.

    ``None`` with fewer than two councils or years. Every council and year is in the data.
    """
    data = council_paths(findings)
    names, years = (list(dict.fromkeys(data[column])) for column in ("area_name", "year"))
    if len(names) < FEWEST_COUNCILS or len(years) < 2:
        return None
    last = data[data["year"] == years[-1]].reset_index(drop=True)
    by_region = len(last) > MOST_BARS
    bars = (_regions(last) if by_region else last).sort_values("difference", ascending=False, kind="stable")
    words = _wording(findings, last, years[-1], source, by_region=by_region)
    step = _step(bars["difference"])
    with sheet(words, 0.34 * len(bars) + 0.7) as page:
        axes = page.axes(0.25, 0.55, foot=0.45)
        for number, row in enumerate(bars.to_dict("records")):
            value = 0.0 if row["is_low"] else float(row["difference"])
            axes.barh(-number, value, height=0.6, color=DARK_BLUE)
            side, across = ("left", 5) if value >= 0.0 else ("right", -5)
            beside(axes, _label(row, step), (value, -number), (across, 0), ha=side, va="center", annotation_clip=False)
        label_rows(axes, bars["area_name"].tolist(), TEXT_POINTS)
        line_at(axes)
        left, right = axes.get_xlim()
        room = 0.4 * (right - left)  # for the labels
        axes.set_xlim(left - room * (left < 0.0), right + room * (right > 0.0))
        row_axis(axes, len(bars), 0.4, 0.6)
        axes.set_xlabel(f"{UNIT}, policy less baseline")
        return page.chart(data, _text(words, last, by_region=by_region), _ends(data, years))


def _step(differences: pd.Series) -> float:
    """What differences are rounded to: a tenth, or finer where the largest asks for it."""
    return min(0.1, rounding_step(*differences.tolist()))


def _label(row: dict[Any, Any], step: float) -> str:
    """Difference, and in brackets the baseline."""
    if row["is_low"]:
        return LOW
    return f"{plain(float(row['difference']), step, signed=True)} ({plain(float(row['baseline']), 0.1)})"


def _regions(last: pd.DataFrame) -> pd.DataFrame:
    """Simulated councils of each region together, each by its pupils."""
    pupils = {one.ons_code: float(one.pupils) for one in load_councils()}
    weight = last["area_code"].map(pupils).astype(float)
    sums = last[["baseline", "difference"]].mul(weight, axis=0).groupby(last["region"]).sum()
    told = sums.div(weight.groupby(last["region"]).sum(), axis=0)
    return told.rename_axis("area_name").reset_index().assign(is_low=False)


def _wording(findings: Findings, last: pd.DataFrame, year: str, source: str, *, by_region: bool) -> Wording:
    higher, lower = int((last["difference"] > 0).sum()), int((last["difference"] < 0).sum())
    few, many = int(last["n_replications"].min()), int(last["n_replications"].max())
    times = f"{few} to {many} replications" if few < many else f"{few} replication{'' if few == 1 else 's'}"
    rows = "A bar is a region: its simulated councils together." if by_region else "A bar is a council."
    named = findings.inputs.main_view.capitalize()
    title = f"By {year} the policy brings {_where(higher, lower, len(last))}"
    return wording_of(findings, "requests_by_council", source, title, last=year, named=named, times=times, rows=rows)


def _where(higher: int, lower: int, councils: int) -> str:
    """In how many councils there are more requests, and in how many fewer.

    Examples
    --------
    >>> _where(4, 0, 4)
    'more requests in all 4 councils that were simulated'
    >>> _where(7, 2, 12)
    'more requests in 7 and fewer in 2 of the 12 councils that were simulated'
    """
    simulated = "councils that were simulated"
    if councils in (higher, lower):
        return f"{'more' if higher else 'fewer'} requests in all {councils} {simulated}"
    return f"more requests in {higher} and fewer in {lower} of the {councils} {simulated}"


def _text(words: Wording, last: pd.DataFrame, *, by_region: bool) -> str:
    order = last.sort_values("difference")
    low, high = order.iloc[0], order.iloc[-1]
    ends = [plain(float(row["difference"]), _step(last["difference"]), signed=True) for row in (low, high)]
    kind = "region" if by_region else "council"
    return (
        f"Bar chart, one bar for each {kind}. {words.title}. The difference in {low['year']} goes from {ends[0]} "
        f"({low['area_name']}) to {ends[1]} ({high['area_name']}) {UNIT}. No range is shown: one council moves by "
        "chance too."
    )


def _ends(data: pd.DataFrame, years: list[str]) -> pd.DataFrame:
    """For the page: first and last year of each council; every year is in the file."""
    first, last = (data[data["year"] == year].set_index("area_name") for year in (years[0], years[-1]))
    return pd.DataFrame(
        {
            "area_name": list(last.index),
            "region": last["region"].to_numpy(),
            f"baseline {years[0]}": first["baseline"].reindex(last.index).to_numpy(dtype=float),
            f"baseline {years[-1]}": last["baseline"].to_numpy(dtype=float),
            f"policy {years[-1]}": last["policy"].to_numpy(dtype=float),
            f"difference {years[-1]}": last["difference"].to_numpy(dtype=float),
            "n_replications": np.asarray(last["n_replications"], dtype=np.int64),
        }
    )
