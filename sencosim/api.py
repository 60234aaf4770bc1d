"""The Python interface: ``import sencosim as ss``.

Scenarios are frozen and typed: a change makes another one. An ensemble is one stored folder; every analysis reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from sencosim.arms.replaceable import SHIPPED, Mechanisms, can_travel, replaced_by
from sencosim.decisions.designs import saltelli
from sencosim.decisions.ensemble import Ensemble, read_ensemble
from sencosim.engine.choose import EngineName
from sencosim.errors import EvidenceError, InputError
from sencosim.evidence.distributions import Distribution
from sencosim.experiment.finished import find_run, manifest_of
from sencosim.experiment.pool import Step, Where, here
from sencosim.experiment.store import Store
from sencosim.model import RunOptions, finished_run
from sencosim.outcomes.explorer import Explorer
from sencosim.outcomes.explorer_data import SHIPPED as SHIPPED_RUNS
from sencosim.outcomes.explorer_data import page_data
from sencosim.report.showing import marked, replaced_in_words
from sencosim.scenario.diff import override_words, with_words_in_force
from sencosim.scenario.load import load_scenario
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import Answer, marked_answer, marks_of
from sencosim.studies.breakeven import breakeven_answer
from sencosim.studies.cube import COLUMNS as CUBE_COLUMNS
from sencosim.studies.cube import Arms, arms_of_question, arms_of_run, cube_of, plot_of, summary_of
from sencosim.studies.draws import INPUTS, WHOLE, design_in, ensemble_of, folder_of, scenarios_in
from sencosim.studies.from_run import ensemble_of_run
from sencosim.studies.overview import overview_answer
from sencosim.studies.prim import prim_answer
from sencosim.studies.question import BASELINE, DEFAULT_SHARE, Question, designed, drawn, with_values
from sencosim.studies.sensitivity import draws_answer, morris_answer, sobol_answer, tornado_answer, tornado_design
from sencosim.studies.space import choose, together, uncertain
from sencosim.studies.sweep import sweep_design, tidy
from sencosim.studies.voi import voi_answer

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Tell = Callable[[Step], None]
"""Callback for progress: anything that can be called with a step."""


def _silent(_: Step) -> None:
    """Say nothing."""


@dataclass(frozen=True)
class Policy:
    """A scenario to ask about.

    Attributes
    ----------
    scenario
        All settings, frozen and checked.
    """

    scenario: Scenario

    @property
    def name(self) -> str:
        """Its name, which is that of its arm."""
        return self.scenario.name

    def with_(
        self,
        settings: Mapping[str, object] | None = None,
        *,
        overrides: Mapping[str, float | Distribution] | None = None,
        name: str | None = None,
    ) -> Policy:
        """Another policy that differs in a few settings; its title and description say in which.

        Parameters
        ----------
        settings
            New values by dotted name, such as ``{"levers.protected_time.floor.hours_per_week": 16}``.
        overrides
            New values or distributions of parameters of the evidence.
        name
            Of the new policy, so that both can stand in one ensemble.

        Raises
        ------
        InputError
            If a setting or parameter does not exist or cannot have the value; all faults at once.

        Examples
        --------
        >>> load("full_time").with_({"horizon.years": 5}, name="short").scenario.horizon.years
        5
        """
        changed = dict(settings or {})
        if name is not None:
            changed["name"] = name
        for parameter, new in (overrides or {}).items():
            form = (
                {"distribution": new.model_dump(exclude_none=True)} if isinstance(new, Distribution) else {"value": new}
            )
            changed[f"overrides.{parameter}"] = form
        scenario = with_values(self.scenario, changed)
        told = changed | {f"overrides.{one}": override_words(scenario.overrides[one]) for one in overrides or ()}
        made = Policy(with_words_in_force(self.scenario, scenario, told))
        try:
            uncertain(made.scenario, made.scenario.view)  # reads the register with the overrides, and refuses bad ones
        except EvidenceError as error:
            words = " ".join(problem.message for problem in error.problems) or error.message
            raise InputError(words, error.problems) from error
        return made


@dataclass(frozen=True)
class Runs:
    """A finished run or ensemble and its policies. Tables are read when they are first asked for.

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
    _arms: Callable[[], Iterable[Arms]]

    @cached_property
    def ensemble(self) -> Ensemble:
        """Inputs and outcomes by draw, as every analysis reads them."""
        return self._read()

    @cached_property
    def cube(self) -> pd.DataFrame:
        """Every outcome: a row a view, draw, replication, law, arm, area, year, outcome and payer.

        ``baseline`` is the law that both arms stand on; arms are ``baseline`` and the policies; ``year`` is an academic
        year, ``total`` or ``present_value``; ``value`` is the level of an arm in the unit of the outcome, or for money
        what its policy changes. [GBP of the price base]
        """
        return cube_of(self._arms())

    def summary(self, by: Sequence[str] = ("view", "outcome", "payer")) -> pd.DataFrame:
        """What the policy changes: mean, 10 %, 50 % and 90 % points, and how many draws, by columns of the cube.

        Money is its present value and everything else its total over the horizon, unless ``year`` is among ``by``.
        England alone, unless ``area`` is. Where there are draws, point values are left out.

        Raises
        ------
        InputError
            If the cube has no such column.
        """
        unknown = [name for name in by if name not in CUBE_COLUMNS or name == "value"]
        if unknown:
            raise InputError(f"The cube has no column {', '.join(unknown)}. It has {', '.join(CUBE_COLUMNS[:-1])}.")
        return summary_of(self.cube, by)

    def plot(self, outcome: str = "net_public_cost", payer: str = "") -> Figure:
        """Draw what the policy changes by year, view by view: the median draw and 80 % of the draws. [a figure]"""
        return plot_of(self.cube, outcome, payer)

    @property
    def replaced(self) -> str:
        """Mechanisms that were replaced by other code, and by which; empty if all are as they ship."""
        return replaced_in_words(marks_of(self.ensemble))

    def __repr__(self) -> str:
        """What was run and where it is, and whether a mechanism was replaced."""
        mark = f", REPLACED MECHANISMS: {self.replaced}" if self.replaced else ""
        names, points = ", ".join(self.policies), len(self.ensemble.inputs)
        return f"Runs({names}: {points:,} points in {self.place.as_posix()}{mark})"

    def _repr_html_(self) -> str:
        """The same, and the net cost by view, for a notebook."""
        main = self.ensemble.outcomes.groupby(["view", "arm"], sort=False)["net_public_cost"]
        table = main.describe(percentiles=[0.1, 0.5, 0.9])[["mean", "10%", "50%", "90%"]].drop(BASELINE, level="arm")
        shown = (table / 1e9).round(2).add_suffix(", GBP billion").to_html(border=0)
        return f"<p>{escape(repr(self))}</p><p>Net cost to the public purse, present value</p>{shown}"

    def draws(self) -> pd.DataFrame:
        """Inputs, one row a view and draw."""
        return marked(self.ensemble.inputs.copy(), marks_of(self.ensemble))

    def tidy(self) -> pd.DataFrame:
        """Every outcome of every run, long, with its difference from the baseline."""
        return marked(tidy(self.ensemble), marks_of(self.ensemble))

    def difference(self, outcome: str, policy: str | None = None) -> pd.Series:
        """Paired difference that a policy makes, by draw of the main view. [unit of the outcome]"""
        chosen = self._policy(policy)
        if outcome not in self.ensemble.outcome_names:
            raise InputError(f"There is no outcome named {outcome}. There is {', '.join(self.ensemble.outcome_names)}.")
        return self.ensemble.against_first(outcome, chosen.scenario.view, chosen.name)

    def overview(self, policy: str | None = None) -> Answer:
        """Spread, chances of saving, cost against effect."""
        one = self._policy(policy)
        return self._told(overview_answer(self.ensemble, self.place, one.scenario, one.name))

    def breakeven(self, policy: str | None = None) -> Answer:
        """What would have to be true for the policy to pay."""
        one = self._policy(policy)
        return self._told(breakeven_answer(self.ensemble, self.place, one.scenario, one.name))

    def voi(self, worths: Mapping[str, float | tuple[float, float]] | None = None) -> Answer:
        """What knowing more would be worth, with prices on outcomes that have none, or ranges of them, if given."""
        prices = {name: (one, one) if isinstance(one, int | float) else one for name, one in (worths or {}).items()}
        return self._told(voi_answer(self.ensemble, self.place, self._policy(None).scenario, prices))

    def prim(
        self, outcome: str = "net_public_cost", threshold: float | None = None, policy: str | None = None
    ) -> Answer:
        """In which worlds the policy fails."""
        one = self._policy(policy)
        return self._told(prim_answer(self.ensemble, one.scenario, one.name, outcome, threshold))

    def moves(self, outcome: str = "net_public_cost", policy: str | None = None) -> Answer:
        """What moves the answer: shares of its variance, from the draws alone."""
        one = self._policy(policy)
        return self._told(draws_answer(self.ensemble, self.place, one.scenario, one.name, outcome))

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
        return marked_answer(answer, marks_of(self.ensemble))

    def _policy(self, name: str | None) -> Policy:
        if name is None:
            return next(iter(self.policies.values()))
        if name not in self.policies:
            raise InputError(f"The ensemble has no policy named {name}. It has {', '.join(self.policies)}.")
        return self.policies[name]


