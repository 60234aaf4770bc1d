"""What the page says before anything is moved: its report without scripts, from the same answer as the script's."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from string import ascii_lowercase, ascii_uppercase
from typing import Any

from sencosim.outcomes.explorer import DEFAULT, Explorer
from sencosim.report.answer import led_by
from sencosim.report.table import Cell, Table
from sencosim.report.words import (
    DASH,
    MILLION,
    costs_or_saves,
    joined,
    money,
    money_range,
    plain,
    rounding_step,
    sentence_case,
    up_to_figures,
)
from sencosim.units import format_year
from sencosim.vocabulary import PAYER


class Report:
    """What the page says before anything is moved: its report without scripts.

    Parameters
    ----------
    explorer
        The data.
    name
        Of the stored policy.
    words
        Of ``explore.yaml``.
    """

    def __init__(self, explorer: Explorer, name: str, words: Mapping[str, Any]) -> None:
        self.explorer, self.data, self.words = explorer, explorer.data, words
        self.scenario = explorer.scenarios[name]
        self.state = {**DEFAULT, "scenario": name}
        answer = explorer.answer(self.state)
        self.refused, self.cells = set(answer["refused"]), answer["cells"]
        self.cautions: list[str] = answer["cautions"]
        self.view = [one["name"] for one in self.data["views"]].index("central")
        laws = [one["name"] for one in self.data["laws"]]
        self.law = laws.index(self.scenario["law"] or laws[0])
        self.cell = self.cells[self.view][self.law]
        self.errors = self.data["errors"]

    def parts(self) -> dict[str, Any]:
        """Everything that the template fills in, by name."""
        years = self.data["years"]
        return {
            "scenario": self.scenario,
            "period": f"{format_year(years[0])} to {format_year(years[-1])}",
            "basis": self._basis(),
            "views": self.data["views"],
            "sentence": self.sentence(),
            "payers_sentence": self.payers_sentence(),
            "grid_caption": self.words["grid"].format(period=self._period(), basis=self._basis()),
            "grid": self.grid(),
            "views_note": self._note(),
            "policy_words": self.words["policy"].format(words=self.scenario["description"]),
            "beliefs_words": self.words["untouched"],
            "tables": self.tables(),
            "parts": self.parts_of_hour(),
            "command": self.scenario["command"],
        }

    # -- sentences -----------------------------------------------------------------------------------------------------

    def _period(self) -> str:
        years = self.data["years"]
        return f"{format_year(years[0])} to {format_year(years[-1])}"

    def _basis(self) -> str:
        rate = f"{100.0 * self.data['discount_default']:.3g} %"
        return str(self.words["basis"].format(prices=self.data["price_base"], discount=rate))

    def _where(self) -> str:
        law = self.words["laws"][self.data["laws"][self.law]["name"]]
        return f"{self.data['views'][self.view]['title']} view, {law}, {self._period()}"

    def _of(self, cell: Mapping[str, Any], name: str) -> tuple[float, list[float]]:
        """A figure, and its interval if it has one."""
        if cell["mean"] is None:
            return cell["point"][name], []
        ends = [cell[end][name] for end in ("low", "high") if name in cell[end]]
        return cell["mean"][name], ends

    def _range(self, value: float, ends: Sequence[float]) -> str:
        return money_range(value, ends[0], ends[1]) if ends else str(self.words["no_range"])

    def sentence(self) -> str:
        """The answer with its range inside."""
        value, ends = self._of(self.cell, "net_public_cost")
        frame = self.words["answer"] if ends else self.words["answer_no_range"]
        told = str(frame).format(
            view=self.data["views"][self.view]["name"],
            law=self.words["laws"][self.data["laws"][self.law]["name"]],
            policy=f"“{self.scenario['title']}”",
            does="costs" if value > 0 else "saves",
            amount=money(abs(value), *ends),
            period=self._period(),
            interval=self.words["interval"],
            range=self._range(value, ends),
            basis=self._basis(),
        )
        return led_by(str(self.words["lead"]), told)

    def payers_sentence(self) -> str:
        """Who pays a good part of it, who saves most, and all others together."""
        told = self.payers_named()
        if not told:
            return str(self.words["no_payers"])
        paying, saving = ([one for one in told if (one["value"] > 0.0) == up] for up in (True, False))
        parts = [self._payer_words(one, "pay", " more") for one in paying]
        parts += [self._payer_words(one, "save", "") for one in saving]
        separate = self.words["separate"] if paying and saving else ""
        view = self.data["views"][self.view]["name"]
        return str(self.words["payers"].format(view=view, who=joined(parts), separate=separate))

    def payers_named(self) -> list[dict[str, Any]]:
        """Rows of that sentence, which add up to the net but for others too small to be said."""
        nets = [one for one in self.payer_rows() if one["kind"] in ("known", "rest")]
        least = NAMED_FROM * max(math.fsum(max(0.0, sign * one["value"]) for one in nets) for sign in (1.0, -1.0))
        if least <= 0.0:
            return []
        known = [one for one in nets if one["kind"] == "known"]
        saver = min(known, key=lambda one: float(one["value"]), default=None)
        named = [one for one in known if one["value"] >= least or (one is saver and one["value"] <= -least)]
        left = math.fsum(one["value"] for one in nets) - math.fsum(one["value"] for one in named)
        others = {"words": self.words["others" if named else "all_payers"], "value": left, "ends": [], "verb": ""}
        return [*sorted(named, key=lambda one: -one["value"]), *([others] if abs(left) >= least else [])]

    def _payer_words(self, row: Mapping[str, Any], verb: str, more: str) -> str:
        interval = f" ({self._range(row['value'], row['ends'])})" if row["ends"] else ""
        return f"{row['words']} {verb}{row['verb']} {money(abs(row['value']), *row['ends'])}{more}{interval}"

    def payer_rows(self) -> list[dict[str, Any]]:
        """Payers whose budgets change: known ones, the other public ones together and one by one, and others.

        The first two kinds add up to the net: what the emulator does not know of a payer is shown for all of these
        together, as what is left.
        """
        found = []
        for payer, own in zip(self.data["payers"], self._front()["waterfall"], strict=True):
            if not any(own):
                continue
            name = f"payer_net.{payer['name']}"
            value, ends, status = self._shown(name)
            known = not self._is_refused(name)
            kind = ("known" if known else "part") if payer["is_public"] else "beside"
            sides = [math.fsum(x for x in own if (x > 0) == up) if known else math.nan for up in (True, False)]
            told = {"kind": kind, "title": payer["title"], "words": payer["words"], "value": value, "ends": ends}
            verb = "s" if PAYER[payer["name"]].is_singular else ""
            found.append(told | {"costs": sides[0], "saves": sides[1], "status": status, "verb": verb})
        of = {kind: [one for one in found if one["kind"] == kind] for kind in ("known", "part", "beside")}
        left = self._of(self.cell, "net_public_cost")[0] - math.fsum(one["value"] for one in of["known"])
        rest = {"kind": "rest", "value": left, "ends": [], "costs": max(0.0, left), "saves": min(0.0, left), "verb": ""}
        rest |= {name: self.words["rest"][name] for name in ("title", "words", "status")}
        return [*of["known"], *([rest] if of["part"] else []), *of["part"], *of["beside"]]

    def _is_refused(self, name: str) -> bool:
        return self.cell["mean"] is not None and (name in self.refused or name not in self.errors)

    def _shown(self, name: str) -> tuple[float, list[float], str]:
        """A figure as it may be shown: where the emulator is refused, what is stored; its interval; how it is known."""
        if self._is_refused(name) and self.cell["basis"] != "stored":
            return math.nan, [], str(self.words["status"]["refused"])
        if self._is_refused(name):
            return self.cell["point"][name], [], self._stored_words(name)
        return (*self._of(self.cell, name), self._status(name))

    def _status(self, name: str, cell: Mapping[str, Any] | None = None) -> str:
        told = self.words["status"]
        if (self.cell if cell is None else cell)["mean"] is None:
            return self._stored_words(name)
        if name in self.refused or name not in self.errors:
            return str(told["refused"])
        band = (self.cell if cell is None else cell)["error"][name]
        small = up_to_figures(float(f"{band:.2g}"), 12) if name.startswith("outcome.") else money(band)
        return str(told["emulated"].format(band=small))

    def _stored_words(self, name: str) -> str:
        """How a stored figure of the view in front is known: at one value of each input, with its simulation error."""
        told = self.explorer.scenarios[self.scenario["stored_as"] or self.scenario["name"]]["chance"] or {}
        error = told[name][self.law][self.view] if name in told else None
        say = self.words["status"]
        return str(say["stored"] if error is None else say["stored_chance"].format(error=money(error)))

    def _note(self) -> str:
        if self.cell["mean"] is None:
            return str(self.words["views_note_point"])
        draws = len(self.data["beliefs_draws"][self.view])
        return str(self.words["views_note"].format(draws=draws, marks=self.words["marks"]["emulated"]))

    def grid(self) -> list[dict[str, Any]]:
        """Three views on two baselines."""
        return [
            {"title": law["title"], "cells": [self._grid_cell(v, number) for v in range(len(self.data["views"]))]}
            for number, law in enumerate(self.data["laws"])
        ]

    def _grid_cell(self, view: int, law: int) -> dict[str, Any]:
        cell = self.cells[view][law]
        value, ends = self._of(cell, "net_public_cost")
        return {
            "view": self.data["views"][view]["title"],
            "big": sentence_case(costs_or_saves(value, *ends)),
            "range": self._range(value, ends),
            "status": self._status("net_public_cost", cell),
            "is_main": (view, law) == (self.view, self.law),
        }

    # -- tables --------------------------------------------------------------------------------------------------------

    def tables(self) -> dict[str, Table]:
        """Every table of the page; those that only the script can fill are empty."""
        rows: dict[str, list[list[Cell]]] = {
            "payers": self._payer_cells(),
            "uses": self._use_rows(),
            "years": self._year_rows(),
            "people": [self._outcome_row(one) for one in self._outcomes(key=True)],
            "people_more": [self._outcome_row(one) for one in self._outcomes(key=False)],
            "changed": [],
            "even": self._belief_rows(),
            "frontier": self._frontier_rows(),
            "councils": self._council_rows(),
        }
        inside = [row[0] for row in rows["payers"]].index(self.words["charts"]["net"])
        strong = {"payers": (inside,), "uses": (len(rows["uses"]) - 1,)}
        return {name: self._table(name, own, strong.get(name, ())) for name, own in rows.items()}

    def _table(self, name: str, rows: list[list[Cell]], strong: tuple[int, ...]) -> Table:
        told = self.words["tables"][name]
        title = told.get("caption", told["title"]).format(where=self._where(), basis=self._basis())
        return Table(name, title, tuple(told["headers"]), rows, (), strong, tuple(told["words"]))

    def _front(self) -> Mapping[str, Any]:
        front: Mapping[str, Any] = self.cell["point"] if self.cell["mean"] is None else self.cell["mean"]
        return front

    def _payer_cells(self) -> list[list[Cell]]:
        rows = self.payer_rows()
        inside = [one for one in rows if one["kind"] in ("known", "rest")]
        value, ends = self._of(self.cell, "net_public_cost")
        whole = {"value": value, "ends": ends, "status": self._status("net_public_cost")}
        whole |= {side: math.fsum(one[side] for one in inside) for side in ("costs", "saves")}
        say = self.words["rest"]
        known = [one for one in rows if math.isfinite(one["value"])]
        of = {
            kind: [one | {"title": say[kind].format(title=one["title"])} for one in known if one["kind"] == kind]
            for kind in ("part", "beside")
        }
        whole["title"] = self.words["charts"]["net"]
        return [self._payer_row(one) for one in (*inside, *of["part"], whole, *of["beside"])]

    def _payer_row(self, one: Mapping[str, Any]) -> list[Cell]:
        sides = [money(one[side], signed=True) if one[side] and math.isfinite(one[side]) else DASH for side in SIDES]
        interval = self._range(one["value"], one["ends"])
        return [one["title"], *sides, money(one["value"], *one["ends"], signed=True), interval, one["status"]]

    def _use_rows(self) -> list[list[Cell]]:
        hours = self._front()["uses"]
        whole = math.fsum(hours)
        step = rounding_step(*(one / MILLION for one in hours))
        rows: list[list[Cell]] = [
            [
                f"{number}. {sentence_case(one['words'])}",
                plain(own / MILLION, step, signed=True),
                plain(60.0 * own / whole, 0.1, signed=True) if whole > 0 else DASH,
            ]
            for number, (one, own) in enumerate(zip(self.data["uses"], hours, strict=True), start=1)
        ]
        last = [
            self.words["charts"]["uses_all"],
            plain(whole / MILLION, step, signed=True),
            "60" if whole > 0 else DASH,
        ]
        return [*rows, last]

    def parts_of_hour(self) -> list[str]:
        """Minutes of each added hour by use, as the list below its bar."""
        hours = self._front()["uses"]
        whole = math.fsum(hours)
        told = [plain(60.0 * own / whole, 0.1) if whole > 0 else DASH for own in hours]
        say = self.words["charts"]["part"]
        return [say.format(use=one["words"], minutes=own) for one, own in zip(self.data["uses"], told, strict=True)]

    def _year_rows(self) -> list[list[Cell]]:
        courses = [self._front()["by_year"][0]]
        if self.cell["mean"] is not None:
            courses += [self.cell[end]["by_year"][0] for end in ("low", "high")]
        rows: list[list[Cell]] = []
        for year, value, *ends in zip(self.data["years"], *courses, strict=True):
            rows.append([format_year(year), money(value, *ends, signed=True), self._range(value, ends)])
        return rows

    def _outcomes(self, *, key: bool) -> list[Mapping[str, Any]]:
        known = {one["name"]: one for one in self.data["outcomes"]}
        first = [name for name in self.words["key_outcomes"] if name in known]
        return [known[name] for name in (first if key else [name for name in known if name not in first])]

    def _outcome_row(self, one: Mapping[str, Any]) -> list[Cell]:
        value, ends, status = self._shown(f"outcome.{one['name']}")
        if not math.isfinite(value):
            return [one["title"], DASH, DASH, DASH, f"{status}: {self.words['too_little']}"]
        step = rounding_step(value, *ends)
        interval = " to ".join(plain(end, step, signed=True) for end in ends) or self.words["no_range"]
        return [
            one["title"],
            f"{plain(value, step, signed=True)} {self.words['points'] if one['unit'].startswith('%') else one['unit']}",
            interval,
            self._way(one, value, ends),
            status,
        ]

    def _way(self, one: Mapping[str, Any], value: float, ends: Sequence[float]) -> str:
        """Better, worse, or why that cannot be said."""
        say = self.words["direction"]
        if value == 0.0:
            return str(say["none"])
        if not ends:
            return str(say["unknown"])
        if ends[0] < 0.0 < ends[1]:
            return str(say["unclear"])
        if one["favourable"] not in ("up", "down"):
            return str(say["more" if value > 0 else "less"])
        return str(say["better" if (value > 0) == (one["favourable"] == "up") else "worse"])

    def _belief_rows(self) -> list[list[Cell]]:
        found: list[list[Cell]] = []
        for one in self.data["beliefs"][:FIRST_BELIEFS]:
            band = one["bands"][self.view]
            told = " to ".join(up_to_figures(x, 4) for x in band) if band else DASH
            now = with_unit(one["values"][self.view], one["unit"])
            found.append([one["title"], now, told, one["grade"], self.words["tables"]["even"]["needs_script"]])
        return found

    def _frontier_rows(self) -> list[list[Cell]]:
        aims = (self.data["frontier"] or {"aims": []})["aims"]
        own = next((one for one in aims if one["aim"] == self.words["first_aim"]), None)
        if own is None:
            return []
        return [
            [
                f"{letter}. {self._named(one)}",
                money(one["cost"]),
                f"{plain(one['gain'], rounding_step(one['gain']), signed=True)} {own['unit']}",
            ]
            for letter, one in zip(LETTERS, (*own["points"], *own["shipped"]), strict=False)
        ]

    def _named(self, point: Mapping[str, Any]) -> str:
        """Title of a policy alongside the frontier, and whether it may be quoted."""
        known = self.explorer.scenarios.get(point["name"], point)
        barred = self.words["charts"]["frontier_barred"] if known.get("cautions") else "{name}"
        return str(barred.format(name=known["title"]))

    def _council_rows(self) -> list[list[Cell]]:
        rows = (self.data["councils"] or {"rows": []})["rows"]
        own = self.scenario["name"]
        known = [(one["schools"], one["figures"][own]) for one in rows if own in one["figures"]]
        schools = sum(number for number, _ in known)
        if not schools:
            return []
        whole, posts = (math.fsum(told[name] for _, told in known) for name in ("schools_gbp_a_year", "posts"))
        england = sentence_case(self.words["council"]["england"])
        return [[england, f"{schools:,}", money(whole), money(whole / schools), plain(posts, rounding_step(posts))]]


def with_unit(value: float, unit: str) -> str:
    """A number with its unit, as the page's script writes it.

    Examples
    --------
    >>> with_unit(0.5, "share of schools"), with_unit(1.0, "GBP per GBP of cost"), with_unit(2.0, "weeks")
    ('0.5 of schools', '£1 per £ of cost', '2 weeks')
    """
    told = re.sub(r"\bGBP\b", "£", re.sub(r"^share( |$)", "", unit))
    number = up_to_figures(value, 4)
    return f"£{number}{told[1:]}" if told.startswith("£") else f"{number} {told}".strip()


SIDES = ("costs", "saves")
NAMED_FROM = 0.05
"""Part of all that is paid from which a payer is named, and one that saves."""
FIRST_BELIEFS = 5
LETTERS = ascii_uppercase + ascii_lowercase
