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
UNMONETISED = (
    ("Pupils' learning and wellbeing", "better, if support reaches more pupils", "E"),
    ("Parents' stress and trust", "better, if waits and disputes fall", "E"),
    ("SENCOs' unpaid evenings", "better: hours are counted, in a memorandum priced, never in the net figure", "D"),
    ("Classes whose teachers become SENCOs", "worse, while the supply of teachers is short", "E"),
)
"""What has no price: what, in which direction, and how good the evidence is."""
TOTAL = "total"
PRESENT_VALUE = "present_value"
NET_PUBLIC_COST = "net_public_cost"
PAYER_NET = "payer_net"
PAYER_COST = "payer_cost"
PAYER_SAVING = "payer_saving"

SUMMARY_COLUMNS = (
    "view",
    "area_code",
    "area_name",
    "year",
    "outcome",
    "title",
    "unit",
    "payer",
    "baseline",
    "policy",
    "difference",
    "p10",
    "p50",
    "p90",
    "monte_carlo_error",
    "n_draws",
    "n_replications",
    "price_base",
    "discounted",
    "kind",
    "favourable",
)
RUNS_COLUMNS = ("view", "draw", "replication", "outcome", "payer", "area_code", "year", "difference")
RECONCILIATION_COLUMNS = (
    "series",
    "breakdown",
    "period",
    "published",
    "model",
    "gap",
    "gap_pct",
    "tolerance",
    "verdict",
    "note",
)
PARAMETER_COLUMNS = ("name", "value", "unit", "kind", "quality", "source", "note")
Tables = Callable[[], Iterable[pd.DataFrame]]
KEYS = ["view", "area_code", "year", "outcome", "payer"]


@dataclass(frozen=True)
class ScenarioText:
    """The scenario as the reader meets it.

    Attributes
    ----------
    name, title, description
        As in the scenario file.
    resolved_yaml
        The whole scenario after inheritance, one origin comment a line.
    differences
        How it differs from the baseline, one sentence each.
    warnings
        Every warning that loading the scenario gave.
    policy_start
        Academic year in which the first lever starts, or ``None`` for a baseline.
    """

    name: str
    title: str
    description: str
    resolved_yaml: str
    differences: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    policy_start: str | None = None


