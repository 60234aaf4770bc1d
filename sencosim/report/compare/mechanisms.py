"""The decomposition of a difference as a table whose rows add up as printed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sencosim.evidence.routes import ROUTES
from sencosim.outcomes.routes import Decomposition, Group
from sencosim.report.tables import Table
from sencosim.report.words import plain, rounded_to_sum, rounding_step

REST = "With all of these switched off: the hours themselves, and the work that they do"
MILLION = 1e6


def mechanisms_table(found: Mapping[str, Decomposition], told_apart: Sequence[Group]) -> Table:
    """Parts of the net cost of each option; for two options, of their difference too.

    Parameters
    ----------
    found
        By title of the option, in order of columns.
    told_apart
        What was switched off together.
    """
    columns = [[float(one.rest), *(float(one.parts[group.name]) for group in told_apart)] for one in found.values()]
    titles = list(found)
    if len(columns) == 2:
        columns.append([first - second for first, second in zip(*columns, strict=True)])
        titles.append(f"{titles[0]} less {titles[1]}")
    told = [_column(column) for column in columns]
    names = [REST, *(group.title for group in told_apart)]
    rows = [(name, *(column[i] for column in told)) for i, name in enumerate(names)]
    rows.append(("Net cost to the public purse on this sample", *(column[-1] for column in told)))
    first = next(iter(found.values()))
    replications = "replication" if first.n_replications == 1 else "replications"
    return Table(
        key="mechanisms",
        caption=(
            f"Where the net cost comes from, £ million, present value, point values of the main view, on "
            f"{100 * first.sample_share:g} % of England, {first.n_replications} {replications}"
        ),
        columns=("Part", *titles),
        rows=tuple(rows),
        notes=(
            "Shapley values: the part of a group averaged over all orders of switching on, so parts add up exactly and "
            "no order is favoured. The total is that of this sample and differs from the headline.",
            f"Groups: {_listed(told_apart)}.",
        ),
        strong_rows=(len(rows) - 1,),
    )


def _listed(told_apart: Sequence[Group]) -> str:
    members = {
        group.name: group.members if group.route is None else tuple(ROUTES[group.route].neutral) for group in told_apart
    }
    return "; ".join(
        f"{name.replace('_', ' ')} ({', '.join(one.replace('_', ' ') for one in found)})"
        for name, found in members.items()
    )


def _column(parts: Sequence[float]) -> list[str]:
    scaled = [part / MILLION for part in parts]
    step = rounding_step(max(scaled, key=abs)) / 10
    whole, _ = rounded_to_sum(scaled, step)
    return [plain(value, step, signed=True) for value in (*whole, sum(whole))]
