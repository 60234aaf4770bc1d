"""Finished runs in Python: one tidy cube, its differences, summaries and pictures, and every analysis of draws."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import pandas as pd

from sencosim.decisions.ensemble import Ensemble
from sencosim.errors import InputError
from sencosim.experiment.finished import manifest_of
from sencosim.fingerprint import check_as_read
from sencosim.names import listed
from sencosim.report.showing import marked, replaced_in_words
from sencosim.report.words import money_scale, money_step, plain_or_dash
from sencosim.studies.answer import Answer, marks_of, told_answer
from sencosim.studies.breakeven import breakeven_answer
from sencosim.studies.cube import PARTS, Arms, cube_of, differences, plot_of, select, summary_of, values_of
from sencosim.studies.draws import DRAWS, design_in, refuse_points
from sencosim.studies.overview import overview_answer
from sencosim.studies.policy import Policy
from sencosim.studies.prim import prim_answer
from sencosim.studies.question import BASELINE
from sencosim.studies.sensitivity import draws_answer, morris_answer, sobol_answer, tornado_answer
from sencosim.studies.voi import voi_answer

if TYPE_CHECKING:
    from sencosim.studies.picture import Picture


T = TypeVar("T")


def _as_read(made: T) -> T:
    """What was just made, if the model is still the one that this process began with."""
    check_as_read()
    return made


@dataclass(frozen=True)
class Runs:
    """A finished run or ensemble and its policies. Tables are read when they are first asked for.

    What is made of its pairs or its draws takes prices from the evidence on disk, so an :class:`InputError` is raised
    if code or evidence was changed since this process began: an open notebook would put old pairs at new prices.

    Attributes
    ----------
    place
        Its folder.
    policies
        By the name of their arm.
    """

    place: Path
    policies: Mapping[str, Policy]
    _read: Callable[[], Ensemble]
    _arms: Callable[[bool], Iterable[Arms]]

    @cached_property
    def ensemble(self) -> Ensemble:
        """Inputs and outcomes by draw, as every analysis reads them."""
        return _as_read(self._read())

    @cached_property
    def facts(self) -> dict[str, Any]:
        """What the folder says of itself: command, versions, fingerprints, cautions."""
        return manifest_of(self.place)

    @cached_property
    def cube(self) -> pd.DataFrame:
        """Every outcome: a row a view, draw, replication, law, arm, area, group, year, outcome and payer.

        Returns
        -------
        pandas.DataFrame
            ``baseline`` is the law that both arms stand on; arms are ``baseline`` and the policies; ``area`` is what
            all schools stand for (England, or the councils that were run) or one council of several, ``group`` ``all``
            or a kind of school of the whole area, such as ``phase: primary`` (councils and groups at the point values,
            draw 0, of a run alone); ``year`` is an academic year such as 2027/28, ``total`` or
            ``present_value``; ``payer`` is blank but for what one payer pays; ``value`` is the level of an arm in the
            unit of the outcome, or for money what its policy changes [GBP of the price base]; ``weight`` is that of
            the draw in a mean over draws.
        """
        return marked(_as_read(cube_of(self._arms(True))), self.facts)

    @cached_property
    def _of_all_schools(self) -> pd.DataFrame:
        """The cube without councils and groups: it is made in a fraction of the time."""
        if "cube" in vars(self):
            return self.cube
        return marked(_as_read(cube_of(self._arms(False))), self.facts)

    def difference(self, **where: object) -> pd.DataFrame:
        """What each policy changes: the cube with the column ``difference`` in place of ``value``.

        Parameters
        ----------
        where
            Columns of the cube, each with the value or values that are kept: ``outcome="requests", year="total"``.

        Raises
        ------
        InputError
            If the cube has no such column or value.
        """
        return differences(self._rows(where))

    def summary(self, by: str | Sequence[str] = ("view", "outcome", "payer"), **where: object) -> pd.DataFrame:
        """What the policy changes: mean, 10 %, 50 % and 90 % points, and how many draws, by columns of the cube.

        Money is its present value and everything else its total over the horizon, unless ``year`` is among ``by`` or in
        ``where``. All schools alone, unless ``area`` or ``group`` is: then all rows are at the point values, means over
        replications without a range. Otherwise draws alone, where there are any.

        Parameters
        ----------
        by
            Columns of the cube, in the order in which the table has them. Those of ``view``, ``baseline``, ``arm``,
            ``outcome`` and ``payer`` that are left out come after them if they have several values: means are never
            taken over different figures.
        where
            Columns with the value or values that are kept, as in :meth:`difference`.

        Raises
        ------
        InputError
            If the cube has no such column or value; or if it holds points of a design, which are no draws, and
            ``draw`` is not among ``by``.
        """
        named = (by,) if isinstance(by, str) else tuple(by)
        rows = self._rows(where, named)
        if "draw" not in named:
            self._check_one_point_or_draws(rows)
        return summary_of(rows, named, of_draws=self._are_draws)

    def plot(self, outcome: str = "net_public_cost", payer: str = "") -> Picture:
        """Draw what the policy changes by year, view by view: the median draw and 80 % of the draws. [a figure]"""
        self._check_one_point_or_draws(self._of_all_schools)
        return plot_of(self._of_all_schools, outcome, payer, of_draws=self._are_draws)

    def _rows(self, where: Mapping[str, object], named: Sequence[str] = ()) -> pd.DataFrame:
        """Rows that are asked for; of an arm with those of the baseline, which it is compared with."""
        cube = self.cube if {*where, *named} & set(PARTS) else self._of_all_schools
        if "arm" in where:
            where = {**where, "arm": [*values_of(where["arm"]), BASELINE]}
        return select(cube, where)

    def _check_one_point_or_draws(self, rows: pd.DataFrame) -> None:
        """Refuse to put points of a design together."""
        if len(rows["draw"].unique()) > 1:
            refuse_points(self.place, self.facts)

    @property
    def _are_draws(self) -> bool:
        return bool(self.facts.get("kind", DRAWS) == DRAWS)

    def _drawn(self, *policies: Policy) -> Ensemble:
        """The ensemble, where its points are draws of the evidence, in the main view of the policies too."""
        refuse_points(self.place, self.facts)
        held = self.ensemble.views
        for one in policies:
            if one.scenario.view not in held:
                raise InputError(
                    f"This reads draws of the main view of {one.name}, {one.scenario.view}, and "
                    f"{self.place.as_posix()} has those of {listed(held)} alone. Run that view too, such as "
                    f"views={[one.scenario.view, *held]!r}, or give the scenario another view."
                )
        return self.ensemble

    @property
    def replaced(self) -> str:
        """Mechanisms that were replaced by other code, and by which; empty if all are as they ship."""
        return replaced_in_words(self.facts)

    def __repr__(self) -> str:
        """What was run and where it is, and whether a mechanism was replaced."""
        mark = f", REPLACED MECHANISMS: {self.replaced}" if self.replaced else ""
        points = f"{self.facts['n_points']:,} points" if "n_points" in self.facts else f"{self.facts['draws']:,} draws"
        return f"Runs({', '.join(self.policies)}: {points} in {self.place.as_posix()}{mark})"

    def _repr_html_(self) -> str:
        """The same, and the net cost by view and law, for a notebook."""
        try:
            told = self.summary(["view", "baseline", "arm"], outcome="net_public_cost", payer="")
        except InputError as error:  # a notebook shows what there is: points of a design have no mean
            return f"<p>{escape(repr(self))}</p><p>{escape(error.message)}</p>"
        ends = ["mean", "p10", "p50", "p90"]
        sums = [float(value) for value in told[ends].to_numpy(dtype=float).ravel()]
        scale, word = money_scale(*sums)
        step = money_step(scale, *sums)
        written = {name: [plain_or_dash(float(value) / scale, step) for value in told[name]] for name in ends}
        shown = told.assign(**written).rename(columns={name: f"{name}, GBP{word}" for name in ends})
        head = "<p>Net cost to the public purse, present value, over the draws</p>"
        return f"<p>{escape(repr(self))}</p>{head}{shown.to_html(border=0, index=False)}"

    def draws(self) -> pd.DataFrame:
        """Inputs, one row a view and draw: to be joined to the cube by these two."""
        return marked(self.ensemble.inputs.copy(), marks_of(self.ensemble))

    def overview(self, policy: str | None = None) -> Answer:
        """Spread, chances of saving, cost against effect."""
        one = self._policy(policy)
        return self._told(overview_answer(self._drawn(one), self.place, one.scenario, one.name))

    def breakeven(self, policy: str | None = None) -> Answer:
        """What would have to be true for the policy to pay."""
        one = self._policy(policy)
        return self._told(breakeven_answer(self._drawn(one), self.place, one.scenario, one.name))

    def voi(self, worths: Mapping[str, float | tuple[float, float]] | None = None) -> Answer:
        """What knowing more would be worth, with prices on outcomes that have none, or ranges of them, if given."""
        prices = {name: (one, one) if isinstance(one, int | float) else one for name, one in (worths or {}).items()}
        scenarios = {name: one.scenario for name, one in self.policies.items()}
        return self._told(voi_answer(self._drawn(*self.policies.values()), self.place, scenarios, prices))

    def prim(
        self, outcome: str = "net_public_cost", threshold: float | None = None, policy: str | None = None
    ) -> Answer:
        """In which worlds the policy fails."""
        one = self._policy(policy)
        return self._told(prim_answer(self._drawn(one), one.scenario, one.name, outcome, threshold))

    def moves(self, outcome: str = "net_public_cost", policy: str | None = None) -> Answer:
        """What moves the answer: shares of its variance, from the draws alone."""
        one = self._policy(policy)
        return self._told(draws_answer(self._drawn(one), self.place, one.scenario, one.name, outcome))

    def sobol(self, outcome: str = "net_public_cost", policy: str | None = None) -> Answer:
        """Sobol' indices; the ensemble must be of the kind ``saltelli``."""
        one = self._policy(policy)
        return self._told(sobol_answer(self.ensemble, design_in(self.place), one.scenario, one.name, outcome))

    def morris(self, outcome: str = "net_public_cost", policy: str | None = None) -> Answer:
        """Elementary effects; the ensemble must be of the kind ``morris``."""
        one = self._policy(policy)
        return self._told(morris_answer(self.ensemble, design_in(self.place), one.scenario, one.name, outcome))

    def tornado(self, outcome: str = "net_public_cost", policy: str | None = None) -> Answer:
        """One input at a time; the ensemble must be of the kind ``tornado``."""
        one = self._policy(policy)
        return self._told(tornado_answer(self.ensemble, self.place, one.scenario, one.name, outcome))

    def _told(self, answer: Answer) -> Answer:
        return _as_read(told_answer(answer, self.ensemble))

    def _policy(self, name: str | None) -> Policy:
        if name is None and len(self.policies) > 1:
            held = list(self.policies)
            raise InputError(
                f"{self.place.as_posix()} holds {listed(held)}, and this is asked of one policy. Name it, such as "
                f"policy={held[0]!r}."
            )
        if name is None:
            return next(iter(self.policies.values()))
        if name not in self.policies:
            raise InputError(f"The ensemble has no policy named {name}. It has {', '.join(self.policies)}.")
        return self.policies[name]
