"""A scenario: one policy question, complete, frozen, and independent of the files it came from.

Every setting has a unit, hard limits and a description under it; the JSON Schema, ``explain`` and the messages for
faulty files are made from those.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationInfo, field_validator, model_validator

from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.base_year import BASE_YEAR
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.routes import RouteName
from sencosim.evidence.views import VIEWS, ViewName
from sencosim.levers.catalogue import Levers
from sencosim.levers.fields import NAME_PATTERN, AcademicYear, Month, Setting
from sencosim.levers.lever import Lever
from sencosim.scenario.laws import Law
from sencosim.scenario.mechanisms import MechanismName
from sencosim.scenario.shocks import Shock
from sencosim.scenario.structure import Structure
from sencosim.units import format_year, parse_year
from sencosim.vocabulary import FlowBacks, PressureFunder

SCHEMA_VERSION = 1
SAID_OF_ITSELF = ("name", "title", "description", "cautions")
"""What a scenario says of itself: no result depends on it."""
OF_THE_QUESTION = (
    *("levers", "routes_off", "view", "views", "overrides", "correlations", "mechanisms", "structure", "baselines"),
    *("high_needs_pressure_funded_by", "high_needs_pressure_from", "flow_backs"),
)
"""Settings that only a policy arm or its price book reads."""
HOW_OFTEN = ("seed", "replications", "precision", "draws", "sample", "draw_sample", "sampling")
"""Settings of a run that say how often and on which schools it is computed; the years before the first change it."""
CAUTION_LENGTH = 20, 600
"""Shortest and longest caution: a reason in full, short enough to stand on every page. [characters]"""


class Override(Setting):
    """Another value, or another distribution, for one parameter of the evidence register."""

    value: float | Annotated[tuple[float, ...], Field(strict=False, min_length=1)] | None = None
    """The value to use, in the unit of the register. It holds in every view."""
    distribution: Distribution | None = None
    """The distribution to draw from, written as in the register, such as {family: beta, a: 8, b: 92}."""
    why: str = ""
    """The reason, in a sentence for the reader of the report."""

    @model_validator(mode="after")
    def _value_or_distribution(self) -> Override:
        if (self.value is None) == (self.distribution is None):
            found = "neither" if self.value is None else "both"
            raise ValueError(f"Give exactly one of value and distribution. Found {found}.")
        return self


class Correlation(Setting):
    """Parameters that are drawn together because their uncertainties have one cause."""

    correlation: Annotated[float, Field(ge=0, le=0.95, allow_inf_nan=False, json_schema_extra={"unit": "ratio"})]
    """How strongly any two of them hang together, on the normal scale of their ranks; 0 ends the group."""
    parameters: Annotated[tuple[str, ...], Field(strict=False, min_length=2)] | None = None
    """Names of the parameters. Leave out to change a group of the evidence that has this name."""
    opposite: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Those of them that are low when the others are high."""
    why: str = ""
    """The reason, in a sentence for the reader of the report."""


class Horizon(Setting):
    """The academic years that results are reported for."""

    first_year: AcademicYear = "2027/28"
    """First academic year of the results."""
    years: Annotated[int, Field(ge=1, le=30, json_schema_extra={"unit": "years"})] = 10
    """Number of academic years."""

    @field_validator("first_year")
    @classmethod
    def _not_before_base_year(cls, first_year: str) -> str:
        if not BASE_YEAR <= parse_year(first_year) <= BASE_YEAR + 25:
            raise ValueError(
                f"{first_year} is outside the years that can be reported. "
                f"The first can be {format_year(BASE_YEAR)}, and the last {format_year(BASE_YEAR + 25)}."
            )
        return first_year

    @property
    def first(self) -> int:
        """First calendar year of the first academic year."""
        return parse_year(self.first_year)

    @property
    def last(self) -> int:
        """First calendar year of the last academic year."""
        return self.first + self.years - 1


