"""Levers about the people: assistants beside the SENCO, sharing one SENCO, supervision, pay, training, key workers."""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import AfterValidator, Field, model_validator

from sencosim.scenario.fields import CONTRACT_WEEK_HOURS, Pupils, Share, WeeklyHoursPerSenPupil, none_or_some
from sencosim.scenario.terms import Lever

Hours = Annotated[float, Field(ge=0, le=200, allow_inf_nan=False, json_schema_extra={"unit": "hours"})]
Ratio = Annotated[float, Field(ge=0, le=5, allow_inf_nan=False, json_schema_extra={"unit": "ratio"})]


class Team(Lever):
    """Every covered school has assistant SENCOs for so many hours, beside any it has.

    They do support reviews and whole-school work other than training and coaching.
    """

    forms: ClassVar[tuple[str, ...]] = ("hours_per_week", "hours_per_sen_pupil_per_week", "sen_pupils_per_post")

    hours_per_week: (
        Annotated[
            float,
            Field(ge=0, le=5 * CONTRACT_WEEK_HOURS, allow_inf_nan=False, json_schema_extra={"unit": "hours per week"}),
            AfterValidator(none_or_some),
        ]
        | None
    ) = None
    """Assistant hours per school week."""
    hours_per_sen_pupil_per_week: WeeklyHoursPerSenPupil | None = None
    """Assistant hours per school week for each pupil with SEN."""
    sen_pupils_per_post: (
        Annotated[float, Field(ge=5, le=10_000, allow_inf_nan=False, json_schema_extra={"unit": "pupils per post"})]
        | None
    ) = None
    """Pupils with SEN for each full-time assistant."""
    qualified: bool = False
    """true: assistants are teachers and paid as such. false: teaching assistants of a higher grade. What they may do is
    the same."""

    @model_validator(mode="after")
    def _exactly_one_form(self) -> Team:
        given = [form for form in self.forms if getattr(self, form) is not None]
        if len(given) != 1:
            found = f"Found {' and '.join(given)}." if given else "Found none of them."
            raise ValueError(f"Say how many assistants in exactly one way: {', '.join(self.forms)}. {found}")
        return self


class SharedSenco(Lever):
    """Small primary schools of a council share one SENCO, under the conditions of the SEND Code of Practice."""

    cluster_size: Annotated[int, Field(ge=2, le=8, json_schema_extra={"unit": "schools"})] = 3
    """Schools that share one SENCO. Those left over when a council's schools are grouped keep their own."""
    roll_max: Pupils = 100
    """Only primary schools with at most so many pupils on roll share."""
    hours_per_100_pupils: Annotated[
        float, Field(ge=0, le=40, allow_inf_nan=False, json_schema_extra={"unit": "hours per week per 100 pupils"})
    ] = 8.0
    """Time away from teaching that the shared post must have for all pupils on roll of its schools together, up to full
    time. It is split by SEN numbers. A school that gives more today keeps it."""
    no_head_teacher: bool = True
    """true: a group whose SENCO would be a head teacher does not share, as the Code asks. false: it shares all the
    same."""
    review_support_ratio: Annotated[
        float, Field(ge=0, le=2, allow_inf_nan=False, json_schema_extra={"unit": "ratio"})
    ] = 0.8
    """Every September sharing is reviewed: a group whose mean support intensity relative to the baseline is below this
    in one review after another, as often as reviews_before_end says, ends for good. 0: never."""
    reviews_before_end: Annotated[int, Field(ge=1, le=10, json_schema_extra={"unit": "reviews"})] = 2
    """Reviews in a row that must find provision too low."""


class Supervision(Lever):
    """Every SENCO has professional supervision, in working time."""

    hours_per_term: Hours = 6.0
    """Hours of supervision in a term, taken from the SENCO's used hours."""
    leaving_ratio: Ratio | None = None
    """Leaving the post relative to SENCOs without supervision. Leave out: the evidence decides
    (leaving_ratio_supervision)."""


class Allowance(Lever):
    """Every SENCO is paid an allowance, beside any paid today."""

    gbp_per_year: Annotated[
        float, Field(ge=0, le=30_000, allow_inf_nan=False, json_schema_extra={"unit": "GBP a year"})
    ]
    """Pay of a year before pension and National Insurance, which schools pay on top, in prices of the price base."""
    leaving_ratio: Ratio | None = None
    """Leaving the post relative to SENCOs without the allowance. Leave out: the evidence on teachers' pay decides
    (leaving_elasticity_of_pay)."""


class KeyWorker(Lever):
    """SENCOs are key workers for the families of pupils with a plan: one person who stays in touch."""

    hours_per_plan_per_term: Hours
    """Hours of this work due in a term for each pupil with a plan, beside today's meetings. No survey says how many: it
    has no default."""


class Training(Lever):
    """New SENCOs are trained and supported in their first year, and SENCOs train their colleagues."""

    first_year_hours_per_term: Hours = 12.0
    """Hours of induction and training in each term of a SENCO's first year, taken from used hours, beside the
    qualification."""
    first_year_loss_ratio: Share | None = None
    """Effectiveness lost in the first year relative to today. Leave out: the evidence decides
    (first_year_loss_ratio_training)."""
    award_within_terms: Annotated[int, Field(ge=1, le=9, json_schema_extra={"unit": "terms"})] | None = None
    """Terms in which the qualification must be done: 9 are the three years of the law. The work is the same. Leave out:
    as today (npq_terms)."""
    cascade_hours_per_term: Hours = 0.0
    """Hours of staff training in a term that SENCOs must give beside today's, passing on what they have learnt."""
