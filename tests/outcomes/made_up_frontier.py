"""A made-up frontier in the format in which a search stores one. No figure here means anything."""

from __future__ import annotations

from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sencosim.outcomes.frontier import COST, made_by
from sencosim.outcomes.policy_figures import Figure, figures
from sencosim.report.manifest import write_manifest
from sencosim.scenario.load import shipped_fingerprints
from sencosim.studies.optimise_cases import FORMS
from sencosim.studies.optimise_search import AIMS, SHIPPED
from sencosim.studies.policy_space import DIALS, examples, in_words

HOURS = (0.05, 0.1, 0.15, 0.25, 0.35, 0.5)
"""Hours for each pupil with SEN of the points, the rule being the third."""
COSTS = (0.5e9, 1.1e9, 2.0e9, 3.4e9, 4.9e9, 7.5e9)
OF_SHIPPED = dict(zip(SHIPPED, (0.35, 0.8, 1.0, 0.95, 0.3, 0.55, -0.01), strict=True))
"""Share of what full time gains."""
COST_OF_SHIPPED = dict(zip(SHIPPED, (2.4e9, 5.6e9, 9.3e9, 8.1e9, 0.8e9, 3.1e9, 0.4e9), strict=True))
OFF = {name: dial.low for name, dial in DIALS.items()}


def dials_of(hours: float) -> dict[str, float]:
    """Hours for each pupil with SEN in every school, and something alongside them."""
    return OFF | {
        "primary_hours_per_sen_pupil": hours,
        "primary_most_hours": 32.4,
        "secondary_hours_per_sen_pupil": round(hours / 2, 2),
        "secondary_most_hours": 32.4,
        "administrator_hours_per_sen_pupil": 0.05 if hours > 0.3 else 0.0,
        "smallest_school": 100.0,
    }


def points() -> pd.DataFrame:
    """Dials of each point: the main frontier, one more for another aim, the rule."""
    main = AIMS[0]
    named: list[tuple[str, str, dict[str, float]]] = [
        (f"point_{number}", main, dials_of(hours)) for number, hours in enumerate(HOURS, start=1)
    ]
    named.append(("for_weeks_to_file", "weeks_to_file", dials_of(0.2) | {"leadership_seat": 1.0}))
    named.append(("rule", "rule", dials_of(HOURS[2])))
    rows = [{"name": name, "aim": aim, "title": " ".join(in_words(dials)), **dials} for name, aim, dials in named]
    return pd.DataFrame(rows)


def _figures(cost: float, share: float, known: dict[str, Figure]) -> dict[str, float]:
    sizes = {"senco_work_hours": 9e6, "sen_work_hours": 1e7, "weeks_to_file": -3.0, "plans_within_20_weeks": 1.5}
    sizes |= {"permanent_exclusions": -90.0, "npsv": 2e8, "years_waiting_identification": -2.5e4}
    found = {name: sizes.get(name, 1.0 if one.favourable == "up" else -1.0) * share for name, one in known.items()}
    found |= dict.fromkeys((name for name in known if name.startswith("payer_net.")), 0.0)
    return found | {COST: cost, "payer_net.schools": 1.2 * cost, "payer_net.council_high_needs": -0.2 * cost}


def write_frontier(folder: Path, **facts: Any) -> Path:
    """Write one; facts that are given replace its own."""
    folder.mkdir(parents=True, exist_ok=True)
    known = figures()
    table, rule_cost = points(), COSTS[2]
    costs = [*COSTS, 2.9e9, rule_cost * 1.02]
    gains = [float(np.sqrt(cost / COSTS[-1])) for cost in costs]
    gains[-1] = gains[2] * 0.99
    rows = {name: _figures(cost, gain, known) for name, cost, gain in zip(table["name"], costs, gains, strict=True)}
    rows |= {name: _figures(COST_OF_SHIPPED[name], OF_SHIPPED[name], known) for name in SHIPPED}
    told = pd.DataFrame(rows).T.rename_axis("name").reset_index()
    errors = told.copy()
    errors[errors.columns[1:]] = np.abs(told[told.columns[1:]]) * 0.03
    tables = {
        "points": table,
        "figures": told,
        "errors": errors,
        "cases": _cases(rows),
        "regret": pd.DataFrame(
            [("rule", "1", 0.5, 1e8, 4e8), ("full_time", "1", 0.1, 9e8, 2e9)],
            columns=["policy", "worth", "best_in", "mean_gbp", "most_gbp"],
        ),
        "choices": pd.DataFrame(columns=["leaf", "input", "title", "above", "at_most", "option", "share", "draws"]),
        "groups": _groups(),
        "examples": examples(dials_of(HOURS[2])),
        "search": table[["name"]],
    }
    for name, frame in tables.items():
        frame.to_csv(folder / f"{name}.csv", index=False)
    write_manifest(folder, _facts(known) | facts)
    return folder


def _facts(known: dict[str, Figure]) -> dict[str, Any]:
    signs = {"up": 1.0, "down": -1.0}
    aims = {n: {"title": known[n].title, "unit": known[n].unit, "sign": signs[known[n].favourable]} for n in AIMS}
    return made_by() | {
        "settings": {},
        "own_schools": False,
        "policies": shipped_fingerprints(("baseline", *SHIPPED)),
        "area": "England",
        "aim": AIMS[0],
        "aims": aims,
        "rule": list(in_words(dials_of(HOURS[2]))),
        "first_year": "2027/28",
        "years": 10,
        "view": "central",
        "seed": 2026,
        "sizes": {"points": 128, "replications": 2, "share": 0.02, "rounds": 2, "confirmed_share": 0.25, "draws": 32},
        "limits": {},
        "policies_run": 150,
        "explained": {"net_public_cost": 0.98, "senco_work_hours": 0.99},
        "minutes": 12.0,
        "holds_share": 0.75,
        "choice_in_words": "In all 32 draws of the evidence nothing has the highest net social value.",
    }


def _cases(rows: dict[str, dict[str, float]]) -> pd.DataFrame:
    found = []
    for number, (law, form, view) in enumerate(
        product(("current_law", "announced"), FORMS, ("campaign", "central", "sceptic"))
    ):
        for policy in ("rule", "full_time"):
            cost = rows[policy][COST]
            holds = policy == "rule" and number % 5 > 0
            least = cost if holds else 0.8 * cost
            keys = {"law": law, "form": form, "view": view, "policy": policy}
            found.append(keys | rows[policy] | {"cost_for_as_much": least, "holds": holds})
    return pd.DataFrame(found)


def _groups() -> pd.DataFrame:
    words = {"view": "central", "measure": "added_hours", "title": "SENCO hours added", "unit": "hours a week"}
    rows = [("phase", "primary", 5.0), ("phase", "secondary", 3.0), ("fsm_fifth", "5 (most)", 6.0)]
    return pd.DataFrame(
        [
            words
            | {"grouping": grouping, "group": group, "favourable": "up", "baseline": 10.0, "policy": 10.0 + gap}
            | {"difference": gap, "monte_carlo_error": 0.1, "n_replications": 1, "schools": 100.0, "pupils": 1e4}
            for grouping, group, gap in rows
        ]
    )
