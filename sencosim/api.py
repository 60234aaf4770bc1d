"""The Python interface: ``import sencosim as ss``.

Scenarios are frozen and typed: a change makes another one. An ensemble is one stored folder; every analysis reads it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from numbers import Real
from pathlib import Path

import pandas as pd

from sencosim.arms.replaceable import SHIPPED, Mechanisms, can_travel, refuse_unknown, replaced_by
from sencosim.decisions.designs import saltelli
from sencosim.decisions.ensemble import WHOLE, facts_in, read_ensemble
from sencosim.engine.choose import EngineName
from sencosim.errors import InputError, stored_in
from sencosim.evidence.views import VIEWS
from sencosim.experiment.finished import RESOLVED, find_run
from sencosim.experiment.pool import Step, Where, here
from sencosim.experiment.store import Store
from sencosim.model import RunOptions
from sencosim.names import did_you_mean
from sencosim.outcomes.explorer_asked import AskedExplorer
from sencosim.outcomes.explorer_data import SHIPPED as SHIPPED_RUNS
from sencosim.outcomes.explorer_data import page_data
from sencosim.report.dictionary import table_of_columns
from sencosim.scenario.load import load_scenario
from sencosim.studies.answer import Answer
from sencosim.studies.cube import Arms, arms_of_question, arms_of_run
from sencosim.studies.draws import check_pairs, ensemble_of, folder_of, scenarios_in
from sencosim.studies.from_run import ensemble_of_run, unchanged_run
from sencosim.studies.policy import Policy, load
from sencosim.studies.question import DEFAULT_SHARE, Question, designed, drawn, refuse_one_name
from sencosim.studies.runs import Runs
from sencosim.studies.sensitivity import tornado_design
from sencosim.studies.space import choose, together, uncertain
from sencosim.studies.sweep import sweep_design

Tell = Callable[[Step], None]
"""Callback for progress: anything that can be called with a step."""
Asked = Policy | str | Path | Iterable[Policy | str | Path]
"""Policies, or their names or files; one or several."""


def _silent(_: Step) -> None:
    """Say nothing."""


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

    def __post_init__(self) -> None:
        """Refuse what cannot be run, in words."""
        if isinstance(self.councils, str):
            raise InputError(f"councils is a list: write councils=({self.councils!r},).")
        if not isinstance(self.sample, Real) or not 0.0 < float(self.sample) <= 1.0:
            raise InputError(f"sample is a share of England above 0 and at most 1; found {self.sample!r}.")
        for name, least in (("replications", 1), ("workers", 1)):
            number = getattr(self, name)
            if number is not None and (not isinstance(number, int) or number < least):
                raise InputError(f"{name} is a whole number, {least} or more; found {number!r}.")
        object.__setattr__(self, "out", Path(self.out))

    def where(self, mechanisms: Mechanisms = SHIPPED) -> Where:
        """Processes or cluster; this process alone if a replaced mechanism cannot be sent to another."""
        if self.cluster is not None:
            refuse_unknown(mechanisms)
            from sencosim.experiment.cluster import on_cluster  # noqa: PLC0415

            return on_cluster(self.cluster)
        return here(self.workers) if can_travel(mechanisms) else Where(1)

    def options(self, mechanisms: Mechanisms = SHIPPED) -> RunOptions:
        """Schools and engine: the compiled one, or the reference engine if a mechanism is replaced."""
        engine: EngineName = "reference" if mechanisms.replaced else "compiled"
        return RunOptions(councils=self.councils, engine=engine, mechanisms=mechanisms)


def run(
    policies: Asked,
    *,
    draws: int = 64,
    views: str | Sequence[str] | None = None,
    how: How | None = None,
    tell: Tell = _silent,
    mechanisms: Mapping[str, Callable[..., float]] | None = None,
) -> Runs:
    """Run draws of the evidence, or find them run.

    Parameters
    ----------
    policies
        One or several, or their names; the baseline is run with them in any case and may be among them.
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
        If there is no such view or mechanism, no draw is asked for, or a function does not take its arguments.
    """
    if not isinstance(draws, int) or draws < 1:
        raise InputError(f"draws is a whole number, 1 or more; found {draws!r}.")
    views = (views,) if isinstance(views, str) else views
    for view in views or ():
        if view not in VIEWS:
            hint = did_you_mean(str(view), VIEWS)
            raise InputError(f"There is no view named {view}. {hint} The views are {', '.join(VIEWS)}.")
    chosen, settled, own = _policies(policies), how or How(), replaced_by(mechanisms)
    first = next(iter(chosen.values())).scenario
    scenarios = {name: one.scenario for name, one in chosen.items()}
    wanted = dict.fromkeys(views or (first.view,), draws)
    question = drawn(scenarios, settled.options(own), wanted, settled.replications, settled.sample)
    return _run(question, chosen, settled, tell)


def sweep(
    policies: Asked,
    over: Mapping[str, Sequence[float]],
    *,
    how: How | None = None,
    tell: Tell = _silent,
    mechanisms: Mapping[str, Callable[..., float]] | None = None,
) -> Runs:
    """Run every combination of values of parameters or dotted settings; ``mechanisms`` as in :func:`run`."""
    chosen, settled, own = _policies(policies), how or How(), replaced_by(mechanisms)
    texts = [f"{key}={','.join(_numbers(key, values))}" for key, values in over.items()]
    design = sweep_design(texts, "grid", 0, next(iter(chosen.values())).scenario.run.seed)
    scenarios = {name: one.scenario for name, one in chosen.items()}
    question = designed(scenarios, settled.options(own), design, settled.replications, settled.sample)
    return _run(question, chosen, settled, tell)


def tornado(
    policy: Policy | str | Path, inputs: Sequence[str] = (), *, how: How | None = None, tell: Tell = _silent
) -> Answer:
    """Move each input alone to both ends of its own distribution; inputs by name or group."""
    policy, settled = _policy_of(policy), how or How(replications=2)
    scenario = policy.scenario
    space = choose(uncertain(scenario, scenario.view), inputs)
    design = tornado_design(scenario, space)
    question = designed({policy.name: scenario}, settled.options(), design, settled.replications, settled.sample)
    return _run(question, {policy.name: policy}, settled, tell).tornado()


def sobol(
    policy: Policy | str | Path,
    inputs: Sequence[str] = (),
    *,
    points: int = 32,
    how: How | None = None,
    tell: Tell = _silent,
) -> Answer:
    """Sobol' indices of inputs by name or group. [``points``: a power of two]"""
    policy, settled = _policy_of(policy), how or How()
    scenario = policy.scenario
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
        return Runs(place, policies, partial(read_ensemble, place), lambda _: _pairs_kept(place, policies))
    found = find_run(Path("outputs"), str(folder))
    scenario = load_scenario(found / RESOLVED).scenario
    return Runs(
        found,
        {scenario.name: Policy(scenario)},
        lambda: ensemble_of_run(found)[0],
        lambda parts: arms_of_run(unchanged_run(found), parts=parts),
    )


