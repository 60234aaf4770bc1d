"""The 153 councils of England: their schools, pupils and needs, how their EHC process ran, and what lies between them.

Facts of now are in ``councils.csv``, one row per council (boundaries and codes of 2023), derived from five open files.
``base_year.yaml`` says which years they are of, and where they were published:

1. *Schools, pupils and their characteristics 2022/23* and *Compare school performance: census 2022-2023*, joined
   by URN, gave schools, pupils, SEN Support, EHC plans and pupils eligible for free school meals, as exact counts of
   State-funded primary and State-funded secondary schools in the counted January. Cumbria is split by district into its
   two successors. All-through, technical and sixteen-to-nineteen schools count as secondary, as in the census.
2. The *Local authority interactive tool* gave the percentages of the latest January (``PrimStatements``,
   ``PrimNoStatements``, ``SecStatements``, ``SecNoStatements``, ``PriFSM``, ``SecFSM``; one decimal, secondary plans
   two). A latest count is that percentage of the council's pupils **of the counted January**: no later count of pupils
   by council is at hand. The tool's percentages for 2023 equal those computed from the exact counts, rounded, in every
   council, so no correction of level was needed. A one-decimal percentage fixes a count to 0.05 % of pupils.
3. *Education, health and care plans, reporting year 2025* gave the process in the calendar year of the base year and
   placements of the January in it. Rows are the headline rows (``breakdown_topic`` equal to ``breakdown``).
4. Its supporting table of *SEND Tribunals and appeal rate 2014-2024* (HMCTS) gave appeals registered in that calendar
   year, and appealable decisions by the method DfE has in development (England: 6.1 %). A dash is zero.

Where the publisher prints ``x`` or ``~`` the field is ``None``: placements of North East Lincolnshire and
Cambridgeshire, share in 20 weeks without exceptions of City of London and Dorset, appeals or decisions of a few.
A user of the field falls back to the England figure.

``councils_by_year.csv`` has the EHC process by calendar year, for councils that exist today; those abolished since
(Cumbria, Northamptonshire) have no row before their successors. ``plans_caseload`` is of the year's January. Sources:
*Education, health and care plans, reporting year 2025*, and the *Local authority interactive tool* (appeal rate, old
method).

``council_exclusions.csv`` has suspensions and permanent exclusions by school year from 2016/17 on, per cent of pupils
of state-funded primaries and secondaries, from the same tool (``PriFixedEx``, ``SecFixedEx``, ``PriPermEx``,
``SecPermEx``). They are of all pupils: the model takes it that pupils with SEN follow the pattern between councils that
all pupils show.

``statistical_neighbours.csv`` holds DfE codes, nearest first, from sheet ``LA SN Groups`` of the tool, May 2025.

``posterior/councils.csv`` is fitted, not published: ``sencosim calibrate --write`` makes it by national runs of the
baseline, compared council by council with what was published (:mod:`sencosim.calibration.by_council`).

Contains public sector information licensed under the Open Government Licence v3.0. Source: Department for Education;
HM Courts & Tribunals Service (tribunal appeals).
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.base_year import BASE_YEAR, TIMES
from sencosim.evidence.pooling import FloatArray, pooled_levels, pooled_shares
from sencosim.evidence.register import evidence_folder
from sencosim.evidence.tables import as_numbers, read_rows, read_table
from sencosim.names import nearest
from sencosim.units import PHASES, parse_year

COUNCILS_SOURCES = {
    group.replace("_", " "): (source.title, source.link) for group, source in TIMES.council_sources.items()
}
"""Where the facts of now come from: title and address by group of fields."""
NEIGHBOURS_SOURCE = (TIMES.neighbours_source.title, TIMES.neighbours_source.link)
"""Title and address of the table of statistical neighbours."""
LEVELS_FILE = "posterior/councils.csv"
FIRST_YEAR, LAST_YEAR = TIMES.first_council_year, BASE_YEAR
"""Calendar years with flows by council."""
TIMELINESS_YEAR = TIMES.fitted_timeliness_year
"""Last calendar year whose timeliness by council is used: a later one is kept to test the model with."""
LAST_SCHOOL_YEAR = parse_year(TIMES.last_exclusion_year)
"""Last school year with exclusions by council, by its September."""
EXCLUSION_YEARS_TAKEN = 2
"""Counts of one year are small; two are added."""

Measure = Literal["suspensions", "permanent_exclusions"]


@dataclass(frozen=True)
class Council:
    """One council's published facts. ``None`` where the publisher gives none."""

    la_code: int  # DfE, three digits
    ons_code: str
    name: str
    region: str  # of England

    # Of the counted January. [schools; pupils]
    primary_schools: int
    secondary_schools: int
    primary_pupils: int
    secondary_pupils: int
    primary_sen_support: int
    primary_ehc_plans: int
    primary_fsm: int  # known to be eligible for free school meals
    secondary_sen_support: int
    secondary_ehc_plans: int
    secondary_fsm: int

    # At the percentages of the latest January, on the pupils of the counted one. [pupils]
    primary_sen_support_latest: int
    primary_ehc_plans_latest: int
    primary_fsm_latest: int
    secondary_sen_support_latest: int
    secondary_ehc_plans_latest: int
    secondary_fsm_latest: int

    # Of the counted January. [schools]
    primary_academies: int
    secondary_academies: int
    primary_rural: int
    secondary_rural: int
    primaries_under_150: int  # pupils
    infant_schools: int  # primaries without Years 3 to 6
    junior_schools: int  # primaries without Reception to Year 2
    middle_schools: int  # deemed secondary; this and the next five are secondaries, and none overlaps
    selective_schools: int
    all_through_schools: int
    technical_schools: int  # university technical colleges and studio schools
    sixteen_to_nineteen_schools: int  # nobody below Year 12
    sixth_form_schools: int  # other secondaries with more than ten pupils in Years 12 and 13

    # Of the calendar year of the base year.
    requests: int  # for an EHC needs assessment, received; those neither refused nor agreed were open or withdrawn
    requests_refused: int
    requests_agreed: int
    refused_share: float  # of requests received [ratio]
    decided_in_6_weeks_share: float  # of requests with an outcome or overdue [ratio]
    mediations_refusal_to_assess: int  # about requests of the year [cases]
    assessments_plan_issued: int
    assessments_no_plan: int
    new_plans: int
    issued_in_20_weeks_share: float | None  # without cases that had a lawful exception [ratio]
    issued_in_20_weeks_all_share: float  # of all [ratio]

    # Plans maintained in the January of the base year, ages 0 to 25; the parts add up to the caseload. [plans]
    plans_caseload: int
    plans_mainstream: int | None  # ordinary classes of state mainstream schools
    plans_resourced_provision: int | None
    plans_sen_unit: int | None
    plans_mainstream_independent: int | None
    plans_state_special: int | None
    plans_independent_special: int | None  # and non-maintained special schools
    plans_alternative_provision: int | None
    plans_further_education: int | None
    plans_other: int | None  # educated elsewhere, early years settings, not known

    # Of the calendar year of the base year.
    appeals_registered: int | None  # at the SEND Tribunal
    appealable_decisions: int | None  # new method

    @property
    def schools(self) -> int:
        """Mainstream schools. [schools]"""
        return self.primary_schools + self.secondary_schools

    @property
    def pupils(self) -> int:
        """Pupils in mainstream schools, counted January. [pupils]"""
        return self.primary_pupils + self.secondary_pupils

    @property
    def fsm_share(self) -> float:
        """Mainstream pupils eligible for free school meals, counted January. [ratio]"""
        return (self.primary_fsm + self.secondary_fsm) / self.pupils

    def count(self, phase: str, need: str, january: int) -> int:
        """Pupils of a phase with ``sen_support``, ``ehc_plans`` or ``fsm`` in the counted or the latest January.

        Examples
        --------
        >>> load_councils()[0].count("primary", "sen_support", 2023)
        59
        """
        suffix = {TIMES.counted_january: "", TIMES.latest_january: "_latest"}[january]
        value: int = getattr(self, f"{phase}_{need}{suffix}")
        return value


