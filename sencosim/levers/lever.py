"""What every lever says: which schools it covers, from when, how fast, how well kept, and who pays."""

from __future__ import annotations

from collections.abc import Collection
from itertools import pairwise
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, ValidationInfo, field_validator, model_validator

from sencosim.evidence.councils import Council, load_councils
from sencosim.levers.fields import AcademicYear, Pupils, Setting, Share, whole
from sencosim.levers.schools import BoolArray, FloatArray, RunSchools, council_names
from sencosim.levers.tariff import Tariff
from sencosim.units import PHASES, format_year, parse_year
from sencosim.vocabulary import CouncilFunder, Funder

Phase = Literal["primary", "secondary"]
Region = Literal[
    "East Midlands",
    "East of England",
    "London",
    "North East",
    "North West",
    "South East",
    "South West",
    "West Midlands",
    "Yorkshire and The Humber",
]
Years = Annotated[int, whole(1, 20, "years")]
Asked = dict[str, Any]
"""What levers ask: fields of :class:`sencosim.arms.inputs.PolicyInputs`, filled lever by lever."""
BEHAVIOUR = {
    "compliance": "legal_floor_compliance",
    "used_share": "used_share_added",
    "drift_to_floor": "drift_to_floor_share",
}
"""Settings of a lever that say how schools behave, not what the policy is; and the parameter behind each."""


class Covers(Setting):
    """Which schools a lever covers. A school is covered if it meets every line that is given; no lines: all schools."""

    phases: Annotated[tuple[Phase, ...], Field(strict=False, min_length=1)] | None = None
    """Phases covered: primary, secondary. An all-through school counts as secondary."""
    councils: Annotated[tuple[str, ...], Field(strict=False, min_length=1)] | None = None
    """Local authorities covered, by name (Norfolk), three-digit code ("926", in quotes) or ONS code (E10000020)."""
    regions: Annotated[tuple[Region, ...], Field(strict=False, min_length=1)] | None = None
    """Regions of England covered."""
    pupils_min: Pupils | None = None
    """Smallest school covered, by pupils on roll."""
    pupils_max: Pupils | None = None
    """Largest school covered, by pupils on roll."""
    sen_pupils_min: Pupils | None = None
    """Fewest pupils with SEN (SEN Support and EHC plans) that a covered school has."""
    sen_pupils_max: Pupils | None = None
    """Most pupils with SEN (SEN Support and EHC plans) that a covered school has."""
    fsm_min: Share | None = None
    """Smallest share of pupils eligible for free school meals that a covered school has."""
    fsm_max: Share | None = None
    """Largest share of pupils eligible for free school meals that a covered school has."""

    trust: bool | None = None
    """true: only academies, which belong to a trust. false: only schools that a council maintains."""
    rural: bool | None = None
    """true: only schools in rural places. false: only schools in towns and cities."""
    share: Share | None = None
    """Arms of a pilot: the share of the schools that meet the other lines which draws the policy by lot. The lot of a
    school is the same for all levers, so that levers with the same share meet in the same schools."""
    lot: Literal["schools", "councils"] = "schools"
    """What is drawn by lot: single schools, or whole councils."""

    @model_validator(mode="after")
    def _limits_in_order(self) -> Covers:
        for name in ("pupils", "sen_pupils", "fsm"):
            low, high = getattr(self, f"{name}_min"), getattr(self, f"{name}_max")
            if low is not None and high is not None and low > high:
                raise ValueError(
                    f"No school can be covered: {name}_min is {low:g} and {name}_max is {high:g}. "
                    "The first must not be above the second."
                )
        return self

    def council(self, names: Collection[str], region: str) -> bool:
        """Whether a lever that acts through councils covers one: only councils and regions count.

        Parameters
        ----------
        names
            All names by which the council may be called: name, three-digit code, ONS code.
        region
            Region of the council.

        Examples
        --------
        >>> Covers(regions=("London",)).council(("Norfolk", "926"), "East of England")
        False
        """
        return (self.councils is None or not set(self.councils).isdisjoint(names)) and (
            self.regions is None or region in self.regions
        )

    def school(
        self, phase: int, council: Collection[str], region: str, pupils: int, sen_pupils: float, fsm_share: float
    ) -> bool:
        """Whether a lever covers a school: the school meets every condition that is given, but trust and rural.

        Parameters
        ----------
        phase
            0 primary, 1 secondary.
        council, region
            See :meth:`council`.
        pupils
            Pupils on roll. [pupils, >= 0]
        sen_pupils
            Pupils on SEN Support or with an EHC plan. [pupils, >= 0]
        fsm_share
            Share of pupils eligible for free school meals. [share, 0 to 1]

        Examples
        --------
        >>> small = Covers(phases=("primary",), pupils_max=150)
        >>> small.school(0, ("Norfolk", "926"), "East of England", 120, 20, 0.2)
        True
        """
        limits = (
            (pupils, self.pupils_min, self.pupils_max),
            (sen_pupils, self.sen_pupils_min, self.sen_pupils_max),
            (fsm_share, self.fsm_min, self.fsm_max),
        )
        return (
            (self.phases is None or PHASES[phase] in self.phases)
            and self.council(council, region)
            and all((low is None or n >= low) and (high is None or n <= high) for n, low, high in limits)
        )

    def words(self) -> str:
        """Say which schools are covered.

        Examples
        --------
        >>> Covers(phases=("primary",), pupils_max=150, fsm_min=0.3).words()
        'primary schools with at most 150 pupils and at least 30 % eligible for free school meals'
        """
        subject = f"{' and '.join(self.phases)} schools" if self.phases else "all schools"
        if self.trust is not None:
            subject += " of trusts" if self.trust else " maintained by councils"
        if self.rural is not None:
            subject += " in rural places" if self.rural else " in towns and cities"
        if self.share is not None:
            subject = f"a lot of {self.share:g} of {'the councils of ' if self.lot == 'councils' else ''}{subject}"
        places = [*(self.regions or ()), *(self.councils or ())]
        limits = [
            (self.pupils_min, "at least", "pupils", 1.0),
            (self.pupils_max, "at most", "pupils", 1.0),
            (self.sen_pupils_min, "at least", "SEN pupils", 1.0),
            (self.sen_pupils_max, "at most", "SEN pupils", 1.0),
            (self.fsm_min, "at least", "% eligible for free school meals", 100.0),
            (self.fsm_max, "at most", "% eligible for free school meals", 100.0),
        ]
        conditions = [f"{word} {value * scale:g} {unit}" for value, word, unit, scale in limits if value is not None]
        where = f" in {', '.join(places)}" if places else ""
        return f"{subject}{where}{' with ' if conditions else ''}{' and '.join(conditions)}"


