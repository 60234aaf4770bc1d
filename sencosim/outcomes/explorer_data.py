"""The data of the explorer: what was run once and is stored, and what the register, the price book and others add.

Stored are changes of quantities, coefficients and errors (``runs.json.gz``), and the facts of how they were made
(``facts.json``). Prices are not stored: they are read when a page is written, so a price that changes makes no run old.
What the engine reads does: then the stored runs are refused, with the command that makes them again.
"""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, get_args

import numpy as np

from sencosim.costing.accounts import CATEGORY_TITLES
from sencosim.costing.prices import ONLY_PRICES
from sencosim.costing.tariffs import central_share, terms_of
from sencosim.engine.behaviour import behaviour
from sencosim.engine.pair import read_inputs
from sencosim.errors import InputError, stored_in
from sencosim.evidence.appraisal import load_appraisal_tables
from sencosim.evidence.councils import load_councils, neighbours_of
from sencosim.evidence.posterior import load_posterior
from sencosim.evidence.register import Parameter, Register, all_cautions, load_register
from sencosim.evidence.tables import read_rows
from sencosim.evidence.views import VIEWS, load_view
from sencosim.experiment.store import write_whole
from sencosim.levers.tariff import LeverTerms
from sencosim.names import listed
from sencosim.outcomes.catalogue import MONEY_OUTCOME, OUTCOMES, quantities
from sencosim.outcomes.explorer import MONEY
from sencosim.outcomes.explorer_beliefs import LEVELS, beliefs_of, not_here, rounded
from sencosim.outcomes.explorer_charges import FUNDERS, PRICES, as_rows, priced_charges, products
from sencosim.outcomes.explorer_controls import CONTROLS, FULL_TIME, FUNDED, controls_of
from sencosim.outcomes.explorer_features import POLICY_FEATURES
from sencosim.outcomes.frontier import (
    COST,
    digest_of,
    event_distributions,
    evidence_tables,
    shipped_frontier,
)
from sencosim.population.synthetic import synthetic_england
from sencosim.scenario.laws import Law
from sencosim.scenario.load import asked_otherwise, shipped_scenario
from sencosim.scenario.schema import Scenario
from sencosim.units import SCHOOL_WEEKS_PER_YEAR
from sencosim.vocabulary import COLUMN, PAYER, PAYERS, USES_OF_PAID_HOURS, WORDS_OF_USES, PressureFunder, Quantity

SCHEMA = 1
SHIPPED = Path(__file__).with_name("explorer_of_england")
FACTS, RUNS = "facts.json", "runs.json.gz"
FACTS_SUM = "facts_sha256"
"""Name of the fact that is the SHA-256 of all others."""
REMAKE = "sencosim explore --remake FOLDER"
"""Command that makes the stored runs again."""
LAW_TITLES = {"current_law": "Today's law goes on", "announced": "The announced law, in both arms"}
REFUSALS = {
    "not_covered": (
        "{title} was run at the point values of each view. The controls do not cover it, so nothing here says how it "
        "would come out with another belief, or how wide its range is. Run it: {command}"
    ),
    "poor": (
        "{title}: the emulator explains {share} of its variance in runs that it had not seen, less than 60 %. Nothing "
        "is shown. Run it: {command}"
    ),
    "no_belief": "{name} is no belief of this page. To change it, run the policy with it: sencosim run --set",
}


def made_by(register: Register | None = None) -> dict[str, str]:
    """What the stored runs depend on: what the engine does, the evidence that it reads, and the schools.

    A price, a note or a grade that changes makes no run old.
    """
    return {"behaviour": behaviour(), **read_by_engine(register)}


def read_by_engine(register: Register | None = None) -> dict[str, str]:
    """Evidence that the engine reads, and the schools; prices, which it does not read, are left out."""
    known = load_register() if register is None else register
    read = [one for name, one in known.items() if name not in ONLY_PRICES and not name.startswith("headline_")]
    values, drawn = _values_of(read)
    together = [(one.name, one.parameters, one.opposite, one.correlation) for one in known.correlations]
    return {
        "point_values": digest_of(values),
        "distributions": digest_of([drawn, together]),
        "posterior_fingerprint": load_posterior().fingerprint(),
        "evidence_tables": evidence_tables(),
        "event_distributions": event_distributions(),
        "population_fingerprint": synthetic_england().fingerprint,
    }


def priced_by() -> str:
    """SHA-256 of the evidence on which prices stand: point values in every view, and distributions."""
    known = load_register()
    return digest_of(_values_of([known[name] for name in sorted(ONLY_PRICES)]))


def _values_of(read: Sequence[Parameter]) -> tuple[Any, Any]:
    """Point values of parameters in each view, and their distributions."""
    values = {view: {one.name: load_view(view).point(one) for one in read} for view in VIEWS}
    return values, {one.name: one.uncertainty.model_dump(mode="json") for one in read if one.uncertainty is not None}