@lru_cache(maxsize=1)
def load_councils() -> tuple[Council, ...]:
    """All 153 councils, ordered by DfE code.

    Examples
    --------
    >>> councils = load_councils()
    >>> len(councils), sum(council.schools for council in councils)
    (153, 20227)
    """
    return tuple(sorted(read_table("councils.csv", Council), key=lambda council: council.la_code))


@lru_cache(maxsize=1)
def _index() -> dict[str, Council]:
    return {
        str(key).casefold(): council
        for council in load_councils()
        for key in (council.la_code, council.ons_code, council.name)
    }


def find_council(name_or_code: str | int) -> Council:
    """Find the council of that name (any case), DfE code or ONS code; an error names the nearest.

    Examples
    --------
    >>> find_council("kent").la_code
    886
    """
    key = str(name_or_code).strip().casefold()
    if key in _index():
        return _index()[key]
    near = nearest(key, _index(), most=3, likeness=0.5)
    hint = f" Nearest: {', '.join(_index()[name].name for name in near)}." if near else ""
    message = f"No council has the name or code {name_or_code!r}.{hint} `sencosim list councils` has all 153."
    raise EvidenceError(message, (Problem(message, found=str(name_or_code)),))


def england_total(field: str) -> float:
    """Sum of a field over the councils that publish it.

    Examples
    --------
    >>> england_total("requests")
    154489.0
    """
    values = [getattr(council, field) for council in load_councils()]
    return float(sum(value for value in values if value is not None))


