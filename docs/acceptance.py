"""Measure the acceptance table of the model and keep it: ``python docs/acceptance.py``.

Each row says what must hold, what was measured, and whether it held. Rows on the no-policy arm are of all schools; rows
that compare policies are of a sample of whole councils. ``make docs`` puts the table into ``validation.md``; the tests
hold each row on a smaller sample.
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from sencosim.arms.inputs import FloatArray, Inputs
from sencosim.arms.policy import abolished
from sencosim.calibration.policy_studies import PLANS
from sencosim.costing.cost import cost
from sencosim.costing.prices import PriceBook
from sencosim.engine.outcome import Outcome
from sencosim.engine.pair import World, read_evidence
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.routes import ROUTES, neutral_routes
from sencosim.evidence.series import series_value
from sencosim.ledger.table import tidy_years, yearly
from sencosim.model import baseline_of
from sencosim.population.sampling import sample_councils
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.units import PHASES, SCHOOL_WEEKS_PER_YEAR
from sencosim.vocabulary import COLUMN, USES_OF_PAID_HOURS, Quantity

FILE = Path(__file__).resolve().parent / "results" / "acceptance.csv"
SAMPLE, SEED = 0.05, 1
FLOORS = (0.0, 1.0, 3.0, 6.5, 9.75, 13.0, 19.5, 26.0, 32.4)
PER_PUPIL = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
TWO_DAYS_MORE = 24.0
"""Floor that gives a mean school about two days a week more. [hours a week]"""
FEW_YEARS = 4
ROUTES_OFF = neutral_routes(ROUTES) | {"few_cycles_causal_share": 0.0}
LAST = slice(-5, None)
"""The last five years of the horizon, when a policy is in force everywhere."""
_PER = np.array([quantity.per for quantity in Quantity], dtype=float)


@dataclass(frozen=True)
class Measured:
    """One row of the table."""

    test: str
    what: str
    case: str
    value: float
    bound: str
    verdict: str


class Arms:
    """One world on a sample, and arms of it."""

    def __init__(self, share: float, view: str = "central") -> None:
        self.scenario = load_scenario("full_time").scenario
        self.schools = sample_councils(synthetic_england(), share, SEED) if share < 1.0 else synthetic_england()
        self.draw = read_evidence(self.scenario, view, 0, SEED)
        self.world = World(self.schools, baseline_of(self.scenario), self.draw, 0)
        self.base = self.world.run(self.scenario)
        weight = self.schools.weight * self.schools.council_weight
        self.schools_of = {name: float(weight[self.schools.phase == p].sum()) for p, name in enumerate(PHASES)}

    def inputs(self, scenario: Scenario, values: Mapping[str, float] | None = None) -> Inputs:
        """Inputs of a policy arm, with some values of the evidence changed."""
        changed = self.draw.with_values(values or {})
        return self.world.policy_inputs(scenario, changed, self.base)

    def policy(self, scenario: Scenario, values: Mapping[str, float] | None = None) -> Totals:
        """A policy arm."""
        inputs = self.inputs(scenario, values)
        return Totals(inputs, self.base.policy(inputs))

    def without(self) -> Totals:
        """The no-policy arm."""
        return Totals(self.base.inputs, self.base.outcome)


class Totals:
    """England's totals of an arm, by school year."""

    def __init__(self, inputs: Inputs, outcome: Outcome) -> None:
        self.counts = yearly(outcome.tally)
        self.weight = np.array([cell.weight for cell in inputs.cells])
        self.phase = np.array([cell.phase for cell in inputs.cells])

    def __call__(self, *names: str, phase: str = "") -> FloatArray:
        """Sum of some quantities by school year, of one phase or all. [units]."""
        weight = self.weight * ((self.phase == phase) if phase else 1.0)
        columns = [COLUMN[name] for name in names]
        found: FloatArray = ((self.counts[:, :, columns] / _PER[columns]).sum(axis=2) * weight[:, None]).sum(axis=0)
        return found


def floor(hours: float | None = None, per_pupil: float | None = None) -> Scenario:
    """A floor of protected time in every school at once, kept by all."""
    amount = {"hours_per_week": hours} if hours is not None else {"hours_per_sen_pupil_per_week": per_pupil}
    if hours == 32.4:
        amount = {"full_time": True}
    return policy(protected_time={"floor": amount, "drift_to_floor": 0.0})


def policy(**levers: dict[str, Any]) -> Scenario:
    """A question of some levers, in every school at once, kept by all."""
    asked = {name: lever | {"phase_in_years": 1, "compliance": 1.0} for name, lever in levers.items()}
    return Scenario.model_validate({"name": "acceptance", "levers": asked})


