"""What a run is made of.

*Level 0*: pairs at the point values of each view, on all schools (or the sample that was asked for), one for each
replication. *Level 1*: for draws of the priors, how far the effect moves from the one at the point values, both on the
same sample of whole councils with the same chance. A draw counts as the mean of level 0 plus that move. If both levels
simulate the same share, the pairs at point values are shared and no sampling enters. See decision 0016.

A run also answers four further questions, all of the main view. *The other law*: its point values on the
same samples, and the same draws. *Which form of the model*: some of the draws under each row of the structure table.
*By which route*: the point values with groups of routes coming on one after the other, on small samples. *For how
long*: the point values over thirty years, on the same small samples.

The pairs come in an order that answers early: some draws with what they move from, then all schools, then the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from sencosim.engine.choose import EngineName
from sencosim.evidence.routes import RouteName
from sencosim.experiment.jobs import REFERENCE, Job, horizon_variant, law_of, routes_variant, years_of
from sencosim.experiment.precision import Rule
from sencosim.experiment.so_far import SoFar, so_far
from sencosim.experiment.store import Store
from sencosim.experiment.totals import Level
from sencosim.scenario.laws import Law

DEFAULT_DRAWS = 128
"""Draws of the evidence in the main view; the other views and laws get half as many."""
DRAW_SHARE = 0.01
"""Share of England on which draws move the effect, if nothing else is said: two whole councils."""
FIRST_DRAWS = 24
"""Draws that come before everything else, so that there is an answer early."""
DRAW_SAMPLES = 16
"""Samples of councils, each with chance of its own, that the draws of a view take turns on."""
ROW_DRAWS = 8
"""Draws of a row of the structure table, the same for every row whatever its weight; fewer if fewer are run. Each is
set against the same draw of the reference, so few say much."""
ROUTE_SHARE = 0.01
"""Share of England on which the routes are distinguished."""
ROUTE_REPLICATIONS = 6
"""Replications of that, each on a sample of its own and with an order of its own: one for each group of routes."""
ROUTE_VIEW = "central"
"""Its view, whatever the main one: in the sceptic view there are no routes."""
LONG_YEARS = 30
"""Length of the case alongside the headline that goes on for longer. [years]"""
LONG_REPLICATIONS = 2
"""Replications of that, on the samples of the routes."""


def turn_of(draw: int, turns: int) -> int:
    """Sample of schools, with its chance, that a draw is run on. Every round of draws uses each once. [from 0]

    The order of each round is keyed. In plain order a sample would meet draws from one corner of the evidence alone:
    the last digits of a draw's number say where it lies.
    """
    from sencosim.randomness import uniform_array  # compiled, so asked for only when a plan is made

    around, place = divmod(draw - 1, turns)
    keys = uniform_array(0, around, "parameter", np.arange(turns, dtype=np.int64))
    return int(np.argsort(keys, kind="stable")[place])


@dataclass(frozen=True)
class Plan:
    """What a run will do."""

    views: tuple[str, ...]  # readings of the evidence
    main_view: str  # that of the headline
    draws: int  # of the priors in the main view
    rule: Rule  # when replications at the point values stop
    share: float  # of England on level 0
    draw_share: float  # of England on level 1, at most ``share``
    sampling: str  # councils or schools
    n_schools: int  # of a replication on level 0
    n_draw_schools: int  # and on level 1
    n_years: int  # of a no-policy arm
    policy_years: int  # of a policy arm, which goes on from there
    workers: int = 1  # processes
    chosen: bool = False  # the schools are those of councils named by the user: nothing is sampled
    engine: EngineName = "compiled"
    laws: tuple[Law, ...] = ("current_law",)  # that the policy is set against; the headline's first
    rows: tuple[str, ...] = ()  # of the structure table, by key, alongside the reference
    routes: tuple[RouteName, ...] = ()  # groups of routes that are distinguished
    n_route_schools: int = 0  # of a replication of that, and of the longer horizon
    long_years: int = 0  # of the longer horizon alongside the headline; 0 if it is not run
    years: int = 0  # of the horizon

    @property
    def is_two_level(self) -> bool:
        """Whether draws are run on fewer schools than the point values."""
        return self.draw_share < self.share

    def draws_of(self, view: str, law: Law | None = None) -> int:
        """Draws of a view under a law, the headline's if none is said. [draws]"""
        is_headline = view == self.main_view and law in (None, self.laws[0])
        return self.draws if is_headline else (self.draws + 1) // 2

    @property
    def fewest_draws(self) -> int:
        """Draws of the view and law that has fewest: each is shown with a range. [draws]"""
        return min(self.draws_of(view, law) for view in self.views for law in self.laws)

    @property
    def route_share(self) -> float:
        """Share of England on which the routes are distinguished. [share]"""
        return self.share if self.chosen else min(self.share, ROUTE_SHARE)

    @property
    def row_draws(self) -> int:
        """Draws of each row of the structure table. [draws]"""
        return min((self.draws + 1) // 2, ROW_DRAWS)

    def point_job(self, view: str, replication: int, law: Law | None = None) -> Job:
        """One replication at the point values on all schools of the run."""
        return Job(view, 0, replication, self.share, self.laws[0] if law is None else law)

    def point_jobs(self, replications: int) -> list[Job]:
        """Level 0, replications in order: the main view in all, the others in as many as :meth:`replications_of`."""
        return [
            self.point_job(view, number)
            for number in range(replications)
            for view in self.views
            if number < self.replications_of(view, replications)
        ]

    def replications_of(self, view: str, replications: int, law: Law | None = None) -> int:
        """Replications of a view at the point values on level 0. [replications]

        Where the stopping rule decides and draws run on a sample, the other views are run once on all schools, with
        the chance of the main view's first replication: how far they are from it there is added to its mean. Another
        law than the headline's is run on the samples of the draws alone, if there are any.
        """
        if law is not None and law != self.laws[0]:
            return 0 if self.is_two_level else min(1, replications)
        if view == self.main_view or self.rule.is_fixed or not self.is_two_level:
            return replications
        return min(1, replications)

    def moves_of(self, view: str, replications: int, law: Law | None = None) -> list[tuple[Job, Job]]:
        """Pairs at the point values of a view, each with that from which it says how far away it is.

        That is one of the main view, or under another law than the headline's one of the same view under that. Both
        have the same schools and chance: all schools if the view is run there, else the samples of draws.
        """
        n = self.replications_of(view, replications, law)
        origin = self.main_view if law in (None, self.laws[0]) else view
        if n:
            return [(self.point_job(view, k, law), self.point_job(origin, k)) for k in range(n)]
        samples = dict.fromkeys(job.replication for job in self._drawn(view, self.draws_of(view, law), self.laws[0]))
        return [
            (
                Job(view, 0, k, self.draw_share, law or self.laws[0]),
                Job(origin, 0, k, self.draw_share, self.laws[0]),
            )
            for k in samples
        ]

    def draw_jobs(self) -> list[Job]:
        """Level 1: each draw, and the point values on the same samples."""
        return [job for view in self.views for job in self._drawn(view, self.draws_of(view), self.laws[0])]

    def law_jobs(self, law: Law) -> list[Job]:
        """Another law than the headline's: draws of the main view, and all views at their point values on samples."""
        drawn = self._drawn(self.main_view, self.draws_of(self.main_view, law), law)
        samples = dict.fromkeys(job.replication for job in drawn)
        others = [
            Job(view, 0, number, self.draw_share, law)
            for number in samples
            for view in self.views
            if view != self.main_view
        ]
        points = [own for own, _ in self.moves_of(self.main_view, 1, law)]
        return list(dict.fromkeys([*points, *drawn, *others]))

    def row_jobs(self, row: str) -> list[Job]:
        """A row of the structure table: draws of the main view, each to be set against the same of the reference."""
        return [
            self._draw_job(self.main_view, draw, law_of(row, self.laws[0]), row)
            for draw in range(1, self.row_draws + 1)
        ]

    def route_job(self, on: Iterable[str], replication: int) -> Job:
        """The point values with some groups of routes on."""
        variant = routes_variant([name for name in self.routes if name not in set(on)])
        return Job(ROUTE_VIEW, 0, replication, self.route_share, self.laws[0], variant)

    def route_orders(self, replication: int) -> tuple[tuple[RouteName, ...], ...]:
        """Orders in which the groups of routes come on in a replication: one, and the same backwards.

        Each replication begins with another group.
        """
        first = replication % max(1, len(self.routes))
        order = self.routes[first:] + self.routes[:first]
        return order, order[::-1]

    def route_jobs(self) -> list[Job]:
        """Every set of groups that is on at some point of an order."""
        return [
            self.route_job(order[:size], number)
            for number in range(ROUTE_REPLICATIONS if self.routes else 0)
            for order in self.route_orders(number)
            for size in range(len(order) + 1)
        ]

    def long_jobs(self) -> list[Job]:
        """The point values over the longer horizon; its first years are those of the headline."""
        variant = horizon_variant(self.long_years)
        numbers = range(LONG_REPLICATIONS if self.long_years else 0)
        return [Job(self.main_view, 0, number, self.route_share, self.laws[0], variant) for number in numbers]

    def jobs(self, replications: int) -> list[Job]:
        """What the headline is made of, level 0 first, in a fixed order."""
        return self.point_jobs(replications) + self.draw_jobs()

    def main_jobs(self) -> list[Job]:
        """Pairs whose headlines decide when replications stop, in their order."""
        return [self.point_job(self.main_view, number) for number in range(self.rule.most)]

    def enough(self, headlines: Mapping[Job, float]) -> float | None:
        """Half-width of the headline that is narrow enough alongside the range of its draws, by the headlines of pairs.

        [GBP; 0 where no range counts, ``None`` until all draws are known]
        """
        if not self.rule.of_range or self.draws < FIRST_DRAWS:
            return 0.0
        drawn = [job for job in self._drawn(self.main_view, self.draws, self.laws[0]) if job.draw > 0]
        try:
            moves = [headlines[job] - headlines[self.reference_of(job)] for job in drawn]
        except KeyError:
            return None
        low, high = np.quantile(moves, [0.1, 0.9], method="weibull")
        return float(self.rule.of_range * (high - low) / 2.0)

    def levels_of(self, job: Job) -> Level:
        """What is kept of a pair: schools and groups at the point values, councils of every draw, England of all."""
        if job.variant != REFERENCE:
            return "england"
        return "school" if job.draw == 0 and job.share == self.share else "council"

    def all_jobs(self, replications: int) -> list[Job]:
        """Everything, in the order in which it is run.

        First some draws with what they move from, for an early answer; then the headline's others, the other laws', the
        structure table's, the routes' and the long ones.
        """
        first = [job for job in self.draw_jobs() if 0 < job.draw <= FIRST_DRAWS]
        early = [one for job in sorted(first, key=lambda job: job.draw) for one in (self.reference_of(job), job)]
        laws = [job for law in self.laws[1:] for job in self.law_jobs(law)]
        rows = [job for row in self.rows for job in self.row_jobs(row)]
        rest = [*self.jobs(replications), *laws, *rows, *self.route_jobs(), *self.long_jobs()]
        return list(dict.fromkeys([*early, *rest]))

    def so_far(self, headlines: Mapping[Job, float]) -> SoFar | None:
        """What finished pairs say about the headline, by the headline of each. [GBP]"""
        return so_far(self, headlines)

    def reference_of(self, job: Job) -> Job:
        """The pair at the point values from which a draw moves: same law, same schools, same chance."""
        return Job(job.view, 0, job.replication, self.draw_share, job.law)

    def _drawn(self, view: str, draws: int, law: Law) -> list[Job]:
        drawn = [self._draw_job(view, draw, law) for draw in range(1, draws + 1)]
        if not self.is_two_level and law == self.laws[0]:
            return drawn
        return [*dict.fromkeys(self.reference_of(job) for job in drawn), *drawn]

    def _draw_job(self, view: str, draw: int, law: Law, variant: str = REFERENCE) -> Job:
        turns = DRAW_SAMPLES if self.is_two_level else self.rule.fewest
        return Job(view, draw, turn_of(draw, turns), self.draw_share, law, variant)

    def _schools(self, share: float) -> int:
        if share == self.share:
            return self.n_schools
        return self.n_draw_schools if share == self.draw_share else self.n_route_schools

    def work_of(self, jobs: Sequence[Job]) -> int:
        """Work of some pairs: a policy arm each, and one no-policy arm a world. [schools x years]"""
        worlds = {job.world: self._schools(job.share) * (self.n_years + self._more_years(job)) for job in jobs}
        policies = (self._schools(job.share) * (self.policy_years + self._more_years(job)) for job in jobs)
        return sum(worlds.values()) + sum(policies)

    def _more_years(self, job: Job) -> int:
        """Years of a pair beyond those of the others. [years]"""
        return (years_of(job.variant) or self.years) - self.years

    def work(self, replications: int) -> int:
        """Work of the run. [schools x years]"""
        return self.work_of(self.all_jobs(replications))

    def how_to_go_on(self, store: Store) -> str:
        """Command that goes on with a stopped run: its id is enough in the usual folder."""
        usual = store.folder.parent.parent == Path("outputs")
        return f"sencosim run --resume {store.run_id if usual else store.folder.as_posix()}"

    def smaller(self) -> str:
        """A setting that needs less memory."""
        if self.workers > 1:
            return f"With --workers {self.workers // 2} it needs about half the memory."
        if self.chosen:
            return "A run of fewer councils, or of a shorter list of schools, fits."
        sample = 0.2 if self.share > 0.2 else max(0.005, round(self.share / 2, 3))
        return f"A smaller run fits: start again with --sample {sample:g}."

    def design(self) -> str:
        """How uncertainty in the evidence is carried to the results, in one word."""
        return "two-level" if self.is_two_level else "one-level"

    def design_in_words(self) -> str:
        """The same in a sentence that the report prints."""
        if not self.is_two_level:
            return (
                self._views_in_words()
                + "Every draw of the uncertain parameters was run on the same schools as the point values."
            )
        return (
            f"The point values were run on {self._schools_in_words()}. {self._views_in_words()}Each draw of the "
            f"uncertain parameters was run on a sample of {self._what()} ({self.draw_share:.0%} of England): how far "
            "it moves the effect there, from the point values with the same schools and chance, is added to the "
            "figure for the point values."
        )

    def _views_in_words(self) -> str:
        if self.rule.is_fixed or len(self.views) == 1:
            return ""
        return (
            "The other views were run once, with the chance of the main view's first replication: how far they are "
            "from it there is added to its mean. "
        )

    def _what(self) -> str:
        return "whole councils" if self.sampling == "councils" else "schools in every council"

    def _schools_in_words(self) -> str:
        if self.chosen:
            return "all schools that were asked for"
        return "all schools of England" if self.share >= 1.0 else f"{self.share:.1%} of England, {self._what()}"

    def facts(self) -> dict[str, Any]:
        """Size of the run, as plain values."""
        return {
            "design": self.design(),
            "pairs": len(self.all_jobs(self.rule.fewest)),
            "most_pairs": len(self.all_jobs(self.rule.most)),
            "laws": list(self.laws),
            "structure_rows": len(self.rows),
            "routes": len(self.routes),
            "long_years": self.long_years,
            "sample_share": self.share,
            "draw_sample_share": self.draw_share,
            "sampling": self.sampling,
            "workers": self.workers,
            "years": self.n_years,
            "schools": self.n_schools,
            "school_years": self.work(self.rule.fewest),
        }

    def in_words(self) -> str:
        """What will be run."""
        views = "1 view" if len(self.views) == 1 else f"{len(self.views)} views"
        draws = f"; {self.draws} {'draw' if self.draws == 1 else 'draws'} of the uncertain parameters in the main view"
        where = f", on {self.n_draw_schools:,} schools" if self.is_two_level else ""
        processes = "1 process" if self.workers == 1 else f"{self.workers} processes"
        return (
            f"Baseline and policy on {self.n_schools:,} schools ({self._schools_in_words()}) over {self.n_years} years "
            f"in {views}, {self.rule.in_words()}{draws}{where}.{self._further_in_words()} {processes}."
        )

    def _further_in_words(self) -> str:
        """What is run alongside the headline; blank if nothing is."""
        laws = [f"{law.replace('_', ' ').removesuffix(' law')} law" for law in self.laws[1:]]
        rows = [f"{len(self.rows)} other forms of the model, {self.row_draws} draws each"] if self.rows else []
        routes = [f"the routes distinguished on {self.n_route_schools:,} schools"] if self.routes else []
        long = [f"{self.long_years} years on {self.n_route_schools:,} schools"] if self.long_years else []
        told = "; ".join([*laws, *rows, *routes, *long])
        return f" Then {told}." if told else ""
