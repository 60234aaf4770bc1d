"""The frontier of policies as it is stored, and where a policy stands alongside it.

``sencosim optimise`` finds it; that of England ships with the package. A frontier belongs to the model that made it:
:func:`made_by` says which that is, and a frontier of another model is shown as such.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sencosim.costing.prices import PROGRESS, PriceBook
from sencosim.decisions.frontier import Beside, beside_frontier, undominated
from sencosim.engine.behaviour import behaviour
from sencosim.errors import InputError, stored_in
from sencosim.evidence.posterior import load_posterior
from sencosim.evidence.register import evidence_folder, load_register
from sencosim.evidence.views import load_view
from sencosim.experiment.finished import MANIFEST
from sencosim.fingerprint import hash_of
from sencosim.names import listed
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.load import asked_otherwise

SHIPPED = Path(__file__).with_name("frontier_of_england")
FACTS = MANIFEST
TABLES = ("points", "figures", "errors", "cases", "regret", "choices", "groups", "examples")
FOUND_ON = ("settings", "own_schools", "policies")
"""Facts of what a frontier was found on, without which nothing may stand alongside it."""
COST = "net_public_cost"
ENGINE_TABLES = (
    *("base_year.yaml", "council_exclusions.csv", "councils.csv", "councils_by_year.csv", "dimensions.csv"),
    *("national_series.csv", "posterior/councils.csv", "routes.csv"),
)
"""Files of the evidence that the engine reads and that are in no register."""


def made_by() -> dict[str, str]:
    """What a frontier depends on: what the model does, point values and tables of the evidence, schools and prices.

    A note or a grade that changes makes no frontier old, nor does what is read for break-even alone.
    """
    register = load_register()
    views = {view: load_view(view).values(register) for view in ("campaign", "central", "sceptic")}
    read = {
        view: {name: value for name, value in values.items() if name not in PROGRESS} for view, values in views.items()
    }
    return {
        "prices": PriceBook.for_view("central").fingerprint(),
        "behaviour": behaviour(),
        "point_values": digest_of(read),
        "posterior_fingerprint": load_posterior().fingerprint(),
        "population_fingerprint": synthetic_england().fingerprint,
        "evidence_tables": evidence_tables(),
        "event_distributions": event_distributions(),
    }


def event_distributions() -> str:
    """SHA-256 of the spread of single tasks and cases, which is no point value, and of what it is a spread around."""
    spreads = ((one, one.event_distribution) for one in load_register().values())
    told = {one.name: [one.value, spread.model_dump(mode="json")] for one, spread in spreads if spread is not None}
    return digest_of(told)


def digest_of(what: Any) -> str:
    """SHA-256 of plain values as sorted JSON."""
    return hashlib.sha256(json.dumps(what, sort_keys=True, default=str).encode("utf-8")).hexdigest()


def evidence_tables() -> str:
    """SHA-256 of the tables of the evidence that the engine reads: councils, years, routes."""
    folder = evidence_folder()
    return hash_of((path for name in ENGINE_TABLES if (path := folder / name).is_file()), folder)


@dataclass(frozen=True)
class Frontier:
    """A frontier that was found."""

    # ``aim``, ``aims`` with title, unit and sign of each, ``rule``, ``area``, sizes, ``settings`` that are not today's
    # rules, ``own_schools``: whether its schools are a list of the user's own, ``policies``: fingerprints of shipped
    # scenarios as they were run, ``changed_policies``: those that ask something else now
    facts: Mapping[str, Any]
    points: pd.DataFrame  # by name: ``aim`` on whose frontier it lies, ``title``, and a column for each dial
    figures: pd.DataFrame  # by name: what each policy changes, those of the frontier and shipped ones
    errors: pd.DataFrame  # standard errors of that
    cases: pd.DataFrame  # ``law``, ``form``, ``view``, ``policy`` and what it changes there
    regret: pd.DataFrame  # how far each option falls short of the best one in social value, over the cases
    choices: pd.DataFrame  # which assumption picks which option
    groups: pd.DataFrame  # who gains from the rule
    examples: pd.DataFrame  # hours that the rule asks of some schools

    @classmethod
    def read(cls, folder: Path) -> Frontier:
        """A frontier by its folder.

        Raises
        ------
        InputError
            If there is none, or it does not say on what it was found.
        """
        if not (folder / FACTS).is_file():
            raise InputError(f"There is no frontier in {folder.as_posix()}: it has no file {FACTS}.")
        with stored_in(folder):
            facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
            unsaid = [name for name in FOUND_ON if name not in facts]
            found = None if unsaid else cls.of(facts, {name: pd.read_csv(folder / f"{name}.csv") for name in TABLES})
        if found is None:
            raise InputError(
                f"The frontier in {folder.as_posix()} was found by another version of sencosim: its manifest does not "
                f"say {listed(unsaid)}, so nothing can be compared with it. Find it again:  sencosim optimise"
            )
        return found

    @classmethod
    def of(cls, facts: Mapping[str, Any], tables: Mapping[str, pd.DataFrame]) -> Frontier:
        """A frontier from its facts and its tables, by name as they are stored; aims in the order of the cases.

        Shipped policies that ask something else now are left out: their figures are of what they asked then.
        """
        changed = asked_otherwise(facts["policies"])
        own = {name: _without(tables[name], changed) for name in TABLES}
        own |= {name: own[name].set_index("name") for name in ("points", "figures", "errors")}
        order = list(own["cases"].columns)  # a manifest sorts its names
        aims = dict(sorted(facts["aims"].items(), key=lambda one: order.index(one[0])))
        return cls({**facts, "aims": aims, "changed_policies": changed}, **own)

    @property
    def is_current(self) -> bool:
        """Whether the model is still the one that made it."""
        own = made_by()
        if self.facts["own_schools"]:
            del own["population_fingerprint"]  # a list of one's own is not the model's
        return not self.facts["changed_policies"] and all(self.facts.get(name) == told for name, told in own.items())

    @property
    def aims(self) -> tuple[str, ...]:
        """Aims of which there is a frontier, the main one first."""
        return tuple(self.facts["aims"])

    def gain(self, aim: str, figures: pd.DataFrame | None = None) -> pd.Series:
        """How far policies move an aim the right way. [unit of the aim]"""
        table = self.figures if figures is None else figures
        return float(self.facts["aims"][aim]["sign"]) * table[aim]

    def of_aim(self, aim: str) -> pd.DataFrame:
        """Points of its frontier, from cheap to dear: ``cost`` [GBP present value], ``gain`` [unit of the aim].

        Every policy that was found and confirmed may lie on it, whatever it was found for; shipped ones may not.
        """
        table = pd.DataFrame({"cost": self.figures[COST], "gain": self.gain(aim)}).loc[list(self.points.index)]
        table = table[table["gain"] > 0.0]
        kept = table[undominated(table["cost"].to_numpy(np.float64), table["gain"].to_numpy(np.float64))]
        return kept.sort_values("cost", kind="stable")

    def beside(self, aim: str, cost: float, gain: float) -> Beside:
        """A policy alongside the frontier of an aim, by its cost and its gain. [GBP present value; unit of the aim]"""
        own = self.of_aim(aim)
        return beside_frontier(own["cost"].to_numpy(np.float64), own["gain"].to_numpy(np.float64), cost, gain)


def _without(table: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """A table without the rows of some policies."""
    column = next((one for one in ("name", "policy") if one in table), None)
    return table if column is None else table[~table[column].isin(names)]


def rerun_gaps(frontier: Frontier, again: pd.DataFrame) -> pd.DataFrame:
    """How far points are from a rerun with other chance, in cost and in the main aim.

    Parameters
    ----------
    frontier
        Confirmed in so many replications that they have standard errors.
    again
        Figures of the rerun, one replication, by name.

    Returns
    -------
        ``name``, ``outcome``, ``stated``, ``again`` [unit of the outcome] and ``within``: whether they differ by at
        most twice the standard error of the difference. The error is the root mean square over the points, since each
        by itself rests on few replications.
    """
    n = int(frontier.facts["sizes"]["confirmed"])
    rows = []
    for outcome in (COST, str(frontier.facts["aim"])):
        error = math.sqrt(float((frontier.errors[outcome].loc[again.index] ** 2).mean()) * (1.0 + n))
        for name in again.index:
            stated, other = (float(table[outcome].to_dict()[name]) for table in (frontier.figures, again))
            rows.append((str(name), outcome, stated, other, abs(stated - other) <= 2.0 * error))
    table = pd.DataFrame(rows, columns=["name", "outcome", "stated", "again", "within"])
    return table.sort_values("name", key=lambda names: names.map(list(again.index).index), kind="stable")


@lru_cache(maxsize=1)
def shipped_frontier() -> Frontier | None:
    """That of England, as it ships; none if it was not made."""
    return Frontier.read(SHIPPED) if (SHIPPED / FACTS).is_file() else None
