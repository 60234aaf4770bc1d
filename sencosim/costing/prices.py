"""The price book: real prices of one view, each with its payer, ready to be multiplied with a ledger.

The three views share their audited prices. They differ in effects, of which one is a price here (the chance that a
parent keeps work), in whether an exclusion has a causal lifetime cost at all (not for the sceptic), and in conventions:
what provision, hours and waiting are worth, and how teachers are found. What campaigners publish is kept apart, as
headlines for :mod:`sencosim.costing.memorandum`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from operator import attrgetter
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.accounts import Charge, faults
from sencosim.costing.deflate import rebase
from sencosim.costing.extra_teachers import teachers_per_hour
from sencosim.costing.flow_backs import FLOW_BACK_SHARES, flow_back_charges
from sencosim.costing.standing import standing_of
from sencosim.costing.tariffs import CENTRAL, COUNCILS, PolicyTerms, all_charges
from sencosim.errors import CostingError, Problem
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.register import Register, load_register
from sencosim.evidence.views import load_view
from sencosim.levers.tariff import Prices
from sencosim.vocabulary import PressureFunder

HEADLINES = (
    *("headline_exclusion_lifetime", "headline_tribunal_low", "headline_tribunal_high"),
    *("headline_specialist_low", "headline_specialist_high"),
)
"""Register entries of the memorandum: never in net present social value."""

PRICE_PARAMETERS = (
    *("admin_hour_cost", "agency_hour_premium", "ap_net_cost", "assistant_hour_cost", "cashable_partly_share"),
    *("class_cover_loss_share", "class_cover_weeks", "council_officer_hour_cost", "dfe_hmcts_payment"),
    *("effect_parent_job_kept", "employer_ni_share_of_teacher_cost", "employer_ni_share_of_uplift", "ep_hour_cost"),
    *("exclusion_lifetime_causal", "exclusion_lifetime_education_share", "exclusion_lifetime_present_value_share"),
    *("family_legal_cost", "family_legal_share", "full_time_hours_per_week", "independent_special_place"),
    *("interim_package_cost", "labour_share_building", "labour_share_fees", "labour_share_independent"),
    *("labour_share_schools", "labour_share_topup", "labour_share_transport", "labour_share_tribunal"),
    *("mainstream_core", "mainstream_topup", "mediation_fee", "nhs_advice_cost", "notional_sen_provision", "npq_fee"),
    *("parent_income_exchequer_share", "parent_income_loss", "pay_on_cost_ratio", "post16_plan_cost"),
    *("provision_worth", "real_pay_growth", "released_hours_value", "resourced_place_element"),
    *("retention_price_ratio", "review_officer_hours", "school_first_6000", "senco_recruitment_cost"),
    *("slt_pay_uplift", "special_place_capital_cost", "special_place_element", "state_special_place"),
    *("supervision_hour_cost", "suspension_other_staff_cost", "teacher_employment_cost", "teacher_finding_cost"),
    *("teacher_training_cost", "teachers_kept_by_pay_share", "training_hour_cost", "transport_cost"),
    *("transport_share_ap", "transport_share_independent_special", "transport_share_mainstream_plan"),
    *("transport_share_post16", "transport_share_resourced", "transport_share_state_special"),
    *("tribunal_cashable_share", "tribunal_cost_public", "tribunal_council_share", "unpaid_hour_value"),
    *("waiting_wellbeing_loss", "wellby_value"),
    *FLOW_BACK_SHARES,
)
"""Register entries that a price book reads: what a joint parameter draw must hold."""
ENGINE_READS_TOO = frozenset({"full_time_hours_per_week"})
"""Entries of the price book on which a run of the engine depends as well."""
ONLY_PRICES = frozenset(PRICE_PARAMETERS) - ENGINE_READS_TOO
"""Entries that only the price book reads, so that no run of the engine depends on them."""
PROGRESS = ("attainment_sd_earnings", "progress_month_in_sd", "progress_years_before_exams")
"""Entries that price a month of progress: break-even alone reads them, so neither a book nor a run depends on them."""
COLUMNS = (
    *("quantity", "price_unit", "category", "item", "side", "payer", "counterpart", "nature", "price_gbp"),
    *("cashable_share", "labour_share", "standing", "in_budget", "in_social", "parameters"),
)
"""Of a price book as a table."""
_NUMBERS = {"price_gbp": float, "cashable_share": float, "labour_share": float, "in_budget": bool, "in_social": bool}
_WORDS = {name: "unit" if name == "price_unit" else name for name in COLUMNS if name not in _NUMBERS}
"""Columns of words, and what a charge calls them."""


@dataclass(frozen=True)
class PriceBook:
    """Prices of one view.

    Attributes
    ----------
    view
        ``campaign``, ``central`` or ``sceptic``.
    price_base
        Financial year of all prices.
    charges
        Every price, by quantity and payer.
    real_pay_growth
        Growth of pay above the deflator. [share a year]
    pay_base_year
        Academic year from which that growth compounds. [first calendar year]
    headlines
        Published headline prices, in their own price years, for the memorandum. [GBP]
    flags
        Warnings of the deflator by register name: ``pandemic``, ``forecast``, ``extrapolated``.
    high_needs_funded_by, high_needs_switch
        Who pays high-needs charges, and from which month (``2028-04``).
    teachers_per_hour
        What an hour of each quantity takes from classes. [FTE per hour a year]
    flow_backs
        What would flow back to the Exchequer of what is paid for staff; among the ``charges`` if the terms say so.
    """

    view: str
    price_base: str
    charges: tuple[Charge, ...]
    real_pay_growth: float
    pay_base_year: int
    headlines: Mapping[str, float]
    flags: Mapping[str, tuple[str, ...]]
    high_needs_funded_by: PressureFunder
    high_needs_switch: str
    teachers_per_hour: Mapping[str, float]
    flow_backs: tuple[Charge, ...] = ()

    def __post_init__(self) -> None:
        found = tuple(Problem(message=message) for message in faults(self.charges))
        if found:
            raise CostingError(f"The prices cannot be used: {found[0].message}", found)

    @classmethod
    def from_values(
        cls,
        values: Mapping[str, object],
        view: str,
        terms: PolicyTerms | None = None,
        register: Register | None = None,
    ) -> PriceBook:
        """Make a book from one set of parameter values, such as one draw; the same object for the same values.

        Parameters
        ----------
        values
            At least :data:`PRICE_PARAMETERS` and :data:`HEADLINES`, in the units and price years of the register.
        view
            Name that every priced line will carry.
        terms
            Who funds the levers, and whether a seat comes with pay. Schools and yes, if not given.
        register
            Where price years are read; the shipped one if not given.

        Returns
        -------
        PriceBook
            Prices in the price base of the appraisal tables.

        Raises
        ------
        CostingError
            If a value is missing, or the prices break double entry or count a thing twice.
        """
        missing = [name for name in (*PRICE_PARAMETERS, *HEADLINES) if name not in values]
        if missing:
            raise CostingError(f"A price book lacks values for {', '.join(missing)}.")
        read = tuple(_number(values, name) for name in (*PRICE_PARAMETERS, *HEADLINES))
        terms = PolicyTerms() if terms is None else terms
        return _shipped(read, view, terms) if register is None else _made(read, view, terms, register)

    @classmethod
    def for_view(cls, view: str, terms: PolicyTerms | None = None) -> PriceBook:
        """Make the book of a view at its point values."""
        return cls.from_values(load_view(view).values(load_register()), view, terms)

    @cached_property
    def booked(self) -> Mapping[str, Any]:
        """Columns of a table by charge; after all, those of councils' high needs as central government pays them."""
        central = (replace(self.charges[number], payer=CENTRAL) for number in self.of_councils)
        return _columns((*self.charges, *central))

    def frame(self) -> pd.DataFrame:
        """Prices as a table, one row for each quantity, item and payer."""
        return pd.DataFrame({name: column[: len(self.charges)] for name, column in self.booked.items()})

    @cached_property
    def of_councils(self) -> npt.NDArray[np.int64]:
        """Numbers of the charges of councils' high needs."""
        return np.array([number for number, one in enumerate(self.charges) if one.payer == COUNCILS], dtype=np.int64)

    def fingerprint(self) -> str:
        """SHA-256 of what is priced for whom, at how much, and where it counts."""
        told = self.frame()[["quantity", "payer", "price_gbp", "in_budget", "in_social"]]
        return hashlib.sha256(told.to_csv(index=False, float_format="%.9g").encode("utf-8")).hexdigest()

    def price(self, quantity: str, payer: str | None = None) -> float:
        """Sum of the prices on one quantity, transfers included, for one payer or all. [GBP per unit]"""
        return sum(
            charge.price_gbp
            for charge in self.charges
            if charge.quantity == quantity and (payer is None or charge.payer == payer)
        )

    def priced_quantities(self) -> frozenset[str]:
        """Quantities that carry a price."""
        return frozenset(charge.quantity for charge in self.charges)

    @property
    def flow_backs_count(self) -> bool:
        """Whether what flows back is among the charges."""
        return set(self.flow_backs) <= set(self.charges)

    def with_flow_backs(self) -> PriceBook:
        """Make a book that has what flows back among its charges; the same if they are there already."""
        return self if self.flow_backs_count else replace(self, charges=(*self.charges, *self.flow_backs))

    def scaled(self, factor: float) -> PriceBook:
        """Make a book in which every price is multiplied by one number."""
        charges, flow_backs = (
            tuple(replace(charge, price_gbp=charge.price_gbp * factor) for charge in group)
            for group in (self.charges, self.flow_backs)
        )
        return replace(self, charges=charges, flow_backs=flow_backs)


