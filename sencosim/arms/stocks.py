"""Stocks of the January in the first year of a run, from the published series: a run may start in any year since 2018.

The population holds schools, pupils and needs of one January, and the councils' file placements of January 2025. The
series say by how much each stock was smaller in the January of the first year.
"""

from __future__ import annotations

from sencosim.evidence.base_year import BASE_YEAR, TIMES
from sencosim.evidence.councils import AS_ENGLAND, LAST_YEAR, Council, CouncilLevel, councils_of, load_council_levels
from sencosim.evidence.series import load_series, series_value
from sencosim.units import PHASES

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
    known = {(point.series, point.breakdown, point.period): point.value for point in load_series()}
    periods = (f"{year}/{(year + 1) % 100:02d}" for year in (start, POPULATION_ROLLS - 1))
    then, now = (known.get(("pupils", f"state_{PHASES[phase]}", period)) for period in periods)
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