class Lever(Setting):
    """What all levers have in common: when, how fast, how well kept, who pays, who is covered."""

    number: ClassVar[int]
    """Occurrence of its draws. Part of the keys of chance: never changed, never used again."""
    forms: ClassVar[tuple[str, ...]] = ()
    """Settings of which exactly one says how much, where there is a choice."""
    tariffs: ClassVar[tuple[Tariff, ...]] = ()
    """What the ledger counts of it, and the prices."""

    start: AcademicYear = "2027/28"
    """Academic year at whose September the policy begins."""
    end: AcademicYear | None = None
    """First academic year without the policy. Leave out if it stays."""
    phase_in_years: Years = 3
    """Years over which the covered schools join, in equal steps each September from start on. 1: all at the start."""
    phase_in: dict[AcademicYear, Share] | None = None
    """Share of the covered schools that have the policy from each September on, counted together, where the steps are
    not equal. Takes the place of phase_in_years."""
    compliance: Share | None = None
    """Share of covered schools that keep to the policy. Leave out: the evidence decides (legal_floor_compliance)."""
    funded_by: Funder = "schools"
    """Who pays: schools out of their own budgets, or a national grant to schools."""
    covers: Covers = Covers()
    """Which schools the policy covers. Leave out: all mainstream schools."""

    @field_validator("end")
    @classmethod
    def _ends_after_start(cls, end: str | None, info: ValidationInfo) -> str | None:
        return check_end(end, info, "policy")

    @field_validator("phase_in")
    @classmethod
    def _phases_in_forwards(cls, phase_in: dict[str, float] | None, info: ValidationInfo) -> dict[str, float] | None:
        if phase_in is None:
            return None
        if not phase_in:
            raise ValueError("There are no years under phase_in. Give at least one, such as 2027/28: 0.33.")
        steps = sorted(phase_in.items())
        start = info.data.get("start")
        if start is not None and steps[0][0] < start:
            raise ValueError(f"The first year of phase_in, {steps[0][0]}, is before start, {start}. Move one of them.")
        for (year, share), (later, larger) in pairwise(steps):
            if larger < share:
                raise ValueError(
                    f"The share falls from {share:g} in {year} to {larger:g} in {later}. Shares are counted together, "
                    "so they never fall: 0.33, 0.67, 1 means one third of the schools each year."
                )
        return dict(steps)

    def steps(self) -> dict[int, float]:
        """Share of the covered schools from each September on, by first calendar year.

        Examples
        --------
        >>> Lever(start="2027/28").steps()
        {2027: 0.33, 2028: 0.67, 2029: 1.0}
        """
        if self.phase_in is not None:
            return {parse_year(year): share for year, share in self.phase_in.items()}
        first, years = parse_year(self.start), self.phase_in_years
        return {first + done: round((done + 1) / years, 2) for done in range(years)}

    def delayed(self, years: int) -> Any:
        """The same policy so many years later: start, end and every step of the phase-in.

        Examples
        --------
        >>> Lever(start="2027/28", phase_in={"2028/29": 0.5}).delayed(2).phase_in
        {'2030/31': 0.5}
        """
        steps = None if self.phase_in is None else {_later(year, years): n for year, n in self.phase_in.items()}
        end = None if self.end is None else _later(self.end, years)
        return self.model_copy(update={"start": _later(self.start, years), "end": end, "phase_in": steps})

    def share_in(self, year: int) -> float:
        """Share of the covered schools that have the policy in an academic year, by its first calendar year.

        0 before the start and from the end on, and never falling in between. [share, 0 to 1]

        Examples
        --------
        >>> lever = Lever(start="2027/28", phase_in={"2027/28": 0.33, "2029/30": 1.0})
        >>> [lever.share_in(year) for year in (2026, 2027, 2028, 2029, 2040)]
        [0.0, 0.33, 0.33, 1.0, 1.0]
        """
        if year < parse_year(self.start) or (self.end is not None and year >= parse_year(self.end)):
            return 0.0
        return max((share for first, share in self.steps().items() if first <= year), default=0.0)

    def shares(self, at: RunSchools) -> FloatArray:
        """How far the phase-in has come, by year of a run. [share, shape (n_years,)]"""
        return np.array([self.share_in(at.start + year) for year in range(at.years)])

    # -- what each lever says for itself ------------------------------------------------------------------------------

    def words(self) -> str:
        """Say what the lever asks, for differences and reports."""
        raise TypeError(f"no words for {type(self).__name__}")

    def ask(self, at: RunSchools, active: BoolArray, asked: Asked) -> None:
        """Enter what the lever asks, by year, of those whom it reaches.

        Parameters
        ----------
        at
            Schools, evidence and years of the run.
        active
            Where and when it acts, as :meth:`reached` says.
        asked
            What all levers ask together; changed here.
        """
        raise TypeError(f"{type(self).__name__} asks for nothing")

    def money(self) -> dict[str, Any]:
        """Fields of :class:`sencosim.levers.tariff.LeverTerms` that the lever sets, other than who funds it."""
        return {}

    # -- whom it reaches, and when ------------------------------------------------------------------------------------

    def reached(self, at: RunSchools) -> BoolArray:
        """Where the lever acts, by year: cover, lot of a pilot, phase-in, compliance. [shape (n_schools, n_years)]"""
        population, covers, known = at.population, self.covers, load_councils()
        columns = (population.council, population.phase, population.pupils, at.sen, population.fsm_share)
        reached = np.array(
            [
                covers.school(phase, council_names(known[council]), known[council].region, pupils, sen, fsm_share)
                for council, phase, pupils, sen, fsm_share in zip(*(one.tolist() for one in columns), strict=True)
            ]
        )
        for wanted, of in ((covers.trust, population.academy), (covers.rural, population.rural)):
            if wanted is not None:
                reached &= np.asarray(of, dtype=bool) == wanted
        lot = population.school_id if covers.lot == "schools" else population.la_code
        return self._in_force(at, reached, lot, population.school_id)

    def _in_force(self, at: RunSchools, reached: BoolArray, lot: np.ndarray, keys: np.ndarray) -> BoolArray:
        """Of those covered, who draws the policy and complies, from the year of the phase-in that is theirs."""
        if self.covers.share is not None:
            reached = reached & (at.drawn("pilot", lot) < self.covers.share)
        complies = at.drawn("compliance", keys, self.number) < at.given(self.compliance, BEHAVIOUR["compliance"])
        place = at.drawn("phase_in", keys, self.number)
        return (reached & complies)[:, None] & (place[:, None] < self.shares(at)[None, :])

    def terms_words(self) -> str:
        """Say who is covered, from when, how fast, and who pays.

        Examples
        --------
        >>> Lever(phase_in={"2027/28": 0.33, "2028/29": 0.67, "2029/30": 1.0}).terms_words()
        'all schools, from 2027/28, phased over 3 years, paid by schools'
        """
        pieces = [self._whom(), f"from {self.start}"]
        if self.end is not None:
            pieces.append(f"until {self.end} begins")
        steps, first = self.steps(), parse_year(self.start)
        last = max(steps.values())
        if list(steps) != [first] or last < 1:
            years = max(steps) - first + 1
            pieces.append(f"phased over {years} {'year' if years == 1 else 'years'}")
        if last < 1:
            pieces.append(f"up to {last:g} of them")
        return ", ".join((*pieces, *self._paid_by()))

    def _whom(self) -> str:
        return self.covers.words()

    def _paid_by(self) -> tuple[str, ...]:
        return (f"paid by {'a national grant' if self.funded_by == 'national_grant' else self.funded_by}",)


