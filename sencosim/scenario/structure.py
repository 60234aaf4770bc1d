"""Forms that the model can take where no evidence decides: the rows of the structure table, and their weights.

The table departs from one reference form, one departure at a time. Each row has results of its own. The weights serve
to average the rows: they are no probabilities, and the baseline laws are never averaged.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import model_validator

from sencosim.evidence.distributions import Distribution
from sencosim.evidence.tables import read_rows
from sencosim.levers.fields import Setting, between
from sencosim.levers.plan_reform import ReformVariant
from sencosim.scenario.laws import Law

if TYPE_CHECKING:
    from sencosim.scenario.schema import Scenario

Weight = Annotated[float, between(0, 1000, "ratio")]


class FormWeights(Setting):
    """Weights of one form's rows. Only their proportions count."""

    @model_validator(mode="after")
    def _some_weight(self) -> FormWeights:
        if sum(getattr(self, name) for name in type(self).model_fields) <= 0.0:
            raise ValueError("All weights are 0. Give at least one row a weight above 0.")
        return self


class UnidentifiedRequestRatio(FormWeights):
    """Requests of pupils who wait for identification, relative to pupils on SEN Support."""

    one: Weight = 0.6
    """Weight of: no difference."""
    below: Weight = 0.2
    """Weight of: fewer requests while pupils wait."""
    above: Weight = 0.2
    """Weight of: more requests while pupils wait."""
    zero: Weight = 0.0
    """Weight of: no requests while pupils wait. It would be unlawful and is a stress test."""


class RequestsRelease(FormWeights):
    """Whether SENCO time itself changes how many requests schools make."""

    on: Weight = 1.0
    """Weight of: it does, as the evidence says, which allows no effect."""
    off: Weight = 0.0
    """Weight of: it does not."""


class EffectChannel(FormWeights):
    """What of SENCO time acts on pupils."""

    support: Weight = 0.75
    """Weight of: support reviews and development done."""
    hours: Weight = 0.25
    """Weight of: all hours of SEN work, paperwork included."""


class BeyondList(FormWeights):
    """How far support beyond the listed work still acts on pupils."""

    zero: Weight = 0.5
    """Weight of: not at all."""
    uniform: Weight = 0.5
    """Weight of: anything from nothing to as much again as the listed work."""
    one: Weight = 0.0
    """Weight of: as much again as the listed work."""


class IdentificationResponse(FormWeights):
    """Pupils identified, relative to before, for each doubling of hours."""

    neutral: Weight = 1.0
    """Weight of: no difference."""
    lower: Weight = 0.0
    """Weight of: a twentieth fewer."""
    higher: Weight = 0.0
    """Weight of: a twentieth more."""


class Structure(Setting):
    """Weights by which the rows of the structure table are averaged. Changing them runs nothing again."""

    unidentified_request_ratio: UnidentifiedRequestRatio = UnidentifiedRequestRatio()
    """Requests of pupils who wait for identification."""
    requests_release: RequestsRelease = RequestsRelease()
    """Whether SENCO time itself changes how many requests schools make."""
    effect_channel: EffectChannel = EffectChannel()
    """What of SENCO time acts on pupils."""
    beyond_list: BeyondList = BeyondList()
    """How far support beyond the listed work still acts on pupils."""
    identification_response: IdentificationResponse = IdentificationResponse()
    """Pupils identified, relative to before, for each doubling of hours."""


@dataclass(frozen=True)
class Fixed:
    """What a row sets a parameter to: a point value and, where the row is a range, its distribution."""

    value: float
    distribution: Distribution | None = None


@dataclass(frozen=True)
class Row:
    """One row of the structure table: which form departs from the reference, and how."""

    form: str
    name: str
    title: str
    overrides: Mapping[str, Fixed]  # parameters that the row sets, in place of or alongside those of the reference
    law: Law = "current_law"  # baseline law of the row
    variant: ReformVariant | None = None  # how the announced fall in plans comes about

    @property
    def key(self) -> str:
        """Name of the row in tables."""
        return f"{self.form}.{self.name}" if self.name else self.form

    @property
    def settings(self) -> dict[str, Fixed]:
        """All parameters that the row fixes: the reference's, and its own in their place."""
        return {**_REFERENCE, **self.overrides}


_REFERENCE: Mapping[str, Fixed] = MappingProxyType(
    {
        "unidentified_request_ratio": Fixed(1.0),
        "support_channel_hours": Fixed(0.0),
        "beyond_list": Fixed(0.25),
        "identification_response": Fixed(1.0),
    }
)


@lru_cache(maxsize=1)
def departures() -> tuple[Row, ...]:
    """The rows other than the reference, each one step from it, in the order of the table (``structure.csv``)."""
    return tuple(map(_row, read_rows(Path(__file__).with_suffix(".csv"))))


def _row(cells: dict[str, Any]) -> Row:
    spread = dict(part.split("=") for part in cells["distribution"].split())
    distribution = Distribution.model_validate(spread) if spread else None
    fixed = {cells["parameter"]: Fixed(float(cells["value"]), distribution)} if cells["parameter"] else {}
    return Row(cells["form"], cells["name"], cells["title"], fixed, cells["law"], cells["variant"] or None)


_REFERENCE_ROWS = {
    "unidentified_request_ratio": "one",
    "requests_release": "on",
    "effect_channel": "support",
    "identification_response": "neutral",
}
"""Row of each form that the reference stands for. ``beyond_list`` has none: the reference takes 0.25, between rows."""


def reference_row() -> Row:
    """The form from which all others depart: ratio 1, release on, support channel, a quarter beyond the list."""
    return Row("reference", "", "The reference form", _REFERENCE)


def rows_of(form: str) -> dict[str, Row]:
    """The rows of a form by the names of their weights, the reference among them where it stands for one.

    Examples
    --------
    >>> [(name, row.key) for name, row in rows_of("effect_channel").items()]
    [('support', 'reference'), ('hours', 'effect_channel.hours')]
    """
    here = {row.name: row for row in departures() if row.form == form}
    standing = _REFERENCE_ROWS.get(form)
    return here if standing is None else {standing: reference_row(), **here}


def weights_of(scenario: Scenario) -> dict[str, dict[str, float]]:
    """Weights of a scenario by form and row; those of a form add up to 1."""
    found: dict[str, dict[str, float]] = {}
    for form in Structure.model_fields:
        given = {name: float(weight) for name, weight in getattr(scenario.structure, form)}
        found[form] = {name: weight / sum(given.values()) for name, weight in given.items()}
    return found