@dataclass(frozen=True)
class How:
    """How an ensemble is run.

    Attributes
    ----------
    sample
        Share of England, in whole councils. [share, above 0, at most 1]
    councils
        Only these, by name; then nothing is sampled.
    replications
        Repeats of every point. [1 or more]
    workers
        Processes; one a core if ``None``.
    out
        Folder for results.
    cluster
        Address of a Dask scheduler.
    """

    sample: float = 0.02
    councils: tuple[str, ...] = ()
    replications: int = 1
    workers: int | None = None
    out: Path = Path("outputs")
    cluster: str | None = None

    def where(self, mechanisms: Mechanisms = SHIPPED) -> Where:
        """Processes or cluster; this process alone if a replaced mechanism cannot be sent to another."""
        if self.cluster is not None:
            from sencosim.experiment.cluster import on_cluster  # noqa: PLC0415

            return on_cluster(self.cluster)
        return here(self.workers) if can_travel(mechanisms) else Where(1)

    def options(self, mechanisms: Mechanisms = SHIPPED) -> RunOptions:
        """Schools and engine: the compiled one, or the reference engine if a mechanism is replaced."""
        engine: EngineName = "reference" if mechanisms.replaced else "compiled"
        return RunOptions(councils=self.councils, engine=engine, mechanisms=mechanisms)


