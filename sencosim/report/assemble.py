"""From a run to what the report is made of."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.calibration.verdict import sentence_of
from sencosim.costing.memorandum import memorandum
from sencosim.evidence.base_year import BASE_YEAR_WORDS
from sencosim.evidence.councils import load_councils
from sencosim.evidence.register import all_cautions, load_register
from sencosim.evidence.views import load_view
from sencosim.experiment.jobs import Job
from sencosim.experiment.totals import PairTotals, tidy_totals
from sencosim.model import (
    RunOptions,
    RunResult,
    baseline_of,
    england,
    price_book,
    run_facts,
    sample,
    speaks_for_england,
)
from sencosim.outcomes.appraisal import appraisal_tables
from sencosim.outcomes.areas import area_ledger, local_figures
from sencosim.outcomes.baselines import law_figures
from sencosim.outcomes.beside import beside_headline
from sencosim.outcomes.catalogue import OUTCOME
from sencosim.outcomes.checks import base_years, common_chance
from sencosim.outcomes.council_purses import council_purses
from sencosim.outcomes.counted import changes_table, prices_table
from sencosim.outcomes.equity import derived_results, group_results
from sencosim.outcomes.frontier import shipped_frontier
from sencosim.outcomes.implied import implied_effects
from sencosim.outcomes.incidence import hours_cost, incidence
from sencosim.outcomes.on_frontier import beside_shipped, frontier_figures
from sencosim.outcomes.ratio import ratio_figures
from sencosim.outcomes.reconcile import base_year_table, budgets_table, money_table
from sencosim.outcomes.routes import route_table
from sencosim.outcomes.structure import spread_parts, structure_draws, structure_table
from sencosim.outcomes.summary import PRESENT_VALUE, Summary, mean_of, summarise
from sencosim.outcomes.uses import points_ledger, uses_of_run
from sencosim.outcomes.years_until import years_until
from sencosim.population.describe import describe, schools_by_place, whole_places
from sencosim.population.sampling import only_councils
from sencosim.report.backtest import kept_backtest
from sencosim.report.inputs import ENGLAND, UNLIKE_REGISTER, UNMONETISED, ReportInputs, ScenarioText
from sencosim.report.laws import baseline_words
from sencosim.report.manifest import command_line
from sencosim.report.quoted import with_quote_check
from sencosim.report.showing import CAUTIONS
from sencosim.report.words import in_a_sentence, joined, plain
from sencosim.scenario.diff import arms_in_words
from sencosim.scenario.show import show
from sencosim.scenario.structure import weights_of
from sencosim.units import PHASES, format_year
from sencosim.vocabulary import COLUMN, PARTS_OF_ALLOCATED_HOURS, PUBLIC_PAYERS, Quantity

KEY_OUTCOMES = (
    *("support_reviews_done", "weeks_to_sen_support", "requests"),
    *("plans_within_20_weeks", "permanent_exclusions", "overtime_hours"),
)
"""Outcomes charted in levels."""
DECISIVE = (
    *("used_share_added", "overtime_displacement", "used_share_baseline", "effect_move_to_special"),
    *("effect_requests_need", "effect_permanent_exclusion", "exclusion_lifetime_causal", "legal_floor_compliance"),
    "teacher_supply_fte_per_year",
)
"""Assumptions that the model document names as deciding much of the answer: listed before the others."""

MOST_COUNCILS = 12
"""Councils that are named; of more their number is said, and a list of one's own is called a list. [councils]"""
UNLIKE = 0.1  # gap between the base years of two views from which it is said [share]
MOST_HOURS_GAP = 2e-3
"""Gap of SENCO hours that a run may have, because terms are counted in whole minutes. [share of those allocated]"""


