"""``sencosim breakeven --parameter``: the model is run wherever the root finder looks, each time with the same chance.

For one input its switching value; for two the line in their plane on which together they bring the net result to
zero.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import pandas as pd

from sencosim.decisions.breakeven import EvidenceRange, SwitchingValue, evidence_range, switching_value, zero_lines
from sencosim.decisions.ensemble import WEIGHT
from sencosim.decisions.resampling import Floats
from sencosim.errors import InputError, StoppedError
from sencosim.evidence.register import load_register
from sencosim.experiment.pool import Progress, Step, Where
from sencosim.model import RunOptions, england, share_of
from sencosim.outcomes.needed import Measure
from sencosim.report.assemble import area_of
from sencosim.report.charts.decisions import Axis, pair_chart
from sencosim.report.charts.style import Wording
from sencosim.report.words import in_a_sentence, money
from sencosim.scenario.schema import Scenario
from sencosim.studies.answer import Answer
from sencosim.studies.basis import schools_in_words
from sencosim.studies.breakeven import NO_ROOT, OUTCOME_OF, WORDS_OF, Switch, end_in_words, switch_table
from sencosim.studies.design_checks import check_points, check_settings, check_values
from sencosim.studies.draws import FOLDER, run_now
from sencosim.studies.options import compiled, hand_over, run_options, scenarios_of, where_of
from sencosim.studies.question import Question
from sencosim.studies.space import CALIBRATION_ROW, centre, titles_and_units, uncertain
from sencosim.terminal.console import Console
from sencosim.terminal.progress import progress_for

Limits = tuple[float, float]
POINTS = 5
"""Values at which a range is looked at before the search closes in, and values of the first input of a pair."""
CONFIRMED_POINTS = 3
"""Points of the line that are run again with other schools and chance."""
LINE_COLUMNS = (
    *("first", "second", "low", "high", "status", "place"),
    *("confirmed", "rerun_net_gbp", "rerun_standard_error_gbp", "n"),
)
FEWEST_REPLICATIONS = 8
"""Of a search: the range of fewer holds the truth far less often than its 80 % interval says."""


@dataclass
class Model:
    """The policy as a function of one input: net benefit by replication, the same schools and chance at every call."""

    scenario: Scenario
    options: RunOptions  # schools and engine
    share: float  # of England
    name: str  # the input: a parameter, or a setting with its dots
    measure: Measure
    replications: range  # their numbers; others than before for a rerun
    where: Where
    tell: Progress
    fixed: Mapping[str, float] = field(default_factory=dict)  # other inputs held at values of their own, by name
    runs: list[dict[str, float]] = field(default_factory=list)  # all that was run, one row a value and replication

    @property
    def place(self) -> str:
        """Whose schools are run, in words."""
        return schools_in_words(self.options, self.share, by_school=self.scenario.run.sampling == "schools")

    def facts(self) -> dict[str, Any]:
        """What the answer depends on beside the policy and the model."""
        return {
            "area": area_of(self.options)[1],
            "councils": list(self.options.councils),
            "population_fingerprint": england(self.options).fingerprint,
            "sample_share": None if self.options.councils else self.share,
            "view": self.scenario.view,
            "law": self.scenario.baselines[0],
            "measure": self.measure,
        }

    @property
    def search_id(self) -> str:
        """Name of its folder: another policy, or the same on other schools, has another."""
        told = json.dumps([self.scenario.fingerprint(), self.facts()], sort_keys=True).encode("utf-8")
        return f"{self.scenario.name}-search-{hashlib.sha256(told).hexdigest()[:10]}"

    def measured(self) -> str:
        """Where and how it is measured, in a sentence."""
        return (
            f"In {self.place}, measured by the {WORDS_OF[self.measure]} in the {self.scenario.view} view, all other "
            "inputs at their point values."
        )

    def __call__(self, value: float) -> Floats:
        """Net benefit of each replication. [GBP present value, shape (n_replications,)]"""
        asked = {**self.fixed, self.name: value}
        keys = {"view": [self.scenario.view], "draw": [1], WEIGHT: [1.0]}
        point = pd.DataFrame(keys | {name: [x] for name, x in asked.items()})
        first, n = self.replications[0], len(self.replications)
        question = Question({"policy": self.scenario}, self.options, point, "search", n, self.share, None, first)
        self.tell(Step(len(self.runs), len(self.runs) + n, f"{self.name} at {value:,.5g}"))
        rows = [row for row in run_now(question, self.where, lambda _: None) if row["arm"] == "policy"]
        name, sign = OUTCOME_OF[self.measure]
        found = {row["replication"]: sign * row[name] for row in rows}
        self.runs += [asked | {"replication": n, "net_benefit_gbp": found[n]} for n in sorted(found)]
        return np.array([found[number] for number in self.replications])


@dataclass(frozen=True)
class PairFound:
    """The line on which two inputs together bring the net result to zero."""

    first: Axis
    second: Axis
    table: (
        pd.DataFrame
    )  # by value of the first: ``second`` (NaN if nowhere), its interval, status, place, ``confirmed``
    grid: pd.DataFrame  # mean net benefit at every pair that was scanned: ``first``, ``second``, ``net_benefit_gbp``
    runs: pd.DataFrame  # every run


def search(model: Model, confirm: Model, limits: Limits | None = None) -> tuple[Switch, pd.DataFrame]:
    """Find the switching value of one input, and run it again with other schools and chance.

    Parameters
    ----------
    model, confirm
        The same question in different replications.
    limits
        Range to search; for a parameter, where the model allows it if ``None``.

    Raises
    ------
    InputError
        If the input does not exist, or a setting has no range.
    """
    if model.name == CALIBRATION_ROW:
        raise InputError("The place in the posterior sample has no order in which an answer could switch.")
    axis = axis_of(model.scenario, model.name, limits)
    found = _root(model, axis, confirm)
    return Switch(axis.name, axis.title, axis.unit, axis.today, found), _all_runs(model, confirm)


def search_pair(
    model: Model, confirm: Model, first: str, limits: tuple[Limits | None, Limits | None] = (None, None)
) -> PairFound:
    """Find the line on which two inputs together bring the net result to zero.

    At each of a few values of the first input the second is searched as :func:`search` does, with the same schools and
    chance at every run; some of the points found are run again with others.

    Parameters
    ----------
    model, confirm
        The second input's, in different replications.
    first
        Name of the first input.
    limits
        Ranges of the first and the second. ``None``: for the first what its evidence allows (2.5 % to 97.5 %), for the
        second where the model allows it.

    Raises
    ------
    InputError
        If an input does not exist, or a setting has no range.
    """
    if first == model.name:
        raise InputError(f"A pair needs two inputs; {first} is named twice.")
    evidence = _evidence_of(model.scenario, first)
    one = axis_of(model.scenario, first, limits[0] or (None if evidence is None else (evidence.low, evidence.high)))
    other = axis_of(model.scenario, model.name, limits[1])
    again = {int(i) for i in np.linspace(0, POINTS - 1, CONFIRMED_POINTS).round()}
    rows = []
    for number, value in enumerate(np.linspace(*one.limits, POINTS)):
        fixed = {first: float(value)}
        there = replace(confirm, fixed=fixed) if number in again else None
        found = _root(replace(model, fixed=fixed), other, there)
        place, again_net = found.place if found.roots else "", (found.rerun_net, found.rerun_se)
        known = (float(value), found.value, found.low, found.high, found.status, place)
        rows.append((*known, found.confirmed, *again_net, found.n))
    return PairFound(
        one, other, pd.DataFrame(rows, columns=list(LINE_COLUMNS)), _grid(model, one, other), _all_runs(model, confirm)
    )


def axis_of(scenario: Scenario, name: str, limits: Limits | None) -> Axis:
    """An input to search: its words, its range (where the model allows it if none is given), and what is known of it.

    Raises
    ------
    InputError
        If the input does not exist, the model does not read it here, or a setting has no range.
    """
    titles, units = titles_and_units([name])
    if "." in name:
        check_settings({scenario.name: scenario}, [name])
        if limits is None:
            raise InputError(f"{name} is a setting of the policy: say which range to search, with --search low:high.")
        # Any value between the ends may be asked for: years and seeds are whole numbers, and are swept instead.
        between = limits[0] + (limits[1] - limits[0]) / math.pi
        advice = " A search asks for values anywhere between the ends: sweep a setting that takes whole numbers."
        check_values({scenario.name: scenario}, pd.DataFrame({name: [*limits, between]}), advice)
        return Axis(name, titles[name], units[name], limits, math.nan, None)
    limits = limits or load_register().get(name).range
    check_points(scenario, pd.DataFrame({name: list(limits)}))
    today = centre(scenario, scenario.view)[name]
    return Axis(name, titles[name], units[name], limits, today, _evidence_of(scenario, name))


def _evidence_of(scenario: Scenario, name: str) -> EvidenceRange | None:
    known = uncertain(scenario, scenario.view)
    return evidence_range(known[name]) if name in known else None


def _root(model: Model, axis: Axis, confirm: Model | None) -> SwitchingValue:
    return switching_value(
        model,
        axis.limits,
        seed=model.scenario.run.seed,
        start=None if math.isnan(axis.today) else axis.today,
        points=POINTS,
        evidence=axis.evidence,
        rerun=confirm,
    )


def _grid(model: Model, one: Axis, other: Axis) -> pd.DataFrame:
    """Mean net benefit at the scanned pairs; values between them that Brent's method looked at are left out."""
    first, second = one.name, other.name
    means = pd.DataFrame(model.runs).groupby([first, second])["net_benefit_gbp"].mean().reset_index()
    kept = means[means[second].isin(np.linspace(*other.limits, POINTS).tolist())]
    return kept.rename(columns={first: "first", second: "second"}).reset_index(drop=True)


