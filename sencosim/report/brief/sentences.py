"""What a brief says: at most three figures in plain words, and what may and may not be said."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sencosim.report.brief.place import Place
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import NET_PUBLIC_COST, PRESENT_VALUE, TOTAL
from sencosim.report.showing import FEWEST, LOW, NOT_KNOWN, TOO_FEW, chance_in_100, draws_words, is_enough, is_low
from sencosim.report.table import Cell, Estimate, Interval, Number, Table
from sencosim.report.words import (
    costs_or_saves,
    in_a_sentence,
    money,
    money_range,
    plain,
    rounding_step,
    sentence_case,
)

UNCLEAR = "Unclear"
ON_TIME, EXCLUSIONS, PER_PUPIL = "plans_within_20_weeks", "permanent_exclusions", "net_public_cost_per_pupil"
BESIDE = (PER_PUPIL, ON_TIME)
"""Figures that can be compared between places of different size."""
FEWEST_IN_WORDS = {5: "five"}[FEWEST]
ONE_DRAW = "it has one draw only"
CONTEXT_NUMBERS = ("within 20 weeks", "of every 100", "8 in 10", "80 %")
"""Numbers of the language, not of the run."""
MODELLED, AS_ENGLAND = "modelled for the area", "as England"


@dataclass(frozen=True)
class Told:
    """One figure for a reader in a hurry."""

    figure: str  # the number with its unit, short
    words: str  # the sentence, with the range in words

    @property
    def sentence(self) -> str:
        """Both as one text."""
        return f"{self.figure}{'. ' if self.words[:1].isupper() else ' '}{self.words}"


def three_figures(findings: Findings) -> tuple[Told, ...]:
    """Plans on time, exclusions, cost: always these three and in this order, whatever they show."""
    main = findings.inputs.main_view
    asked = ((ON_TIME, TOTAL, _plans), (EXCLUSIONS, TOTAL, _exclusions), (NET_PUBLIC_COST, PRESENT_VALUE, _cost))
    return tuple(
        tell(findings.area_name, figure)
        for outcome, year, tell in asked
        if (figure := findings.get(main, outcome, year)) is not None
    )


def _plans(where: str, figure: Figure) -> Told:
    plans = "new education, health and care plans"
    if not figure.is_clear:
        what = f"How many of every 100 {plans} come within 20 weeks, the legal limit, in {where}."
        return Told(UNCLEAR, f"{what} {_spread(figure)}")
    words = f"{plans} in {where} would come within 20 weeks, the legal limit. {_spread(figure)}"
    return Told(f"{_change(figure.difference, _step(figure))} of every 100", words)


def _exclusions(where: str, figure: Figure) -> Told:
    what = f"permanent exclusions of pupils with special educational needs in {where}"
    if is_low(figure.difference, figure.p10, figure.p90):
        return Told(LOW, f"The change in {what} is below {FEWEST_IN_WORDS} pupils, too small to show.")
    told = f"{what}, in all the years together. {_spread(figure)}"
    if not figure.is_clear:
        return Told(UNCLEAR, f"The number of {told}")
    return Told(_change(figure.difference, _step(figure)), told)


def _cost(where: str, figure: Figure) -> Told:
    verb = "would cost" if figure.difference > 0 else "would save"
    low, _, high = money_range(figure.difference, *figure.ends).partition(" to ") if figure.ends else ("", "", "")
    return Told(
        money(abs(figure.difference), *figure.ends),
        f"is what it {verb} schools, councils and government together in {where}, in all the years, "
        f"in today's worth. {_between(figure, low, high)}",
    )


def _step(figure: Figure) -> float:
    return rounding_step(figure.difference, *figure.ends)


def _change(value: float, step: float) -> str:
    """A number without its sign: words carry the direction."""
    if value == 0.0:
        return "no change"
    return f"{plain(abs(value), step)} {'more' if value > 0 else 'fewer'}"


def _spread(figure: Figure) -> str:
    """How far from the figure it may lie, or that nobody can say which way it goes."""
    low, high = (_change(end, _step(figure)) for end in figure.ends) if figure.ends else ("", "")
    if figure.is_clear:
        return _between(figure, low, high)
    if not low:
        return f"This run cannot say: {ONE_DRAW}."
    start = "The likely range goes" if is_enough(figure.n_draws) else _few(figure)
    return f"{start} from {low} to {high}, so nobody can say whether it gets better or worse."


def _between(figure: Figure, low: str, high: str) -> str:
    if not low:
        return f"This run cannot say how far from that it may lie: {ONE_DRAW}."
    if not is_enough(figure.n_draws):
        return f"{_few(figure)} from {low} to {high}."
    return f"It is likely to lie between {low} and {high}."


def _few(figure: Figure) -> str:
    return f"The range of {draws_words(figure.n_draws)}, {TOO_FEW}, goes"


def how_come_by(findings: Findings, place: Place) -> str:
    """Whether figures are modelled for this place or shares of England's."""
    if place.kind == "england":
        return "These figures are for all of England."
    rows = findings.summary[findings.summary["area_code"] == place.code]
    rows = rows[rows["view"] == findings.inputs.main_view]
    found = sorted(set(rows["basis"].dropna())) if "basis" in rows.columns else []
    if not found:
        return f"These figures are modelled for {place.words}: only its schools and its council were simulated."
    if found == [MODELLED]:
        return (
            f"These figures are modelled for {place.words}: its schools, its council and its queues were simulated. "
            "Only the width of the ranges leans on England."
        )
    return (
        f"These figures are not modelled for {place.words}. Numbers of pupils and sums of money are its share, "
        "by pupils, of England's; shares and waits are England's own. Local schools and queues may differ."
    )


