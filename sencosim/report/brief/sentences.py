"""What a brief says: at most three figures in plain words, and what may and may not be said."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from sencosim.report.brief.place import Place
from sencosim.report.findings import Figure, Findings
from sencosim.report.inputs import NET_PUBLIC_COST, PRESENT_VALUE, TOTAL
from sencosim.report.likelihood import TOO_FEW, draws_words, is_enough
from sencosim.report.small_numbers import FEWEST, LOW, is_low
from sencosim.report.tables import Table
from sencosim.report.words import (
    DASH,
    costs_or_saves,
    in_a_sentence,
    money,
    money_range,
    per_cent,
    plain,
    rounding_step,
    sentence_case,
    signed_range,
)

UNCLEAR = "Unclear"
ON_TIME, EXCLUSIONS, PER_PUPIL = "plans_within_20_weeks", "permanent_exclusions", "net_public_cost_per_pupil"
BESIDE = (PER_PUPIL, ON_TIME)
"""Figures that can be compared between places of different size."""
ONE_DRAW = "it has one draw only"
CONTEXT_NUMBERS = ("within 20 weeks", "of every 100", "8 in 10", "80 %")
"""Numbers of the language, not of the run."""
MODELLED, AS_ENGLAND = "modelled for the area", "as England"


@dataclass(frozen=True)
class Told:
    """One figure for a reader in a hurry.

    Attributes
    ----------
    figure
        The number with its unit, short.
    words
        The sentence, with the range in words.
    """

    figure: str
    words: str

    @property
    def sentence(self) -> str:
        """Both as one text."""
        return f"{self.figure}{'. ' if self.words[:1].isupper() else ' '}{self.words}"


def three_figures(findings: Findings) -> tuple[Told, ...]:
    """Plans on time, exclusions, cost: always these three and in this order, whatever they show."""
    main = findings.inputs.main_view
    told = []
    for outcome, year, tell in (
        (ON_TIME, TOTAL, _plans),
        (EXCLUSIONS, TOTAL, _exclusions),
        (NET_PUBLIC_COST, PRESENT_VALUE, _cost),
    ):
        figure = findings.get(main, outcome, year)
        if figure is not None:
            told.append(tell(findings, figure))
    return tuple(told)


def _plans(findings: Findings, figure: Figure) -> Told:
    number, low, high = _together(figure)
    where = findings.area_name
    plans = "new education, health and care plans"
    if not figure.is_clear:
        return Told(
            UNCLEAR,
            f"How many of every 100 {plans} come within 20 weeks, the legal limit, in {where}. "
            f"{_open(figure, low, high)}",
        )
    way = "more" if figure.difference > 0 else "fewer"
    words = f"{plans} in {where} would come within 20 weeks, the legal limit. {_between(figure, low, high)}"
    return Told(f"{number} {way} of every 100", words)


def _exclusions(findings: Findings, figure: Figure) -> Told:
    what = f"permanent exclusions of pupils with special educational needs in {findings.area_name}"
    if is_low(figure.difference, figure.p10, figure.p90):
        return Told(LOW, f"The change in {what} is below {_word(FEWEST)} pupils, too small to show.")
    number, low, high = _together(figure)
    if not figure.is_clear:
        return Told(UNCLEAR, f"The number of {what}, in all the years together. {_open(figure, low, high)}")
    way = "more" if figure.difference > 0 else "fewer"
    return Told(f"{number} {way}", f"{what}, in all the years together. {_between(figure, low, high)}")


def _cost(findings: Findings, figure: Figure) -> Told:
    verb = "would cost" if figure.difference > 0 else "would save"
    ends = (figure.p10, figure.p90) if figure.has_range else ()
    low, _, high = money_range(figure.difference, *ends).partition(" to ") if ends else ("", "", "")
    return Told(
        money(abs(figure.difference), *ends),
        f"is what it {verb} schools, councils and government together in {findings.area_name}, in all the years, "
        f"in today's worth. {_between(figure, low, high)}",
    )


def _together(figure: Figure) -> tuple[str, str, str]:
    """Number and ends without signs and with one rounding; words carry the direction."""
    ends = (figure.p10, figure.p90) if figure.has_range else ()
    step = rounding_step(figure.difference, *ends)
    low, high = (_direction(end, step) for end in ends) if ends else ("", "")
    return plain(abs(figure.difference), step), low, high


def _direction(value: float, step: float) -> str:
    if value == 0.0:
        return "no change"
    return f"{plain(abs(value), step)} {'more' if value > 0 else 'fewer'}"


def _between(figure: Figure, low: str, high: str) -> str:
    if not low:
        return f"This run cannot say how far from that it may lie: {ONE_DRAW}."
    if not is_enough(figure.n_draws):
        return f"{_few(figure)} from {low} to {high}."
    return f"It is likely to lie between {low} and {high}."


def _open(figure: Figure, low: str, high: str) -> str:
    if not low:
        return f"This run cannot say: {ONE_DRAW}."
    start = "The likely range goes" if is_enough(figure.n_draws) else _few(figure)
    return f"{start} from {low} to {high}, so nobody can say whether it gets better or worse."


def _few(figure: Figure) -> str:
    return f"The range of {draws_words(figure.n_draws)}, {TOO_FEW}, goes"


def _word(number: int) -> str:
    return {5: "five"}.get(number, str(number))


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
    chance = "an unknown share of the draws"
    if main is not None:
        chance = f"{per_cent(main.chance_below_zero)} of {draws_words(main.n_draws)}"
    return (
        f"“In a simulation, {in_a_sentence(inputs.scenario.title)} in {findings.area_name}, {findings.period()}: "
        f"{'; '.join(told)}. Source: sencosim, run {run_id}.”",
        f"“It may not pay for itself: it saves the public purse money in {chance} of the {inputs.main_view} view.”",
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
    rows = []
    for name in names:
        cells, basis = [], ""
        for outcome in BESIDE:
            found = chosen[(chosen["area_name"] == name) & (chosen["outcome"] == outcome)]
            cells.append(_cell(found))
            told = found["basis"].dropna() if "basis" in found.columns else pd.Series(dtype=object)
            basis = basis or ("" if told.empty else str(told.iloc[0]))
        if basis not in ("", MODELLED) and name != place.name:
            cells = [AS_ENGLAND] * len(cells)  # its share of England would look like a figure of its own
        rows.append((name, *cells, sentence_case(basis or MODELLED)))
    kind = {"council": "its statistical neighbours", "region": "other regions", "england": "nothing else"}[place.kind]
    return Table(
        key="beside",
        caption=f"{place.name} beside {kind}: change from today's policy, {view} view; in brackets the range "
        "of 8 in 10 draws",
        columns=("Place", "Net cost per pupil, £", "Plans within 20 weeks, points", "How it was come by"),
        rows=tuple(rows),
        strong_rows=(0,),
        text_columns=(3,),
    )


def _cell(found: pd.DataFrame) -> str:
    if found.empty:
        return DASH
    value, low, high = (float(found[name].iloc[0]) for name in ("difference", "p10", "p90"))
    step = rounding_step(value, low, high)
    return f"{plain(value, step, signed=True)} ({signed_range(low, high, step)})"