def rows(share: float, everyone: float) -> Iterator[Measured]:
    """The whole table."""
    sample = Arms(share)
    base, full = sample.without(), sample.policy(load_scenario("full_time").scenario)
    yield from neutral(sample, base)
    yield from abolition(sample, base)
    yield from one_curve(sample, base, full)
    yield from more_help(sample, base)
    yield from doses(sample, base)
    yield from one_minute()
    yield from northern_ireland(sample, base)
    england = sample if everyone == share else Arms(everyone)
    yield from no_policy(england, england.without())


def held(condition: bool) -> str:
    """Verdict of a bound."""
    return "held" if condition else "not held"


PUPILS = tuple(
    quantity.key
    for quantity in Quantity
    if quantity.key.split(".")[0]
    in {
        *("requests", "refused", "requests_withdrawn", "requests_given_up", "decisions", "assessments", "no_plan"),
        *("plans_issued", "plans_on_time", "plans_ceased", "mediations", "appeals", "crises", "starts", "noticed"),
    }
)


def neutral(arms: Arms, base: Totals) -> Iterator[Measured]:
    """Principle 1 on the sample, for one policy; the tests hold it for every shipped scenario."""
    off = arms.policy(load_scenario("full_time").scenario, ROUTES_OFF)
    most = max(float(np.abs(off(name) - base(name)).max()) for name in PUPILS)
    for name in ("suspensions", "permanent_exclusions"):
        stages = tuple(f"{name}.{stage}" for stage in ("noticed", "sen_support", "ehc_plan"))
        most = max(most, float(np.abs(off(*stages) - base(*stages)).max()))
    yield Measured(
        "neutral", "largest difference of any count of pupils", "full time, routes off", most, "0", held(most == 0.0)
    )


def abolition(arms: Arms, base: Totals) -> Iterator[Measured]:
    """No SENCO at all, team kept: nothing for pupils without routes; with them, by group."""
    scenario = load_scenario("full_time").scenario
    for case, values in (
        ("routes off", ROUTES_OFF),
        ("central", {}),
        *((f"central, {name} off", neutral_routes([name])) for name in ROUTES),
    ):
        inputs = arms.inputs(scenario, values)
        inputs = replace(inputs, policy=abolished(inputs.policy))
        none = Totals(inputs, arms.base.policy(inputs))
        for what, names in EVENTS.items():
            change = _change(none, base, *names)
            bound = "0" if case == "routes off" else ""
            yield Measured("abolished", f"{what} [%]", case, change, bound, held(change == 0.0) if bound else "")


EVENTS = {
    "requests": ("requests.school_led", "requests.parental"),
    "new plans": ("plans_issued.mainstream",),
    "suspensions": ("suspensions.noticed", "suspensions.sen_support", "suspensions.ehc_plan"),
    "permanent exclusions": tuple(f"permanent_exclusions.{stage}" for stage in ("noticed", "sen_support", "ehc_plan")),
}
PRIORS = {"requests": ("effect_requests_need", "effect_requests_release"), "suspensions": ("effect_suspensions",)}


def one_curve(arms: Arms, base: Totals, full: Totals) -> Iterator[Measured]:
    """Realised rates per doubling of support and of hours alongside the priors."""
    for phase in PHASES:
        support = _doublings(full, base, ("support_hours",), phase, offset=0.5)
        hours = _doublings(full, base, ("used_hours", "overtime_hours"), phase)
        yield Measured("one curve", "doublings of support", phase, support, "", "")
        yield Measured("one curve", "doublings of SEN hours worked", phase, hours, "", "")
        for what, priors in PRIORS.items():
            rate = float(full(*EVENTS[what], phase=phase)[LAST].sum() / base(*EVENTS[what], phase=phase)[LAST].sum())
            realised = rate ** (1.0 / hours) if abs(hours) > 0.05 else math.nan
            prior = math.prod(arms.draw.values[name] for name in priors)
            weaker = abs(math.log(realised)) <= 1.1 * abs(math.log(prior)) + 0.02
            bound = f"no stronger than the prior, {prior:.3f}, by a tenth (0.02 for noise)"
            yield Measured("one curve", f"{what} per doubling of hours", phase, realised, bound, held(weaker))


def _change(one: Totals, other: Totals, *names: str) -> float:
    """Change over the last years. [%]."""
    return float(one(*names)[LAST].sum() / other(*names)[LAST].sum() - 1.0) * 100.0


def _doublings(one: Totals, other: Totals, names: tuple[str, ...], phase: str, offset: float = 0.0) -> float:
    pupils = other("need_pupil_terms", phase=phase)[LAST].sum() / 3.0
    a, b = (arm(*names, phase=phase)[LAST].sum() / pupils + offset for arm in (one, other))
    return float(math.log2(a / b))