@lru_cache(maxsize=512)
def _shipped(read: tuple[float, ...], view: str, terms: PolicyTerms) -> PriceBook:
    return _made(read, view, terms, load_register())


def _made(read: tuple[float, ...], view: str, terms: PolicyTerms, register: Register) -> PriceBook:
    """Make a book from the values of :data:`PRICE_PARAMETERS` and :data:`HEADLINES`, in that order."""
    values = dict(zip((*PRICE_PARAMETERS, *HEADLINES), read, strict=True))
    base = load_appraisal_tables().price_base
    flags: dict[str, tuple[str, ...]] = {}

    def money(name: str) -> float:
        year = register.get(name).price_year
        if year is None:
            return values[name]
        moved = rebase(values[name], year, base)
        flags[name] = moved.flags if moved.factor != 1.0 else ()
        return moved.value

    prices = Prices(money=money, share=values.__getitem__)
    charges = tuple(_standing(charge, register) for charge in all_charges(prices, terms))
    flow_backs = tuple(_standing(charge, register) for charge in flow_back_charges(charges, prices))
    return PriceBook(
        view=view,
        price_base=base,
        charges=(*charges, *flow_backs) if terms.flow_backs == "all" else charges,
        real_pay_growth=values["real_pay_growth"],
        pay_base_year=int(base[:4]),
        headlines={name: values[name] for name in HEADLINES},
        flags=flags,
        high_needs_funded_by=terms.high_needs_pressure_funded_by,
        high_needs_switch=terms.high_needs_pressure_from,
        teachers_per_hour=teachers_per_hour(values),
        flow_backs=flow_backs,
    )


def _columns(charges: Sequence[Charge]) -> dict[str, Any]:
    """Charges as columns."""
    words = _words(tuple(map(attrgetter(*_WORDS.values()), charges)))
    numbers = {name: np.array([getattr(one, name) for one in charges], kind) for name, kind in _NUMBERS.items()}
    return {name: words[name] if name in words else numbers[name] for name in COLUMNS}


@lru_cache(maxsize=32)
def _words(charges: tuple[tuple[Any, ...], ...]) -> dict[str, Any]:
    """Columns of words: those of the books of one scenario are the same, whatever the prices."""
    columns = dict(zip(_WORDS, zip(*charges, strict=True), strict=True))
    columns["parameters"] = tuple(map(", ".join, columns["parameters"]))
    return {name: pd.Series(column, dtype=str).array for name, column in columns.items()}


def _standing(charge: Charge, register: Register) -> Charge:
    return replace(charge, standing=standing_of(charge, register))


def _number(values: Mapping[str, object], name: str) -> float:
    value = values[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise CostingError(f"The price {name} must be one number, found {value!r}.")
    return float(value)