def short_hash(what: Any) -> str:
    """Ten digits that tell one thing from another."""
    return digest_of(what)[:10]


# -- what is stored ----------------------------------------------------------------------------------------------------


def write_stored(folder: Path, facts: Mapping[str, Any], runs: Mapping[str, Any]) -> None:
    """Store runs and the facts of how they were made; the same content is the same bytes.

    Among the facts are ``scenarios``: fingerprints of the shipped scenarios that were run.
    """
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps(runs, separators=(",", ":"))
    sums = {"runs_sha256": hashlib.sha256(text.encode("utf-8")).hexdigest()}
    told = {**facts, **made_by(), **sums, "cautions": all_cautions()}
    told |= {FACTS_SUM: _sum_of(told)}
    write_whole(folder / RUNS, gzip.compress(text.encode("utf-8"), 9, mtime=0))
    write_whole(folder / FACTS, json.dumps(told, indent=2, sort_keys=True) + "\n")


def _sum_of(facts: Mapping[str, Any]) -> str:
    """SHA-256 of all facts but itself, as sorted JSON."""
    told = {name: value for name, value in facts.items() if name != FACTS_SUM}
    return digest_of(told)


def read_stored(folder: Path = SHIPPED) -> tuple[dict[str, Any], dict[str, Any]]:
    """Facts, and runs.

    Raises
    ------
    InputError
        If there are none, or the model is no longer the one that made them.
    OutputError
        If they are not those that were written.
    """
    if not (folder / FACTS).is_file():
        raise InputError(f"There are no stored runs in {folder.as_posix()}. Make them: {REMAKE}")
    with stored_in(folder):
        facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
        if facts.get(FACTS_SUM) != _sum_of(facts):
            raise ValueError(f"{FACTS} was changed since it was written")
        changed = [CHANGED[name] for name, value in made_by().items() if facts.get(name) != value]
        ran = facts.get("scenarios", {"shipped policies": ""})  # of an earlier version: what they asked is not known
        if other := asked_otherwise(ran):
            changed.append(f"what is asked by {listed(other)}")
    if changed:
        raise InputError(
            f"The stored runs are of another model: {', '.join(changed)} changed since. Make them again, "
            f"and read them with --data FOLDER: {REMAKE}"
        )
    with stored_in(folder):
        text = gzip.decompress((folder / RUNS).read_bytes())
        if hashlib.sha256(text).hexdigest() != facts["runs_sha256"]:
            raise ValueError(f"{RUNS} is not the file that {FACTS} speaks of")
        return facts, json.loads(text)


CHANGED = {
    "behaviour": "the code that computes",
    "point_values": "point values of the evidence",
    "distributions": "distributions of the evidence",
    "posterior_fingerprint": "the fitted parameters",
    "evidence_tables": "tables of councils, years or routes",
    "event_distributions": "the spread of single tasks and cases",
    "population_fingerprint": "the schools",
}
"""Words for each key of :func:`made_by`."""


# -- the whole ---------------------------------------------------------------------------------------------------------


def page_data(folder: Path = SHIPPED) -> dict[str, Any]:
    """Everything that the explorer reads, as plain lists and words; see :mod:`sencosim.outcomes.explorer`.

    Raises
    ------
    InputError
        If there are no stored runs, or they are of another model.
    """
    facts, runs = read_stored(folder)
    data = data_of(facts, runs)
    return data | {"hash": digest_of(data)[:12]}


