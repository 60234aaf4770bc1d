"""The 153 councils of England: their schools, pupils and needs in January 2023 and 2025, and how their EHC process ran.

Facts are in ``councils.csv``, one row per council (boundaries and codes of 2023), derived from five open files:

1. *Schools, pupils and their characteristics 2022/23* and *Compare school performance: census 2022-2023*, joined
   by URN, gave schools, pupils, SEN Support, EHC plans and pupils eligible for free school meals, as exact counts of
   State-funded primary and State-funded secondary schools in January 2023. Cumbria is split by district into its two
   successors. All-through, technical and sixteen-to-nineteen schools count as secondary, as in the census.
2. The *Local authority interactive tool* gave the percentages of January 2025 (``PrimStatements``,
   ``PrimNoStatements``, ``SecStatements``, ``SecNoStatements``, ``PriFSM``, ``SecFSM``; one decimal, secondary plans
   two). A count of 2025 is that percentage of the council's pupils **of January 2023**: no count of pupils by council
   is at hand for 2025. The tool's percentages for 2023 equal those computed from the exact counts, rounded, in every
   council, so no correction of level was needed. A one-decimal percentage fixes a count to 0.05 % of pupils.
3. *Education, health and care plans, reporting year 2025* gave the process in calendar year 2024 and placements of
   January 2025. Rows are the headline rows (``breakdown_topic`` equal to ``breakdown``).
4. Its supporting table of *SEND Tribunals and appeal rate 2014-2024* (HMCTS) gave appeals registered in 2024, and
   appealable decisions by the method DfE has in development (which gives England 6.1 %). A dash is nought.

Where the publisher prints ``x`` or ``~`` the field is ``None``: placements of North East Lincolnshire and
Cambridgeshire, share in 20 weeks without exceptions of City of London and Dorset, appeals or decisions of a few.
A user of the field falls back to the England figure (:func:`england_total`, :func:`england_share`).

Contains public sector information licensed under the Open Government Licence v3.0. Source: Department for Education;
HM Courts & Tribunals Service (tribunal appeals).
"""

from __future__ import annotations

import csv
import types
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from importlib import resources
from typing import Any, get_type_hints

from sencosim.errors import EvidenceError, Problem
from sencosim.names import nearest

COUNCILS_SOURCES: Mapping[str, tuple[str, str]] = types.MappingProxyType(
    {
        "schools and pupils 2023": (
            "DfE, Schools, pupils and their characteristics 2022/23, school-level underlying data",
            "https://explore-education-statistics.service.gov.uk/find-statistics/school-pupils-and-their-characteristics/2022-23",
        ),
        "SEN counts 2023": (
            "DfE, Compare school performance: pupil population (school census) 2022-2023",
            "https://www.find-school-performance-data.service.gov.uk",
        ),
        "levels of 2025": (
            "DfE, Local authority interactive tool",
            "https://github.com/dfe-analytical-services/local-authority-interactive-tool",
        ),
        "process 2024": (
            "DfE, Education, health and care plans, reporting year 2025",
            "https://explore-education-statistics.service.gov.uk/find-statistics/education-health-and-care-plans/2025",
        ),
        "appeals 2024": (
            "HMCTS and DfE, SEND Tribunals and appeal rate 2014-2024 (with the release above)",
            "https://explore-education-statistics.service.gov.uk/find-statistics/education-health-and-care-plans/2025",
        ),
    }
)
"""Where the facts come from: title and address by group of fields."""