def load(name_or_path: str) -> Policy:
    """Load a scenario by name or path.

    Raises
    ------
    ScenarioError
        With every fault of the file.
    """
    return Policy(load_scenario(name_or_path).scenario)


def run(
    policies: Policy | Iterable[Policy],
    *,
    draws: int = 64,
    views: Sequence[str] | None = None,
    how: How | None = None,
    tell: Tell = _silent,
    mechanisms: Mapping[str, Callable[..., float]] | None = None,
) -> Runs:
    """Run draws of the evidence, or find them run.

    Parameters
    ----------
    policies
        One or several; the baseline is run beside them in any case and may be among them.
    draws
        In each view. [1 or more]
    views
        The main view of the first policy if ``None``.
    how
        Schools, processes, folder.
    tell
        Callback for progress.
    mechanisms
        Functions of your own in place of mechanisms, by name: see :mod:`sencosim.arms.replaceable` for the names and
        what each takes and returns. The reference engine then runs, some fifty times slower, and everything that comes
        out says what was replaced.

    Raises
    ------
    InputError
        If there is no such mechanism, or a function does not take its arguments.
    """
    chosen, settled, own = _policies(policies), how or How(), replaced_by(mechanisms)
    first = next(iter(chosen.values())).scenario
    scenarios = {name: one.scenario for name, one in chosen.items()}
    wanted = dict.fromkeys(views or (first.view,), draws)
    question = drawn(scenarios, settled.options(own), wanted, settled.replications, settled.sample)
    return _run(question, chosen, settled, tell)


def sweep(
    policies: Policy | Iterable[Policy],
    over: Mapping[str, Sequence[float]],
    *,
    how: How | None = None,
    tell: Tell = _silent,
    mechanisms: Mapping[str, Callable[..., float]] | None = None,
) -> Runs:
    """Run every combination of values of parameters or dotted settings; ``mechanisms`` as in :func:`run`."""
    chosen, settled, own = _policies(policies), how or How(), replaced_by(mechanisms)
    texts = [f"{key}={','.join(str(float(value)) for value in values)}" for key, values in over.items()]
    design = sweep_design(texts, "grid", 0, next(iter(chosen.values())).scenario.run.seed)
    scenarios = {name: one.scenario for name, one in chosen.items()}
    question = designed(scenarios, settled.options(own), design, settled.replications, settled.sample)
    return _run(question, chosen, settled, tell)