@lru_cache(maxsize=1)
def _neighbours() -> dict[int, tuple[int, ...]]:
    with as_numbers("statistical_neighbours.csv"):
        rows = [[int(code) for code in row.values()] for row in read_rows("statistical_neighbours.csv")]
    return {code: tuple(others) for code, *others in rows}


def neighbours_of(council: Council) -> tuple[Council, ...]:
    """Ten statistical neighbours of a council, those most like it as DfE groups them, nearest first.

    Examples
    --------
    >>> [one.name for one in neighbours_of(find_council("Norfolk"))[:3]]
    ['Suffolk', 'Cornwall', 'Devon']
    """
    return tuple(find_council(code) for code in _neighbours()[council.la_code])


# -- by calendar year --------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CouncilYear:
    """One council in one calendar year. ``None`` where nothing is published."""

    la_code: int
    year: int
    requests: float | None
    requests_refused: float | None
    plans_without_exceptions: float | None  # to the time limit
    issued_in_20_weeks: float | None  # of those
    new_plans: float | None
    plans_caseload: float | None  # in January
    appeal_rate: float | None  # appeals per appealable decision, old method [percent]


@lru_cache(maxsize=1)
def load_council_years() -> dict[tuple[int, int], CouncilYear]:
    """All rows by council code and year.

    Examples
    --------
    >>> load_council_years()[886, 2024].requests
    4001.0
    """
    return {(row.la_code, row.year): row for row in read_table("councils_by_year.csv", CouncilYear)}


def column(field: str, year: int) -> FloatArray:
    """One field of all councils in a year, NaN where not published. [unit of the field, shape (153,)]."""
    years = load_council_years()
    values = [getattr(years.get((council.la_code, year)), field, None) for council in load_councils()]
    return np.array([np.nan if value is None else value for value in values])


@lru_cache(maxsize=8)
def councils_of(year: int) -> tuple[Council, ...]:
    """Councils with requests, refusals and timeliness of a calendar year, partially pooled, at the level of today.

    Requests are scaled so that England's total stays that of the councils' file: the level by year belongs to the
    trends, the pattern between councils belongs here. Where a year is not published the file's figure stays. A year
    before the first or after the last with flows is taken as the first or the last.
    """
    held = min(LAST_YEAR, max(FIRST_YEAR, year))
    requests = column("requests", held)
    refused = pooled_shares(column("requests_refused", held), requests)
    seen = min(held, TIMELINESS_YEAR)
    on_time = pooled_shares(column("issued_in_20_weeks", seen), column("plans_without_exceptions", seen))
    now = np.array([float(council.requests) for council in load_councils()])
    known = ~np.isnan(requests)
    # England at the pace of that year, with today's figure for councils that published none then. [requests]
    scale = england_total("requests") / float(requests[known].sum() * now.sum() / now[known].sum())
    found = []
    for i, council in enumerate(load_councils()):
        changes: dict[str, float | int] = {}
        if known[i]:
            changes = {"requests": round(requests[i] * scale), "refused_share": float(refused[i])}
            changes["issued_in_20_weeks_share"] = float(on_time[i])
        found.append(dataclasses.replace(council, **changes))  # type: ignore[arg-type]
    return tuple(found)