class RunSettings(Setting):
    """How the question is computed. Changes the noise and the time a run takes, not the question."""

    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 2026
    """Number that fixes every chance draw. The same seed gives the same results."""
    replications: Annotated[int, Field(ge=1, le=10_000, json_schema_extra={"unit": "replications"})] | None = None
    """Runs with different chance at the point values. Leave out, or write auto: as many as the precision needs."""
    precision: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False, json_schema_extra={"unit": "share"})] | None = (
        None
    )
    """Half-width of the 95 % confidence interval of the headline, as a share of it, at which replications stop. Leave
    out: 0.02 for all schools, 0.05 for a part of them."""
    draws: Annotated[int, Field(ge=1, le=100_000, json_schema_extra={"unit": "draws"})] | None = None
    """Draws of the uncertain parameters in the main view; half as many in the others. Leave out: the tool decides."""
    sample: Annotated[float, Field(gt=0, le=1, allow_inf_nan=False, json_schema_extra={"unit": "share"})] = 1.0
    """Share of England that is simulated and weighted up; 1 is every school."""
    draw_sample: (
        Annotated[float, Field(gt=0, le=1, allow_inf_nan=False, json_schema_extra={"unit": "share"})] | None
    ) = None
    """Share of England on which draws are run, at most sample; 1 is all of it. Leave out: 0.05, or sample if less."""
    sampling: Literal["councils", "schools"] | None = None
    """What is sampled: whole councils, or schools within councils. Leave out: the tool decides."""
    warm_up_years: Annotated[int, Field(ge=0, le=10, json_schema_extra={"unit": "years"})] = 2
    """Years simulated before the base year, so that no queue starts empty."""

    @field_validator("replications", mode="before")
    @classmethod
    def _auto_is_to_leave_out(cls, replications: object) -> object:
        return None if replications == "auto" else replications

    @model_validator(mode="after")
    def _draws_are_not_on_more_schools(self) -> RunSettings:
        if self.draw_sample is not None and self.draw_sample > self.sample:
            raise ValueError(
                f"draw_sample, {self.draw_sample:g}, is above sample, {self.sample:g}: draws are run on part of the "
                f"schools that are simulated. Write {self.sample:g} or less, or leave draw_sample out."
            )
        return self


class Mechanisms(Setting):
    """Mechanisms of the model that are switched off, in both arms, to see what they contribute."""

    off: Annotated[tuple[MechanismName, ...], Field(strict=False)] = ()
    """Names of mechanisms. Each is set to the value at which it does nothing."""


