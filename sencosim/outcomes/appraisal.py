"""What an appraiser needs of a run alongside its summary: the lines behind the headline, and what it rests on.

Lines come in two kinds. Those *over draws* give the headline of the summary to the pound: their prices are effective
ones, mean amount over mean units. Those *at the point values* have one price each, so they can be repriced: what a
sensitivity changes there moves the headline.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from sencosim.costing.after_horizon import RunOff, after_horizon
from sencosim.costing.budget import told_apart
from sencosim.costing.cost import cost_of_difference
from sencosim.costing.distribution import CouncilGroup, by_group, with_council_group
from sencosim.costing.option import AppraisalFrame, measures
from sencosim.costing.sensitivity import (
    Repriced,
    lines_at,
    one_price_at_a_time,
    public_net,
    sensitivity_table,
    two_at_a_time,
)
from sencosim.costing.tariffs import terms_of
from sencosim.costing.value_for_money import effects_of_ledger, switching_values
from sencosim.costing.worksheet import average_lines, more_or_less
from sencosim.decisions.spread import Spread
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.councils import load_councils
from sencosim.experiment.totals import ENGLAND, PairTotals, tidy_totals
from sencosim.model import RunResult, price_book
from sencosim.outcomes.budget import budget_of_run
from sencosim.outcomes.needed_of_run import needed_of_run
from sencosim.outcomes.social import WORTH, social_statement
from sencosim.outcomes.summary import Counted, Summary, ledger_of_change, points_of, read_arms
from sencosim.outcomes.switching import effect_swings
from sencosim.vocabulary import COLUMN, Quantity

Floats = npt.NDArray[np.float64]
_THING = ["quantity", "item", "payer"]
OVER_DRAWS, AT_POINTS = "over draws", "at the point values"
GROUPS: tuple[tuple[CouncilGroup, str], ...] = (
    ("region", "region"),
    ("free_school_meals", "fifth of councils by pupils eligible for free school meals"),
)


def frame_of(result: RunResult) -> AppraisalFrame:
    """How a run is appraised: its horizon, the price base and the discounting in force."""
    horizon = result.scenario.horizon
    return AppraisalFrame(horizon.first, horizon.years, load_appraisal_tables().price_base)


def appraisal_tables(result: RunResult, summary: Summary) -> dict[str, pd.DataFrame]:
    """Every table of the appraisal that is not in the summary.

    ``lines`` (priced lines over the horizon, over draws and at the point values), ``social`` (what makes up net present
    social value), ``sensitivity``, ``unit_cost_swings``, ``two_at_a_time`` and ``effect_swings`` (main view: where each
    price, convention and effect turns the answer), ``effects`` (without a price), ``after_horizon`` and
    ``distribution``, each with a column ``view``. The central case of all is the mean over draws.
    ``needed``, ``needed_groups`` and ``needed_pairs`` say how large an effect would pay.
    ``budget`` is budgets by academic and financial year, over draws. [GBP]
    """
    found: dict[str, list[pd.DataFrame]] = {}
    for view in result.scenario.views:
        for name, table in _tables_of(result, summary, view):
            found.setdefault(name, []).append(table.assign(view=view))
    return {name: pd.concat(tables, ignore_index=True) for name, tables in found.items()}


def _tables_of(result: RunResult, summary: Summary, view: str) -> Iterator[tuple[str, pd.DataFrame]]:
    frame, is_main = frame_of(result), view == result.scenario.view
    jobs = [job for job in result.jobs() if job.view in (view, result.plan.main_view)]
    arms, values = read_arms(result, jobs, result.plan.n_years)
    points = points_of(result, view, arms, values)
    counted = summary.averaged(view)
    spread = summary.spread(view, len(counted))
    worlds, received = _worlds(counted.values(), frame.first_year)
    mean = _over_draws(worlds, spread)
    yield "lines", mean.assign(basis=OVER_DRAWS)
    kappas = np.array([values[job][WORTH] for job in counted])
    yield "social", social_statement(worlds, spread, frame, kappas)
    yield from needed_of_run(result, view, counted, spread, arms)
    level = np.mean([arms[job][:, -frame.n_years :] for job in points], axis=0)
    book = price_book(result.scenario, view, values[points[0]])
    yield "budget", budget_of_run(book, spread, mean, received, frame)
    ledger = ledger_of_change(level[1] - level[0], frame.first_year)
    lines = cost_of_difference(ledger, book)
    yield "lines", average_lines(lines.assign(draw=0, replication=0)).assign(basis=AT_POINTS)
    yield "sensitivity", sensitivity_table(lines_at(lines, book), frame, book.real_pay_growth, mean=mean)
    if is_main:  # it takes seconds, and the other views differ by effects and conventions, not by unit costs
        central = measures(mean, frame).npsv, public_net(mean, frame)
        priced = Repriced(level[1] - level[0], values[points[0]], frame, terms_of(result.scenario), central)
        swings = one_price_at_a_time(priced)
        yield "unit_cost_swings", swings
        yield "two_at_a_time", two_at_a_time(swings, priced)
        yield "effect_swings", effect_swings(worlds, [values[job] for job in counted], frame, result.scenario)
    effects = effects_of_ledger(
        _mean_ledger(counted.values(), spread, frame.first_year), frame.first_year, frame.n_years
    )
    yield "effects", switching_values(effects, measures(mean, frame).npsv)
    yield "after_horizon", after_horizon(ledger, book, frame, RunOff.from_values(values[points[0]]))
    yield from _distribution(result, view, frame)


def _worlds(counted: Collection[Counted], first_year: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Priced lines of every pair at its own prices, numbered by ``draw`` from 0; and of what flows back."""
    worlds = [
        cost_of_difference(ledger_of_change(pair.change, first_year), pair.book.with_flow_backs()).assign(draw=number)
        for number, pair in enumerate(counted)
    ]
    every = pd.concat(worlds, ignore_index=True)
    own, received = told_apart(every)
    return (every if next(iter(counted)).book.flow_backs_count else own), received