# -- suspensions and exclusions ----------------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def load_exclusions() -> dict[tuple[int, int], dict[str, float]]:
    """Rates by council code and September, by ``<measure>_<phase>``. [per cent of pupils; absent if not published]

    Examples
    --------
    >>> load_exclusions()[926, 2023]["permanent_exclusions_secondary"]
    0.3521
    """
    with as_numbers("council_exclusions.csv"):
        return {
            (int(row.pop("la_code")), int(row.pop("school_year"))): {
                name: float(text) for name, text in row.items() if text
            }
            for row in read_rows("council_exclusions.csv")
        }


@lru_cache(maxsize=64)
def exclusion_levels(measure: Measure, phase: int, last: int = LAST_SCHOOL_YEAR) -> FloatArray:
    """Rate of each council relative to England, partially pooled. [ratio, mean 1 over pupils with SEN, shape (153,)].

    ``phase`` is 0 for primary, 1 for secondary; ``last`` is the last school year that may be used, by its September.

    Examples
    --------
    >>> norfolk = [council.name for council in load_councils()].index("Norfolk")
    >>> bool(exclusion_levels("permanent_exclusions", 0)[norfolk] > 1.5)
    True
    """
    name = f"{measure}_{PHASES[phase]}"
    pupils = np.array([getattr(council, f"{PHASES[phase]}_pupils") for council in load_councils()], dtype=float)
    held = min(LAST_SCHOOL_YEAR, last)
    rates = np.array([_mean_rate(council.la_code, name, held) for council in load_councils()])
    exposure = np.where(np.isnan(rates), 0.0, EXCLUSION_YEARS_TAKEN * pupils)
    level = pooled_levels(np.nan_to_num(rates) / 100.0 * exposure, exposure)
    with_sen = [
        sum(council.count(PHASES[phase], need, TIMES.latest_january) for need in ("sen_support", "ehc_plans"))
        for council in load_councils()
    ]
    result: FloatArray = level / np.average(level, weights=with_sen)
    return result


def _mean_rate(la_code: int, name: str, last: int) -> float:
    years = (load_exclusions().get((la_code, last - back), {}).get(name) for back in range(EXCLUSION_YEARS_TAKEN))
    known = [rate for rate in years if rate is not None]
    return float(np.mean(known)) if known else float("nan")


# -- fitted ------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class CouncilLevel:
    """How far a council lies from England in what the model asks of it: fitted by runs, partially pooled."""

    requests: float = 1.0  # of mainstream pupils, alongside what its published figure says [ratio]
    refusals: float = 0.0  # shift, alongside its published share [log odds]
    appeals: float = 1.0  # relative to those that England's shares of its decisions give [ratio]
    late_advice: float = 1.0  # assessments held up by it, relative to England's share [ratio]
    capacity: float = 1.0  # own staff relative to what its published flow asks for [ratio]


AS_ENGLAND = CouncilLevel()


@lru_cache(maxsize=1)
def load_council_levels() -> dict[int, CouncilLevel]:
    """Levels by council code; empty if none were fitted yet.

    Examples
    --------
    >>> all(0.1 < level.requests < 10.0 for level in load_council_levels().values())
    True
    """
    if not (evidence_folder() / LEVELS_FILE).exists():
        return {}
    with as_numbers(LEVELS_FILE):
        return {
            int(row.pop("la_code")): CouncilLevel(**{name: float(text) for name, text in row.items()})
            for row in read_rows(LEVELS_FILE)
        }