class Scenario(Setting):
    """One policy question, complete."""

    schema_version: Annotated[int, Field(alias="schema", ge=1, le=SCHEMA_VERSION)] = SCHEMA_VERSION
    """Version of the scenario format that the file is written for."""
    name: Annotated[str, Field(pattern=NAME_PATTERN, max_length=60)] = "unnamed"
    """Short name for folders and tables: small letters, digits and _. Leave out: the name of the file."""
    title: str = ""
    """Title for reports, in plain words."""
    description: str = ""
    """What the policy is, in a few sentences for the reader of a report."""
    cautions: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Why results must not be quoted, in full sentences. Added to inherited ones; null takes those back."""
    extends: str | None = None
    """The scenario that this one starts from, by name or by path. Empty once everything is resolved."""
    include: Annotated[tuple[str, ...], Field(strict=False)] = ()
    """Mixins: files that each set a few settings. Two of them may not set the same one. Empty once resolved."""
    levers: Levers = Levers()
    """The policies that are switched on."""
    background: Levers = Levers()
    """Policies that hold in both arms, because they are decided or announced: the baseline has them too."""
    shocks: dict[Annotated[str, Field(pattern=NAME_PATTERN, max_length=60)], Shock] = Field(default_factory=dict)
    """Years in which the world is different, in both arms: a pandemic, a tight budget. Each has a name."""
    baselines: Annotated[tuple[Law, ...], Field(strict=False, min_length=1)] = ("current_law", "announced")
    """Laws that the policy is set against, each with results of its own: the law of today, and what is announced."""
    reference: Literal["shocked", "unshocked"] = "shocked"
    """What pupils' outcomes are measured from where a shock or a background duty hits SENCO time. unshocked: from the
    years without it, so that the shock acts on pupils in both arms; for stress tests."""
    mechanisms: Mechanisms = Mechanisms()
    """Mechanisms of the model that are switched off."""
    routes_off: Annotated[tuple[RouteName, ...], Field(strict=False)] = ()
    """Groups of routes by which the policy does not reach pupils, to see what each contributes. They are off in the
    policy arm only: the baseline is the same."""
    structure: Structure = Structure()
    """Weights of the forms that the model can take where no evidence decides."""
    overrides: dict[str, Override] = Field(default_factory=dict)
    """Assumptions that replace values of the evidence register."""
    correlations: dict[Annotated[str, Field(pattern=NAME_PATTERN, max_length=60)], Correlation] = Field(
        default_factory=dict
    )
    """Parameters that are drawn together, alongside or instead of the groups of the evidence. Each group has a name."""
    horizon: Horizon = Horizon()
    """The academic years that results are reported for."""
    run: RunSettings = RunSettings()
    """How the question is computed."""
    view: ViewName = "central"
    """The view that headlines are written in."""
    views: Annotated[tuple[ViewName, ...], Field(strict=False, min_length=1)] = VIEWS
    """The views that are costed side by side."""
    high_needs_pressure_funded_by: PressureFunder = "councils_then_central"
    """Who pays for plans and places beyond today's: councils until high_needs_pressure_from and central government
    after, councils throughout, or both by halves after it."""
    high_needs_pressure_from: Month = load_appraisal_tables().high_needs_switch.month
    """Month from which central government pays, all or half of it."""
    flow_backs: FlowBacks = "none"
    """What of the pay of staff the Exchequer counts as its income: none, or all of it, National Insurance, income tax
    and the pension contributions of teachers. Net present social value is the same either way."""

    @field_validator("cautions", mode="before")
    @classmethod
    def _null_takes_cautions_back(cls, cautions: object) -> object:
        return () if cautions is None else cautions

    @field_validator("cautions")
    @classmethod
    def _each_caution_is_a_sentence(cls, cautions: tuple[str, ...]) -> tuple[str, ...]:
        low, high = CAUTION_LENGTH
        for caution in cautions:
            if not low <= len(caution.strip()) <= high:
                raise ValueError(
                    f"A caution is a sentence of {low} to {high} characters that says why results must not be quoted. "
                    f"Found {len(caution.strip())} characters: {caution[:60]!r}. Write the reason in full."
                )
        return cautions

    @field_validator("views", "baselines", "routes_off")
    @classmethod
    def _each_once(cls, names: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if len(set(names)) < len(names):
            what = {"views": "view", "baselines": "law", "routes_off": "group of routes"}[str(info.field_name)]
            raise ValueError(f"A {what} is named twice. Name each {what} once.")
        return names

    @model_validator(mode="after")
    def _something_shocks(self) -> Scenario:
        if self.reference == "unshocked" and not self.shocks and not any(self.background.active()):
            raise ValueError(
                "reference is unshocked, and there is nothing to leave out: the scenario has no shocks and no "
                "background. Add one of them, or take reference out."
            )
        return self

    @model_validator(mode="after")
    def _no_lever_twice(self) -> Scenario:
        both = [name for name, _ in self.levers.active() if getattr(self.background, name) is not None]
        if both:
            raise ValueError(
                f"The same policy stands under levers and under background: {', '.join(both)}. It is either the "
                "question (levers) or holds in both arms (background). Take it out of one of them."
            )
        return self

    def policies(self) -> Iterator[tuple[str, Lever]]:
        """Name and settings of each lever that is in force in the policy arm, background and question alike."""
        yield from self.background.active()
        yield from self.levers.active()

    @model_validator(mode="after")
    def _headline_view_is_costed(self) -> Scenario:
        if self.view not in self.views:
            raise ValueError(f"The headline view, {self.view}, is not among views. Add it to views, or change view.")
        return self

    @property
    def start_year(self) -> int:
        """First calendar year of the first simulated year: the base year less the warm-up."""
        return BASE_YEAR - self.run.warm_up_years

    @property
    def simulated_years(self) -> int:
        """Academic years from the start of the warm-up to the end of the horizon. [years, >= 1]"""
        return self.horizon.last - self.start_year + 1

    def settings(self) -> dict[str, Any]:
        """Everything that can change a result, as plain JSON values: not what it says of itself, nor its parents."""
        return self.model_dump(mode="json", by_alias=True, exclude={*SAID_OF_ITSELF, "extends", "include"})

    def without_question(self) -> Scenario:
        """The world in which the question is asked: no lever, no view, nothing that only a policy arm reads."""
        plain = Scenario()
        return self.unnamed().model_copy(update={name: getattr(plain, name) for name in OF_THE_QUESTION})

    def lasting(self, years: int) -> Scenario:
        """The same question, simulated for so many years from the start of the warm-up."""
        last = max(BASE_YEAR, self.start_year + years - 1)
        return self.model_copy(update={"horizon": Horizon(first_year=format_year(last), years=1)})

    def calm(self) -> Scenario:
        """The same world without shocks and without duties of the background."""
        return self.model_copy(update={"shocks": {}, "background": Levers()})

    def unnamed(self) -> Scenario:
        """The same question without what the scenario says of itself."""
        return self.model_copy(update={name: type(self).model_fields[name].default for name in SAID_OF_ITSELF})

    def question_fingerprint(self) -> str:
        """The same of the question that each pair asks: how often it is run, and how precisely, is left out."""
        often = {"draws": None, "replications": None, "precision": None}
        return self.model_copy(update={"run": self.run.model_copy(update=often)}).fingerprint()

    def fingerprint(self) -> str:
        """SHA-256 of the settings in canonical JSON. Equal fingerprints ask the same question of the model.

        The weights of ``structure`` only average what was run, so they are left out.
        """
        asked = {name: value for name, value in self.settings().items() if name != "structure"}
        canonical = json.dumps(asked, sort_keys=True, separators=(",", ":"), ensure_ascii=True)
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()
