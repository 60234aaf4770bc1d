"""From a run to what the report is made of."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import Any

import numpy as np
import pandas as pd

from sencosim.analysis.implied import implied_effects
from sencosim.analysis.money import money_table
from sencosim.analysis.reconcile import base_year_table
from sencosim.analysis.summary import PRESENT_VALUE, Summary, summarise
from sencosim.calibration.result import fingerprint, load_result, sentence_of
from sencosim.costing.accounts import PUBLIC_PAYERS
from sencosim.costing.memorandum import memorandum
from sencosim.engine.arms import PairResult
from sencosim.evidence.councils import load_councils
from sencosim.evidence.register import Parameter, load_register
from sencosim.evidence.views import load_view
from sencosim.ledger.quantities import COLUMN
from sencosim.ledger.table import tidy_years
from sencosim.model import RunResult, sample
from sencosim.population.describe import describe
from sencosim.population.synthetic import synthetic_england
from sencosim.report.inputs import ENGLAND, ReportInputs, ScenarioText
from sencosim.report.words import costs_or_saves
from sencosim.scenario.diff import diff_in_words
from sencosim.scenario.load import load_scenario
from sencosim.scenario.show import show
from sencosim.units import PHASES, format_year

KEY_OUTCOMES = (
    "support_reviews_done",
    "weeks_to_sen_support",
    "requests",
    "plans_within_20_weeks",
    "permanent_exclusions",
    "overtime_hours",
)
"""Outcomes charted in levels."""

DECISIVE = (
    "used_share_added",
    "overtime_displacement",
    "used_share_baseline",
    "effect_move_to_special",
    "effect_requests_need",
    "effect_permanent_exclusion",
    "exclusion_lifetime_causal",
    "legal_floor_compliance",
    "teacher_supply_fte_per_year",
)
"""Assumptions that the model document names as deciding much of the answer: listed before the others."""

UNMONETISED = (
    ("Pupils' learning and wellbeing", "better, if support reaches more pupils", "E"),
    ("Parents' stress and trust", "better, if waits and disputes fall", "E"),
    ("SENCOs' unpaid evenings", "better: hours are counted, in a memorandum priced, never in the net figure", "D"),
    ("Classes whose teachers become SENCOs", "worse, while the supply of teachers is short", "E"),
)


def report_inputs(result: RunResult) -> ReportInputs:
    """Everything that the output folder is made from.

    Parameters
    ----------
    result
        A finished run.
    """
    code, name = area_of(result)
    summary = summarise(result, code, name)
    scenario = result.scenario
    backtest = load_result()
    state = backtest.state(fingerprint())
    return ReportInputs(
        scenario=_scenario_text(result),
        views=scenario.views,
        summary=pd.concat([summary.figures, _memorandum(result, code, name)], ignore_index=True),
        runs=summary.runs,
        ledger=result.ledger,
        priced=result.priced,
        reconciliation=_reconciliation(result),
        parameters=_parameters(result),
        draws=_draws(result),
        population_text=_population_text(result),
        checks=tuple(_checks(result)),
        manifest=_manifest(result),
        public_payers=PUBLIC_PAYERS,
        main_view=scenario.view,
        view_descriptions={view: load_view(view).description for view in scenario.views},
        question=_question(result, name),
        key_outcomes=KEY_OUTCOMES,
        what_would_change=tuple(_what_would_change(result, summary)),
        unmonetised=UNMONETISED,
        area_code=code,
        implied=implied_effects(result, scenario.view),
        backtest_state=state,
        backtest=sentence_of(backtest, state),
    )


def area_of(result: RunResult) -> tuple[str, str]:
    """Code and name of what the schools of a run stand for."""
    if not result.options.councils:
        return ENGLAND, "England"
    codes = {cell.la_code for cell in result.pairs[0].cells}
    chosen = [council for council in load_councils() if council.la_code in codes]
    if len(chosen) == 1:
        return chosen[0].ons_code, chosen[0].name
    return "+".join(council.ons_code for council in chosen), " and ".join(council.name for council in chosen)


def _question(result: RunResult, area: str) -> str:
    horizon = result.scenario.horizon
    years = f"{format_year(horizon.first)} to {format_year(horizon.last)}"
    title = result.scenario.title.rstrip(".")
    return f"{title}: what would it cost and change in {area}, {years}, compared with today's policy?"


def _scenario_text(result: RunResult) -> ScenarioText:
    scenario = result.scenario
    starts = [lever.start for _, lever in scenario.levers.active()]
    return ScenarioText(
        name=scenario.name,
        title=scenario.title,
        description=scenario.description,
        resolved_yaml=show(result.resolved),
        differences=tuple(diff_in_words(load_scenario("baseline"), result.resolved)),
        warnings=tuple(problem.message for problem in result.resolved.warnings),
        policy_start=min(starts) if starts else None,
    )


def _points(result: RunResult) -> list[PairResult]:
    """Pairs at the point values of the main view."""
    return [pair for pair in result.pairs if pair.pair.view == result.scenario.view and pair.pair.draw == 0]


def _reconciliation(result: RunResult) -> pd.DataFrame:
    pairs = _points(result) or list(result.pairs)
    start = result.scenario.start_year
    academic = _mean([tidy_years(pair.baseline, pair.cells, start) for pair in pairs])
    calendar = _mean([tidy_years(pair.baseline_calendar, pair.cells, start + 1) for pair in pairs])
    hours = {
        phase: (
            np.concatenate([pair.hours[pair.is_secondary == (phase == "secondary")] for pair in pairs]),
            np.concatenate([pair.school_weight[pair.is_secondary == (phase == "secondary")] for pair in pairs]),
        )
        for phase in ("primary", "secondary")
    }
    england = not result.options.councils
    table = base_year_table(academic, calendar, hours, england=england)
    book = result.books.get((result.scenario.view, 0)) or next(iter(result.books.values()))
    money = money_table(academic, book, england=england)
    both: pd.DataFrame = pd.concat([table, money], ignore_index=True) if england else table
    return both


def _mean(tables: list[pd.DataFrame]) -> pd.DataFrame:
    keys = ["year", "phase", "quantity", "unit"]
    sums = [table.groupby(keys, as_index=False)["value"].sum() for table in tables]
    together = pd.concat(sums).groupby(keys, as_index=False)["value"].sum()
    together["value"] = together["value"] / len(tables)
    return pd.DataFrame(together)


def _parameters(result: RunResult) -> pd.DataFrame:
    register = load_register()
    names = {name for pair in result.pairs for name in pair.values}  # noqa: PD011
    used = [*DECISIVE, *sorted(names - set(DECISIVE))]
    views = {view: load_view(view).values(register) for view in result.scenario.views}
    overridden = result.scenario.overrides
    rows = []
    for name in used:
        parameter = register.get(name)
        if name.startswith(("fact_", "population_")):
            continue  # known, but not read by the engine or the prices
        source = parameter.source.title if parameter.source is not None else ""
        note = f"Changed by the scenario: {overridden[name].why}" if name in overridden else parameter.note
        row = {
            "name": name,
            "value": _number(parameter),
            "unit": parameter.unit,
            "kind": parameter.kind,
            "quality": parameter.quality,
            "source": source,
            "note": note,
        }
        rows.append(row | {view: values[name] for view, values in views.items()})
    return pd.DataFrame(rows)


def _number(parameter: Parameter) -> float:
    return float(parameter.value) if isinstance(parameter.value, (int, float)) else float("nan")


def _draws(result: RunResult) -> pd.DataFrame:
    rows = [
        {"view": p.pair.view, "draw": p.pair.draw, "replication": p.pair.replication, "schools": p.n_schools}
        | {f"amplification_{phase}": float(p.feedback.amplification[i]) for i, phase in enumerate(PHASES)}
        | dict(p.values)
        for p in result.pairs
    ]
    return pd.DataFrame(rows)


def _population_text(result: RunResult) -> str:
    population = synthetic_england() if result.options.population is None else result.options.population
    chosen = sample(population, result.scenario, result.options, 0)
    text = describe(population)
    if chosen.n_schools < population.n_schools:
        names = sorted({load_councils()[i].name for i in set(chosen.council.tolist())})
        listed = ", ".join(names) if len(names) <= 12 else f"{len(names)} councils"
        text += f"\n\nThe first replication simulates {chosen.n_schools:,} of them: {listed}. Others draw their own."
    return text


def _manifest(result: RunResult) -> dict[str, Any]:
    scenario, plan = result.scenario, result.plan
    population = synthetic_england() if result.options.population is None else result.options.population
    return {
        "seed": scenario.run.seed,
        "replications": sum(1 for pair in plan.pairs if pair.view == scenario.view and pair.draw == 0),
        "draws": sum(1 for pair in plan.pairs if pair.view == scenario.view and pair.draw > 0),
        "pairs": len(plan.pairs),
        "sample_share": 1.0 if result.options.councils else plan.share,
        "sampling": plan.sampling,
        "schools_per_run": plan.n_schools,
        "quick": result.options.quick,
        "population_kind": population.kind,
        "engine": result.options.engine,
        "command": " ".join(["sencosim", *sys.argv[1:]]),
        "scenario_fingerprint": result.resolved.fingerprint,
        "evidence_fingerprint": load_register().fingerprint(),
        "population_fingerprint": population.fingerprint(),
        "discount_schedule": "standard, in force",
        "seconds": round(sum(pair.seconds for pair in result.pairs), 1),
    }


def _checks(result: RunResult) -> Iterator[tuple[str, bool, str]]:
    """Plausibility after the run: what must hold of any run, looked at on this one."""
    policy_start = min((lever.start for _, lever in result.scenario.levers.active()), default=None)
    if policy_start is not None:
        before = result.ledger[result.ledger["year"] < int(policy_start[:4])]
        moved = float(before["value"].abs().max()) if len(before) else 0.0
        yield "Years before the policy starts are identical in both arms", moved == 0.0, f"largest difference {moved:g}"
    used, parts = 0.0, 0.0
    for pair in result.pairs:
        totals = pair.policy.sum(axis=(0, 1)) / 60.0
        used += float(totals[COLUMN["allocated_hours"]])
        names = ("used_hours", "idle_hours", "leaked_hours", "vacant_hours", "npq_hours")
        parts += float(sum(totals[COLUMN[name]] for name in names))
    gap = abs(parts / used - 1.0) if used > 0.0 else 0.0
    yield "SENCO hours: used, idle, leaked, vacant and study add up to allocated", gap < 2e-3, f"gap {gap:.3%}"
    nothing_negative = all(int(pair.policy.min()) >= 0 and int(pair.baseline.min()) >= 0 for pair in result.pairs)
    yield "No count is below nought", nothing_negative, ""
    on_time = result.ledger[result.ledger["quantity"].str.startswith("plans_on_time")]["policy"].sum()
    issued = result.ledger[result.ledger["quantity"].str.startswith("plans_issued")]["policy"].sum()
    yield "No more plans on time than plans", bool(on_time <= issued), f"{on_time:,.0f} of {issued:,.0f}"


def _memorandum(result: RunResult, area_code: str, area_name: str) -> pd.DataFrame:
    """The headline savings times the events avoided, over the horizon: as campaigners multiply."""
    if "campaign" not in result.scenario.views:
        return pd.DataFrame()
    horizon = result.scenario.horizon
    inside = result.ledger[
        (result.ledger["view"] == "campaign") & result.ledger["year"].between(horizon.first, horizon.last)
    ]
    columns = ["view", "draw", "replication", "quantity", "value"]
    rows = []
    for (view, draw), book in result.books.items():
        if view == "campaign":
            rows.append(memorandum(inside.loc[inside["draw"] == draw, columns], book))
    table = pd.concat(rows, ignore_index=True)
    pairs = len(table[["draw", "replication"]].drop_duplicates())
    found = []
    for claim, part in table.groupby("claim", sort=False):
        low, high = part["saving_low_gbp"], part["saving_high_gbp"]
        found.append(
            {
                "view": "campaign",
                "area_code": area_code,
                "area_name": area_name,
                "year": "total",
                "outcome": "memo_" + "".join(c if c.isalnum() else "_" for c in str(claim).lower()),
                "title": str(claim),
                "unit": "GBP",
                "payer": "",
                "baseline": np.nan,
                "policy": np.nan,
                "difference": float((low.mean() + high.mean()) / 2.0),
                "p10": float(np.quantile(low, 0.1)),
                "p50": float((low.median() + high.median()) / 2.0),
                "p90": float(np.quantile(high, 0.9)),
                "monte_carlo_error": np.nan,
                "n_draws": pairs,
                "n_replications": 1,
                "price_base": "as published",
                "discounted": False,
                "kind": "memo",
                "favourable": "up",
                "chance_below_zero": float((high < 0.0).mean()),
                "note": str(part["caution"].iloc[0]),
            }
        )
    return pd.DataFrame(found)


def _what_would_change(result: RunResult, summary: Summary) -> Iterator[str]:
    """What the answer rests on, from the figures of this run alone."""
    figures = summary.figures
    main = result.scenario.view
    present = figures[(figures["view"] == main) & (figures["year"] == PRESENT_VALUE)].set_index(["outcome", "payer"])
    means = present["difference"].to_dict()
    if ("benefit_multiplier", "") in means:
        yield (
            "In the {} view the benefits that this model prices would have to be {:.1f} times as large for the policy "
            "to pay for itself.".format(main, means["benefit_multiplier", ""])
        )
    elif means["policy_cost", ""] > 0.0:
        yield f"In the {main} view nothing that this model prices offsets the cost: no multiple of it would."
    spread = figures[(figures["outcome"] == "net_public_cost") & (figures["year"] == PRESENT_VALUE)]
    if len(spread) > 1:
        low, high = spread["difference"].min(), spread["difference"].max()
        yield (
            "The three views differ by evidence alone. On average the policy "
            f"{costs_or_saves(low, low, high)} in the kindest and {costs_or_saves(high, low, high)} in the harshest."
        )
    yield (
        "Nobody has measured what SENCO time does to exclusions, requests, appeals or placements. A trial would move "
        "this answer more than any other figure in it."
    )
    yield (
        "How many of the new hours are really used for SEN, and how much unpaid work they replace, are judgements; "
        "both decide how much more is done for pupils."
    )
