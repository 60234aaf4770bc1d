"""The policies that are searched: a few dials, their ranges, and the scenario that each setting of them stands for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sencosim.decisions.designs import sobol_points, uniform_range
from sencosim.decisions.resampling import Floats
from sencosim.engine.pair import World, read_evidence
from sencosim.evidence.tables import read_rows
from sencosim.levers.catalogue import Levers
from sencosim.levers.hours import hours_by_formula
from sencosim.levers.lever import Lever
from sencosim.model import RunOptions, baseline_of, england, sample
from sencosim.report.words import plain
from sencosim.scenario.schema import Horizon, Scenario
from sencosim.units import PHASES, format_year, parse_year

FIRST_START = "2027/28"
"""Academic year in which a policy without delay begins."""
AT_AN_END = 0.2
"""Share of the points of a design at which a dial stands at each of its ends: the best policy often leaves a dial off,
or turns it up whole."""
IN_TIME: Mapping[str, float] = {"years_of_delay": 0.0, "phase_in_years": 3.0}
"""Start and phase-in of every policy unless they are searched: those of the shipped ones. Costs are discounted and
hours are not, so a policy that begins later would look cheaper for each hour of it."""
FLOORS = (6.5, 9.8, 19.4, 32.4)
"""A day, a day and a half, three days and a full-time post. [hours a week]"""
BESIDE_HOURS = ("shared_below", "administrator_hours_per_sen_pupil", "assistant_hours_per_sen_pupil", "leadership_seat")
"""Dials of levers other than hours."""
IDLE_HOURS = 0.25
"""A duty that adds less, mean of the schools of a phase, is none. [hours a week]"""
STEPS_OF_HOURS = (0.05, 0.15, 0.4)
"""Added hours for each pupil with SEN up to which they are counted apart: the first hours reach most of the work that
is left undone, later ones less. [hours per week per SEN pupil]"""


@dataclass(frozen=True)
class Dial:
    """One number of a policy."""

    name: str
    title: str
    unit: str
    low: float
    high: float
    step: float  # values are rounded to it, so the words describe exactly the policy that is run
    plain_step: float  # of a rule that people are to follow
    block: str  # of settings of a lever, by dotted name, in which it stands; blank if it is of all levers
    key: str  # its setting
    on_from: float  # value from which it switches its block on; infinite if others do
    within: str  # block that must be on as well; blank if none
    why: str  # of the range

    def rounded(self, values: Floats, step: float) -> Floats:
        """Values inside the range, at whole steps. [unit of the dial]"""
        near = np.round(np.asarray(values, dtype=np.float64) / step) * step
        result: Floats = np.round(np.clip(near, self.low, self.high), 9).astype(np.float64)
        return result


def _dial(row: Mapping[str, str]) -> Dial:
    low, high, step, plain_step = (float(row[name]) for name in ("low", "high", "step", "plain_step"))
    lever = (row["block"], row["key"], float(row["on_from"] or "inf"), row["within"])
    return Dial(row["name"], row["title"], row["unit"], low, high, step, plain_step, *lever, row["why"])


DIALS: Mapping[str, Dial] = {row["name"]: _dial(row) for row in read_rows(Path(__file__).with_suffix(".csv"))}
"""Every dial by name, in order."""
FEWEST_SHARING = DIALS["shared_below"].on_from
"""A limit of sharing below so many pupils means that no school shares. [pupils]"""
LOW, HIGH = (np.array([getattr(dial, end) for dial in DIALS.values()]) for end in ("low", "high"))


# -- points ------------------------------------------------------------------------------------------------------------


def design(n: int, seed: int) -> Floats:
    """Points to begin with: a Sobol' design over all dials, a quarter of it with hours alone, and plain policies.

    Parameters
    ----------
    n
        Points of the Sobol' design. [a power of two]
    seed
        Scrambles it.

    Returns
    -------
        Points of the unit cube, more of them at the ends of the dials. [share, shape (n_points, n_dials)]
    """
    plain_points = sobol_points({name: uniform_range(0.0, 1.0) for name in DIALS}, n, seed)
    points = np.clip((plain_points.cube - AT_AN_END) / (1.0 - 2.0 * AT_AN_END), 0.0, 1.0)
    points[: n // 4, [name in BESIDE_HOURS for name in DIALS]] = 0.0
    result: Floats = np.concatenate([points, points_at(plain_policies())])
    return result


def plain_policies() -> pd.DataFrame:
    """Policies of one lever each, the best known among them: full time, a day and a half, hours by need, and others."""
    off = {dial.name: dial.low for dial in DIALS.values()} | dict(IN_TIME)
    off |= {name: DIALS[name].high for name in ("primary_most_hours", "secondary_most_hours")}
    own: list[dict[str, float]] = [{f"{phase}_least_hours": least for phase in PHASES} for least in FLOORS]
    own += [{f"{phase}_hours_per_sen_pupil": each for phase in PHASES} for each in (0.1, 0.2, 0.3, 0.5)]
    own += [{f"{phase}_least_hours": 32.4} for phase in PHASES]
    own += [{name: each} for name in BESIDE_HOURS[1:3] for each in (0.05, 0.1, 0.3)]
    return pd.DataFrame([off | one for one in (*own, {"leadership_seat": 1.0})])


def dials_at(points: Floats, *, plainly: bool = False) -> pd.DataFrame:
    """Dials at points of the unit cube, at whole steps: with ``plainly`` those that people are to follow."""
    columns = {
        dial.name: dial.rounded(
            dial.low + points[:, number] * (dial.high - dial.low), dial.plain_step if plainly else dial.step
        )
        for number, dial in enumerate(DIALS.values())
    }
    return pd.DataFrame(columns)


def points_at(dials: pd.DataFrame) -> Floats:
    """Points of the unit cube of some dials. [share, shape (n, n_dials)]"""
    result: Floats = (dials[list(DIALS)].to_numpy(dtype=np.float64) - LOW) / (HIGH - LOW)
    return result


# -- scenarios ---------------------------------------------------------------------------------------------------------


def at_steps(dials: Mapping[str, float]) -> dict[str, float]:
    """One setting of the dials at whole steps: no least above its most, no hours by need where both are the same."""
    at = {name: float(dial.rounded(np.array(dials[name]), dial.step)) for name, dial in DIALS.items()}
    for phase in PHASES:
        least, most = _least_and_most(at, phase)
        at[f"{phase}_least_hours"] = min(least, most)
        if least >= most:
            at[f"{phase}_hours_per_sen_pupil"] = 0.0
    return at


def _least_and_most(at: Mapping[str, float], phase: str) -> tuple[float, float]:
    return at[f"{phase}_least_hours"], at[f"{phase}_most_hours"]


def levers_of(dials: Mapping[str, float]) -> Levers:
    """The levers that a setting of the dials stands for; none where every dial is off."""
    at = at_steps(dials)
    on = {dial.block for dial in DIALS.values() if at[dial.name] >= dial.on_from}
    found: dict[str, Any] = {}
    for dial in DIALS.values():
        if dial.block in on and any(block.startswith(dial.within) for block in on):
            lever, *path = (*dial.block.split("."), dial.key)
            place = found.setdefault(lever, _when(at["years_of_delay"], at["phase_in_years"]))
            for part in path[:-1]:
                place = place.setdefault(part, {})
            place[path[-1]] = _value(dial, at[dial.name])
    return Levers.model_validate(found)


def _value(dial: Dial, value: float) -> float | int | bool:
    """As the setting of a scenario has it."""
    if dial.high == dial.step:  # off or on
        return bool(value)
    return round(value) if dial.step >= 1.0 else value


def _when(delay: float, phase_in: float) -> dict[str, Any]:
    return {"start": format_year(parse_year(FIRST_START) + round(delay)), "phase_in_years": round(phase_in)}


def policy_at(dials: Mapping[str, float], base: Scenario, name: str) -> Scenario:
    """A setting of the dials as a scenario, with everything else as in another one."""
    return base.model_copy(update={"name": name, "title": name, "description": "", "levers": levers_of(dials)})


# -- what the emulator sees --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Schools:
    """Schools on which it is worked out what a policy asks. [shape (n_schools,) each]"""

    phase: Floats  # 0 primary, 1 secondary
    pupils: Floats  # on roll
    sen_pupils: Floats
    today: Floats  # SENCO hours allocated in the base year [hours a week]
    weight: Floats  # adds up to 1
    horizon: Horizon

    @classmethod
    def of(cls, scenario: Scenario, options: RunOptions, share: float) -> Schools:
        """Those of the first replication of a scenario, in the main view."""
        schools, base = sample(england(options), scenario, options, 0, share), baseline_of(scenario)
        world = World(schools, base, read_evidence(base, scenario.view, 0, scenario.run.seed), 0)
        weight = schools.weight * schools.council_weight
        return cls(
            schools.phase.astype(np.float64),
            schools.pupils.astype(np.float64),
            (schools.sen_support + schools.ehc_plans).astype(np.float64),
            np.asarray(world.inputs(base).schools.base_hours),
            weight / weight.sum(),
            scenario.horizon,
        )

    def settled(self, points: Floats, *, timing: bool) -> Floats:
        """Points moved to policies that can be told: dials at whole steps, without ``timing`` at :data:`IN_TIME`.

        A duty that asks hardly anything of anybody is off: all that it would do is lead schools that give more to come
        down to it. [share, shape (n, n_dials)]
        """
        return points_at(self.told(dials_at(points), timing=timing))

    def told(self, dials: pd.DataFrame, *, timing: bool) -> pd.DataFrame:
        """The same of dials."""
        found = dials.copy() if timing else dials.assign(**IN_TIME)
        asked = dict(self._asked(found))
        for number, phase in enumerate(PHASES):
            idle = asked[f"{phase}_added"] < IDLE_HOURS * self.weight[self.phase == number].sum()
            for name, value in (("hours_per_sen_pupil", 0.0), ("least_hours", 0.0)):
                found.loc[idle, f"{phase}_{name}"] = value
            found.loc[idle, f"{phase}_most_hours"] = DIALS[f"{phase}_most_hours"].high
        return found

    def inputs(self, points: Floats) -> pd.DataFrame:
        """What policies ask of schools, as means of a school and year of the horizon, and the dials themselves.

        Outcomes hang on what is asked nearly linearly; on the dials they have kinks.
        """
        dials = dials_at(points)
        force = self._force(dials)
        asked = {name: values * force for name, values in self._asked(dials)}
        others = dials.drop(columns=["years_of_delay", "phase_in_years"])
        return pd.DataFrame(asked | {"in_force": force} | {name: others[name] for name in others})

    def _force(self, dials: pd.DataFrame) -> Floats:
        """Share of the schools that have joined, mean over the horizon. [share, shape (n,)]"""
        years = range(self.horizon.first, self.horizon.last + 1)
        times = dials[["years_of_delay", "phase_in_years"]].itertuples(index=False, name=None)
        known: dict[tuple[float, float], float] = {}
        for delay, phase_in in set(times):
            lever = Lever.model_validate(_when(delay, phase_in))
            known[delay, phase_in] = float(np.mean([lever.share_in(year) for year in years]))
        pairs = zip(dials["years_of_delay"], dials["phase_in_years"], strict=True)
        return np.array([known[pair] for pair in pairs])

    def _asked(self, dials: pd.DataFrame) -> Iterator[tuple[str, Floats]]:
        def column(name: str) -> Floats:
            return dials[name].to_numpy(dtype=np.float64)[:, None]

        for number, phase in enumerate(PHASES):
            own = self.phase == number
            sen, weight = self.sen_pupils[own], self.weight[own]
            each, least, most = (column(f"{phase}_{n}") for n in ("hours_per_sen_pupil", "least_hours", "most_hours"))
            hours = hours_by_formula(sen[None, :], each, np.minimum(least, most), most)
            covered = self.pupils[own] >= column("smallest_school")
            added = np.maximum(0.0, hours * covered - self.today[own])
            yield f"{phase}_added", added @ weight
            for step in STEPS_OF_HOURS:
                yield f"{phase}_added_first_{step:g}", np.minimum(added, step * sen) @ weight
        limit = column("shared_below")
        sharing = (self.phase == 0.0) & (self.pupils <= limit) & (limit >= FEWEST_SHARING)
        yield "sharing", sharing @ self.weight
        for who in ("administrator", "assistant"):
            hours = dials[f"{who}_hours_per_sen_pupil"].to_numpy(dtype=np.float64)
            yield f"{who}_hours", hours
            yield f"{who}_hours_root", np.sqrt(hours)
        yield "seats", dials["leadership_seat"].to_numpy(dtype=np.float64)


# -- in words ----------------------------------------------------------------------------------------------------------


def in_words(dials: Mapping[str, float]) -> tuple[str, ...]:
    """A policy in sentences that a head teacher can follow; one that says so where it asks for nothing.

    Examples
    --------
    >>> off = dict.fromkeys(DIALS, 0.0) | {"primary_most_hours": 32.4, "phase_in_years": 1.0}
    >>> in_words(off | {"primary_hours_per_sen_pupil": 0.2, "primary_least_hours": 5.0})[0]
    'Each primary school gives its SENCO at least 0.2 hours a week for each pupil with SEN; the duty is never below 5 hours and never above 32.4 hours, reached at 162 pupils with SEN.'
    """  # noqa: E501  the sentence is one
    at = at_steps(dials)
    sentences = [told for phase in PHASES if (told := _hours_in_words(at, phase))]
    smallest = round(at["smallest_school"])
    if sentences and smallest:
        sentences.append(f"Schools with fewer than {smallest} pupils have no duty of hours.")
    if at["shared_below"] >= FEWEST_SHARING:
        sentences.append(
            f"Primary schools with at most {round(dials['shared_below'])} pupils share a SENCO by threes, on the terms "
            "of the SEND Code of Practice."
        )
    for who, words in (("administrator", "an administrator for"), ("assistant", "assistant SENCOs for")):
        if each := at[f"{who}_hours_per_sen_pupil"]:
            sentences.append(f"Every SENCO has {words} {_minutes(each)} a week for each pupil with SEN.")
    if at["leadership_seat"]:
        sentences.append("Every SENCO has a seat on the senior leadership team, with leadership pay.")
    if not sentences:
        return ("Nothing is asked of schools.",)
    start, years = 2027 + round(at["years_of_delay"]), round(at["phase_in_years"])
    when = "in all schools at once" if years == 1 else f"and reaches all schools in {years} equal yearly steps"
    return (*sentences, f"It begins in September {start} {when}.")


def _minutes(hours: float) -> str:
    """Hours as minutes, in words."""
    told = plain(60.0 * hours, 1.0)
    return f"{told} minute" if told == "1" else f"{told} minutes"


def _hours_in_words(at: Mapping[str, float], phase: str) -> str:
    each, (least, most) = at[f"{phase}_hours_per_sen_pupil"], _least_and_most(at, phase)
    start = f"Each {phase} school gives its SENCO at least"
    if each <= 0.0 or least >= most:
        return f"{start} {least:g} hours a week." if least > 0.0 else ""
    floor = f"never below {least:g} hours and " if least > 0.0 else ""
    return (
        f"{start} {each:g} hours a week for each pupil with SEN; the duty is {floor}never above {most:g} hours, "
        f"reached at {plain(most / each, 1.0)} pupils with SEN."
    )


def examples(dials: Mapping[str, float]) -> pd.DataFrame:
    """Hours that the rule asks of some schools. [``phase``, ``sen_pupils``, ``hours_per_week``]"""
    rows, at = list[tuple[str, int, float]](), at_steps(dials)
    for phase, numbers in (("primary", (10, 25, 50, 75, 100)), ("secondary", (50, 100, 150, 200, 300))):
        each, (least, most) = at[f"{phase}_hours_per_sen_pupil"], _least_and_most(at, phase)
        asked = numbers if each > 0.0 or least > 0.0 else ()
        rows += [(phase, number, float(hours_by_formula(float(number), each, least, most))) for number in asked]
    return pd.DataFrame(rows, columns=["phase", "sen_pupils", "hours_per_week"])