def can_say(findings: Findings, run_id: str) -> tuple[str, ...]:
    """Sentences that may be quoted as they stand: with the cost, the range, and that it may not pay back."""
    inputs = findings.inputs
    told = []
    for view in inputs.views:
        net = findings.get(view, NET_PUBLIC_COST, PRESENT_VALUE)
        if net is not None:
            spread = money_range(net.difference, net.p10, net.p90)
            told.append(f"in the {view} view it {costs_or_saves(net.difference, net.p10, net.p90)} ({spread})")
    main = findings.get(inputs.main_view, NET_PUBLIC_COST, PRESENT_VALUE)
    chance = NOT_KNOWN
    if main is not None:
        chance = f"{chance_in_100(main.chance_below_zero, main.n_draws)}, from {draws_words(main.n_draws)}"
    return (
        f"“In a simulation, {in_a_sentence(inputs.scenario.title)} in {findings.area_name}, {findings.period()}: "
        f"{'; '.join(told)}. Source: sencosim, run {run_id}.”",
        f"“It may not pay for itself: in the {inputs.main_view} view the chance that the public purse saves money is "
        f"{chance}.”",
    )


def cannot_say(findings: Findings) -> tuple[str, ...]:
    """What would be unfair."""
    return (
        "That it has been shown to work: nobody has measured what a SENCO's time causes.",
        "One figure without its range, or one view as if it were the only one.",
        f"That any school, or any child, in {findings.area_name} would see this change.",
    )


def beside_table(summary: pd.DataFrame, place: Place, view: str) -> Table:
    """The comparable figures for this place, places like it, and England."""
    names = list(dict.fromkeys((place.name, *place.beside, "England")))
    chosen = summary[
        (summary["view"] == view) & summary["year"].isin([TOTAL, PRESENT_VALUE]) & (summary["payer"] == "")
    ]
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        found = chosen[chosen["area_name"] == name]
        own = [found[found["outcome"] == outcome] for outcome in BESIDE]
        cells: list[Cell] = [_cell(rows_of_it) for rows_of_it in own]
        known = pd.concat(own).get("basis", pd.Series(dtype=object)).dropna()
        basis = "" if known.empty else str(known.iloc[0])
        if basis not in ("", MODELLED) and name != place.name:
            cells = [AS_ENGLAND] * len(cells)  # its share of England would look like a figure of its own
        rows.append((name, *cells, sentence_case(basis or MODELLED)))
    kind = {"council": "its statistical neighbours", "region": "other regions", "england": "nothing else"}[place.kind]
    return Table(
        key="beside",
        caption=f"{place.name} beside {kind}: change from today's policy, {view} view; in brackets the range "
        "of 8 in 10 draws",
        columns=("Place", "Net cost per pupil, £", "Plans within 20 weeks, points", "How it was come by"),
        rows=rows,
        strong_rows=(0,),
        text_columns=(3,),
    )


def _cell(found: pd.DataFrame) -> Estimate | None:
    if found.empty:
        return None
    value, low, high = (float(found[name].iloc[0]) for name in ("difference", "p10", "p90"))
    step = rounding_step(value, low, high)
    return Estimate(Number(value, step, signed=True), Interval(low, high, step))
