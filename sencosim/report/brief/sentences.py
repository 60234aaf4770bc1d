"""What a brief says: what clearly changes, what it costs, what is unclear, and what may and may not be said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from sencosim.outcomes.areas import MODELLED
from sencosim.report.answer import UNQUOTED
from sencosim.report.brief.place import Place, per_school
from sencosim.report.findings import Figure, Findings
from sencosim.report.forms import against_law
from sencosim.report.inputs import NET_PUBLIC_COST, PRESENT_VALUE, TOTAL
from sencosim.report.showing import is_low
from sencosim.report.table import Cell, Estimate, Interval, Number, Table, words_in
from sencosim.report.tables import better_or_worse
from sencosim.report.words import (
    MILLION,
    costs_or_saves,
    in_a_sentence,
    joined,
    money,
    money_range,
    plain,
    rounding_step,
    sentence_case,
)

WORDS = "templates/brief.yaml"
PER_PUPIL, REVIEWS = "net_public_cost_per_pupil", "support_reviews_done"
BESIDE = (PER_PUPIL, REVIEWS)
"""Figures that can be compared between places of different size."""
MOST_CLEAR = MOST_UNCLEAR = 3
UNCLEAR = "Unclear"
CONTEXT_NUMBERS = ("within 20 weeks", "of every 100", "8 of 10", "80 %")
"""Numbers of the language, not of the run."""
AS_ENGLAND = "as England"


@dataclass(frozen=True)
class Told:
    """One figure for a reader in a hurry."""

    figure: str  # the number with its unit, short
    words: str  # the sentence, with the range in words

    @property
    def sentence(self) -> str:
        """Both as one text."""
        between = ". " if self.words[:1].isupper() else ": " if self.words[:1].isdigit() else " "
        return f"{self.figure}{between}{self.words}"


def clear_changes(findings: Findings) -> tuple[Told, ...]:
    """What clearly changes in the main view: every change for the worse first, then others, three in all."""
    clear = [
        (name, figure)
        for name, figure in _looked_at(findings)
        if figure.is_clear and name not in UNQUOTED and not _is_low(name, figure)
    ]
    worse = [one for one in clear if better_or_worse(one[1]) == "worse"]
    others = [one for one in clear if one not in worse][: max(0, MOST_CLEAR - len(worse))]
    told = tuple(_clear(findings, name, figure) for name, figure in (*worse, *others))
    return told or (Told("Nothing", words_in(WORDS)["nothing_clear"]),)


def unclear_changes(findings: Findings) -> tuple[Told, ...]:
    """What this run cannot tell from no change, and counts that are too small to show."""
    say = words_in(WORDS)
    told, low = list[Told](), list[Told]()
    for name, figure in _looked_at(findings):
        outcome = say["outcomes"][name]
        if _is_low(name, figure):
            low.append(Told(outcome["title"], say["low"].format(words=outcome["words"])))
        elif figure.has_range and not figure.is_clear and not figure.is_zero:
            words = say["unclear"].format(words=outcome["words"], range=_range(name, figure))
            told.append(Told(outcome["title"], sentence_case(words)))
    return tuple([*told, *low][:MOST_UNCLEAR]) or (Told("Nothing", say["nothing_unclear"]),)


def cost(findings: Findings) -> Told:
    """What it costs or saves the public purse, in all and for each school and year."""
    say, main = words_in(WORDS), findings.inputs.main_view
    net = findings.over_the_run(main, NET_PUBLIC_COST)
    spread = money_range(net.difference, net.p10, net.p90)
    if not net.is_clear:
        return Told(UNCLEAR, say["cost_unclear"].format(where=findings.area_name, range=spread))
    each = findings.over_the_run(main, per_school(NET_PUBLIC_COST))
    words = say["cost"].format(
        verb="cost" if net.difference > 0 else "save",
        where=findings.area_name,
        period=findings.period(),
        range=spread,
        each=money(abs(each.difference), *each.ends),
    )
    return Told(money(abs(net.difference), *net.ends), words)


def _looked_at(findings: Findings) -> Iterator[tuple[str, Figure]]:
    """Outcomes that a brief looks at, in the order of its words, as far as the run has them."""
    for name in words_in(WORDS)["outcomes"]:
        figure = findings.get(findings.inputs.main_view, name, TOTAL)
        if figure is not None:
            yield name, figure


def _is_low(name: str, figure: Figure) -> bool:
    """Whether it is a count of a place that is too small to be shown."""
    is_count: bool = words_in(WORDS)["outcomes"][name].get("is_count", False)
    return is_count and is_low(figure.difference, figure.p10, figure.p90)


def _clear(findings: Findings, name: str, figure: Figure) -> Told:
    say = words_in(WORDS)
    words = f"{say['outcomes'][name]['words']}. {say['clear'].format(range=_range(name, figure))}"
    each = findings.get(findings.inputs.main_view, per_school(name), TOTAL)
    if "each" in say["outcomes"][name] and each is not None:
        way = "more" if each.difference > 0 else "fewer"
        amount = plain(abs(each.difference), rounding_step(each.difference, *each.ends))
        words += f" {say['outcomes'][name]['each'].format(n=amount, way=way)}."
    return Told(_change(name, figure.difference, figure), words)


def _change(name: str, value: float, figure: Figure) -> str:
    """A number without its sign: words carry the direction."""
    say = words_in(WORDS)
    if value == 0.0:
        return str(say["no_change"])
    return str(say["outcomes"][name]["more" if value > 0 else "less"].format(n=_number(value, figure)))


def _number(value: float, figure: Figure) -> str:
    """A number without its sign, large ones in millions."""
    scale, word = (MILLION, " million") if abs(figure.difference) >= MILLION else (1.0, "")
    step = rounding_step(*(one / scale for one in (figure.difference, *figure.ends)))
    return f"{plain(abs(value) / scale, step)}{word}"


def _range(name: str, figure: Figure) -> str:
    """Both ends of a range in words: once, if both go the same way."""
    low, high = figure.ends
    if low * high <= 0.0:
        return f"{_change(name, low, figure)} to {_change(name, high, figure)}"
    near, far = sorted((low, high), key=abs)
    frame: str = words_in(WORDS)["outcomes"][name]["more" if low > 0 else "less"]
    return frame.format(n=f"{_number(near, figure)} to {_number(far, figure)}")


def how_come_by(findings: Findings, place: Place) -> str:
    """Whether figures are modelled for this place or shares of England's, and whether ranges contain its chance."""
    if place.kind == "england":
        return "These figures are for all of England."
    say = words_in(WORDS)
    rows = findings.summary[findings.summary["area_code"] == place.code]
    rows = rows[rows["view"] == findings.inputs.main_view]
    found = sorted(set(rows["basis"].dropna())) if "basis" in rows.columns else []
    if not found:
        told = f"These figures are modelled for {place.words}: only its schools and its council were simulated."
        known = say["local_chance" if _knows_chance(rows) else "no_local_chance"]
        return f"{told}{_unlike_register(findings, place)} {known}"
    if found == [MODELLED]:
        return (
            f"These figures are modelled for {place.words}: its schools, its council and its queues were simulated."
            f"{_unlike_register(findings, place)} The uncertainty from the evidence is England's. {say['local_chance']}"
        )
    return (
        f"These figures are not modelled for {place.words}. Numbers of pupils and sums of money are its share, "
        "by pupils, of England's; shares and waits are England's own. Local schools and queues may differ. "
        f"{say['no_local_chance']}"
    )


