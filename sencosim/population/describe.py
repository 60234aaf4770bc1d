"""How a population compares with the published one: totals, distributions, and whether each is within tolerance.

Distributions were published for January 2023. A population of another year is compared on what does not move with
the level of need (sizes, sixth forms, correlations); its levels are compared with the year's published shares.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sencosim.evidence.councils import england_total, load_councils
from sencosim.population.recipe import COUNTED_YEAR, england_log_odds, labels, number, numbers, years
from sencosim.population.schools import PRIMARY, SCHOOL_TYPES, SIZE_BANDS, Population
from sencosim.population.spread import Float64
from sencosim.units import PHASES

_NEEDS = (("SEN Support", "sen_support"), ("plans", "ehc_plans"))
_SMALLEST_COMPARED = 20
_NEED_QUANTILE_SLACK = 0.3
_NEARLY_ALL = 0.94
"""Of the schools of the register: a list of another year has a few fewer. [share]"""


@dataclass(frozen=True)
class Comparison:
    """One line of the comparison."""

    what: str
    here: float
    published: float
    allowed: float  # largest distance that passes
    unit: str  # of the three

    @property
    def passes(self) -> bool:
        """Whether the distance is within tolerance."""
        return abs(self.here - self.published) <= self.allowed + 1e-9


def compare(population: Population) -> list[Comparison]:
    """One row for each figure, in order: levels, sizes, free school meals, needs, correlations."""
    if population.n_schools == 0:
        return []
    rows = [*_levels(population), *_sizes(population)]
    if population.year == COUNTED_YEAR:
        rows += [*_meals(population), *_needs(population), *_many_plans(population)]
    rows += _correlations(population)
    return rows


def schools_by_place(population: Population) -> dict[str, tuple[float, int]]:
    """Schools of a list and of the register, by ONS code of a council or name of a region in the list. [schools]

    Whole councils that stand for others count as themselves.
    """
    found: dict[str, tuple[float, int]] = {}
    here = np.bincount(population.council, weights=population.weight, minlength=len(load_councils())).tolist()
    for schools, one in zip(here, load_councils(), strict=True):
        for place in (one.ons_code, one.region):
            there, register = found.get(place, (0.0, 0))
            found[place] = there + schools, register + one.schools
    return {place: told for place, told in found.items() if told[0] > 0.0}


def whole_places(population: Population) -> frozenset[str]:
    """Councils (ONS codes) and regions (names) of which a list holds nearly all schools: it may speak for these.

    One school may be lacking even where there are few.
    """
    return frozenset(
        place
        for place, (here, register) in schools_by_place(population).items()
        if here >= min(_NEARLY_ALL * register, register - 1)
    )


def is_england(population: Population) -> bool:
    """Whether a list is of England: it has schools of every council, and nearly all schools there are."""
    places = schools_by_place(population)
    councils = [places[one.ons_code] for one in load_councils() if one.ons_code in places]
    return len(councils) == len(load_councils()) and sum(here for here, _ in councils) >= _NEARLY_ALL * sum(
        register for _, register in councils
    )


def describe(population: Population) -> str:
    """Say in plain text what a population holds and how it compares with the published one."""
    source = "invented" if population.kind == "synthetic" else "real"
    lines = [
        f"{population.n_schools:,} {source} mainstream schools, January {population.year}"
        f" (stand for {population.expansion.sum():,.0f}).",
        population.report,
        "",
        *_table_of_phases(population),
        "",
        *_table_of_bands(population),
        "",
        *_types(population),
        "",
    ]
    rows = compare(population)
    missed = [row for row in rows if not row.passes]
    lines += ["Against published figures (England, January 2023 unless the line says otherwise)"]
    if population.expansion.sum() < _NEARLY_ALL * sum(one.schools for one in load_councils()):
        lines.append(
            "These schools are part of England, so the comparison shows how they differ, not how good they are."
        )
    lines.append("")
    lines += [f"{'':62s}{'here':>11s}{'published':>11s}{'allowed':>10s}"]
    lines += [_line(row) for row in rows]
    lines += ["", f"{len(rows) - len(missed)} of {len(rows)} within tolerance."]
    if missed:
        lines.append(f"{len(missed)} missed: " + "; ".join(row.what for row in missed) + ".")
    return "\n".join(lines)


def _line(row: Comparison) -> str:
    digits = 0 if row.unit in {"pupils", "schools"} else 2
    figures = f"{row.here:>11,.{digits}f}{row.published:>11,.{digits}f}{row.allowed:>10,.{digits}f}"
    return f"{row.what + ' [' + row.unit + ']':62s}{figures}  {'ok' if row.passes else 'MISSED'}"


def _table_of_phases(population: Population) -> Iterator[str]:
    words = ("schools", "pupils", "SEN Support", "plans", "FSM %", "academy %", "rural %")
    yield f"{'':12s}" + "".join(
        f"{word:>{width}s}" for word, width in zip(words, (9, 12, 13, 10, 8, 11, 9), strict=True)
    )
    for phase, name in enumerate(PHASES):
        part = population.take(population.phase == phase)
        weight = part.expansion
        pupils = (part.pupils * weight).sum()
        if pupils == 0:
            continue
        meals = 100 * (part.fsm_share * part.pupils * weight).sum() / pupils
        academies, rural = (100 * (flag * weight).sum() / weight.sum() for flag in (part.academy, part.rural))
        yield (
            f"{name:12s}{weight.sum():>9,.0f}{pupils:>12,.0f}{part.total('sen_support'):>13,.0f}"
            f"{part.total('ehc_plans'):>10,.0f}{meals:>8.1f}{academies:>11.1f}{rural:>9.1f}"
        )


def _table_of_bands(population: Population) -> Iterator[str]:
    yield f"{'size band':26s}{'schools':>9s}{'% of phase':>12s}{'SEN Support %':>15s}{'plans %':>9s}"
    for phase, bands in enumerate(SIZE_BANDS):
        of_phase = population.expansion[population.phase == phase].sum()
        for index, band in enumerate(bands):
            part = population.take((population.phase == phase) & (population.size_band == index))
            schools, pupils = part.expansion.sum(), part.total("pupils")
            if pupils == 0:
                continue
            support, plans = (100 * part.total(column) / pupils for column in ("sen_support", "ehc_plans"))
            label = f"{PHASES[phase]}, {band}"
            yield f"{label:26s}{schools:>9,.0f}{100 * schools / of_phase:>12.1f}{support:>15.2f}{plans:>9.2f}"


def _types(population: Population) -> Iterator[str]:
    counts = np.bincount(population.school_type, weights=population.expansion, minlength=len(SCHOOL_TYPES))
    words = [f"{name.replace('_', ' ')} {count:,.0f}" for name, count in zip(SCHOOL_TYPES, counts, strict=True)]
    yield "Types: " + ", ".join(words) + "."
    units = (population.has_unit * population.expansion).sum()
    without = population.expansion[(population.roll.sum(axis=1) == 0)].sum()
    yield f"{units:,.0f} with a SEN unit or resourced provision; {without:,.0f} with nobody from Reception to Year 11."


def _quantile(values: Float64, weight: Float64, ranks: Float64) -> Float64:
    """Quantiles of schools that count as many."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(weight[order]) - 0.5 * weight[order]
    quantiles: Float64 = np.interp(ranks * weight.sum(), below, values[order])
    return quantiles


