"""The controls of the explorer: twelve numbers in seven groups, and the policy that each setting of them stands for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sencosim.evidence.tables import read_rows
from sencosim.levers.admin_support import AdminSupport
from sencosim.levers.catalogue import Levers
from sencosim.levers.hours_schedule import HoursFormula, HoursSchedule
from sencosim.levers.lever import Covers, Lever
from sencosim.levers.protected_time import ProtectedTime
from sencosim.levers.shared_senco import SharedSenco
from sencosim.levers.slt_seat import SltSeat
from sencosim.levers.team import Team
from sencosim.units import PHASES, format_year, parse_year

FEWEST_SHARING = 30.0
"""A limit of sharing below so many pupils means that no school shares. [pupils]"""
FULL_TIME, HOURS_PER_DAY = 32.4, 6.5
"""Hours of a full-time week and of a day, as the register has them; a test compares. [hours a week; hours]"""


@dataclass(frozen=True)
class Control:
    """One number of a policy that a reader may move."""

    name: str
    group: str  # of the seven: hours, covered, sharing, administrators, team, seat, timing
    title: str
    unit: str
    kind: str  # ``number`` or ``switch``
    low: float
    high: float
    step: float
    off: float  # value of a policy that asks for nothing else
    words: str  # in a sentence, with a place for the number
    why: str  # of the range


def _control(row: Mapping[str, str]) -> Control:
    low, high, step, off = (float(row[name]) for name in ("low", "high", "step", "off"))
    what = (row["name"], row["group"], row["title"], row["unit"], row["kind"])
    return Control(*what, low, high, step, off, row["words"], row["why"])


CONTROLS: Mapping[str, Control] = {row["name"]: _control(row) for row in read_rows(Path(__file__).with_suffix(".csv"))}
"""Every control by name, in order."""
OFF: Mapping[str, float] = {one.name: one.off for one in CONTROLS.values()}
"""Controls of no policy at all."""
FUNDED = ("protected_time", "slt_seat", "admin_support", "team")
"""Levers of the controls that a national grant may fund; the first is hours, those by need and those of sharing too."""


def levers_of(controls: Mapping[str, float], funder: str = "schools") -> Levers:
    """The levers that a setting of the controls stands for; none where everything is off.

    Parameters
    ----------
    controls
        Value by name; what is missing is off.
    funder
        ``schools`` or ``national_grant``, for all levers.
    """
    at = {**OFF, **controls}
    when: dict[str, Any] = {
        "start": format_year(round(at["start"])),
        "phase_in_years": round(at["phase_in_years"]),
        "funded_by": funder,
    }
    found: dict[str, Any] = {}
    least = min(at["least_hours"], at["most_hours"])
    formula = {
        "hours_per_sen_pupil_per_week": at["hours_per_sen_pupil"],
        "least_hours_per_week": least,
        "most_hours_per_week": at["most_hours"],
    }
    phases = {phase: {"formula": formula} for phase in PHASES if at[phase] > 0.0}
    if phases and (at["hours_per_sen_pupil"] > 0.0 or least > 0.0):
        smallest = round(at["smallest_school"])
        covers = {"covers": {"pupils_min": smallest}} if smallest else {}
        found["hours_schedule"] = when | {"hours": {"by_phase": phases}} | covers
    if at["shared_below"] >= FEWEST_SHARING:
        found["shared_senco"] = when | {"roll_max": round(at["shared_below"])}
    if at["administrator_hours"] > 0.0:
        found["admin_support"] = when | {"hours_per_week": at["administrator_hours"]}
    if at["assistant_hours_per_sen_pupil"] > 0.0:
        found["team"] = when | {"hours_per_sen_pupil_per_week": at["assistant_hours_per_sen_pupil"]}
    if at["leadership_seat"] > 0.0:
        found["slt_seat"] = when | {"pay_uplift": True}
    return Levers.model_validate(found)


def controls_of(levers: Levers) -> dict[str, float] | None:
    """Controls that stand for some levers, or None where no setting of them does.

    Who funds the levers is no control, and is left aside.
    """
    found = dict(OFF)
    times = set()
    for _, lever in levers.active():
        own = _controls_of_lever(lever)
        if own is None or lever.end or lever.phase_in or lever.compliance is not None:
            return None
        found |= own
        times.add((parse_year(lever.start), lever.phase_in_years))
    if len(times) != 1:
        return None
    ((found["start"], found["phase_in_years"]),) = times
    return found if all(one.low <= found[name] <= one.high for name, one in CONTROLS.items()) else None


def _controls_of_lever(lever: Lever) -> dict[str, float] | None:
    smallest = float(lever.covers.pupils_min or 0)
    if lever.covers != Covers(pupils_min=lever.covers.pupils_min):
        return None
    if isinstance(lever, ProtectedTime | HoursSchedule):
        hours = _hours_of(lever)
        return None if hours is None else hours | {"smallest_school": smallest}
    return None if smallest else _beside_hours(lever)


def _beside_hours(lever: Lever) -> dict[str, float] | None:
    """Controls of levers other than hours."""
    if isinstance(lever, SharedSenco) and _is_as_shipped(lever, "roll_max"):
        return {"shared_below": float(lever.roll_max)}
    if isinstance(lever, AdminSupport) and lever.hours_per_week is not None:
        return {"administrator_hours": lever.hours_per_week}
    if isinstance(lever, Team) and not lever.qualified:
        of_posts = None if lever.sen_pupils_per_post is None else FULL_TIME / lever.sen_pupils_per_post
        each = lever.hours_per_sen_pupil_per_week if of_posts is None else of_posts
        return None if each is None else {"assistant_hours_per_sen_pupil": each}
    return {"leadership_seat": 1.0} if isinstance(lever, SltSeat) and lever.pay_uplift else None


def _is_as_shipped(lever: SharedSenco, but: str) -> bool:
    of_all = {*Lever.model_fields, but}
    plain = SharedSenco()
    return all(getattr(lever, name) == getattr(plain, name) for name in type(lever).model_fields if name not in of_all)


def _hours_of(lever: ProtectedTime | HoursSchedule) -> dict[str, float] | None:
    """Controls of hours that are one rule for all schools: a floor, or so many for each pupil with SEN."""
    if lever.used_share is not None or lever.drift_to_floor is not None:
        return None
    if isinstance(lever, HoursSchedule):
        formula = lever.hours.formula
        return None if formula is None else _hours_of_formula(formula)
    floor = lever.floor
    if floor.by_phase is not None or floor.by_size is not None:
        return None
    if floor.hours_per_sen_pupil_per_week is not None:
        return {"hours_per_sen_pupil": floor.hours_per_sen_pupil_per_week, "most_hours": FULL_TIME}
    if floor.full_time:
        return {"least_hours": FULL_TIME}
    days = floor.days_per_week or 0.0
    return {"least_hours": floor.hours_per_week if floor.hours_per_week is not None else days * HOURS_PER_DAY}


def _hours_of_formula(formula: HoursFormula) -> dict[str, float] | None:
    if formula.fixed_hours_per_week or formula.hours_per_100_pupils_per_week:
        return None
    most = FULL_TIME if formula.most_hours_per_week is None else formula.most_hours_per_week
    return {
        "hours_per_sen_pupil": formula.hours_per_sen_pupil_per_week,
        "least_hours": formula.least_hours_per_week,
        "most_hours": most,
    }