def _all_runs(model: Model, confirm: Model) -> pd.DataFrame:
    runs = pd.DataFrame(model.runs).assign(purpose="search")
    return pd.concat([runs, pd.DataFrame(confirm.runs).assign(purpose="rerun")], ignore_index=True)


# -- one input in words -----------------------------------------------------------------------------------------------


def search_answer(switch: Switch, runs: pd.DataFrame, model: Model) -> Answer:
    """Switching value of one input by search, with its runs: the model was run at every value in the table."""
    sentence = switch_in_words(switch.found, in_a_sentence(switch.title), switch.unit, switch.today)
    if switch.found.status == NO_ROOT:
        sentence += " Not within the range searched."
    elif switch.found.confirmed:
        sentence += " A rerun with other schools and other chance confirms it."
    tables = {"switching_value": switch_table([switch]), "runs": runs}
    facts = {"input": switch.name, **model.facts()}
    return Answer(f"breakeven-{switch.name}", f"{model.measured()} {sentence}", tables, facts=facts)


def switch_in_words(found: SwitchingValue, title: str, unit: str = "", today: float | None = None) -> str:
    """What would have to be true of one input, in one or a few sentences, with every uncertainty said.

    Parameters
    ----------
    found
        The switching value.
    title
        What the input is, to follow "when": ``the cost of an independent placement``.
    unit
        Of the input.
    today
        Its central value.
    """
    unit = f" {unit}" if unit else ""
    low, high = (f"{x:,.4g}" for x in found.searched)
    if found.status == NO_ROOT:
        return f"Nothing between {low} and {high}{unit} for {title} changes the answer: {_throughout(found, unit)}."
    if math.isnan(found.low):
        interval = "no interval: one replication"
    else:
        beyond = ("below the range searched", "above the range searched")
        interval = f"80 % interval {end_in_words(found.low, *beyond)} to {end_in_words(found.high, *beyond)}"
    parts = [f"The answer changes when {title} reaches {found.value:,.4g}{unit} ({interval})"]
    if today is not None:
        parts[0] += f"; the central value is {today:,.4g}{unit}"
    if found.place:
        parts.append(f"That is {found.place}")
    if found.status == "several roots":
        others = ", ".join(f"{root:,.4g}" for root in found.roots)
        parts.append(f"The sign changes more than once, at {others}{unit}; the value nearest to today is given")
    if found.confirmed is False:
        parts.append(
            f"A rerun with other seeds does not confirm it: the net result there is {found.rerun_net:,.4g}, "
            f"standard error {found.rerun_se:,.2g}"
        )
    return ". ".join(parts) + "."