def report_inputs(result: RunResult) -> ReportInputs:
    """Everything that the output folder is made from."""
    code, name = area_of(result.options)
    summary = summarise(result, code, name)
    scenario = result.scenario
    backtest, state = kept_backtest()
    begun = base_years(result)
    formed = structure_draws(result, summary)
    frontier, frontier_facts = beside_shipped(shipped_frontier(), result, name)
    beside = frontier_figures(frontier, str(frontier_facts.get("aim", "")), scenario.view, summary)
    ratios = ratio_figures(summary)
    figures = (summary.figures, ratios, beside, _memorandum(result, summary, code, name))
    ledger, values = points_ledger(result)
    laws, appraisal = law_figures(result, summary), appraisal_tables(result, summary)
    inputs = ReportInputs(
        scenario=_scenario_text(result),
        views=scenario.views,
        summary=pd.concat([*figures, local_figures(result, summary, code)], ignore_index=True),
        runs=summary.runs,
        ledger=result.ledgers,
        priced=result.priced,
        areas=lambda: (area_ledger(result, view) for view in scenario.views),
        changes=changes_table(summary, scenario.horizon.first),
        prices=prices_table(summary),
        reconciliation=_reconciliation(result),
        parameters=_parameters(result),
        draws=_draws(result),
        population_text=_population_text(result),
        checks=tuple(self_checks(result)),
        manifest=_manifest(result, summary),
        public_payers=PUBLIC_PAYERS,
        main_view=scenario.view,
        view_descriptions={view: load_view(view).description for view in scenario.views},
        question=_question(result, name),
        key_outcomes=KEY_OUTCOMES,
        what_would_change=tuple(_what_would_change(result, summary, begun)),
        unmonetised=UNMONETISED,
        area_code=code,
        implied=implied_effects(result, scenario.view),
        baselines=laws,
        beside=beside_headline(result, summary, laws, appraisal),
        structure=structure_table(
            formed, weights_of(scenario), summary.spreads.get(scenario.view), result.plan.laws[0]
        ),
        structure_draws=formed,
        spread_parts=spread_parts(formed, weights_of(scenario), summary.runs, summary.crossed),
        routes=route_table(result),
        years_until=years_until(ledger, values, scenario.horizon.first, scenario.horizon.last),
        uses=uses_of_run(result),
        incidence=incidence(result),
        hours_cost=hours_cost(result, ratios),
        council_purses=council_purses(result),
        frontier=frontier,
        frontier_facts=frontier_facts,
        by_group=pd.concat([made(result, v) for v in scenario.views for made in (group_results, derived_results)]),
        backtest_state=state,
        backtest=sentence_of(backtest, state),
        appraisal=appraisal,
    )
    return with_quote_check(inputs, further=begun["relative"])


def _wholes(result: RunResult, jobs: Iterable[Job]) -> Iterator[tuple[Job, PairTotals]]:
    """Totals of England of some pairs."""
    return ((job, result.store.whole(job)) for job in jobs)


def area_of(options: RunOptions) -> tuple[str, str]:
    """Code and name of what the schools of a run stand for: nothing is called England or a council that is a part."""
    schools = england(options)
    if speaks_for_england(options):
        return ENGLAND, "England"
    schools = only_councils(schools, options.councils) if options.councils else schools
    present, whole = set(schools.la_code.tolist()), whole_places(schools)
    councils = [council for council in load_councils() if council.la_code in present]
    if not options.councils and len(councils) > MOST_COUNCILS:
        return "own list", f"{schools.n_schools:,} schools of a list of one's own"
    code, name = "+".join(one.ons_code for one in councils), " and ".join(one.name for one in councils)
    if all(one.ons_code in whole for one in councils):
        return code, name
    return f"part of {code}", f"{schools.n_schools:,} {'school' if schools.n_schools == 1 else 'schools'} of {name}"


def _question(result: RunResult, area: str) -> str:
    horizon = result.scenario.horizon
    years = f"{format_year(horizon.first)} to {format_year(horizon.last)}"
    title = result.scenario.title.rstrip(".")
    baseline = baseline_words(result.plan.laws[0])
    return f"{title}: what would it cost and change in {area}, {years}, compared with {baseline}?"