class CouncilLever(Lever):
    """A lever that acts through councils: all schools of a covered council, whatever else is said of schools."""

    funded_by: CouncilFunder = "councils"  # type: ignore[assignment]  # councils pay, not schools
    """Who pays: councils, or a national grant to councils."""
    compliance: Share | None = None
    """Share of covered councils that do it. Leave out: the evidence decides (legal_floor_compliance)."""

    def covered(self, council: Council) -> bool:
        """Whether the lever covers a council."""
        return self.covers.council(council_names(council), council.region)

    def reached(self, at: RunSchools) -> BoolArray:
        """Councils in which the lever acts, by year. [shape (n_councils, n_years)]"""
        keys = np.array([council.la_code for council in at.present], dtype=np.int64)
        return self._in_force(at, np.array([self.covered(one) for one in at.present]), keys, keys)

    def _whom(self) -> str:
        return self.covers.words().replace("schools", "councils", 1)


class NationalLever(Lever):
    """A lever that is one for all England: it covers everybody, and its phase-in is by how much."""

    one: ClassVar[str]
    """What there is one of, as the subject of a sentence."""

    @model_validator(mode="after")
    def _is_national(self) -> NationalLever:
        if self.covers != Covers():
            raise ValueError(f"{self.one} for all England: take the lines under covers out.")
        return self

    def reached(self, at: RunSchools) -> BoolArray:
        """Years in which the lever acts. [shape (1, n_years)]"""
        return (self.shares(at) > 0.0)[None, :]

    def _whom(self) -> str:
        return "all England"

    def _paid_by(self) -> tuple[str, ...]:
        return ()


def check_end(end: str | None, info: ValidationInfo, what: str) -> str | None:
    """Refuse an end that is not after the start."""
    start = info.data.get("start")
    if end is not None and start is not None and parse_year(end) <= parse_year(start):
        raise ValueError(f"The {what} would end before it began: start is {start}. Write a later year here.")
    return end


def _later(year: str, years: int) -> str:
    return format_year(parse_year(year) + years)