def _ranks(name: str) -> Float64:
    return np.array([float(label[1:]) / 100 for label in labels(name)])


def _share_here(population: Population, phase: int, need: str) -> float:
    """Share of pupils with a need. [percent]"""
    pupils = population.total("pupils", phase)
    chosen = population.phase == phase
    weighted = (population.fsm_share * population.pupils * population.expansion)[chosen].sum()
    count = weighted if need == "fsm" else population.total(need, phase)
    return float(100 * count / pupils) if pupils else 0.0


def _levels(population: Population) -> Iterator[Comparison]:
    """Schools and pupils of January 2023, and shares of the year."""
    for phase, name in enumerate(PHASES):
        chosen = population.phase == phase
        schools, pupils = england_total(f"{name}_schools"), england_total(f"{name}_pupils")
        yield Comparison(f"{name} schools", population.expansion[chosen].sum(), schools, 0.02 * schools, "schools")
        yield Comparison(f"{name} pupils", population.total("pupils", phase), pupils, 0.03 * pupils, "pupils")
        if population.year not in years():
            continue
        for words, need in (*_NEEDS, ("free school meals", "fsm")):
            published = 100 / (1 + np.exp(-england_log_odds(phase, need, population.year)))
            what = f"{name} {words}, January {population.year}"
            yield Comparison(what, _share_here(population, phase, need), published, 0.15, "percent")