def _scenario_text(result: RunResult) -> ScenarioText:
    scenario = result.scenario
    starts = [lever.start for _, lever in scenario.levers.active()]
    return ScenarioText(
        name=scenario.name,
        title=scenario.title,
        description=scenario.description,
        resolved_yaml=show(result.resolved),
        differences=_differences(result),
        warnings=tuple(problem.message for problem in result.resolved.warnings),
        policy_start=min(starts) if starts else None,
    )


def _differences(result: RunResult) -> tuple[str, ...]:
    """How the policy differs from the baseline that it was run against."""
    lines = arms_in_words(baseline_of(result.scenario), result.scenario)
    return tuple(re.sub(r" {2,}", ", ", line.strip()) for line in lines)


def _reconciliation(result: RunResult) -> pd.DataFrame:
    """The baseline of the main view at its point values against what was published."""
    start, n = result.scenario.start_year, result.replications
    academic = calendar = pd.DataFrame()
    values: Mapping[str, float] = {}
    hours: dict[str, list[tuple[npt.NDArray[np.float64], ...]]] = {phase: [] for phase in PHASES}
    for totals in result.points(result.scenario.view):
        values = totals.values  # noqa: PD011
        academic = _added(academic, tidy_totals(totals.strata, {"value": totals.baseline / n}, start))
        calendar = _added(calendar, tidy_totals(totals.strata, {"value": totals.calendar / n}, start + 1))
        for phase in PHASES:
            chosen = totals.is_secondary == (phase == "secondary")
            hours[phase].append((totals.hours[chosen], totals.school_weight[chosen]))
    first, second = ({p: np.concatenate([pair[i] for pair in pairs]) for p, pairs in hours.items()} for i in (0, 1))
    by_phase = {phase: (first[phase], second[phase]) for phase in PHASES}
    whole = speaks_for_england(result.options)
    table: pd.DataFrame = base_year_table(academic, calendar, by_phase, england=whole)
    if not whole:
        return table
    money = money_table(academic, price_book(result.scenario, result.scenario.view, values), england=whole)
    return pd.DataFrame(pd.concat([table, money, budgets_table(england(result.options))], ignore_index=True))


def _added(sums: pd.DataFrame, table: pd.DataFrame) -> pd.DataFrame:
    keys = ["year", "phase", "quantity", "unit"]
    table = table.astype({"phase": str, "quantity": str, "unit": str})
    return pd.DataFrame(pd.concat([sums, table]).groupby(keys, as_index=False)["value"].sum())


def _parameters(result: RunResult) -> pd.DataFrame:
    register = load_register()
    names = set(next(result.points(result.scenario.view)).values)
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
        value = float(parameter.value) if isinstance(parameter.value, (int, float)) else float("nan")
        row: dict[str, Any] = {"name": name, "value": value, "unit": parameter.unit, "kind": parameter.kind}
        row |= {"quality": parameter.quality, "source": source, "note": note}
        rows.append(row | {view: values[name] for view, values in views.items()})
    return pd.DataFrame(rows)


def _draws(result: RunResult) -> pd.DataFrame:
    rows = [
        {"view": job.view, "draw": job.draw, "replication": job.replication, "sample_share": job.share}
        | {"schools": totals.n_schools}
        | dict(totals.values)
        for job, totals in _wholes(result, result.jobs())
    ]
    return pd.DataFrame(rows)


def _population_text(result: RunResult) -> str:
    population = england(result.options)
    chosen = sample(population, result.scenario, result.options, 0, result.plan.share)
    text = describe(population)
    if chosen.n_schools < population.n_schools:
        names = sorted({load_councils()[i].name for i in set(chosen.council.tolist())})
        listed = ", ".join(names) if len(names) <= MOST_COUNCILS else f"{len(names)} councils"
        others = "" if result.plan.chosen else " Others draw their own."
        text += f"\n\nThe first replication simulates {chosen.n_schools:,} of them: {listed}.{others}"
    return text