def tornado(policy: Policy, inputs: Sequence[str] = (), *, how: How | None = None, tell: Tell = _silent) -> Answer:
    """Move each input alone to both ends of its own distribution; inputs by name or group."""
    settled, scenario = how or How(replications=2), policy.scenario
    space = choose(uncertain(scenario, scenario.view), inputs)
    design = tornado_design(scenario, space)
    question = designed({policy.name: scenario}, settled.options(), design, settled.replications, settled.sample)
    return _run(question, {policy.name: policy}, settled, tell).tornado()


def sobol(
    policy: Policy, inputs: Sequence[str] = (), *, points: int = 32, how: How | None = None, tell: Tell = _silent
) -> Answer:
    """Sobol' indices of inputs by name or group. [``points``: a power of two]"""
    settled, scenario = how or How(), policy.scenario
    design = saltelli(together(choose(uncertain(scenario, scenario.view), inputs)), points, scenario.run.seed)
    question = designed({policy.name: scenario}, settled.options(), design, settled.replications, settled.sample)
    return _run(question, {policy.name: policy}, settled, tell).sobol()


def open_runs(folder: str | Path) -> Runs:
    """Open a finished run or ensemble: at once, for tables are read when they are asked for.

    Parameters
    ----------
    folder
        Of an ensemble; or of a run, its id, or the name of its scenario, of which the latest is taken.

    Raises
    ------
    InputError
        If nothing finished is there.
    """
    place = Path(folder)
    if (place / WHOLE).is_file():
        policies = {name: Policy(one) for name, one in scenarios_in(place).items()}
        return Runs(place, policies, partial(read_ensemble, place), partial(_pairs_kept, place, policies))
    found = find_run(Path("outputs"), str(folder))
    scenario = load_scenario(found / "scenario.resolved.yaml").scenario
    return Runs(
        found,
        {scenario.name: Policy(scenario)},
        lambda: ensemble_of_run(found)[0],
        lambda: arms_of_run(finished_run(found)),
    )


def explorer(folder: str | Path | None = None) -> Explorer:
    """Ask the stored runs behind the explorer: ``explorer().answer({"scenario": "team"})``, at once and without a run.

    ``folder`` is what ``sencosim explore --remake`` made, or what ships. InputError if it is of another model.
    """
    return Explorer(page_data(SHIPPED_RUNS if folder is None else Path(folder)))


def _pairs_kept(place: Path, policies: Mapping[str, Policy]) -> Iterable[Arms]:
    """Pairs of an ensemble in its folder, the question put together again from what it says of itself."""
    told = manifest_of(place)
    options = RunOptions(councils=tuple(told["councils"]), engine=told["engine"])
    points = pd.read_parquet(place / INPUTS)
    scenarios = {name: one.scenario for name, one in policies.items()}
    share = told["sample_share"] or DEFAULT_SHARE
    question = Question(scenarios, options, points, told["kind"], told["replications"], share)
    return arms_of_question(question, Store(place, place.name))


def _policies(policies: Policy | Iterable[Policy]) -> dict[str, Policy]:
    given = [policies] if isinstance(policies, Policy) else list(policies)
    chosen = {one.name: one for one in given if any(True for _ in one.scenario.levers.active())}
    if not chosen:
        raise InputError("There is no policy to run: give one scenario with a lever. The baseline runs beside it.")
    if len(chosen) < sum(any(True for _ in one.scenario.levers.active()) for one in given):
        raise InputError("Two policies have one name. Give one of them another: policy.with_(name=...).")
    return chosen


def _run(question: Question, policies: Mapping[str, Policy], how: How, tell: Tell) -> Runs:
    place = folder_of(question, how.out)
    whole = ensemble_of(question, place, how.where(question.options.mechanisms), tell)
    return Runs(place, policies, lambda: whole, lambda: arms_of_question(question, Store(place, place.name)))
