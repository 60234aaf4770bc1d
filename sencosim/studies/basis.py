"""What an answer of draws stands on, in a line: which policy, whose schools, how many draws and replications."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from sencosim.decisions.ensemble import Ensemble
from sencosim.names import listed
from sencosim.report.laws import LAW_WORDS, TODAY
from sencosim.report.words import per_cent
from sencosim.scenario.schema import Scenario

if TYPE_CHECKING:
    from sencosim.model import RunOptions

SCHOOLS, TITLES, LAW = "schools_in_words", "policy_titles", "law"
"""Facts of an ensemble: whose schools were run, titles of its policies by name of their arm, and the law of its arms.
"""
MOST_TITLES = 4
"""Policies that are named by their titles; of more their number is said."""


def schools_in_words(options: RunOptions, share: float, *, by_school: bool = False) -> str:
    """Whose schools are run: an area, or so much of it.

    Parameters
    ----------
    options
        Schools, and councils if any are chosen: of these all schools are run.
    share
        Part of all schools that is run. [share]
    by_school
        Whether schools are sampled, not whole councils.
    """
    from sencosim.report.assemble import area_of

    area = area_of(options)[1]
    if options.councils or share >= 1.0:
        return area
    return f"{per_cent(share)} of {area} {'by schools in every council' if by_school else 'in whole councils'}"


def basis_of(options: RunOptions, share: float, scenarios: Mapping[str, Scenario]) -> dict[str, Any]:
    """Facts behind :func:`basis_in_words`. [``share``: as in :func:`schools_in_words`]"""
    by_school = any(one.run.sampling == "schools" for one in scenarios.values())
    weighted = "" if options.councils or share >= 1.0 else ", weighted up"
    return {
        SCHOOLS: f"{schools_in_words(options, share, by_school=by_school)}{weighted}",
        TITLES: {name: one.title for name, one in scenarios.items()},
    }


def basis_in_words(ensemble: Ensemble, arm: str | None = None) -> str:
    """Policy, schools, draws and replications of an ensemble; blank if it does not say of which schools it is.

    Parameters
    ----------
    ensemble
        That an answer is of.
    arm
        The policy that it is about; all of them if ``None``.
    """
    told = {name: json.loads(text) for name, text in ensemble.about.items()}
    if SCHOOLS not in told:
        return ""
    replications = int(told["replications"])
    parts = [told[SCHOOLS], _points(ensemble, told), f"{replications} replication{'s' * (replications > 1)}"]
    if (law := told.get(LAW, TODAY)) != TODAY:
        parts.append(f"under {LAW_WORDS[law]}")
    titles = {one: told[TITLES][one] for one in ensemble.arms if one in told[TITLES]}
    return f"{_policies(titles, arm)} Run on: {'; '.join(parts)}."


def _policies(titles: Mapping[str, str], arm: str | None) -> str:
    shown = [titles[arm]] if arm is not None and arm in titles else list(titles.values())
    named = [title.rstrip(".") for title in shown]
    return f"{'Policy' if len(named) == 1 else 'Policies'}: {listed(named, most=MOST_TITLES)}."


def _points(ensemble: Ensemble, told: Mapping[str, Any]) -> str:
    """Points at which the policies were run, view by view, the main view first."""
    by_view = ensemble.inputs["view"].value_counts()
    views = sorted(ensemble.views, key=lambda view: view != told["view"])
    if told.get("kind") == "points":
        return f"point values of the {listed(views)} view"
    what = "draw" if "draws" in told else "point"
    (first, main), *others = ((int(by_view[view]), view) for view in views)
    named = f"{first:,} {what}{'s' * (first > 1)} in the {main} view"
    return listed([named, *(f"{count:,} in the {view} view" for count, view in others)])
