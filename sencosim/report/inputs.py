"""What the report layer needs to know about a run, as plain tables and text.

The tables are tidy. ``summary`` is the only place from which the answer, the tables, the charts and their text
alternatives take figures, so a reader can look every one of them up.

Outcomes that the report looks for by name in ``summary`` (all others are shown as they come):

========================  =======  ==========================================================================
outcome                   payer    meaning
========================  =======  ==========================================================================
``net_public_cost``       blank    net cost to the public purse, GBP; by year, ``total`` and ``present_value``
``payer_net``             a payer  net cost to one payer, GBP; the public payers sum to ``net_public_cost``
``payer_cost``            a payer  what that payer pays more, GBP, zero or above (optional)
``payer_saving``          a payer  what that payer pays less, GBP, zero or below (optional; cost + saving = net)
========================  =======  ==========================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from sencosim.errors import OutputError

ENGLAND = "E92000001"
UNLIKE_REGISTER = "schools_unlike_register"
"""Fact of a manifest: schools that the list of a run has more than the register, by ONS code of a council."""
UNMONETISED = (
    ("Pupils' learning, and their wellbeing but for the wait", "better, if support reaches more pupils", "E"),
    ("Parents' stress and trust", "better, if waits and disputes fall", "E"),
    ("Learning in classes whose teacher becomes a SENCO", "worse, while the supply of teachers is short", "E"),
)
"""What has no price: what, in which direction, and how good the evidence is."""
TOTAL = "total"
PRESENT_VALUE = "present_value"
NET_PUBLIC_COST = "net_public_cost"
PAYER_NET = "payer_net"
PAYER_COST = "payer_cost"
PAYER_SAVING = "payer_saving"

SUMMARY_COLUMNS = (
    *("view", "area_code", "area_name", "year", "outcome", "title", "unit", "payer", "baseline", "policy"),
    *("difference", "p10", "p50", "p90", "monte_carlo_error", "n_draws", "n_replications", "price_base"),
    *("discounted", "kind", "favourable"),
)
RUNS_COLUMNS = ("view", "draw", "replication", "outcome", "payer", "area_code", "year", "difference", "weight")
RECONCILIATION_COLUMNS = (
    *("series", "breakdown", "period", "published", "model", "gap", "gap_pct", "tolerance", "verdict", "note"),
)
PARAMETER_COLUMNS = ("name", "value", "unit", "kind", "quality", "source", "note")
Tables = Callable[[], Iterable[pd.DataFrame]]
KEYS = ["view", "area_code", "year", "outcome", "payer"]


@dataclass(frozen=True)
class ScenarioText:
    """The scenario as the reader meets it; name, title and description as in its file."""

    name: str
    title: str
    description: str
    resolved_yaml: str  # the whole scenario after inheritance, one origin comment a line
    differences: tuple[str, ...] = ()  # how it differs from the baseline, one sentence each
    warnings: tuple[str, ...] = ()  # every warning that loading the scenario gave
    policy_start: str | None = None  # academic year in which the first lever starts; None for a baseline


@dataclass(frozen=True)
class ReportInputs:
    """Everything that the output folder is made from.

    ``summary`` has one row per view, area, year, outcome and payer; see the module. ``year`` is an academic year such
    as ``2027/28``, ``total`` or ``present_value``. Means in baseline, policy and difference; p10, p50 and p90 are of
    the paired difference. ``monte_carlo_error`` is the standard error of the mean over replications at the point
    values. Money in GBP, cost positive. ``kind`` is people, time, money or memo. ``favourable`` is ``up``, ``down`` or
    blank. Optional columns: ``draw_error``, the standard error of the mean over draws for their small number;
    ``chance_below_zero`` [fraction], ``p25``, ``p75``, and ``note``, which is printed where ``difference`` is missing;
    ``basis``, how the figure of a council or region was come by, blank for the area of the run.

    Of ``manifest`` the report reads, if there: ``seed``, ``replications``, ``draws``, ``sample_share`` [fraction of
    schools], ``quick`` [bool], ``population_kind`` [synthetic or real], ``command``, ``seconds``, fingerprints of
    scenario, evidence and population, ``discount_schedule``, ``design_in_words``, ``precision``,
    ``common_random_numbers_gain`` (see :mod:`sencosim.experiment.precision`).
    """

    scenario: ScenarioText
    views: tuple[str, ...]  # in the order shown: campaign, central, sceptic
    summary: pd.DataFrame
    runs: pd.DataFrame  # one row per view, draw, replication, outcome, payer, area and year; weight in a mean
    ledger: Tables  # this, priced and areas are written one table after the other: too many to hold at once
    priced: Tables  # one for each of the ledger: they are made together
    reconciliation: pd.DataFrame  # model against published; gap_pct and tolerance in per cent, verdict in words
    parameters: pd.DataFrame  # every parameter of the run; columns of the names of views hold its value there, if any
    draws: pd.DataFrame  # written to the folder as it is, as are changes and prices
    population_text: str  # what the schools are and what was dropped
    checks: tuple[tuple[str, bool, str], ...]  # name, passed, detail
    manifest: Mapping[str, Any]  # facts about the run
    public_payers: tuple[str, ...]  # whose net costs sum to the net cost to the public purse, in the order shown
    main_view: str = "central"  # the view of the headline [one of ``views``]
    view_descriptions: Mapping[str, str] = field(default_factory=dict)  # one sentence for each view
    question: str = ""
    key_outcomes: tuple[str, ...] = ()  # charted in levels, at most six; blank: the first six that come by year
    what_would_change: tuple[str, ...] = ()  # sentences on what would change the answer (break-even and the like)
    unmonetised: tuple[tuple[str, str, str], ...] = ()  # effects without a price: effect, direction, evidence grade
    area_code: str = ENGLAND
    areas: Tables | None = None
    changes: pd.DataFrame = field(default_factory=pd.DataFrame)  # what each pair counts
    prices: pd.DataFrame = field(default_factory=pd.DataFrame)  # every price of every view and draw
    implied: pd.DataFrame = field(default_factory=pd.DataFrame)  # priors alongside what the model makes of them
    baselines: pd.DataFrame = field(default_factory=pd.DataFrame)  # the policy against each law
    beside: pd.DataFrame = field(default_factory=pd.DataFrame)  # the headline and what stands alongside it
    structure: pd.DataFrame = field(default_factory=pd.DataFrame)
    structure_draws: pd.DataFrame = field(default_factory=pd.DataFrame)  # that the structure table is made of
    spread_parts: pd.DataFrame = field(default_factory=pd.DataFrame)  # of the variance of the net cost
    routes: pd.DataFrame = field(default_factory=pd.DataFrame)
    years_until: pd.DataFrame = field(default_factory=pd.DataFrame)  # when a post has enough hours, by arm
    uses: pd.DataFrame = field(default_factory=pd.DataFrame)  # what becomes of paid SENCO hours
    incidence: pd.DataFrame = field(default_factory=pd.DataFrame)  # cost by group of schools, and ways to pay for it
    hours_cost: pd.DataFrame = field(default_factory=pd.DataFrame)  # cost to schools for each extra hour, by group
    council_purses: pd.DataFrame = field(default_factory=pd.DataFrame)  # high needs alongside the last known deficit
    by_group: pd.DataFrame = field(default_factory=pd.DataFrame)  # rates by group of schools, and derived figures
    frontier: pd.DataFrame = field(default_factory=pd.DataFrame)  # policies of the frontier and this one, by aim
    frontier_facts: Mapping[str, Any] = field(default_factory=dict)  # see :mod:`sencosim.outcomes.on_frontier`
    backtest_state: str = "passed"  # or failed, stale, missing: these change the wording of the headline
    backtest: str = ""  # the back-test in a sentence or two; blank to say nothing
    appraisal: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # see :mod:`sencosim.outcomes.appraisal`
    research: Mapping[str, pd.DataFrame] = field(default_factory=dict)  # see :mod:`sencosim.report.research`


def check_inputs(inputs: ReportInputs) -> None:
    """Raise an OutputError that names every fault: a column missing, a row twice, a view without headline."""
    faults = [
        f"The table `{name}` lacks {', '.join(missing)}."
        for name, frame, columns in (
            ("summary", inputs.summary, SUMMARY_COLUMNS),
            ("runs", inputs.runs, RUNS_COLUMNS),
            ("reconciliation", inputs.reconciliation, RECONCILIATION_COLUMNS),
            ("parameters", inputs.parameters, PARAMETER_COLUMNS),
        )
        if (missing := [column for column in columns if column not in frame.columns])
    ]
    if not faults:
        faults += _summary_faults(inputs)
    if faults:
        raise OutputError("The report cannot be made. " + " ".join(faults))


def _summary_faults(inputs: ReportInputs) -> list[str]:
    """Say what is wrong with the rows of a summary that has all its columns."""
    faults = []
    twice = inputs.summary[inputs.summary.duplicated(KEYS)]
    if len(twice):
        first = twice.iloc[0]
        faults.append(
            f"The summary holds {len(twice)} rows twice, such as {', '.join(str(first[key]) for key in KEYS)}."
        )
    if inputs.main_view not in inputs.views:
        faults.append(f"The main view {inputs.main_view!r} is not among {', '.join(inputs.views)}.")
    for view in inputs.views:
        headline = inputs.summary.query(
            "view == @view and outcome == @NET_PUBLIC_COST and area_code == @inputs.area_code"
        )
        if headline.empty:
            faults.append(f"The summary has no `{NET_PUBLIC_COST}` for the view {view} in the area {inputs.area_code}.")
    return faults


def complete_summary(inputs: ReportInputs) -> pd.DataFrame:
    """Add the chance that each difference is below zero, from the runs, if the summary lacks it.

    The chance is the share of draws whose difference, averaged over replications, is below zero: parameter
    uncertainty, with as little simulation noise as the replications allow. [missing where there are no runs]
    """
    if "chance_below_zero" in inputs.summary.columns:
        return inputs.summary
    by_draw = inputs.runs.groupby([*KEYS, "draw"], sort=False, as_index=False)["difference"].mean()
    by_draw["chance_below_zero"] = (by_draw["difference"] < 0).astype(float)
    chance = by_draw.groupby(KEYS, sort=False, as_index=False)["chance_below_zero"].mean()
    return inputs.summary.merge(chance, on=KEYS, how="left", validate="one_to_one")