def _manifest(result: RunResult, summary: Summary) -> dict[str, Any]:
    scenario, plan = result.scenario, result.plan
    return {
        "seed": scenario.run.seed,
        "replications": result.replications,
        "draws": plan.draws,
        "fewest_draws": plan.fewest_draws,
        "pairs": len(result.plan.all_jobs(result.replications)),
        "design": plan.design(),
        "design_in_words": plan.design_in_words(),
        "sample_share": plan.share,
        "draw_sample_share": plan.draw_share,
        "sampling": plan.sampling,
        "schools_per_run": plan.n_schools,
        "precision": result.precision.facts(),
        "emulators": {view: spread.facts() for view, spread in summary.spreads.items() if spread.facts()},
        "common_random_numbers_gain": common_chance(result),
        "quick": result.options.quick,
        "headline_only": result.options.headline_only,
        "laws": list(plan.laws),
        "structure_rows": list(plan.rows),
        "route_share": plan.route_share if plan.routes else None,
        "long_years": plan.long_years,
        CAUTIONS: all_cautions(scenario.cautions),
        "population_kind": england(result.options).kind,
        "chosen_schools": plan.chosen,
        UNLIKE_REGISTER: _unlike_register(result.options),
        "command": command_line(),
        **run_facts(result.resolved, result.options),
        "discount_schedule": "standard, in force",
        "seconds": round(sum(one.seconds for _, one in _wholes(result, result.plan.all_jobs(result.replications))), 1),
    }


def _unlike_register(options: RunOptions) -> dict[str, float]:
    """Schools that a run has more than the register, by ONS code of its councils; those with as many are left out."""
    places = schools_by_place(england(options))
    named = {council.ons_code for council in load_councils()} & set(places)
    gaps = {code: places[code][0] - places[code][1] for code in sorted(named)}
    return {code: gap for code, gap in gaps.items() if gap}


def hours_gap(counts: npt.NDArray[Any]) -> float:
    """How far the parts of timetabled hours are from the hours allocated, of the tally of one arm. [share, >= 0]"""
    totals = counts.reshape(-1, len(Quantity)).sum(axis=0)
    allocated = float(totals[Quantity.ALLOCATED_HOURS])
    parts = float(sum(totals[part] for part in PARTS_OF_ALLOCATED_HOURS))
    return abs(parts / allocated - 1.0) if allocated > 0.0 else 0.0


def self_checks(result: RunResult) -> Iterator[tuple[str, bool, str]]:
    """Plausibility after the run: what must hold of any run, looked at on this one."""
    policy_start = min((lever.start for _, lever in result.scenario.levers.active()), default=None)
    first = 0 if policy_start is None else int(policy_start[:4]) - result.scenario.start_year
    moved, smallest, every = 0, 0, np.zeros(len(Quantity))
    for _, totals in _wholes(result, result.jobs()):
        moved = max([moved, *totals.moved[: max(0, first)].tolist()])
        smallest = min(smallest, totals.smallest)
        every += totals.policy.sum(axis=(0, 1))
    if policy_start is not None:
        detail = f"largest difference {moved:g}"
        yield "Years before the policy starts are identical in both arms", moved == 0, detail
    gap = hours_gap(every)
    yield "SENCO hours add up: what became of them is what was allocated", gap < MOST_HOURS_GAP, f"gap {gap:.3%}"
    yield "No count is below zero", smallest >= 0, ""
    on_time, issued = (
        float(sum(every[column] for name, column in COLUMN.items() if name.startswith(start)))
        for start in ("plans_on_time", "plans_issued")
    )
    yield "No more plans on time than plans", on_time <= issued, f"{on_time:,.0f} of {issued:,.0f}"


