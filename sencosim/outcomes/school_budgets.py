"""Core budgets of schools, worked out: no file of school finance is at hand.

A school's budget is the lump sum, the basic rates times its pupils in Reception to Year 11, and what the schools
national funding formula (NFF) of 2025-26 gives for deprivation, other additional needs and small remote schools, shared
out by pupils with free school meals, by pupils with SEN and among small rural schools. Everything but the lump sum is
then scaled, council by council and phase by phase, to the unit of funding that the council was paid in 2023-24, moved
to 2025-26 by one factor so that England has the published total. So a council's level is published, and the pattern
between its schools is the formula's. That makes it a calibrated model, an assumption: `budget_checks` sets it alongside
what was published and not used.

Sixth forms, nursery classes, pupil premium, top-ups and other grants are not in it. Budgets are of the pupils of the
schools' census, in 2025-26 prices, in every year of a run.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from sencosim.evidence.councils import load_councils
from sencosim.evidence.grants import GRANT_YEAR, lump_sum_bands, schools_blocks
from sencosim.evidence.register import load_register
from sencosim.population.schools import PRIMARY, Population
from sencosim.units import PHASES

Floats = npt.NDArray[np.float64]
MILLION = 1e6
YEAR = "2025-26"
"""Financial year of the budgets, whose prices they are in."""
LEFT_PRIMARY, LEFT_KEY_STAGE_3 = 7, 10
"""Year groups from Reception (0): the first of secondary age, and the first of key stage 4."""
TOTAL_TOLERANCE, PARTS_TOLERANCE, PUPILS_TOLERANCE, SHARE_TOLERANCE = 5.0, 3.0, 3.0, 20.0
"""Largest gaps called within: parts of the formula before scaling, basic entitlement, pupils, schools of a band. [%]"""
Check = tuple[str, str, str, float, float, float, str]
"""Series, breakdown, period, published, model, tolerance [%], note."""


def pupils_5_to_16(schools: Population) -> Floats:
    """Pupils in Reception to Year 11, whom the formula funds. [pupils, shape (n_schools,)]"""
    pupils: Floats = schools.roll.sum(axis=1).astype(np.float64)
    return pupils


def sen_pupils(schools: Population) -> Floats:
    """Pupils on SEN Support or with a plan. [pupils, shape (n_schools,)]"""
    return (schools.sen_support + schools.ehc_plans).astype(np.float64)


def school_budgets(england: Population) -> Floats:
    """Core budget of each school.

    Parameters
    ----------
    england
        All schools of England: a part of them cannot be scaled to published totals.

    Returns
    -------
        [GBP a year, 2025-26 prices, shape (n_schools,), >= 0]
    """
    lump, parts = formula_parts(england)
    by_pupils: Floats = np.sum(list(parts.values()), axis=0)
    target = _published_level(england)
    place = england.council.astype(np.int64) * len(PHASES) + england.phase
    wanted, had = (np.bincount(place, one) for one in (target - lump, by_pupils))
    scale = np.divide(wanted, had, out=np.zeros(wanted.size), where=had > 0.0)
    budgets: Floats = np.maximum(lump + by_pupils * scale[place], 0.0)
    return budgets


def formula_parts(england: Population) -> tuple[Floats, dict[str, Floats]]:
    """Lump sum of each school, and the other parts of the formula before scaling, by name. [GBP a year]"""
    number = load_register().number
    roll = england.roll.astype(np.float64)
    basic = (
        roll[:, :LEFT_PRIMARY].sum(axis=1) * number("nff_basic_primary")
        + roll[:, LEFT_PRIMARY:LEFT_KEY_STAGE_3].sum(axis=1) * number("nff_basic_key_stage_3")
        + roll[:, LEFT_KEY_STAGE_3:].sum(axis=1) * number("nff_basic_key_stage_4")
    )
    pupils = pupils_5_to_16(england)
    other = number("nff_additional_total") - number("nff_deprivation_total")
    remote = england.rural & (england.phase == PRIMARY) & (pupils < number("nff_sparsity_pupils")) & (pupils > 0.0)
    lump = np.where(pupils > 0.0, number("nff_lump_sum"), 0.0)
    return lump, {
        "basic": basic,
        "deprivation": _shared_out(number("nff_deprivation_total"), england.fsm_share * pupils, england.expansion),
        "other_needs": _shared_out(other, np.minimum(sen_pupils(england), pupils), england.expansion),
        "sparsity": _shared_out(number("nff_sparsity_total"), remote.astype(np.float64), england.expansion),
    }


def _shared_out(total_million: float, of: Floats, weight: Floats) -> Floats:
    """A total shared out in proportion; nothing if there is nobody to have it. [GBP a year]"""
    whole = float((of * weight).sum())
    return of * (total_million * MILLION / whole) if whole > 0.0 else np.zeros(of.size)


def _published_level(england: Population) -> Floats:
    """What each school has at its council's units of funding, moved so that England has the total. [GBP a year]"""
    known = [schools_blocks()[one.ons_code] for one in load_councils()]
    ages = england.roll[:, :LEFT_PRIMARY].sum(axis=1), england.roll[:, LEFT_PRIMARY:].sum(axis=1)
    level = np.zeros(england.n_schools)
    for name, pupils in zip(("primary", "secondary"), ages, strict=True):
        units = np.array([_number(getattr(one, f"{name}_unit_gbp")) for one in known])
        funded = np.array([_number(getattr(one, f"{name}_pupils")) for one in known])
        there = units > 0.0
        units[~there] = np.average(units[there], weights=funded[there])  # councils without a published unit
        level += units[england.council] * pupils
    return level * (load_register().number("nff_total") * MILLION / float((level * england.expansion).sum()))