@dataclass(frozen=True)
class Council:
    """One council's published facts. ``None`` where the publisher gives none.

    Attributes
    ----------
    la_code, ons_code, name, region
        DfE three-digit code, ONS code, name and region of England.
    primary_schools, secondary_schools
        State-funded mainstream schools, January 2023. [schools]
    primary_pupils, secondary_pupils
        Pupils on roll, nursery classes and sixth forms included, January 2023. [pupils]
    primary_sen_support, primary_ehc_plans, primary_fsm, secondary_sen_support, secondary_ehc_plans, secondary_fsm
        Pupils on SEN Support, with an EHC plan, known to be eligible for free school meals, January 2023. [pupils]
    primary_sen_support_2025 and so on
        The same at the percentages of January 2025, on the pupils of January 2023. [pupils]
    primary_academies, secondary_academies, primary_rural, secondary_rural, primaries_under_150
        Academies, schools in rural places, and primaries with fewer than 150 pupils, January 2023. [schools]
    infant_schools, junior_schools
        Primaries without Years 3 to 6, and without Reception to Year 2. [schools]
    middle_schools, selective_schools, all_through_schools, technical_schools, sixteen_to_nineteen_schools
        Among secondaries: middle schools deemed secondary, grammar schools, all-through schools, university technical
        colleges and studio schools, and schools with nobody below Year 12. None overlaps. [schools]
    sixth_form_schools
        Other secondaries with more than ten pupils in Years 12 and 13. [schools]
    requests, requests_refused, requests_agreed
        Requests for an EHC needs assessment received in 2024 and their outcomes; the rest were open or withdrawn.
    refused_share
        Refused, of requests received. [ratio]
    decided_in_6_weeks_share
        Decided whether to assess within six weeks, of requests with an outcome or overdue. [ratio]
    mediations_refusal_to_assess
        Mediations about requests of 2024. [cases]
    assessments_plan_issued, assessments_no_plan
        Outcomes of assessments in 2024. [assessments]
    new_plans
        Plans made in 2024. [plans]
    issued_in_20_weeks_share, issued_in_20_weeks_all_share
        Issued within 20 weeks, without cases that had a lawful exception, and of all. [ratio]
    plans_caseload
        Plans maintained in January 2025, ages 0 to 25. The ``plans_...`` fields below add to it. [plans]
    plans_mainstream, plans_resourced_provision, plans_sen_unit, plans_mainstream_independent
        In ordinary classes of state mainstream schools, in their resourced provision, in their SEN units, and in
        independent mainstream schools.
    plans_state_special, plans_independent_special, plans_alternative_provision, plans_further_education, plans_other
        In state special schools; independent and non-maintained special schools; alternative provision; further
        education; educated elsewhere, in early years settings or not known.
    appeals_registered, appealable_decisions
        Appeals registered at the SEND Tribunal in 2024 and decisions that could have been appealed (new method).
    """

    la_code: int
    ons_code: str
    name: str
    region: str
    primary_schools: int
    secondary_schools: int
    primary_pupils: int
    secondary_pupils: int
    primary_sen_support: int
    primary_ehc_plans: int
    primary_fsm: int
    secondary_sen_support: int
    secondary_ehc_plans: int
    secondary_fsm: int
    primary_sen_support_2025: int
    primary_ehc_plans_2025: int
    primary_fsm_2025: int
    secondary_sen_support_2025: int
    secondary_ehc_plans_2025: int
    secondary_fsm_2025: int
    primary_academies: int
    secondary_academies: int
    primary_rural: int
    secondary_rural: int
    primaries_under_150: int
    infant_schools: int
    junior_schools: int
    middle_schools: int
    selective_schools: int
    all_through_schools: int
    technical_schools: int
    sixteen_to_nineteen_schools: int
    sixth_form_schools: int
    requests: int
    requests_refused: int
    requests_agreed: int
    refused_share: float
    decided_in_6_weeks_share: float
    mediations_refusal_to_assess: int
    assessments_plan_issued: int
    assessments_no_plan: int
    new_plans: int
    issued_in_20_weeks_share: float | None
    issued_in_20_weeks_all_share: float
    plans_caseload: int
    plans_mainstream: int | None
    plans_resourced_provision: int | None
    plans_sen_unit: int | None
    plans_mainstream_independent: int | None
    plans_state_special: int | None
    plans_independent_special: int | None
    plans_alternative_provision: int | None
    plans_further_education: int | None
    plans_other: int | None
    appeals_registered: int | None
    appealable_decisions: int | None

    @property
    def schools(self) -> int:
        """Mainstream schools. [schools]"""
        return self.primary_schools + self.secondary_schools

    @property
    def pupils(self) -> int:
        """Pupils in mainstream schools, January 2023. [pupils]"""
        return self.primary_pupils + self.secondary_pupils

    @property
    def fsm_share(self) -> float:
        """Mainstream pupils eligible for free school meals, January 2023. [ratio]"""
        return (self.primary_fsm + self.secondary_fsm) / self.pupils

    @property
    def appeal_rate(self) -> float | None:
        """Appeals registered over appealable decisions, 2024, new method. [ratio]"""
        if self.appeals_registered is None or not self.appealable_decisions:
            return None
        return self.appeals_registered / self.appealable_decisions

    def count(self, phase: str, quantity: str, year: int) -> int:
        """Pupils of a phase in January 2023 or 2025.

        Parameters
        ----------
        phase
            ``primary`` or ``secondary``.
        quantity
            ``sen_support``, ``ehc_plans`` or ``fsm``.
        year
            2023 or 2025.

        Examples
        --------
        >>> load_councils()[0].count("primary", "sen_support", 2023)
        59
        """
        suffix = {2023: "", 2025: "_2025"}[year]
        value: int = getattr(self, f"{phase}_{quantity}{suffix}")
        return value


def _convert(text: str, kind: object) -> Any:
    if kind is str:
        return text
    if text == "":
        return None
    return int(text) if kind in (int, int | None) else float(text)


@lru_cache(maxsize=1)
def load_councils() -> tuple[Council, ...]:
    """All 153 councils, ordered by DfE code.

    Examples
    --------
    >>> councils = load_councils()
    >>> len(councils), sum(council.schools for council in councils)
    (153, 20227)
    """
    kinds = get_type_hints(Council)
    text = resources.files("sencosim.evidence").joinpath("councils.csv").read_text(encoding="utf-8")
    rows = csv.DictReader(text.splitlines())
    names = [field.name for field in fields(Council)]
    councils = [Council(**{name: _convert(row[name], kinds[name]) for name in names}) for row in rows]
    return tuple(sorted(councils, key=lambda council: council.la_code))


@lru_cache(maxsize=1)
def _index() -> dict[str, Council]:
    found: dict[str, Council] = {}
    for council in load_councils():
        for key in (str(council.la_code), council.ons_code, council.name):
            found[key.casefold()] = council
    return found


def find_council(name_or_code: str | int) -> Council:
    """Find the council of that name (any case), DfE code or ONS code.

    Raises
    ------
    EvidenceError
        If there is none; the message has the nearest names.

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


def england_share(numerator: str, denominator: str) -> float:
    """Ratio of two fields over the councils that publish both: the figure to use where a council has none.

    Examples
    --------
    >>> round(england_share("requests_refused", "requests"), 3)
    0.252
    """
    pairs = [(getattr(council, numerator), getattr(council, denominator)) for council in load_councils()]
    known = [(top, bottom) for top, bottom in pairs if top is not None and bottom is not None]
    return float(sum(top for top, _ in known) / sum(bottom for _, bottom in known))