def more_help(arms: Arms, base: Totals) -> Iterator[Measured]:
    """More team, administrator or SENCO hours, and more duty: which way identification and support go."""
    cases = {
        "SENCO, 0.3 hours per SEN pupil": floor(per_pupil=0.3),
        "team, 1 post per 100 SEN pupils": policy(team={"sen_pupils_per_post": 100.0}),
        "administrator, 6.5 hours": policy(admin_support={"hours_per_week": 6.5}),
    }
    for case, scenario in cases.items():
        arm = arms.policy(scenario)
        identified, support = _change(arm, base, "done.identification"), _change(arm, base, "support_hours")
        yield Measured(
            "helpers", "identifications by the SENCO [%]", case, identified, ">= -2", held(identified >= -2.0)
        )
        yield Measured("helpers", "support hours [%]", case, support, ">= 0", held(support >= 0.0))
    duty = arms.policy(policy(key_worker={"hours_per_plan_per_term": 3.0}))
    support = _change(duty, base, "support_hours")
    yield Measured(
        "duties", "support hours [%]", "key worker, 3 hours a plan a term", support, "<= 0", held(support <= 0.0)
    )


def doses(arms: Arms, base: Totals) -> Iterator[Measured]:
    """Floors from nothing to full time: smooth, and what an extra hour of SENCO work takes in paid hours."""
    before = 0.0
    for case, scenario in (
        *((f"floor {hours:g} hours", floor(hours)) for hours in FLOORS),
        *((f"{rate:g} hours per SEN pupil", floor(per_pupil=rate)) for rate in PER_PUPIL),
    ):
        arm = arms.policy(scenario)
        paid = float((arm("allocated_hours") - base("allocated_hours"))[LAST].sum())
        work = float((arm("used_hours", "overtime_hours") - base("used_hours", "overtime_hours"))[LAST].sum())
        if case.startswith("0.1"):
            before = 0.0
        yield Measured(
            "dose", "paid hours added, million a year", case, paid / 5e6, "rises", held(paid >= before - 1.0)
        )
        yield Measured(
            "dose", "paid hours per extra hour of SENCO work", case, paid / work if work > 1.0 else math.nan, "", ""
        )
        before = paid


def one_minute() -> Iterator[Measured]:
    """If identification took a minute, only those would wait for it whose urgent and dated work fills the post."""
    scenario = baseline_of(load_scenario("full_time").scenario).lasting(FEW_YEARS)
    schools = sample_councils(synthetic_england(), SAMPLE, SEED)
    draw = read_evidence(scenario, "central", 0, SEED)
    quick = draw.with_values({"task_hours_identification": 1.0 / 60.0})
    one = World(schools, scenario, quick, 0).run(scenario)
    totals = Totals(one.inputs, one.outcome)
    for phase in PHASES:
        waited = totals("identification_wait_weeks", phase=phase)[-1] / totals("sen_support_starts", phase=phase)[-1]
        what = "mean wait if identification took a minute [weeks]"
        yield Measured("one-minute identification", what, phase, float(waited), "< 13", held(waited < 13))
        teacher = totals("done_without_senco.identification", phase=phase)[-1] / totals("noticed", phase=phase)[-1]
        what = "needs that the class teacher puts on the register all the same [%]"
        yield Measured("one-minute identification", what, phase, 100.0 * float(teacher), "", "")


def northern_ireland(arms: Arms, base: Totals) -> Iterator[Measured]:
    """A funded release time like Northern Ireland's: implied change of new plans, printed without comment on fit."""
    arm = arms.policy(floor(TWO_DAYS_MORE))
    first = load_scenario("full_time").scenario.horizon.first - arms.scenario.start_year
    for year in (0, 1):
        change = float(
            arm("plans_issued.mainstream")[first + year] / base("plans_issued.mainstream")[first + year] - 1.0
        )
        yield Measured(
            "outside test", "new plans [%]", f"year {year + 1} of two days a week more", 100.0 * change, "", ""
        )


def no_policy(arms: Arms, base: Totals) -> Iterator[Measured]:
    """The no-policy arm: stocks, what stands alongside projections and the past, late work, surveys, trend of hours."""
    base_year = BASE_YEAR - arms.scenario.start_year
    inflow, waiting = base("noticed"), base("pupils_waiting_identification")
    drift = float((waiting[-1] / waiting[base_year]) / (inflow[-1] / inflow[base_year]) - 1.0) * 100.0
    what = "waiting pool against its inflow, base year to the end [%]"
    yield Measured("stocks", what, "England", drift, "-50 to 50", held(abs(drift) < 50))
    yield from by_year(arms, base, base_year)
    yield from past()
    for phase in PHASES:
        yield from of_phase(arms, base, base_year, phase)
    short = float(base("schools_short_of_time")[base_year] / sum(arms.schools_of.values())) * 100.0
    yield Measured("surveys", "schools short of time [%]", "base year", short, "70 to 74", held(68 < short < 76))
    paid = base("allocated_hours")
    uses = sum(base(*(quantity.key for quantity in parts)) for parts in USES_OF_PAID_HOURS.values())
    gap = float(np.abs(uses / paid - 1.0).max()) * 100.0
    what = "eight uses against hours paid, largest gap [%]"
    yield Measured("hours", what, "every year", gap, "0.1", held(gap < 0.1))


