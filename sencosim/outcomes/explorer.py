"""The arithmetic of the explorer: from what a reader sets to the answer. The page's script does the same sums.

The engine was run at a designed ensemble of policies and beliefs (:mod:`sencosim.studies.explore`). What a policy
changes, by quantity and year, is *emulated*: a polynomial of features of the policy and of beliefs, and a correction
that leads through the stored results of shipped policies. All that follows, prices, payers, discounting, is *exact*.

The figure that stands first is the mean over draws of all that the reader left open, as in every report; its 10 % and
90 % points are over the same draws, with what the emulator misses. The figure at the point values stands alongside it.

Shapes: ``Y`` years, ``K`` quantities (the one after the last is teachers taken from classes), ``B`` beliefs that the
engine reads, ``M`` draws, ``P`` prices, ``C`` charges. All arrays are England's. ``view`` and ``law`` are places.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from sencosim.outcomes.explorer_charges import Places
from sencosim.outcomes.explorer_features import (
    COMPLIANCE,
    DRIFT,
    EARLY_YEARS,
    HOURS_OF_TODAY,
    POLICY_FEATURES,
    design_of,
    policy_features,
    shares_joined,
    sum_of_products,
    time_functions,
)

Floats = npt.NDArray[np.float64]
State = Mapping[str, Any]
"""What a reader has set: see :data:`DEFAULT`."""
DEFAULT: State = {
    "scenario": "full_time",  # stored, its controls untouched; blank for a policy of the reader's own
    "controls": {},  # value by name; what is missing is off
    "funder": "",  # schools, national_grant, or blank: as the scenario says
    "beliefs": {},  # value by name, those of the engine and prices, only what was set
    "high_needs": "councils_then_central",
    "horizon": 10,  # years
    "discount": 0.035,  # share a year
}


class Refused(Exception):  # noqa: N818  not a fault of the program: an answer that is not given
    """The stored runs cannot answer; the words say why and what can."""


# -- the data, ready to be asked ---------------------------------------------------------------------------------------


class Explorer:
    """The data of the explorer as arrays.

    Parameters
    ----------
    data
        As :func:`sencosim.outcomes.explorer_data.page_data` gives it.
    """

    def __init__(self, data: Mapping[str, Any]) -> None:
        self.data = data
        self.years: list[int] = data["years"]
        self.n_years, self.n_quantities = len(self.years), len(data["quantities"])
        self.engine = [one for one in data["beliefs"] if one["kind"] == "engine"]
        self.engine.sort(key=lambda one: one["column"])
        self.prices = sorted((one for one in data["beliefs"] if one["kind"] == "price"), key=lambda one: one["column"])
        self.place_of = {one["name"]: one["column"] for one in (*self.engine, *self.prices)}
        self.names_of_engine = {one["name"] for one in self.engine}
        emulator = data["emulator"]
        self.P, self.V = (np.asarray(emulator[name], dtype=np.float64) for name in ("P", "V"))
        self.terms = np.asarray(data["features"]["terms"], dtype=np.int64).reshape(-1, 5)
        self.knots: list[float] = data["timing"]["knots"]
        self.scenarios = {one["name"]: one for one in data["scenarios"]}
        self.middle, self.half = (np.array([one[name] for one in self.engine]) for name in ("middle", "half"))
        self.logs = np.array([one["log"] for one in self.engine], dtype=bool)
        self.hours_of_today = [self.place_of[name] for name in HOURS_OF_TODAY]

    def stored(self, name: str, view: int, law: int) -> Floats:
        """What a stored policy changed in its runs, at point values. [units, shape (Y, K)]"""
        own = self.scenarios[name]
        found = self.scenarios[own["stored_as"] or name]["stored"][law][view]
        return np.asarray(found, dtype=np.float64).reshape(self.n_years, self.n_quantities)

    # -- emulated ------------------------------------------------------------------------------------------------------

    def standardised(self, beliefs: Floats) -> Floats:
        """Beliefs from -1 to 1 over what the design covers. [shape (n, B)]"""
        told = np.where(self.logs, np.log(np.where(self.logs, beliefs, 1.0)), beliefs)
        return np.asarray((told - self.middle) / self.half)

    def features(self, controls: Mapping[str, float], beliefs: Floats) -> Floats:
        """What a policy asks of schools that comply, under some beliefs about today's hours. [shape (n, A)]"""
        own = self.hours_of_today
        scale = np.exp(beliefs[:, own] - self.defaults(0)[own])
        drift = np.full((len(beliefs), 2), float(self.data["drift_secondary"]))
        drift[:, 0] = beliefs[:, self.place_of[DRIFT]]
        complies = beliefs[:, self.place_of[COMPLIANCE]] / self.defaults(0)[self.place_of[COMPLIANCE]]
        return np.asarray(policy_features(controls, self.data["schools"], scale, drift) * complies[:, None])

    def defaults(self, view: int) -> Floats:
        """Point values of the beliefs that the engine reads. [unit of each, shape (B,)]"""
        return np.array([one["values"][view] for one in self.engine], dtype=np.float64)

    def shares(self, controls: Mapping[str, float]) -> Floats:
        """Share of the schools that have joined, by year. [share, shape (Y,)]"""
        return shares_joined(controls, self.years[0], self.n_years)

    def emulated(self, controls: Mapping[str, float], beliefs: Floats, view: int, law: int) -> Floats:
        """The polynomial: what a policy changes under some beliefs. [units, shape (n, Y, K); ``beliefs``: (n, B)]"""
        times = np.asarray(self.data["timing"]["shapes"]).T @ time_functions(self.shares(controls), self.knots)
        terms = design_of(self.terms, self.features(controls, beliefs), self.standardised(beliefs), view, law)
        by_time = (terms @ self.P @ self.V).reshape(len(beliefs), times.shape[0], self.n_quantities)
        return np.asarray(np.einsum("sy,nsk->nyk", times, by_time))

    def weights(self, controls: Mapping[str, float]) -> Floats:
        """How much of the correction at each stored policy counts here. [shape (n_anchors,)]"""
        anchors = self.data["anchors"]
        gap = ((np.asarray(anchors["places"], dtype=np.float64) - self.place(controls)) ** 2).sum(axis=1)
        near = np.exp(-0.5 * gap / anchors["length"] ** 2)
        return np.asarray(near @ np.asarray(anchors["weights"], dtype=np.float64), dtype=np.float64)

    def place(self, controls: Mapping[str, float]) -> Floats:
        """Where a policy lies among others, at point values: no policy at all lies at zero."""
        asked = self.features(controls, self.defaults(0)[None])[0] / np.asarray(self.data["anchors"]["scale"])
        shares = self.shares(controls)
        return np.concatenate([asked * shares.mean(), asked * shares[:EARLY_YEARS].mean()])

    @cached_property
    def corrections(self) -> Floats:
        """Stored results of the anchors less what is emulated at them. [units, shape (n, views, laws, Y, K)]"""
        names, n_laws = self.data["anchors"]["scenarios"], len(self.data["laws"])
        found = np.zeros((len(names), len(self.data["views"]), n_laws, self.n_years, self.n_quantities))
        for number, name in enumerate(names):
            controls = self.scenarios[name]["controls"]
            for view in range(found.shape[1]):
                for law in range(n_laws):
                    plain = self.emulated(controls, self.defaults(view)[None], view, law)[0]
                    found[number, view, law] = self.stored(name, view, law) - plain
        return found

    def change(self, controls: Mapping[str, float], beliefs: Floats, view: int, law: int) -> Floats:
        """What a policy changes: emulated, and corrected towards stored policies near it. [units, shape (n, Y, K)]"""
        if not self.place(controls).any():
            return np.zeros((len(beliefs), self.n_years, self.n_quantities))
        correction = np.tensordot(self.weights(controls), self.corrections[:, view, law], axes=1)
        return self.emulated(controls, beliefs, view, law) + correction

    # -- exact ---------------------------------------------------------------------------------------------------------

    @cached_property
    def _charges(self) -> list[dict[str, Any]]:
        return list(self.data["charges"])

    def price_values(self, rows: Floats) -> tuple[Floats, Floats, Floats]:
        """Price, part that is pay and part that is cash of every charge at some prices. [shape (n, C) each]"""
        return tuple(  # type: ignore[return-value]
            np.stack([sum_of_products(charge[name], rows) for charge in self._charges], axis=1)
            for name in ("price", "labour", "cash")
        )

    def money(self, change: Floats, rows: Floats, state: State) -> Floats:
        """What every charge comes to by year, teachers taken from classes among them. [GBP, shape (n, Y, C)]

        Parameters
        ----------
        change
            [units, shape (n, Y, K)]
        rows
            Prices. [shape (n, P)]
        """
        whole = self.with_teachers(change, rows)
        price, labour, _ = self.price_values(rows)
        growth = rows[:, self.place_of["real_pay_growth"]][:, None]
        since = np.array(self.years, dtype=np.float64) - self.data["base_year_pay"]
        grown = (1.0 + growth) ** since[None, :] - 1.0
        counts = np.array([self._counts(charge, state) for charge in self._charges], dtype=np.float64)
        unit = price[:, None, :] * (1.0 + labour[:, None, :] * grown[:, :, None]) * counts
        return np.asarray(whole[:, :, [charge["q"] for charge in self._charges]] * unit)

    def with_teachers(self, change: Floats, rows: Floats) -> Floats:
        """Changes, and the increase of teachers taken from classes as a last quantity. [shape (n, Y, K + 1)]"""
        told = self.data["teachers"]
        released = rows[:, self.place_of["released_hours_value"]][:, None]
        taken = change[:, :, told["added"]] - released * change[:, :, told["released"]].sum(axis=2)
        more = np.maximum(0.0, np.diff(taken / told["hours_a_year"], axis=1, prepend=0.0))
        return np.concatenate([change, more[:, :, None]], axis=2)

    def _counts(self, charge: Mapping[str, Any], state: State) -> bool:
        if not charge["lever"]:
            return True
        return bool(self.funder_of(charge["lever"], state) == charge["funder"])

    def funder_of(self, lever: str, state: State) -> str:
        """Who funds a lever: as the reader says, else as the scenario does."""
        if state["funder"] and lever in self.data["funded_levers"]:
            return str(state["funder"])
        funders = self.scenarios[state["scenario"]]["funders"] if state["scenario"] else self.data["funders"]
        return str(funders[lever])

    def figures(self, change: Floats, rows: Floats, law: int, state: State) -> dict[str, Floats]:
        """Every figure from a change of quantities and prices, for each row of both.

        Returns
        -------
        dict
            Present values [GBP] of ``net_public_cost``, ``npsv``, ``policy_cost``, ``policy_benefit``,
            ``cashable_saving``, ``released_hours_worth`` and ``payer_net.`` each payer [shape (n,)]; ``waterfall``
            [GBP present value, shape (n, payers, categories)]; ``by_year`` of net public cost, social value and each
            payer, undiscounted [GBP, shape (n, 2 + payers, horizon)]; ``outcome.`` each outcome and ``uses``.
        """
        horizon, places = int(state["horizon"]), self._places
        amounts = self.money(change, rows, state)[:, :horizon]
        discount = (1.0 + float(state["discount"])) ** -np.arange(horizon, dtype=np.float64)
        present = np.einsum("nyc,y->nc", amounts, discount)
        central = np.array(self.data["share_central"][state["high_needs"]])[:horizon]
        moved = np.einsum("nyc,y->nc", amounts, discount * central) * places.of_councils
        lines = ((present - moved) @ places.by_line + moved @ places.by_line_of_central).reshape(
            len(change), len(self.data["payers"]), -1
        )
        moved_by_year = amounts * central[:, None] * places.of_councils
        by_payer = (amounts - moved_by_year) @ places.by_payer + moved_by_year @ places.by_payer_of_central
        _, _, cash = self.price_values(rows)
        found = {
            "net_public_cost": lines[:, places.public].sum(axis=(1, 2)),
            "policy_cost": present @ places.policy,
            "policy_benefit": -(present @ places.consequence),
            "cashable_saving": -((present * cash) @ places.cashable),
            "released_hours_worth": -(present @ places.released),
        }
        found["npsv"] = found["policy_benefit"] - found["policy_cost"]
        found |= {f"payer_net.{one['name']}": lines[:, n].sum(axis=1) for n, one in enumerate(self.data["payers"])}
        net = by_payer[:, :, places.public].sum(axis=2)
        social = -(amounts @ (places.policy + places.consequence))
        by_year = np.concatenate([net[:, None], social[:, None], by_payer.transpose(0, 2, 1)], axis=1)
        outcomes = self.outcomes(change[:, :horizon], self.base(state, law)[None, :horizon])
        return {**found, **outcomes, "waterfall": lines, "by_year": by_year}

    @cached_property
    def _places(self) -> Places:
        """Where each charge counts."""
        payers, categories = ([one["name"] for one in self.data[name]] for name in ("payers", "categories"))
        public = np.array([one["is_public"] for one in self.data["payers"]])
        council, central = payers.index("council_high_needs"), payers.index("central_high_needs")
        charges = self._charges
        payer = np.array([one["payer"] for one in charges])
        line = np.array([categories.index(one["category"]) for one in charges])
        budget, social, transfer = (
            np.array([one[name] for one in charges], dtype=bool) for name in ("budget", "social", "transfer")
        )
        policy = np.array([one["side"] == "policy" for one in charges])
        own = (budget | ~public[payer]).astype(np.float64)
        other = np.where(payer == council, central, payer)
        n_lines, every = len(categories), np.arange(len(charges))

        def spread(columns: npt.NDArray[np.int64], n: int) -> Floats:
            found = np.zeros((len(charges), n))
            found[every, columns] = own
            return found

        return Places(
            public,
            (payer == council).astype(np.float64),
            spread(payer * n_lines + line, len(payers) * n_lines),
            spread(other * n_lines + line, len(payers) * n_lines),
            spread(payer, len(payers)),
            spread(other, len(payers)),
            (social & ~transfer & policy).astype(np.float64),
            (social & ~transfer & ~policy).astype(np.float64),
            (public[payer] & budget & ~transfer & ~policy).astype(np.float64),
            np.array([one["category"] == "released_hours" for one in charges], dtype=np.float64),
        )

    def base(self, state: State, law: int) -> Floats:
        """The no-policy arm at point values, which all views share. [units, shape (Y, K)]"""
        own = self.scenarios[state["scenario"]]["base"] if state["scenario"] else None
        found = (self.data["base"] if own is None else own)[law]
        return np.asarray(found, dtype=np.float64).reshape(self.n_years, self.n_quantities)

    def outcomes(self, change: Floats, base: Floats) -> dict[str, Floats]:
        """Outcomes for people and time, and uses of paid hours.

        Parameters
        ----------
        change, base
            What the policy changes, and the no-policy arm. [units, shapes (n, horizon, K) and (1 or n, horizon, K)]

        Returns
        -------
        dict
            ``outcome.`` each [its unit, shape (n,)] and ``uses``. [hours a year, shape (n, 8)]
        """
        horizon = change.shape[1]
        before, more = base.sum(axis=1), change.sum(axis=1)
        found = {}
        for one in self.data["outcomes"]:
            top, added = before[:, one["of"]].sum(axis=1), more[:, one["of"]].sum(axis=1)
            if not one["per"]:
                found[f"outcome.{one['name']}"] = one["scale"] * added / horizon
                continue
            bottom = before[:, one["per"]].sum(axis=1)
            after = bottom + more[:, one["per"]].sum(axis=1) * (not one["per_baseline"])
            found[f"outcome.{one['name']}"] = one["scale"] * ((top + added) / after - top / bottom)
        uses = np.stack([more[:, one["of"]].sum(axis=1) / horizon for one in self.data["uses"]], axis=1)
        return found | {"uses": uses}

    # -- the answer ----------------------------------------------------------------------------------------------------

    def beliefs_set(self, state: State) -> tuple[dict[int, float], dict[int, float]]:
        """Places and values of what was set: beliefs that the engine reads, and prices."""
        engine, prices = dict[int, float](), dict[int, float]()
        for name, value in state["beliefs"].items():
            if name not in self.place_of:
                raise Refused(self.data["refusals"]["no_belief"].format(name=name))
            (engine if name in self.names_of_engine else prices)[self.place_of[name]] = float(value)
        return engine, prices

    def controls_of(self, state: State) -> dict[str, float] | None:
        """Controls in force; None for a stored policy that they do not cover."""
        off = {one["name"]: one["off"] for one in self.data["controls"]}
        if state["scenario"]:
            own = self.scenarios[state["scenario"]]["controls"]
            return None if own is None else off | own
        return off | dict(state["controls"])

    def point(self, state: State, view: int, law: int) -> dict[str, Floats]:
        """Figures at the point values of a view, with what the reader set. [one row each]

        Raises
        ------
        Refused
            If the stored runs cannot answer.
        """
        engine, prices = self.beliefs_set(state)
        rows = np.array([[one["values"][view] for one in self.prices]], dtype=np.float64)
        rows[:, list(prices)] = list(prices.values())
        controls = self.controls_of(state)
        if self.is_stored(state) and not engine:
            change = self.stored(state["scenario"], view, law)[None]
        elif controls is None:
            raise Refused(self.refusal(state))
        else:
            beliefs = self.defaults(view)[None]
            beliefs[:, list(engine)] = list(engine.values())
            change = self.change(controls, beliefs, view, law)
        return self.figures(change, rows, law, state)

    def is_stored(self, state: State) -> bool:
        """Whether the policy is one whose runs are stored."""
        own = self.scenarios.get(state["scenario"])
        return own is not None and bool(own["stored"] or own["stored_as"])

    def refusal(self, state: State) -> str:
        """Why a stored policy cannot be answered with other beliefs, and the command that can."""
        own = self.scenarios[state["scenario"]]
        return str(self.data["refusals"]["not_covered"].format(title=own["title"], command=own["command"]))

    def drawn(self, state: State, view: int, law: int) -> dict[str, Floats] | None:
        """Figures in every draw of what the reader left open; None for a policy that the controls do not cover."""
        controls = self.controls_of(state)
        if controls is None:
            return None
        engine, prices = self.beliefs_set(state)
        beliefs = np.array(self.data["beliefs_draws"][view], dtype=np.float64)
        rows = np.array(self.data["prices_draws"][view], dtype=np.float64)
        beliefs[:, list(engine)] = list(engine.values())
        rows[:, list(prices)] = list(prices.values())
        change = self.change(controls, beliefs, view, law)
        return self.figures(change, rows, law, state)

    def headline(self, state: State, view: int, law: int, figure: str) -> float:
        """The figure that stands first: the mean over draws, or that at point values where nothing is drawn."""
        drawn = self.drawn(state, view, law)
        return float((self.point(state, view, law) if drawn is None else drawn)[figure].mean())

    def asked_by(self, state: State) -> float:
        """What errors of the emulator grow with: all that a policy asks; none where nothing is emulated. [ratio]"""
        controls = self.controls_of(state)
        return 0.0 if controls is None else self.asked_in_all(controls)

    def asked_in_all(self, controls: Mapping[str, float]) -> float:
        """What a policy asks, all levers together, over the whole horizon. [ratio to the largest of each]"""
        asked = self.place(controls)[: len(POLICY_FEATURES)]
        return float(np.abs(asked) @ np.array(self.data["error_size"]["weights"]))

    def answer(self, state: State) -> dict[str, Any]:
        """The whole answer, for every view and law.

        Returns
        -------
        dict
            ``cells``: by view and law ``point``, ``mean``, ``low``, ``high`` (10 % and 90 % points) of every figure,
            ``waterfall`` and ``by_year`` of the mean, ``basis``: ``stored`` or ``emulated``, and ``error``: by figure
            what 80 % of held-out runs of the view and law were within. ``refused``: figures that are not shown.
            ``cautions``: why none of it is to be quoted.
        """
        state = {**DEFAULT, **state}
        asked = self.asked_by(state)
        cells = [
            [self._cell(state, view, law, asked) for law in range(len(self.data["laws"]))]
            for view in range(len(self.data["views"]))
        ]
        errors = self.data["errors"]
        return {
            "cells": cells,
            "refused": [name for name, one in errors.items() if one["refused"]],
            "cautions": self.cautions(state["scenario"]),
        }

    def cautions(self, scenario: str) -> list[str]:
        """Cautions of a stored policy, if one is named, and of the data: why nothing is to be quoted, in sentences."""
        own = self.scenarios[scenario]["cautions"] if scenario else ()
        return [*own, *self.data["cautions"]]

    def _cell(self, state: State, view: int, law: int, asked: float) -> dict[str, Any]:
        point = self.point(state, view, law)
        told: dict[str, Any] = {"point": {name: value[0].tolist() for name, value in point.items()}}
        drawn = self.drawn(state, view, law)
        stored = self.is_stored(state) and not self.beliefs_set(state)[0]
        told["basis"] = "stored" if stored else "emulated"
        errors = self.data["errors"]
        told["error"] = error = {name: one["bands"][view][law] * asked ** one["power"] for name, one in errors.items()}
        if drawn is None:
            return told | {"mean": None, "low": None, "high": None}
        told["mean"] = {name: value.mean(axis=0).tolist() for name, value in drawn.items()}
        noisy = {
            name: drawn[name] + error[name] * np.asarray(errors[name]["noise"]) for name in errors if name in drawn
        }
        for end, share in (("low", 0.1), ("high", 0.9)):
            told[end] = {name: float(np.quantile(value, share)) for name, value in noisy.items()}
            told[end]["by_year"] = np.quantile(drawn["by_year"], share, axis=0).tolist()
        return told


MONEY = ("net_public_cost", "npsv", "policy_cost", "policy_benefit", "cashable_saving", "released_hours_worth")
"""Figures in money alongside those of payers."""


def answer(state: State, data: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to a state; see :meth:`Explorer.answer`."""
    return Explorer(data).answer(state)
