"""Councils as the engine reads them (published facts, pooled, and what was fitted of each), and stocks at the start.

A run may start in any year since 2018. The population holds schools, pupils and needs of one January, and the councils'
file placements of January 2025; the published series say by how much each stock was smaller in the January of the first
year.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from sencosim.arms.inputs import CouncilInputs, FloatArray, IntArray
from sencosim.evidence.base_year import BASE_YEAR, TIMES
from sencosim.evidence.councils import (
    AS_ENGLAND,
    LAST_YEAR,
    Council,
    CouncilLevel,
    councils_of,
    england_total,
    load_council_levels,
    load_councils,
)
from sencosim.evidence.series import series_by_key, series_value
from sencosim.levers.schools import RunSchools
from sencosim.units import PHASES, WEEKS_PER_YEAR

POPULATION_ROLLS, PLACEMENTS = TIMES.counted_january, f"Jan {BASE_YEAR + 1}"
"""January of the rolls of synthetic England, and of the councils' placements."""
SHORT_WARM_UP = 2
"""Years before the base year from which the latest figures of councils are taken. [years]"""

PLACEMENT_SERIES = {
    "state_special": ("special_la_maintained", "special_academy_or_free"),
    "independent_special": ("special_independent", "special_non_maintained"),
    "after_16": ("further_education", "educated_elsewhere_all"),
}


def need_scale(population_year: int, start: int, phase: int, series: str) -> float:
    """Pupils with a need at the January of the first year relative to those of the population's January. [ratio].

    ``series`` is ``pupils_sen_support`` or ``pupils_with_ehcp``.
    """
    name = f"state_{PHASES[phase]}"
    then = series_value(f"{series}_share", name, f"Jan {start + 1}")
    now = series_value(f"{series}_share", name, f"Jan {population_year}")
    return then / now * roll_scale(phase, start)


def roll_scale(phase: int, start: int) -> float:
    """Pupils of a phase in the first year relative to the rolls of the population; 1 if not published. [ratio].

    >>> roll_scale(0, 2022), round(roll_scale(1, 2018), 3)
    (1.0, 0.917)
    """
    periods = (f"{year}/{(year + 1) % 100:02d}" for year in (start, POPULATION_ROLLS - 1))
    then, now = (series_by_key().get(("pupils", f"state_{PHASES[phase]}", period)) for period in periods)
    return then / now if then is not None and now is not None else 1.0


def placement_scale(stock: str, start: int) -> float:
    """Plans of a kind of placement at the January of the first year relative to the councils' file. [ratio].

    >>> round(placement_scale("state_special", 2022), 3)
    0.912
    """

    def total(period: str) -> float:
        return sum(series_value("ehcp_placement", name, period) for name in PLACEMENT_SERIES[stock])

    return total(f"Jan {start + 1}") / total(PLACEMENTS)


def starts_early(start: int) -> bool:
    """Whether a run starts before the warm-up of the base year: it takes figures of its own time, not the latest."""
    return start < BASE_YEAR - SHORT_WARM_UP


def councils_at_start(start: int) -> tuple[Council, ...]:
    """Councils' requests, refusals and timeliness that a run starts from, partially pooled.

    The latest are those that a council's capacity is fitted to; a run that starts early takes its own first year's.
    """
    return councils_of(start + 1 if starts_early(start) else LAST_YEAR)


def level_at_start(start: int, la_code: int) -> CouncilLevel:
    """What is fitted of a council, for runs that start from the figures it was fitted to; as England for others."""
    return AS_ENGLAND if starts_early(start) else load_council_levels().get(la_code, AS_ENGLAND)


# -- councils as the engine reads them ---------------------------------------------------------------------------------


def council_inputs(
    at: RunSchools, cell: IntArray, tables: Mapping[str, FloatArray], special_by_year_group: Sequence[float]
) -> CouncilInputs:
    """Columns of the councils of the run, by code; ``cell`` is the row of the tally of each."""
    values = at.values
    weight = np.zeros(len(load_councils()))
    weight[at.population.council] = at.population.council_weight
    all_at_start = councils_at_start(at.start)
    chosen = [all_at_start[i] for i in at.councils.tolist()]
    shape = np.array(special_by_year_group)
    shape = shape / shape.sum() * values["special_school_age_share"]
    state = _or_england(chosen, "plans_state_special") * placement_scale("state_special", at.start)
    independent = _or_england(chosen, "plans_independent_special") * placement_scale("independent_special", at.start)
    later = _or_england(chosen, "plans_further_education") + _or_england(chosen, "plans_other")
    fitted = [level_at_start(at.start, council.la_code) for council in chosen]
    late_advice_level = np.array([fit.late_advice for fit in fitted])
    late_advice = np.minimum(1.0, values["late_advice_share"] * late_advice_level)
    late_decision = 1.0 - _shares(chosen, "decided_in_6_weeks_share")
    on_time = _shares(chosen, "issued_in_20_weeks_share")
    unhindered = _unhindered_weeks(tables)
    waits = [_wait(values, *unhindered, *one) for one in zip(late_decision, late_advice, on_time, strict=True)]
    return CouncilInputs(
        council_id=np.array([council.la_code for council in chosen], dtype=np.int64),
        cell=cell,
        weight=weight[at.councils],
        refusal_log_odds=np.array([_log_odds_gap(one.refused_share, values) for one in chosen])
        + np.array([fit.refusals for fit in fitted]),
        late_decision_share=late_decision,
        waiting_weeks=np.array(waits),
        agreed_share=1.0 - _shares(chosen, "refused_share"),
        request_multiplier=_request_multipliers(chosen, values) * np.array([fit.requests for fit in fitted]),
        appeal_level=np.array([fit.appeals for fit in fitted]),
        late_advice_level=late_advice_level,
        capacity_level=np.array([fit.capacity for fit in fitted]),
        requests_per_week=_or_england(chosen, "requests") / WEEKS_PER_YEAR,
        state_special=state[:, None] * shape[None, :],
        independent_special=independent[:, None] * shape[None, :],
        post16_plans=later * values["post16_stock_share"] * placement_scale("after_16", at.start),
    )