def data_of(facts: Mapping[str, Any], runs: Mapping[str, Any]) -> dict[str, Any]:
    """The same from facts and runs."""
    base = shipped_scenario("baseline")
    register = load_register()
    years = list(range(base.horizon.first, base.horizon.last + 1))
    kept: list[str] = runs["quantities"]
    shipped = [shipped_scenario(one["name"]) for one in runs["scenarios"]]
    scenarios = [_scenario(one, scenario) for one, scenario in zip(runs["scenarios"], shipped, strict=True)]
    levers = [name for name in LeverTerms.__dataclass_fields__ if getattr(LeverTerms(), name) in FUNDERS]
    allowances = {terms_of(one).allowance_gbp for one in shipped} - {0.0}
    charges = priced_charges(register, _with_allowance(max(allowances, default=0.0)))
    tables = load_appraisal_tables()
    return {
        "schema": SCHEMA,
        "made": {name: value for name, value in facts.items() if name != "errors"},
        "cautions": all_cautions(facts.get("cautions", ())),
        "years": years,
        "base_year_pay": int(tables.price_base[:4]),
        "price_base": tables.price_base,
        "discount_default": tables.schedule("standard", "in_force").rate(1),
        "views": [_view(name) for name in VIEWS],
        "laws": [{"name": name, "title": LAW_TITLES[name]} for name in get_args(Law)],
        "payers": [_payer(name) for name in PAYERS],
        "categories": [{"name": name, "title": title} for name, title in CATEGORY_TITLES.items()],
        "quantities": [{"name": name, "unit": Quantity(COLUMN[name]).unit} for name in kept],
        "controls": [asdict(one) for one in CONTROLS.values()],
        "beliefs": beliefs_of(runs, register),
        "quantile_levels": LEVELS,
        "not_here": not_here(runs, register),
        "schools": runs["schools"],
        "drift_secondary": register.number("hours_drift_secondary"),
        "scenarios": scenarios,
        "base": runs["base"],
        "charges": as_rows(charges, kept, PAYERS),
        "teachers": {
            "added": kept.index("added_hours"),
            "released": [kept.index("leaked_hours"), kept.index("idle_hours")],
            "hours_a_year": FULL_TIME * SCHOOL_WEEKS_PER_YEAR,
        },
        "share_central": {
            name: rounded([central_share(year, name) for year in years], 12) for name in get_args(PressureFunder)
        },
        "funded_levers": FUNDED,
        "funders": {name: getattr(LeverTerms(), name) for name in levers},
        "beliefs_draws": runs["beliefs_draws"],
        "prices_draws": [_draws(base, view, PRICES, runs["n_draws"]) for view in VIEWS],
        "outcomes": [_outcome(one, kept) for one in OUTCOMES],
        "uses": [
            {"name": name, "words": WORDS_OF_USES[name], "of": [kept.index(one.key) for one in parts]}
            for name, parts in USES_OF_PAID_HOURS.items()
        ],
        "frontier": _frontier(),
        "councils": _councils(runs.get("councils"), charges),
        "refusals": REFUSALS,
    } | emulated_of(runs)


def emulated_of(runs: Mapping[str, Any]) -> dict[str, Any]:
    """Those parts of the data that the fit makes."""
    return {
        "timing": {"knots": runs["knots"], "shapes": runs["shapes"]},
        "features": {"policy": POLICY_FEATURES, "terms": runs["terms"]},
        "emulator": {"P": runs["P"], "V": runs["V"]},
        "anchors": runs["anchors"],
        "error_size": runs["error_size"],
        "errors": _errors(runs["errors"]),
    }


def _with_allowance(gbp: float) -> Any:
    from dataclasses import replace  # noqa: PLC0415

    from sencosim.costing.tariffs import PolicyTerms  # noqa: PLC0415

    return replace(PolicyTerms(), allowance_gbp=gbp)


def _view(name: str) -> dict[str, str]:
    view = load_view(name)
    return {"name": view.name, "title": view.title, "label": view.label, "description": view.description}


def _payer(name: str) -> dict[str, Any]:
    one = PAYER[name]
    return {"name": name, "title": one.title, "words": one.words, "is_public": one.is_public}


def _outcome(one: Any, kept: Sequence[str]) -> dict[str, Any]:
    known = list(COLUMN)

    def places(words: tuple[str, ...]) -> list[int]:
        return [kept.index(known[number]) for number in quantities(words)]

    told = {name: getattr(one, name) for name in ("name", "title", "unit", "favourable", "definition", "scale")}
    unit = told["unit"] if one.per else f"{one.unit} a year"
    return told | {"unit": unit, "per_baseline": one.per_baseline, "of": places(one.of), "per": places(one.per)}


def _scenario(own: Mapping[str, Any], scenario: Scenario) -> dict[str, Any]:
    terms = terms_of(scenario)
    funders = {
        name: getattr(terms, name) for name in LeverTerms.__dataclass_fields__ if getattr(terms, name) in FUNDERS
    }
    return {
        "name": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "covered": own["controls"] is not None,
        "funders": funders,
        "levers": [name for name, _ in scenario.levers.active()],
        "cautions": list(scenario.cautions),
        "command": f"sencosim run {scenario.name}",
        "law": scenario.baselines[0] if len(scenario.baselines) == 1 else "",  # the only one that it is set against
        "controls": own["controls"],
        "stored": own["stored"],
        "stored_as": own["stored_as"],
        "base": own["base"],
        "chance": own["chance"],
    }


def own_scenario(scenario: Scenario, told_as: str) -> dict[str, Any]:
    """A scenario that was not run, as one of the page's: by its controls alone.

    Raises
    ------
    InputError
        If the controls do not cover it, or it asks more than its levers.
    """
    command = f"sencosim run {told_as}"
    controls = controls_of(scenario.levers)
    plain = shipped_scenario("baseline")
    beside = scenario.unnamed().model_copy(update={"levers": plain.levers}) != plain.unnamed()
    if controls is None or beside:
        why = "what it sets against its levers" if controls is not None else "its levers"
        raise InputError(f"The controls of the page do not cover {why}. Run it: {command}")
    own = {"name": scenario.name, "controls": controls, "stored": None, "stored_as": "", "base": None, "chance": None}
    return _scenario(own, scenario) | {"command": command}


