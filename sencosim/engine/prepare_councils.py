"""Councils as the engine reads them: published facts, pooled, and what was fitted of each."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

from sencosim.engine.hour_tables import TABLE_POINTS, hour_tables
from sencosim.engine.inputs import CouncilInputs, FloatArray, IntArray
from sencosim.engine.stocks import councils_at_start, level_at_start, placement_scale
from sencosim.evidence.councils import Council, england_total, load_councils
from sencosim.population.schools import Population

WEEKS_PER_YEAR = 52.0

Numbers = Mapping[str, float]


def council_inputs(
    population: Population,
    cell: IntArray,
    values: Numbers,
    special_by_year_group: Sequence[float],
    start: int,
) -> CouncilInputs:
    """Columns of the councils that have schools in the run, in the order of their codes.

    Parameters
    ----------
    population
        Schools of the run.
    cell
        Row of the tally of each council. [shape (n_councils,)]
    values, special_by_year_group
        Reading of the evidence, and the shape of special placements over year groups.
    start
        First calendar year of the run.
    """
    present = np.unique(population.council)
    weight = np.zeros(len(load_councils()))
    weight[population.council] = population.council_weight
    at_start = councils_at_start(start)
    chosen = [at_start[i] for i in present.tolist()]
    pupils = np.array([c.primary_pupils + c.secondary_pupils for c in chosen], dtype=float)
    requests = _or_england(chosen, "requests", pupils)
    shape = np.array(special_by_year_group)
    shape = shape / shape.sum() * values["special_school_age_share"]
    state = _or_england(chosen, "plans_state_special", pupils) * placement_scale("state_special", start)
    independent = _or_england(chosen, "plans_independent_special", pupils)
    independent *= placement_scale("independent_special", start)
    later = _or_england(chosen, "plans_further_education", pupils) + _or_england(chosen, "plans_other", pupils)
    refused_england = values["refusal_share_all"]
    fitted = [level_at_start(start, c.la_code) for c in chosen]
    unhindered, late_advice = _unhindered_weeks(values), values["late_advice_share"]
    return CouncilInputs(
        council_id=np.array([c.la_code for c in chosen], dtype=np.int64),
        cell=cell,
        weight=weight[present],
        refusal_log_odds=np.array([_log_odds_gap(c.refused_share, refused_england) for c in chosen])
        + np.array([fit.refusals for fit in fitted]),
        late_decision_share=np.array([1.0 - _share(c, "decided_in_6_weeks_share") for c in chosen]),
        waiting_weeks=np.array(
            [
                _council_wait(unhindered, min(1.0, late_advice * fit.late_advice), c)
                for c, fit in zip(chosen, fitted, strict=True)
            ]
        ),
        agreed_share=1.0 - np.array([_share(c, "refused_share") for c in chosen]),
        request_multiplier=np.array(
            [_request_multiplier(c, values) * fit.requests for c, fit in zip(chosen, fitted, strict=True)]
        ),
        appeal_level=np.array([fit.appeals for fit in fitted]),
        late_advice_level=np.array([fit.late_advice for fit in fitted]),
        capacity_level=np.array([fit.capacity for fit in fitted]),
        requests_per_week=requests / WEEKS_PER_YEAR,
        state_special=state[:, None] * shape[None, :],
        independent_special=independent[:, None] * shape[None, :],
        post16_plans=later * values["post16_stock_share"] * placement_scale("after_16", start),
    )


def _or_england(councils: list[Council], field: str, pupils: FloatArray) -> FloatArray:
    """A council's count, or England's per pupil where it is not published. [count, shape (n_councils,)]."""
    england = england_total(field) / sum(c.primary_pupils + c.secondary_pupils for c in load_councils())
    found = [getattr(council, field) for council in councils]
    return np.array([england * n if value is None else float(value) for value, n in zip(found, pupils, strict=True)])


def _share(council: Council, field: str) -> float:
    value = getattr(council, field)
    return _england_mean_share(field) if value is None else float(value)


def _england_mean_share(field: str) -> float:
    """Mean of a share over the councils that publish it, weighted by requests. [share]."""
    pairs = [(getattr(c, field), c.requests) for c in load_councils()]
    known = [(share, n) for share, n in pairs if share is not None and n is not None]
    return float(sum(share * n for share, n in known) / sum(n for _, n in known))


def _log_odds_gap(share: float | None, england: float) -> float:
    if share is None:
        return 0.0
    held = min(0.9, max(0.02, share))
    gap = math.log(held / (1.0 - held)) - math.log(england / (1.0 - england))
    return min(1.5, max(-2.0, gap))


def _request_multiplier(council: Council, values: Numbers) -> float:
    """A council's published requests over what England's rates give its SEN Support. [ratio, 0.4 to 2.5]."""
    rates = (values["request_rate_primary"], values["request_rate_secondary"])

    def expected(one: Council) -> float:
        return one.primary_sen_support_2025 * rates[0] + one.secondary_sen_support_2025 * rates[1]

    if council.requests is None or expected(council) <= 0.0:
        return 1.0
    everywhere = load_councils()
    england = england_total("requests") / sum(expected(one) for one in everywhere)
    return min(2.5, max(0.4, council.requests / expected(council) / england))


def _council_wait(unhindered: tuple[FloatArray, IntArray], late_advice: float, council: Council) -> float:
    """Wait for capacity that leaves a council its published share within 20 weeks. [weeks, 0 to 60].

    Parameters
    ----------
    unhindered
        See :func:`_unhindered_weeks`.
    late_advice
        Assessments held up by late advice, in this council. [share]
    """
    weeks, path = unhindered
    late = 1.0 - _share(council, "decided_in_6_weeks_share")
    chance = np.outer([1.0 - late, late], [1.0 - late_advice, late_advice]).ravel() / np.bincount(path, minlength=4)
    on_time = min(0.999, max(0.001, _share(council, "issued_in_20_weeks_share")))
    within = float(weeks[min(weeks.size - 1, int(np.searchsorted(np.cumsum(chance[path]), on_time)))])
    return min(60.0, max(0.0, 20.0 - within))


def _unhindered_weeks(values: Numbers) -> tuple[FloatArray, IntArray]:
    """Weeks from request to plan if nothing waits, shortest first, at evenly spread quantiles of each step.

    Returns
    -------
        Weeks, and which path each is of: decision prompt or late (0, 2), and 1 more if advice came late. [shape (n,)]
    """
    tables = hour_tables(values)
    points = (np.arange(TABLE_POINTS) + 0.5) / TABLE_POINTS

    def quantiles(step: str, n: int) -> FloatArray:
        found: FloatArray = np.interp((np.arange(n) + 0.5) / n, points, tables[step])
        return found

    work = (quantiles("advice", 16)[:, None] + quantiles("drafting", 16)[None, :]).ravel()
    held_up = (work[:, None] + quantiles("late_advice", 8)[None, :]).ravel()
    prompt, late = quantiles("decision", 16), 6.0 + quantiles("decision_delay", 16)
    by_path = [(decided[:, None] + after[None, :]).ravel() for decided in (prompt, late) for after in (work, held_up)]
    weeks = np.concatenate(by_path)
    path = np.repeat(np.arange(4), [one.size for one in by_path])
    order = np.argsort(weeks, kind="stable")
    return weeks[order], path[order]