def _or_england(councils: Sequence[Council], field: str) -> FloatArray:
    """A council's count, or England's per pupil where it is not published. [count, shape (n_councils,)]."""
    england = england_total(field) / sum(one.pupils for one in load_councils())
    found = [(getattr(one, field), one.pupils) for one in councils]
    return np.array([england * float(pupils) if value is None else float(value) for value, pupils in found])


def _shares(councils: Sequence[Council], field: str) -> FloatArray:
    """A council's share, or the mean of those that publish it, weighted by requests. [share, shape (n_councils,)]."""
    pairs = [(getattr(one, field), one.requests) for one in load_councils()]
    known = [(share, n) for share, n in pairs if share is not None and n is not None]
    england = float(sum(share * n for share, n in known) / sum(n for _, n in known))
    found = [getattr(one, field) for one in councils]
    return np.array([england if share is None else float(share) for share in found])


def _log_odds_gap(share: float | None, values: Mapping[str, float]) -> float:
    """Log odds of a council's share above England's, within limits. [log odds]."""
    if share is None:
        return 0.0
    taken = min(values["council_refusal_share_most"], max(values["council_refusal_share_least"], share))
    england = values["refusal_share_all"]
    gap = math.log(taken / (1.0 - taken)) - math.log(england / (1.0 - england))
    return min(values["council_refusal_gap_most"], max(values["council_refusal_gap_least"], gap))


def _request_multipliers(councils: Sequence[Council], values: Mapping[str, float]) -> FloatArray:
    """Published requests over what England's rates give a council's SEN Support, within limits. [ratio]."""
    rates = (values["request_rate_primary"], values["request_rate_secondary"])

    def expected(one: Council) -> float:
        return one.primary_sen_support_latest * rates[0] + one.secondary_sen_support_latest * rates[1]

    requests, everywhere = england_total("requests"), sum(expected(one) for one in load_councils())

    def multiplier(one: Council) -> float:
        if one.requests is None or expected(one) <= 0.0:
            return 1.0
        ratio = one.requests / expected(one) / (requests / everywhere)
        return min(values["council_request_ratio_most"], max(values["council_request_ratio_least"], ratio))

    return np.array([multiplier(one) for one in councils])


def _wait(
    values: Mapping[str, float],
    weeks: FloatArray,
    path: IntArray,
    late_decision: float,
    late_advice: float,
    on_time: float,
) -> float:
    """Wait for capacity that leaves a council its published share of plans within 20 weeks. [weeks].

    Of decisions so many are later than six weeks, and so many assessments held up by late advice. [shares]
    """
    of_path = np.outer([1.0 - late_decision, late_decision], [1.0 - late_advice, late_advice]).ravel()
    chance = of_path / np.bincount(path, minlength=4)
    reached = int(np.searchsorted(np.cumsum(chance[path]), min(0.999, max(0.001, on_time))))
    spare = values["statutory_plan_weeks"] - float(weeks[min(weeks.size - 1, reached)])
    return min(values["council_wait_weeks_most"], max(0.0, spare))


def _unhindered_weeks(tables: Mapping[str, FloatArray]) -> tuple[FloatArray, IntArray]:
    """Weeks from request to plan if nothing waits, shortest first, at evenly spread quantiles of each step.

    [shape (n,)]

    Returns: weeks, and which path each is of: decision prompt or late (0, 2), and 1 more if advice came late.
    """

    def quantiles(step: str, n: int) -> FloatArray:
        points = (np.arange(tables[step].size) + 0.5) / tables[step].size
        return np.interp((np.arange(n) + 0.5) / n, points, tables[step])

    work = (quantiles("advice", 16)[:, None] + quantiles("drafting", 16)[None, :]).ravel()
    held_up = (work[:, None] + quantiles("late_advice", 8)[None, :]).ravel()
    prompt, late = quantiles("decision", 16), 6.0 + quantiles("decision_delay", 16)
    by_path = [(decided[:, None] + after[None, :]).ravel() for decided in (prompt, late) for after in (work, held_up)]
    weeks = np.concatenate(by_path)
    path = np.repeat(np.arange(4), [one.size for one in by_path])
    order = np.argsort(weeks, kind="stable")
    return weeks[order], path[order]