def _memorandum(result: RunResult, summary: Summary, area_code: str, area_name: str) -> pd.DataFrame:
    """The headline savings times the events avoided, over the horizon: as campaigners multiply."""
    if "campaign" not in result.scenario.views:
        return pd.DataFrame()
    table = pd.concat(list(_claims(result)), ignore_index=True)
    number = result.plan.draws_of("campaign") or result.replications
    found = []
    for claim, part in table.groupby("claim", sort=False):
        ends = part[["saving_low_gbp", "saving_high_gbp"]].to_numpy(dtype=np.float64)
        spread = summary.spread("campaign", len(ends))
        low, middle, high = spread.quantiles(ends, (0.1, 0.5, 0.9))
        found.append(
            {"view": "campaign", "area_code": area_code, "area_name": area_name, "year": "total"}
            | {"outcome": "memo_" + "".join(c if c.isalnum() else "_" for c in str(claim).lower())}
            | {"title": str(claim), "unit": "GBP", "payer": "", "baseline": np.nan, "policy": np.nan}
            | {"difference": float(mean_of(spread, ends.mean(axis=1))), "p10": float(low[0])}
            | {"p50": float(middle.mean()), "p90": float(high[1])}
            | {"monte_carlo_error": np.nan, "draw_error": np.nan, "n_draws": number, "n_replications": 1}
            | {"price_base": "as published", "discounted": False, "kind": "memo", "favourable": "up"}
            | {"chance_below_zero": float((ends[:, 1] < 0.0).mean()), "note": str(part["caution"].iloc[0])}
        )
    return pd.DataFrame(found)


def _claims(result: RunResult) -> Iterator[pd.DataFrame]:
    """The memorandum of each draw of the campaign view, moved from the mean at the point values like every figure."""
    horizon = result.scenario.horizon
    start = horizon.first - result.scenario.start_year
    changes: dict[Job, npt.NDArray[np.float64]] = {}
    books = {}
    for totals in result.pairs(job for job in result.jobs() if job.view == "campaign"):
        change = (totals.policy - totals.baseline)[:, start : start + horizon.years]
        changes[totals.job] = change.sum(axis=(0, 1))
        books[totals.job] = price_book(result.scenario, "campaign", totals.values)
    points = [job for job in result.plan.point_jobs(result.replications) if job.view == "campaign"]
    level = np.mean([changes[job] for job in points], axis=0)
    names = [one.key for one in Quantity]
    for job in [job for job in changes if job.draw > 0] or points:
        moved = level + changes[job] - changes[result.plan.reference_of(job)]
        yield memorandum(pd.DataFrame({"quantity": names, "value": moved}), books[job])


def _what_would_change(result: RunResult, summary: Summary, begun: pd.DataFrame) -> Iterator[str]:
    """What the answer rests on, from the figures of this run alone."""
    figures = summary.figures
    main = result.scenario.view
    present = figures[(figures["view"] == main) & (figures["year"] == PRESENT_VALUE)].set_index(["outcome", "payer"])
    means = present["difference"].to_dict()
    if ("benefit_multiplier", "") in means:
        yield (
            "In the {} view the benefits with a price would have to be {:.1f} times as large for the policy to pay for "
            "itself.".format(main, means["benefit_multiplier", ""])
        )
    elif means["policy_cost", ""] > 0.0:
        yield (
            f"In the {main} view the policy's knock-on effects add cost rather than save it, so larger effects would "
            "not make it pay for itself."
        )
    yield from unlike_base_years(begun, main)
    yield (
        "Nobody has measured what SENCO time does to exclusions, requests, appeals or placements. Only a trial would "
        "test it."
    )
    yield (
        "Two judgements decide how much more is done for pupils: how many of the new hours are used for SEN, and how "
        "much unpaid work they replace."
    )


def unlike_base_years(table: pd.DataFrame, main: str) -> Iterator[str]:
    """A sentence for each view whose base year, a row an outcome, differs from that of the main view."""
    far = table[table["relative"].abs() >= UNLIKE]
    for view, rows in far.groupby("view", sort=False):
        gaps = joined(
            [
                f"{in_a_sentence(OUTCOME[str(name)].title)} {plain(100.0 * gap, 1.0, signed=True)} %"
                for name, gap in zip(rows["outcome"], rows["relative"], strict=True)
            ]
        )
        yield (
            f"The {view} view does not begin where the {main} view does: its baseline of {BASE_YEAR_WORDS} is "
            f"another ({gaps}). All views must share one baseline, so this run has a fault: do not quote its {view} "
            "view."
        )
