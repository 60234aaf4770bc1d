"""The explorer as Python asks it: a question that cannot be meant is refused in words, with the nearest right name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sencosim.errors import InputError
from sencosim.names import did_you_mean, listed
from sencosim.outcomes.explorer import DEFAULT, Explorer, Refused, State
from sencosim.outcomes.explorer_controls import CONTROLS

FUNDERS = ("", "schools", "national_grant")
HIGHEST_DISCOUNT = 0.2
"""A share a year above this is most likely a percentage. [share]"""


class AskedExplorer(Explorer):
    """The stored runs behind the explorer, asked from Python."""

    def answer(self, state: State) -> dict[str, Any]:
        """The whole answer, for every view and law.

        Parameters
        ----------
        state
            ``scenario``: one that ships, or blank with ``controls``, numbers of a policy of your own by name;
            ``funder``; ``beliefs``: values of assumptions by name; ``high_needs``; ``horizon`` [years]; ``discount``
            [share a year]. What is left out is as on the page.

        Returns
        -------
        dict
            ``cells``: by view and law ``point``, ``mean``, ``low``, ``high`` (10 % and 90 % points) of every figure,
            ``waterfall`` and ``by_year`` of the mean, ``basis``: ``stored`` or ``emulated``, and ``error``: by figure
            what 80 % of held-out runs of the view and law were within. ``refused``: figures that are not shown.
            ``cautions``: why none of it is to be quoted.

        Raises
        ------
        InputError
            If there is no such name, a value is beyond what the runs cover, or they cannot answer; all faults at once.
        """
        told = {**state, "scenario": state.get("scenario", "" if state.get("controls") else DEFAULT["scenario"])}
        if faults := list(self._faults(told)):
            raise InputError(" ".join(faults))
        try:
            return super().answer(told)
        except Refused as refused:
            raise InputError(str(refused)) from None

    def _faults(self, state: Mapping[str, Any]) -> Iterator[str]:
        yield from _unknown("part of the question", state, DEFAULT)
        yield from _unknown("scenario", [state["scenario"]], ["", *self.scenarios])
        yield from _unknown("funder", [state.get("funder", "")], FUNDERS)
        yield from _unknown("value of high_needs", [state.get("high_needs", DEFAULT["high_needs"])], self._high_needs)
        yield from _unknown("assumption on the page", state.get("beliefs", {}), self.place_of)
        controls = state.get("controls", {})
        yield from _unknown("control", controls, CONTROLS)
        if controls and state["scenario"]:
            yield "A scenario that ships has its own controls: leave scenario out, or controls."
        for name in (name for name in controls if name in CONTROLS):
            one = CONTROLS[name]
            yield from _outside(f"{name} ({one.unit})", controls[name], one.low, one.high)
        for name, value in state.get("beliefs", {}).items():
            if not isinstance(value, int | float):
                yield f"{name} is a number; found {value!r}."
        yield from _outside("horizon (years)", state.get("horizon", DEFAULT["horizon"]), 1, self.n_years)
        yield from _outside("discount (share a year)", state.get("discount", 0.0), 0.0, HIGHEST_DISCOUNT)

    @property
    def _high_needs(self) -> list[str]:
        return list(self.data["share_central"])


def _unknown(what: str, given: Iterable[object], known: Iterable[str]) -> Iterator[str]:
    names = list(known)
    for one in given:
        if one not in names:
            hint = (
                did_you_mean(str(one), names) or f"There is {listed([name or '(blank)' for name in names], most=20)}."
            )
            yield f"There is no {what} named {one}. {hint}"


def _outside(name: str, value: object, low: float, high: float) -> Iterator[str]:
    if not isinstance(value, int | float) or not low <= value <= high:
        yield f"{name} can be from {low:g} to {high:g}; found {value!r}."