def _sizes(population: Population) -> Iterator[Comparison]:
    for phase, name in enumerate(PHASES):
        chosen = (population.phase == phase) & (population.pupils > 0)
        sizes, weight = population.pupils[chosen].astype(float), population.expansion[chosen]
        if not sizes.size:
            continue
        key = f"check_{name}_size"
        found = _quantile(sizes, weight, _ranks(key))
        for label, here, published in zip(labels(key), found, numbers(key), strict=True):
            allowed = number("tolerance_quantile") * published
            yield Comparison(f"{name} size, {label}", here, published, allowed, "pupils")
        if phase == PRIMARY:
            for label, limit, published in zip(
                labels("check_primary_small"), (100, 150, 210), numbers("check_primary_small"), strict=True
            ):
                here = 100 * weight[sizes < limit].sum() / weight.sum()
                allowed = 100 * number("tolerance_share")
                yield Comparison(f"primaries {label} pupils", here, 100 * published, allowed, "percent")


def _compared(population: Population) -> Iterator[tuple[int, str, Population]]:
    """Give each phase that has schools of twenty pupils and more, with those schools."""
    for phase, name in enumerate(PHASES):
        part = population.take((population.phase == phase) & (population.pupils >= _SMALLEST_COMPARED))
        if part.n_schools:
            yield phase, name, part


def _meals(population: Population) -> Iterator[Comparison]:
    for _, name, part in _compared(population):
        key = f"check_{name}_fsm"
        found = _quantile(100 * part.fsm_share, part.expansion, _ranks(key))
        for label, here, published in zip(labels(key), found, numbers(key), strict=True):
            allowed = max(1.0, number("tolerance_quantile") * published)
            yield Comparison(f"{name} free school meals, {label}", here, published, allowed, "percent")


def _needs(population: Population) -> Iterator[Comparison]:
    for phase, name, part in _compared(population):
        for kind, (words, need) in enumerate(_NEEDS):
            share = 100 * getattr(part, need) / part.pupils
            key = f"check_{name}_{need}"
            found = _quantile(share, part.expansion, _ranks(key))
            for label, here, published in zip(labels(key), found, numbers(key), strict=True):
                allowed = max(_NEED_QUANTILE_SLACK, number("tolerance_need_quantile") * published)
                yield Comparison(f"{name} {words}, {label} of schools", here, published, allowed, "percent")
            published = numbers("check_need_sd")[2 * phase + kind]
            mean = np.average(share, weights=part.expansion)
            spread = float(np.sqrt(np.average((share - mean) ** 2, weights=part.expansion)))
            yield Comparison(f"{name} {words}, SD", spread, published, number("tolerance_sd") * published, "points")


def _many_plans(population: Population) -> Iterator[Comparison]:
    allowed = 100 * number("tolerance_share")
    for phase, name, part in _compared(population):
        weight = part.expansion / part.expansion.sum()
        none = 100 * weight[part.ehc_plans == 0].sum()
        published = 100 * numbers("check_no_plans")[phase]
        slack = min(allowed, max(0.5, 0.35 * published))
        yield Comparison(f"{name} schools without plans", none, published, slack, "percent")
        for position, limit in enumerate((0.05, 0.10)):
            here = 100 * weight[part.ehc_plans >= limit * part.pupils].sum()
            published = 100 * numbers("check_many_plans")[2 * phase + position]
            what = f"{name} schools with plans at {100 * limit:.0f} % and over"
            yield Comparison(what, here, published, min(allowed, max(0.5, 0.35 * published)), "percent")
        pupils = (part.sen_support + part.ehc_plans).astype(float)
        found = _quantile(pupils, part.expansion, np.array([0.5, 0.95]))
        for position, label in enumerate(("median", "p95")):
            published = numbers("check_sen_pupils")[2 * phase + position]
            what, slack = f"{name} pupils with SEN, {label} school", number("tolerance_count") * published
            yield Comparison(what, found[position], published, slack, "pupils")


def _correlation(first: Float64, second: Float64, weight: Float64) -> float:
    covariance = np.cov(np.vstack([first, second]), aweights=weight)
    return float(covariance[0, 1] / np.sqrt(covariance[0, 0] * covariance[1, 1]))


def _correlations(population: Population) -> Iterator[Comparison]:
    allowed = number("tolerance_correlation")
    for phase, name, part in _compared(population):
        if part.n_schools < 50:
            continue
        size = part.pupils.astype(float)
        for kind, (words, need) in enumerate(_NEEDS):
            share = getattr(part, need) / part.pupils
            for other, values, key in (("free school meals", part.fsm_share, "fsm"), ("size", size, "size")):
                published = numbers(f"check_need_{key}_correlation")[2 * phase + kind]
                here = _correlation(share, values, part.expansion)
                yield Comparison(f"{name} {words} with {other}", here, published, allowed, "correlation")
        published = numbers("check_fsm_size_correlation")[phase]
        here = _correlation(part.fsm_share, size, part.expansion)
        yield Comparison(f"{name} free school meals with size", here, published, allowed, "correlation")