def _over_draws(worlds: pd.DataFrame, spread: Spread) -> pd.DataFrame:
    """Mean lines, weighed as the summary weighs the draws."""
    apart, weights = _apart_by_sign(worlds), spread.weights
    apart = apart.assign(pays=more_or_less(apart["value_gbp"]))
    amounts = ["units", "value_gbp", "cashable_gbp"]
    apart[amounts] = apart[amounts].mul((weights * weights.size)[apart["draw"]], axis=0)
    return average_lines(apart, ("draw",))


def _apart_by_sign(lines: pd.DataFrame) -> pd.DataFrame:
    """Tell draws with more of a thing from draws with fewer, where there are both.

    Otherwise units could cancel while money does not, and the effective price would mean nothing. Where it is so in any
    year, it is done in all, so that a thing has the same lines in every year.
    """
    sign = np.sign(lines["units"])
    things = [sign.groupby([lines[name] for name in _THING], observed=True).transform(end) for end in ("min", "max")]
    both = (things[0] < 0.0) & (things[1] > 0.0)
    words = np.where(sign < 0.0, " (fewer)", " (more)")
    item = lines["item"].to_numpy(dtype=object)
    return lines.assign(item=np.where(both.to_numpy(), item + words.astype(object), item))


def _mean_ledger(counted: Collection[Counted], spread: Spread, first_year: int) -> pd.DataFrame:
    """What changes and what the baseline counts, mean over draws as the summary weighs them."""
    arms = {
        name: np.tensordot(spread.weights, np.array([getattr(pair, one) for pair in counted]), axes=1)[None]
        for name, one in (("value", "change"), ("baseline", "baseline"))
    }
    return tidy_totals(ENGLAND, arms, first_year, categories=False)


def _distribution(result: RunResult, view: str, frame: AppraisalFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Appraise groups of councils apart, at the point values.

    Nothing comes of a sample or of chosen councils: those stand for England, not for the groups that they are in.
    """
    if result.plan.chosen or result.plan.share < 1.0:
        return
    pairs = list(result.points(view))
    book = price_book(result.scenario, view, pairs[0].values)
    codes, changes = _by_council(pairs, result.scenario.start_year, frame)
    names = sorted(one.key for one in Quantity)
    years = np.arange(frame.first_year, frame.first_year + frame.n_years)
    words = {"year": np.repeat(years, len(names)), "quantity": np.tile(names, years.size)}
    for group, title in GROUPS:
        of_council = with_council_group(pd.DataFrame({"council": codes}), group)[group].to_numpy()
        for name in np.unique(of_council):
            own = _summed(changes[of_council == name])[:, [COLUMN[one] for one in names]]
            lines = cost_of_difference(pd.DataFrame(words | {"value": own.ravel()}), book)
            table = by_group(lines.assign(**{group: name}), frame, group).drop(columns=["weight", "weighted_npsv"])
            yield "distribution", table.assign(grouping=title)


def _by_council(pairs: Sequence[PairTotals], start_year: int, frame: AppraisalFrame) -> tuple[list[str], Floats]:
    """ONS codes of councils in order, and the mean difference of each over the horizon, as what it stands for.

    All pairs have the same councils. [units, shape (n_councils, n_years, n_quantities)]
    """
    inside = slice(frame.first_year - start_year, frame.first_year - start_year + frame.n_years)
    known = {council.la_code: council.ons_code for council in load_councils()}
    codes = [known[code] for code in pairs[0].councils.tolist()]
    gaps = [(one.council_policy - one.council_baseline)[:, inside] * one.council_weight[:, None, None] for one in pairs]
    order = np.argsort(codes)
    return [codes[place] for place in order], (_summed(gaps) / len(pairs))[order]


def _summed(parts: Iterable[Floats]) -> Floats:
    """Sum of arrays, one after the other, without what rounding loses on the way (Kahan)."""
    total: Floats = np.zeros(())
    lost = total
    for part in parts:
        more = part - lost
        total, before = total + more, total
        lost = (total - before) - more
    return total