def _throughout(found: SwitchingValue, unit: str) -> str:
    """What the policy does wherever it was looked at, the ends of the range at which it does nothing named."""
    ends = zip(found.searched, found.net_at_ends, strict=True)
    idle = [f"{value:,.4g}{unit}" for value, net in ends if net == 0.0]
    sign = next((net for net in found.net_at_ends if net != 0.0), 0.0)
    if sign == 0.0:
        return "the policy neither costs nor saves money at either end"
    verb = "costs" if sign < 0.0 else "saves"
    if not idle:
        return f"the policy {verb} money throughout"
    return f"at {idle[0]} the policy neither costs nor saves anything, and elsewhere it {verb} money throughout"


# -- two inputs in words and as a picture -----------------------------------------------------------------------------


def pair_answer(found: PairFound, model: Model, source: str) -> Answer:
    """The line in sentences, as a table, and as a picture.

    Parameters
    ----------
    found
        The line.
    model
        What was run: its schools, its view, and how the result is measured.
    source
        Line under the chart.
    """
    first, second, line = found.first, found.second, found.table[found.table["status"] != NO_ROOT]
    measure = model.measure
    nets = found.grid.pivot_table(index="first", columns="second", values="net_benefit_gbp")
    lines = () if line.empty else zero_lines(*(np.asarray(x, np.float64) for x in (nets, nets.index, nets.columns)))
    words = Wording(
        f"breakeven_{first.name}_{second.name}".replace(".", "_"),
        _finding(line, second, measure),
        f"Where the {WORDS_OF[measure]} is zero (line; bars: 80 % intervals). Dots: pairs that were run, filled "
        "where the policy pays. Grey: likely range of both (10 % to 90 % of their evidence). "
        f"In {model.place}; {model.scenario.view} view, all else at its point value.",
        source,
    )
    text = f"{model.measured()} "
    text += _no_line(found) if line.empty else " ".join(_line_sentences(found, line))
    tables = {"line": found.table, "grid": found.grid, "runs": found.runs}
    facts = {"first": first.name, "second": second.name, **model.facts()}
    chart = pair_chart(words, (first, second), found.table, found.grid, lines)
    return Answer(f"breakeven-{first.name}-{second.name}", text, tables, (chart,), facts)