def _unlike_register(findings: Findings, place: Place) -> str:
    """How many schools of the place the run has, if they are not as many as in the register; else blank."""
    here = place.schools_in(findings.inputs.manifest)
    if here == place.schools:
        return ""
    return f" The list of schools has {here:,.0f} there, the register {place.schools:,}."


def _knows_chance(rows: pd.DataFrame) -> bool:
    return bool((rows["n_replications"] > 1).all())


def can_say(findings: Findings, run_id: str) -> tuple[str, ...]:
    """Sentences that may be quoted as they stand: with the cost, the range, and whether it pays for itself."""
    inputs, say = findings.inputs, words_in(WORDS)["can_say"]
    nets = [findings.get(view, NET_PUBLIC_COST, PRESENT_VALUE) for view in inputs.views]
    known = [net for net in nets if net is not None]
    told = [
        say["view"].format(
            view=net.view,
            does=costs_or_saves(net.difference, *net.ends),
            range=money_range(net.difference, net.p10, net.p90),
        )
        for net in known
    ]
    saving = [net.view for net in known if net.difference < 0.0]
    unclear = [net.view for net in known if not net.is_clear]
    pays = (
        "unclear" if unclear else "no_saving" if not saving else "all_saving" if len(saving) == len(known) else "saving"
    )
    said = say["said"].format(
        unproven=unproven(findings),
        policy=in_a_sentence(inputs.scenario.title),
        where=findings.area_name,
        period=findings.period(),
        law=against_law(findings),
        told="; ".join(told),
        run=run_id,
    )
    return said, say[pays].format(known=joined([net.view for net in known]), views=joined(unclear or saving))