HIGH_NEEDS = ("council_high_needs", "central_high_needs")


def by_year(arms: Arms, base: Totals, base_year: int) -> Iterator[Measured]:
    """What stands alongside published projections, and alongside its own past."""
    issued = base("plans_issued.mainstream", "plans_issued.exogenous")
    timely = 100.0 * base("plans_on_time.mainstream", "plans_on_time.exogenous") / issued
    columns = {
        "plans, Reception on": base(*(f"pupil_years.{place}" for place in PLANS)),
        "SEN Support, January": base("pupils_sen_support"),
        "new plans": issued,
        "new plans within 20 weeks [%]": timely,
        "permanent exclusions, SEN Support": base(*EVENTS["permanent exclusions"][:2]),
        "high needs, 2025-26 prices [GBP million]": high_needs(arms),
    }
    for year in range(base_year, len(issued)):
        start = arms.scenario.start_year + year
        for what, values in columns.items():
            yield Measured("no policy", what, f"{start}/{(start + 1) % 100:02d}", float(values[year]), "", "")


def high_needs(arms: Arms) -> FloatArray:
    """Charges on high needs by academic year, without a policy. [GBP million]."""
    inputs = arms.base.inputs
    ledger = tidy_years(yearly(arms.base.outcome.tally), inputs.cells, inputs.start_year)
    sums = ledger.groupby(["year", "phase", "quantity"], as_index=False, observed=True)["value"].sum()
    lines = cost(sums, PriceBook.from_values(arms.draw.values, "central"))
    by_academic_year = lines[lines["payer"].isin(HIGH_NEEDS)].groupby("year")["value_gbp"].sum() / 1e6
    return np.array([float(by_academic_year.get(inputs.start_year + year, 0.0)) for year in range(inputs.n_years)])


def past() -> Iterator[Measured]:
    """The same, as published until now."""
    for january in range(2018, 2026):
        value = series_value("pupils_sen_support", "all_schools", f"Jan {january}")
        yield Measured("past", "SEN Support, January, all schools", str(january), value, "", "published")
    for year in range(2019, 2025):
        value = series_value("ehcp_issued_within_20_weeks_share", "excluding_exceptions", str(year))
        yield Measured("past", "new plans within 20 weeks [%]", str(year), value, "", "published")
        value = series_value("ehcp_new_plans", "all", str(year))
        yield Measured("past", "new plans", str(year), value, "", "published")


def of_phase(arms: Arms, base: Totals, base_year: int, phase: str) -> Iterator[Measured]:
    """Late work, evenings, identification by class teachers and the trend of hours, of one phase."""
    schools, start = arms.schools_of[phase], arms.scenario.start_year
    late = base("schools_mostly_late", phase=phase) / schools * 100.0
    for year in range(base_year, len(late)):
        case = f"{phase}, {start + year}"
        yield Measured("late work", "schools with over half of dated work late [%]", case, float(late[year]), "", "")
    evenings = float(base("posts_long_evenings", phase=phase)[base_year] / schools * 100.0)
    published = LONG_EVENINGS[phase]
    yield Measured("surveys", "SENCOs with over nine unpaid hours [%]", phase, evenings, f"published {published}", "")
    teacher = base("done_without_senco.identification", phase=phase) / base("noticed", phase=phase) * 100.0
    what = "needs that the class teacher puts on the register [%]"
    yield Measured("stocks", what, phase, float(teacher[base_year]), "", "")
    hours = base("allocated_hours", phase=phase) / SCHOOL_WEEKS_PER_YEAR / schools
    slope = float(hours[-1] - hours[base_year]) / (len(hours) - 1 - base_year)
    yield Measured("trend", "hours a week by which a mean post grows each year", phase, slope, "", "")


LONG_EVENINGS = {"primary": 43, "secondary": 71}
"""Of those who answered the national survey of 2018. [%]"""


def main() -> None:
    """Measure, print and keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--share", type=float, default=SAMPLE, help="sample of policies")
    parser.add_argument("--everyone", type=float, default=1.0, help="sample of the no-policy arm")
    chosen = parser.parse_args()
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["test", "what", "case", "value", "bound", "verdict"])
        for row in rows(chosen.share, chosen.everyone):
            found = astuple(row)
            writer.writerow([*found[:3], f"{row.value:.5g}", *found[4:]])
            print(*found, sep=" | ", flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