# -- beliefs -----------------------------------------------------------------------------------------------------------


def _draws(base: Scenario, view: str, names: Sequence[str], n: int) -> list[list[float]]:
    """Values in the first draws of a view, one row a draw."""
    found = read_inputs(base, view, names, n)
    table: list[list[float]] = rounded(np.column_stack([found[name] for name in names]), 6)
    return table


def _errors(stored: Mapping[str, Any]) -> dict[str, Any]:
    titles, units = figure_words()
    return {name: {"title": titles[name], "unit": units[name], **one} for name, one in stored.items()}


def figure_words() -> tuple[dict[str, str], dict[str, str]]:
    """Title and unit of every figure by name."""
    titles = {name: MONEY_OUTCOME[name].title for name in MONEY}
    titles |= {f"payer_net.{name}": f"Net cost to {PAYER[name].words}" for name in PAYERS}
    units = dict.fromkeys(titles, "GBP present value")
    for one in OUTCOMES:
        titles[f"outcome.{one.name}"] = one.title
        units[f"outcome.{one.name}"] = one.unit if one.per else f"{one.unit} a year"
    return titles, units


# -- from elsewhere ----------------------------------------------------------------------------------------------------


def _frontier() -> dict[str, Any] | None:
    """Points of the stored frontier, if there is one."""
    frontier = shipped_frontier()
    if frontier is None:
        return None
    aims = []
    for name, aim in frontier.facts["aims"].items():
        own, errors = frontier.of_aim(name), frontier.errors
        shipped = [one for one in frontier.figures.index if one not in frontier.points.index]

        def point(row: str, aim_name: str = name, e: Any = errors) -> dict[str, Any]:
            return {
                "name": row,
                "title": str(frontier.points["title"].get(row, row)),
                "cost": rounded(float(frontier.figures[COST][row]), 6),
                "gain": rounded(float(frontier.gain(aim_name)[row]), 6),
                "cost_error": rounded(float(e[COST][row]), 3),
                "gain_error": rounded(float(e[aim_name][row]), 3),
            }

        aims.append(
            {"aim": name, **aim, "points": [point(str(one)) for one in own.index]}
            | {"shipped": [point(str(one)) for one in shipped]}
        )
    return {"aims": aims, "current": frontier.is_current, "rule": frontier.facts["rule"]}


COUNCIL_QUANTITIES = ("added_hours", "removed_hours", "vacant_hours", "leaked_hours", "idle_hours")
"""What is stored of each council: hours of the duty, and those of them that go to other school work."""
COUNCIL_WORDS = (
    "One run of all schools at the point values of the central view, under today's law: what the duty costs schools in "
    "a year once it is in force everywhere, at this page's prices. What follows for plans, places and exclusions is "
    "left out: in one council chance moves it more than the policy does."
)


def _councils(stored: Mapping[str, Any] | None, charges: Sequence[Any]) -> dict[str, Any] | None:
    """Councils with what shipped policies would cost their schools; none if that was not run."""
    if stored is None:
        return None
    values = {name: float(str(load_view("central").point(load_register()[name]))) for name in PRICES}
    names: list[str] = stored["quantities"]
    hour = [
        sum(
            products(one.charge.price_gbp).value(values)
            for one in charges
            if one.charge.quantity == name and one.charge.side == "policy" and one.funder in ("", "schools")
        )
        for name in names
    ]
    rows = []
    for one in load_councils():
        n_schools, n_pupils = one.primary_schools + one.secondary_schools, one.primary_pupils + one.secondary_pupils
        told = {"code": one.la_code, "ons_code": one.ons_code, "name": one.name, "region": one.region}
        told |= {"schools": n_schools, "pupils": n_pupils}
        told |= {"neighbours": [other.la_code for other in neighbours_of(one)]}
        figures = {}
        for policy, table in stored["figures"].items():
            own = table.get(str(one.la_code))
            if own is None:
                continue
            added = dict(zip(names, own, strict=True))
            net = added["added_hours"] - added["removed_hours"]
            figures[policy] = {
                "hours_a_year": rounded(net),
                "posts": rounded(net / (FULL_TIME * SCHOOL_WEEKS_PER_YEAR)),
                "schools_gbp_a_year": rounded(float(np.dot(own, hour))),
            }
        rows.append(told | {"figures": figures})
    return {"scenarios": list(stored["figures"]), "words": COUNCIL_WORDS, "rows": rows}


def belief_rows() -> Iterator[dict[str, str]]:
    """Rows of the table of beliefs that the engine reads: name, whether only a policy arm does, scale, reason."""
    yield from read_rows(Path(__file__).with_name("explorer_beliefs.csv"))