def unproven(findings: Findings) -> str:
    """What must travel with a quotation of a model that has not passed its back-test; blank if it has."""
    return str(words_in(WORDS)["unproven"].get(findings.inputs.backtest_state, ""))


def cannot_say(findings: Findings) -> tuple[str, ...]:
    """What would be unfair."""
    return tuple(one.format(where=findings.area_name) for one in words_in(WORDS)["cannot_say"])


def beside_table(findings: Findings, place: Place) -> Table:
    """The comparable figures for this place, places like it, and England."""
    summary, view = findings.summary, findings.inputs.main_view
    names = list(dict.fromkeys((place.name, *place.beside, "England")))
    chosen = summary[
        (summary["view"] == view) & summary["year"].isin([TOTAL, PRESENT_VALUE]) & (summary["payer"] == "")
    ]
    rows: list[tuple[Cell, ...]] = []
    for name in names:
        found = chosen[chosen["area_name"] == name]
        own = [found[found["outcome"] == outcome] for outcome in BESIDE]
        cells: list[Cell] = [_cell(rows_of_it) for rows_of_it in own]
        if name != place.name and not any(cells):
            continue  # the run did not simulate it
        known = pd.concat(own).get("basis", pd.Series(dtype=object)).dropna()
        basis = "" if known.empty else str(known.iloc[0])
        if basis not in ("", MODELLED) and name != place.name:
            cells = [AS_ENGLAND] * len(cells)  # its share of England would look like a figure of its own
        rows.append((name, *cells, sentence_case(basis or MODELLED)))
    return Table(
        key="beside",
        caption=_caption(findings, place, alone=len(rows) == 1),
        columns=("Place", "Net cost per pupil, £", "SEN Support reviews in their term, points", "Basis"),
        rows=rows,
        strong_rows=(0,),
        text_columns=(3,),
    )


def _caption(findings: Findings, place: Place, *, alone: bool) -> str:
    say: Mapping[str, Any] = words_in(WORDS)
    told = {"place": place.name, "baseline": findings.words()["today"], "view": findings.inputs.main_view}
    if alone:
        return str(say["alone"].format(**told))
    return str(say["beside"].format(**told, others=say["others"][place.kind]))


def _cell(found: pd.DataFrame) -> Estimate | None:
    if found.empty:
        return None
    value, low, high = (float(found[name].iloc[0]) for name in ("difference", "p10", "p90"))
    step = rounding_step(value, low, high)
    return Estimate(Number(value, step, signed=True), Interval(low, high, step))
