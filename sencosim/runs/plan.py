"""What a run is made of.

*Level 0*: pairs at the point values of each view, on all schools (or the sample that was asked for), one for each
replication. *Level 1*: for draws of the priors, how far the effect moves from the one at the point values, both on the
same sample of whole councils with the same chance. A draw counts as the mean of level 0 plus that move. If both levels
simulate the same share, the pairs at point values are shared and no sampling enters. See decision 0016.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sencosim.engine.choose import EngineName
from sencosim.engine.pair import Pair
from sencosim.runs.precision import Rule

DEFAULT_DRAWS = 16
"""Draws of the priors in the main view; the other views get half as many."""
DRAW_SHARE = 0.05
"""Share of England on which draws move the effect, if nothing else is said: eight whole councils."""
DRAW_SAMPLES = 8
"""Samples of councils, each with chance of its own, that the draws of a view take turns on."""


@dataclass(frozen=True, order=True)
class Job:
    """One pair of arms to run: the smallest piece of work, known by these four.

    Attributes
    ----------
    view, draw, replication
        As in :class:`sencosim.engine.pair.Pair`.
    share
        Share of England simulated. [share, 0 < share <= 1]
    """

    view: str
    draw: int
    replication: int
    share: float

    @property
    def pair(self) -> Pair:
        """What the engine is asked."""
        return Pair(self.view, self.draw, self.replication)

    @property
    def name(self) -> str:
        """Name of its file, without ending.

        Examples
        --------
        >>> Job("central", 3, 0, 0.05).name
        'central-draw3-replication0-share0.05'
        """
        return f"{self.view}-draw{self.draw}-replication{self.replication}-share{self.share:g}"

    def in_words(self) -> str:
        """What it is, for a line of progress."""
        what = "point values" if self.draw == 0 else f"draw {self.draw}"
        return f"{self.view}, {what}, replication {self.replication + 1}"


@dataclass(frozen=True)
class Plan:
    """What a run will do.

    Attributes
    ----------
    views, main_view
        Readings of the evidence; headlines are those of the main one.
    draws
        Draws of the priors in the main view. [draws, >= 0]
    rule
        When replications at the point values stop.
    share, draw_share
        Share of England on level 0 and on level 1. [share, draw_share <= share]
    sampling
        ``councils`` or ``schools``.
    n_schools, n_draw_schools
        Schools of a replication on each level. [schools]
    n_years, measured_years
        Years of an arm, and of the two short runs that measure the feedback. [years]
    workers
        Processes.
    chosen
        The schools are those of councils named by the user: nothing is sampled.
    """

    views: tuple[str, ...]
    main_view: str
    draws: int
    rule: Rule
    share: float
    draw_share: float
    sampling: str
    n_schools: int
    n_draw_schools: int
    n_years: int
    measured_years: int
    workers: int = 1
    chosen: bool = False
    engine: EngineName = "compiled"

    @property
    def is_two_level(self) -> bool:
        """Whether draws are run on fewer schools than the point values."""
        return self.draw_share < self.share

    def draws_of(self, view: str) -> int:
        """Draws of a view. [draws]"""
        return self.draws if view == self.main_view else (self.draws + 1) // 2

    def point_jobs(self, replications: int) -> list[Job]:
        """Level 0, replications in order: the main view in all, the others in as many as :meth:`replications_of`."""
        return [
            Job(view, 0, number, self.share)
            for number in range(replications)
            for view in self.views
            if number < self.replications_of(view, replications)
        ]

    def replications_of(self, view: str, replications: int) -> int:
        """Replications of a view at the point values on level 0. [replications]

        Where the stopping rule decides and draws run on a sample, the other views are run once on all schools, with
        the chance of the main view's first replication: how far they are from it there is added to its mean.
        """
        if view == self.main_view or self.rule.is_fixed or not self.is_two_level:
            return replications
        return min(1, replications)

    def draw_jobs(self) -> list[Job]:
        """Level 1: each draw, and the point values on the same samples."""
        jobs: list[Job] = []
        for view in self.views:
            drawn = [self._draw_job(view, draw) for draw in range(1, self.draws_of(view) + 1)]
            jobs += [*dict.fromkeys(self.reference_of(job) for job in drawn), *drawn] if self.is_two_level else drawn
        return jobs

    def jobs(self, replications: int) -> list[Job]:
        """Everything, level 0 first, in a fixed order."""
        return self.point_jobs(replications) + self.draw_jobs()

    def reference_of(self, job: Job) -> Job:
        """The pair at the point values from which a draw moves: same schools, same chance."""
        return Job(job.view, 0, job.replication, self.draw_share)

    def _draw_job(self, view: str, draw: int) -> Job:
        turns = DRAW_SAMPLES if self.is_two_level else self.rule.fewest
        return Job(view, draw, (draw - 1) % turns, self.draw_share)

    def school_years(self, job: Job) -> int:
        """Work of a pair: two arms, and the two short runs that measure the feedback. [schools x years]"""
        schools = self.n_schools if job.share == self.share else self.n_draw_schools
        return 2 * schools * (self.n_years + self.measured_years)

    def work(self, replications: int) -> int:
        """Work of the run. [schools x years]"""
        return sum(self.school_years(job) for job in self.jobs(replications))

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
            return "all schools of the chosen councils"
        return "all schools of England" if self.share >= 1.0 else f"{self.share:.1%} of England, {self._what()}"

    def facts(self) -> dict[str, Any]:
        """Size of the run, as plain values."""
        return {
            "design": self.design(),
            "pairs": len(self.jobs(self.rule.fewest)),
            "most_pairs": len(self.jobs(self.rule.most)),
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
            f"in {views}, {self.rule.in_words()}{draws}{where}. {processes}."
        )
