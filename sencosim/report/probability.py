"""Chances, planes, switching values and the worth of research: what the report says beyond means and ranges.

Chances and the plane come from the draws of the run itself. Switching values, the worth of research and what moves the
answer most need more draws than a run makes: they are read from a stored ensemble, if there is one.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from sencosim.decisions.acceptability import Plane, plane, wilson
from sencosim.evidence.register import load_register
from sencosim.report.findings import Findings
from sencosim.report.inputs import NET_PUBLIC_COST, PAYER_NET, PRESENT_VALUE, TOTAL
from sencosim.report.research import ABOUT, FORMS_DRAWN
from sencosim.report.showing import chance_in_100, chance_words
from sencosim.report.table import Table, table_of
from sencosim.report.words import DASH, four_figures, in_a_sentence, money, payer_words, per_cent, sentence_case

PLANE_EFFECTS = ("years_waiting_identification", "permanent_exclusions", "suspensions", "appeals")
"""Outcomes of which the plane shows the first that the run has, better when fewer."""
FEWEST_FOR_A_PLANE = 5
MOST_ROWS = 10
WEAK = ("D", "E")
PURSE = "public purse"


def chance_frame(findings: Findings) -> pd.DataFrame:
    """Chance that each payer pays less with the policy than without, by view, with the interval for so few draws.

    One row a view and payer: ``view``, ``payer``, ``chance``, ``low`` and ``high`` (95 %, Wilson), ``n_draws``. A payer
    whom the policy never touches is left out: it neither pays nor saves.
    """
    rows = []
    for view in findings.inputs.views:
        figures = [(PURSE, findings.get(view, NET_PUBLIC_COST, PRESENT_VALUE))]
        figures += [(payer, findings.get(view, PAYER_NET, PRESENT_VALUE, payer)) for payer in findings.payers()]
        for payer, figure in figures:
            if figure is None or figure.n_draws < 2 or figure.is_zero or not math.isfinite(figure.chance_below_zero):
                continue
            chance = figure.chance_below_zero
            rows.append((view, payer, chance, *wilson(chance, float(figure.n_draws)), figure.n_draws))
    return pd.DataFrame(rows, columns=["view", "payer", "chance", "low", "high", "n_draws"])


def plane_of(findings: Findings) -> tuple[str, Plane] | None:
    """Title of the effect, and net cost against effect by draw of the main view; ``None`` with too few draws."""
    inputs = findings.inputs
    for outcome in PLANE_EFFECTS:
        figure = findings.get(inputs.main_view, outcome, TOTAL)
        if figure is None:
            continue
        cost = _by_draw(findings, NET_PUBLIC_COST, PRESENT_VALUE)
        effect = -_by_draw(findings, outcome, TOTAL)
        both = pd.DataFrame({"cost": cost, "effect": effect}).dropna()
        if len(both) >= FEWEST_FOR_A_PLANE:
            return figure.title, plane(both["cost"].to_numpy(np.float64), both["effect"].to_numpy(np.float64))
    return None


def _by_draw(findings: Findings, outcome: str, year: str) -> pd.Series:
    """Difference by draw in the main view, the mean over replications; draws of the priors alone, if there are any."""
    inputs, runs = findings.inputs, findings.inputs.runs
    chosen = runs[
        (runs["view"] == inputs.main_view)
        & (runs["outcome"] == outcome)
        & (runs["year"] == year)
        & (runs["area_code"] == inputs.area_code)
    ]
    drawn = chosen[chosen["draw"] > 0] if (chosen["draw"] > 0).any() else chosen
    found: pd.Series = drawn.groupby("draw")["difference"].mean()
    return found


def stored_tables(findings: Findings) -> dict[str, pd.DataFrame]:
    """Tables behind this part of the report, to be kept with the run: every figure of the part is in them."""
    tables = {"chance_of_saving": chance_frame(findings), **findings.inputs.research}
    found = plane_of(findings)
    if found is not None:
        shares = found[1].quadrants
        tables["plane_quadrants"] = pd.DataFrame({"quadrant": list(shares), "share": list(shares.values())})
    return {name: table for name, table in tables.items() if not table.empty}


# -- the part of the page -------------------------------------------------------------------------------------------


def section(findings: Findings) -> dict[str, Any]:
    """Everything that ``probability.html`` shows."""
    chances, research = chance_frame(findings), findings.inputs.research
    return {
        "chance_table": _chance_table(findings, chances),
        "plane_sentence": _plane_sentence(findings),
        "switching_table": _switching_table(findings, research.get("switching_values")),
        "switching_sentence": _switching_sentence(research.get("switching_values")),
        "evppi_table": _evppi_table(findings, research.get("evppi")),
        "weakest_table": _weakest_table(findings, research.get("importance")),
        "research_sources": _sources(research.get(ABOUT)),
        "research_forms": _forms_sentence(research.get(ABOUT)),
        "make_research": _commands(findings),
    }


def _chance_table(findings: Findings, chances: pd.DataFrame) -> Table | None:
    if chances.empty:
        return None
    main = findings.inputs.main_view
    behind = [view for view in findings.inputs.views if view != main]
    known = {(row["view"], row["payer"]): row for row in chances.to_dict("records")}
    rows = []
    for payer in dict.fromkeys(chances["payer"]):
        own, *others = (known.get((view, payer)) for view in (main, *behind))
        chances_of = [
            DASH if one is None else chance_in_100(one["chance"], int(one["n_draws"])) for one in (own, *others)
        ]
        words = DASH if own is None else chance_words(own["chance"], int(own["n_draws"]))
        title = sentence_case("public purse, all together" if payer == PURSE else payer_words(payer))
        rows.append((title, chances_of[0], words, *chances_of[1:]))
    drawn = int(chances.loc[chances["view"] == main, "n_draws"].max()) if (chances["view"] == main).any() else 0
    return table_of(findings, "chances", rows, strong_rows=(0,), drawn=str(drawn))


def _plane_sentence(findings: Findings) -> str:
    found = plane_of(findings)
    if found is None:
        return ""
    title, drawn = found
    n = len(drawn.cost)
    told = "; ".join(
        f"{name} in {round(share * n):,} of {n:,}" for name, share in drawn.quadrants.items() if share > 0.0
    )
    return (
        f"Net cost to the public purse against {title[:1].lower()}{title[1:]} avoided over all years, draw by draw: "
        f"{told} draws. There is no official price for this effect, so no line of worth is drawn."
    )


def _switching_table(findings: Findings, found: pd.DataFrame | None) -> Table | None:
    if found is None:
        return None
    roots = found[found["status"] != "no root in range"].head(MOST_ROWS)
    if roots.empty:
        return None
    shown = roots.assign(title=roots["title"].astype(str))
    for name in ("today", "switching_value", "low", "high"):
        shown[name] = roots[name].map(_number)
    shown["low"] += " to " + shown["high"]
    columns = ["title", "today", "switching_value", "low", "unit", "place"]
    return table_of(findings, "switching", shown[columns].to_numpy(dtype=object).tolist())


def _switching_sentence(found: pd.DataFrame | None) -> str:
    if found is None or (found["status"] != "no root in range").any():
        return ""
    return (
        "No single input changes the answer: nowhere within the evidence of any uncertain input does the expected net "
        "cost to the public purse reach zero. Not within the evidence."
    )


def _evppi_table(findings: Findings, found: pd.DataFrame | None) -> Table | None:
    if found is None:
        return None
    whole = found[found["group"] == "everything"]
    parts = found[(found["group"] != "everything") & found["survives"].astype(bool)].head(MOST_ROWS)
    shown = pd.concat([whole, parts])
    titles = shown["title"].replace("everything", "everything uncertain").map(sentence_case)
    nulls = shown["value_null"].map(lambda value: DASH if math.isnan(value) else money(value))
    rows = zip(titles, shown["value"].map(money), shown["standard_error"].map(money), nulls, strict=True)
    most = float(whole["most"].iloc[0])
    none = (
        "No draw reverses today's choice by this measure, so no worth of single inputs is reckoned. Knowing everything "
        f"is worth {money(most)} at most (95 %, by the rule of three for draws that none of those made shows)."
    )
    return table_of(findings, "research", rows, strong_rows=(0,), note="" if math.isnan(most) else none)


def _weakest_table(findings: Findings, found: pd.DataFrame | None) -> Table | None:
    if found is None or "shapley" not in found:
        return None
    weak = found[found["quality"].isin(WEAK) & found["told_apart"].astype(bool)].head(MOST_ROWS)
    if weak.empty:
        return None
    intervals = [f"{per_cent(row['low'])} to {per_cent(row['high'])}" for row in weak.to_dict("records")]
    rows = zip(weak["title"], weak["quality"], weak["shapley"].map(per_cent), intervals, strict=True)
    return table_of(findings, "weakest", rows)


def _number(value: Any) -> str:
    return "beyond the range" if math.isinf(float(value)) else four_figures(float(value))


def _sources(about: pd.DataFrame | None) -> list[str]:
    if about is None or about.empty:
        return []
    shares = about["sample_share"].astype(float) if "sample_share" in about else [math.nan] * len(about)
    told = zip(about["table"], about["ensemble"], map(_part, shares), strict=True)
    return [f"{str(table).replace('_', ' ')}: ensemble {ensemble}{part}" for table, ensemble, part in told]


def _part(share: float) -> str:
    """The part of England on which an ensemble was run, which may be another than the run's; blank if all was."""
    return f", on {per_cent(share)} of England" if share < 1.0 else ""


def _forms_sentence(about: pd.DataFrame | None) -> str:
    """What draws of an ensemble vary and those of the run hold at the reference form; blank if nothing."""
    if about is None or about.empty or FORMS_DRAWN not in about:
        return ""
    names = dict.fromkeys(" ".join(about[FORMS_DRAWN].fillna("").astype(str)).split())
    titles = "; ".join(in_a_sentence(load_register()[name].title) for name in names)
    if not titles:
        return ""
    return (
        "Draws of an ensemble are over forms of the model too, so their mean and range are not those of this run, "
        f"whose own draws hold the reference form. What they vary beyond the run: {titles}."
    )


def _commands(findings: Findings) -> list[str]:
    """Commands that make what is missing; none if nothing is."""
    research, name = findings.inputs.research, findings.inputs.scenario.name
    missing = {"importance": "ensemble", "switching_values": "breakeven", "evppi": "voi"}
    return [f"sencosim {command} {name}" for table, command in missing.items() if table not in research]