@dataclass(frozen=True)
class ReportInputs:
    """Everything that the output folder is made from.

    Attributes
    ----------
    scenario
        The scenario in words.
    views
        Names in the order shown: campaign, central, sceptic.
    main_view
        The view of the headline. [one of ``views``]
    view_descriptions
        One sentence for each view.
    summary
        One row per view, area, year, outcome and payer; see the module. ``year`` is an academic year such as
        ``2027/28``, ``total`` or ``present_value``. Means in baseline, policy and difference; p10, p50 and p90 are of
        the paired difference. ``monte_carlo_error`` is the standard error of the mean over replications at the point
        values. Money in GBP, cost positive. ``kind`` is people, time, money or memo. ``favourable`` is ``up``,
        ``down`` or blank. Optional columns: ``draw_error``, the standard error of the mean over draws for their small
        number; ``chance_below_zero`` [fraction], ``p25``, ``p75``, and ``note``, which is printed where ``difference``
        is missing; ``basis``, how the figure of a council or region was come by, blank for the area of the run.
    runs
        One row per view, draw, replication, outcome, payer, area and year.
    ledger, priced, areas
        Give tables that are written to the folder one after the other, as one: too many to hold at once.
    draws
        Written to the folder as it is.
    price_draws
        Unit costs that the summary was priced with: a row a view, draw and joint draw of prices.
    reconciliation
        Model against published. ``gap_pct`` and ``tolerance`` in per cent; ``verdict`` in words.
    parameters
        Every parameter of the run; a column for the value in each view, of the view's name, is shown if there.
    population_text
        What the schools are and what was dropped.
    checks
        Name, passed, detail.
    manifest
        Facts about the run. Read by the report if there: ``seed``, ``replications``, ``draws``, ``sample_share``
        [fraction of schools], ``quick`` [bool], ``population_kind`` [synthetic or real], ``command``, ``seconds``,
        ``scenario_fingerprint``, ``evidence_fingerprint``, ``population_fingerprint``, ``discount_schedule``,
        ``design_in_words``, ``precision``, ``common_random_numbers_gain`` (see :mod:`sencosim.experiment.precision`).
    public_payers
        Payers whose net costs sum to the net cost to the public purse, in the order shown.
    key_outcomes
        Outcomes for the chart of levels, at most six. Blank: the first six people outcomes that come by year.
    what_would_change
        Sentences on what would change the answer (break-even and the like).
    years_until
        When a post is full time and when it has enough hours, by arm; see :mod:`sencosim.outcomes.years_until`.
    uses
        What becomes of paid SENCO hours; see :mod:`sencosim.outcomes.uses`.
    by_group
        Rates by group of schools, and derived figures; see :mod:`sencosim.outcomes.equity`.
    implied
        Priors beside what the model makes of them; see :mod:`sencosim.outcomes.implied`.
    baselines
        The policy against each law; see :mod:`sencosim.outcomes.baselines`.
    structure, structure_draws
        The structure table, and the draws that it is made of; see :mod:`sencosim.outcomes.structure`.
    routes
        By which route; see :mod:`sencosim.outcomes.routes`.
    unmonetised
        Effects without a price: effect, direction, evidence grade.
    backtest_state
        ``passed``, ``failed``, ``stale`` or ``missing``: anything but the first changes the wording of the headline.
    backtest
        The back-test in a sentence or two; blank to say nothing.
    research
        Tables of a stored ensemble that asks the same: see :mod:`sencosim.report.research`.
    appraisal
        Tables of :func:`sencosim.outcomes.appraisal.appraisal_tables`, by name.
    """

    scenario: ScenarioText
    views: tuple[str, ...]
    summary: pd.DataFrame
    runs: pd.DataFrame
    ledger: Tables
    priced: Tables
    reconciliation: pd.DataFrame
    parameters: pd.DataFrame
    draws: pd.DataFrame
    population_text: str
    checks: tuple[tuple[str, bool, str], ...]
    manifest: Mapping[str, Any]
    public_payers: tuple[str, ...]
    main_view: str = "central"
    view_descriptions: Mapping[str, str] = field(default_factory=dict)
    question: str = ""
    key_outcomes: tuple[str, ...] = ()
    what_would_change: tuple[str, ...] = ()
    unmonetised: tuple[tuple[str, str, str], ...] = ()
    area_code: str = ENGLAND
    areas: Tables | None = None
    implied: pd.DataFrame = field(default_factory=pd.DataFrame)
    baselines: pd.DataFrame = field(default_factory=pd.DataFrame)
    structure: pd.DataFrame = field(default_factory=pd.DataFrame)
    structure_draws: pd.DataFrame = field(default_factory=pd.DataFrame)
    routes: pd.DataFrame = field(default_factory=pd.DataFrame)
    price_draws: pd.DataFrame = field(default_factory=pd.DataFrame)
    years_until: pd.DataFrame = field(default_factory=pd.DataFrame)
    uses: pd.DataFrame = field(default_factory=pd.DataFrame)
    by_group: pd.DataFrame = field(default_factory=pd.DataFrame)
    backtest_state: str = "passed"
    backtest: str = ""
    appraisal: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    research: Mapping[str, pd.DataFrame] = field(default_factory=dict)


def check_inputs(inputs: ReportInputs) -> None:
    """Refuse tables that the report cannot be made from, naming every fault.

    Raises
    ------
    OutputError
        If a column is missing, a row comes twice, or the main view has no headline.
    """
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
    uncertainty, with as little simulation noise as the replications allow.

    Returns
    -------
        The summary with a column ``chance_below_zero``. [fraction, missing where there are no runs]
    """
    if "chance_below_zero" in inputs.summary.columns:
        return inputs.summary
    by_draw = inputs.runs.groupby([*KEYS, "draw"], sort=False, as_index=False)["difference"].mean()
    by_draw["chance_below_zero"] = (by_draw["difference"] < 0).astype(float)
    chance = by_draw.groupby(KEYS, sort=False, as_index=False)["chance_below_zero"].mean()
    return inputs.summary.merge(chance, on=KEYS, how="left", validate="one_to_one")