def _number(value: float | None) -> float:
    return 0.0 if value is None else float(value)


def budget_checks(england: Population) -> Iterator[Check]:
    """The worked-out budgets alongside what was published and not used to make them.

    Yields
    ------
    tuple
        Series, breakdown, period, published, model, tolerance and note, for the table of published figures.
    """
    number, weight = load_register().number, england.expansion
    lump, parts = formula_parts(england)
    whole, total = float(((lump + sum(parts.values())) * weight).sum()) / MILLION, number("nff_total")
    basic = float((parts["basic"] * weight).sum()) / MILLION
    yield (
        *("schools_nff", "basic entitlement, GBP million", YEAR, number("nff_basic_share") * total, basic),
        *(PARTS_TOLERANCE, "Pupils of the schools' census times the basic rates, which were recalled, not read."),
    )
    yield (
        *("schools_nff", "parts of the formula, GBP million", YEAR, total, whole, TOTAL_TOLERANCE),
        "Before scaling. Premises, area cost adjustment, minimum per-pupil levels and protection are not worked out.",
    )
    funded = sum(_number(one.primary_pupils) + _number(one.secondary_pupils) for one in schools_blocks().values())
    yield (
        *("schools_block", "pupils funded", GRANT_YEAR, funded, float((pupils_5_to_16(england) * weight).sum())),
        *(PUPILS_TOLERANCE, "Reception to Year 11 of the schools' census; funded by the census of the October before."),
    )
    yield from _bands(england, lump)


def _bands(england: Population, lump: Floats) -> Iterator[Check]:
    """Schools of each band of lump-sum share."""
    budgets = school_budgets(england)
    share = 100.0 * np.divide(lump, budgets, out=np.full(lump.size, -1.0), where=budgets > 0.0)
    for band in lump_sum_bands():
        inside = (share >= band.from_pct) & (share < band.to_pct)
        words = f"schools whose lump sum is {band.from_pct:g} to {band.to_pct:g} % of the formula"
        model = float(england.expansion[inside].sum())
        note = "Published: local formulae of 2024-25, before three grants were added. Model: the NFF of 2025-26."
        yield "schools_nff", words, "2024-25", float(band.schools), model, SHARE_TOLERANCE, note