def _finding(line: pd.DataFrame, second: Axis, measure: Measure) -> str:
    if line.empty:
        return f"No pair of values in range brings the {WORDS_OF[measure]} to zero"
    where = "inside" if line["place"].str.startswith("inside").any() else "outside"
    return f"The answer changes on a line that lies {where} the evidence of {in_a_sentence(second.title)}"


def _no_line(found: PairFound) -> str:
    # Where a pair takes the policy out of action nothing is near to changing.
    acting = found.grid[found.grid["net_benefit_gbp"] != 0.0]
    if acting.empty:
        return "No pair changes the answer: the policy neither costs nor saves anything at any pair."
    near = acting.iloc[int(acting["net_benefit_gbp"].abs().to_numpy().argmin())]
    ranges = " and ".join(
        f"{in_a_sentence(one.title)} from {one.limits[0]:,.4g} to {one.limits[1]:,.4g} {one.unit}"
        for one in (found.first, found.second)
    )
    return (
        f"No pair changes the answer: with {ranges} it stays on one side of zero. Nearest is "
        f"{money(float(near['net_benefit_gbp']))} of net benefit, at {near['first']:,.4g} and {near['second']:,.4g}. "
        "Not within the evidence."
    )


def _line_sentences(found: PairFound, line: pd.DataFrame) -> Iterator[str]:
    first, second = found.first, found.second
    told = "; ".join(_point(row, second) for row in line.to_dict(orient="records"))
    inputs = f"{in_a_sentence(first.title)} [{first.unit}] and {in_a_sentence(second.title)} [{second.unit}]"
    yield f"The answer changes where {inputs} are: {told}."
    if len(line) < len(found.table):
        yield f"At {len(found.table) - len(line)} of {len(found.table)} values of the first there is no such value."
    if second.evidence is not None and not line["place"].str.startswith("inside").any():
        yield f"None of them is within the evidence of {in_a_sentence(second.title)}."
    checked = line["confirmed"].dropna()
    if len(checked):
        yield f"{int(checked.sum())} of {len(checked)} points that were run again with other schools and chance agree."


def _point(row: Mapping[Any, Any], second: Axis) -> str:
    beyond = (f"below {second.limits[0]:,.4g}", f"above {second.limits[1]:,.4g}")
    low, high = (end_in_words(row[end], *beyond) for end in ("low", "high"))
    interval = "" if math.isnan(row["low"]) else f" (80 % interval {low} to {high})"
    place = f", {row['place']}" if row["place"] else ""
    return f"{row['first']:,.4g} and {row['second']:,.4g}{interval}{place}"


# -- command ----------------------------------------------------------------------------------------------------------


def search_for(console: Console, name: str, ranges: Sequence[Limits], options: Mapping[str, Any]) -> None:
    """Search for the switching value of one input, or for the line of two, and hand over the answer.

    Raises
    ------
    InputError
        If there are more than two inputs, or more ranges than inputs.
    """
    names, measure = options["parameters"], options["measure"]
    if len(names) > 2 or len(ranges) > len(names):
        raise InputError("Give --parameter once or twice, and --search at most as often, in the same order.")
    limits = (*ranges, *[None] * (len(names) - len(ranges)))
    policy = next(iter(scenarios_of([name], options).values()))
    n = max(FEWEST_REPLICATIONS, options["replications"])
    if n > options["replications"]:
        console.note(f"An interval needs {n} replications: so many are run.")
    compiled(console, options)
    with progress_for(console, as_json=options["as_json"]) as progress, where_of(options).lasting() as where:
        chosen = run_options(options)
        same = (policy, chosen, share_of(chosen, options["sample"]), names[-1], measure)
        model, again = (Model(*same, part, where, progress) for part in (range(n), range(n, 2 * n)))
        try:
            if len(names) == 1:
                answer = search_answer(*search(model, again, limits[0]), model)
            else:
                line = search_pair(model, again, names[0], (limits[0], limits[1]))
                made = f"{len(line.runs):,} runs of {policy.name}, fingerprint {policy.fingerprint()[:12]}"
                answer = pair_answer(line, model, f"Source: sencosim, {made}.")
        except KeyboardInterrupt as stop:
            raise StoppedError("Stopped. A search keeps nothing; its runs are few.") from stop
    hand_over(console, answer, [policy], options["out"] / FOLDER / model.search_id, options)