def dictionary(file: str = "") -> pd.DataFrame:
    """What every column of every file of a result means, or of one file: result, file, column, meaning.

    Raises
    ------
    InputError
        If no result has such a file.

    Examples
    --------
    >>> list(dictionary("payers.csv")["column"][:2])
    ['view', 'payer']
    """
    return pd.DataFrame(table_of_columns(file))


def explorer(folder: str | Path | None = None) -> AskedExplorer:
    """Ask the stored runs behind the explorer: ``explorer().answer({"scenario": "team"})``, at once and without a run.

    ``folder`` is what ``sencosim explore --remake`` made, or what ships. InputError if it is of another model.
    """
    return AskedExplorer(page_data(SHIPPED_RUNS if folder is None else Path(folder)))


def _pairs_kept(place: Path, policies: Mapping[str, Policy]) -> Iterable[Arms]:
    """Pairs of an ensemble in its folder, the question put together again from what it says of itself."""
    scenarios = {name: one.scenario for name, one in policies.items()}
    told, points = facts_in(place), read_ensemble(place).inputs
    with stored_in(place):
        options = RunOptions(councils=tuple(told["councils"]), engine=told["engine"])
        share = told["sample_share"] or DEFAULT_SHARE
        question = Question(scenarios, options, points, told["kind"], told["replications"], share)
    return _arms_of(question, place)


def _arms_of(question: Question, place: Path) -> Iterable[Arms]:
    """Pairs of a finished ensemble, if they are those that were written."""
    check_pairs(place)
    return arms_of_question(question, Store(place, place.name), str(facts_in(place)["area"]))


def _policies(policies: Asked) -> dict[str, Policy]:
    given = [_policy_of(one) for one in ([policies] if isinstance(policies, Policy | str | Path) else policies)]
    with_levers = [one for one in given if any(True for _ in one.scenario.levers.active())]
    refuse_one_name(one.name for one in with_levers)
    chosen = {one.name: one for one in with_levers}
    if not chosen:
        raise InputError("There is no policy to run: give one scenario with a lever. The baseline runs with it.")
    return chosen


def _numbers(key: str, values: Sequence[float]) -> list[str]:
    """Values of an axis of a sweep, as the command line has them."""
    try:
        return [str(float(value)) for value in values]
    except (TypeError, ValueError):
        raise InputError(f"{key} is swept over a list of numbers, such as [0.1, 0.2]; found {values!r}.") from None


def _policy_of(asked: Policy | str | Path) -> Policy:
    return asked if isinstance(asked, Policy) else load(asked)


def _run(question: Question, policies: Mapping[str, Policy], how: How, tell: Tell) -> Runs:
    place = folder_of(question, how.out)
    whole = ensemble_of(question, place, how.where(question.options.mechanisms), tell)
    return Runs(place, policies, lambda: whole, lambda _: _arms_of(question, place))
