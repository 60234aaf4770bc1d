"""What a run counts and at which prices, pair by pair: two tables from which anyone can make the headline again."""

from __future__ import annotations

import numpy as np
import pandas as pd

from sencosim.costing.stored_prices import stored_prices, stored_quantities
from sencosim.experiment.jobs import Job
from sencosim.outcomes.summary import Counted, Summary
from sencosim.vocabulary import COLUMN

CHANGES_COLUMNS = ("view", "draw", "replication", "year", "quantity", "value")
"""One row for each pair, year and priced quantity that differs between the arms."""


def changes_table(summary: Summary, first_year: int) -> pd.DataFrame:
    """Policy less baseline as the figures count it: draws moved from the mean of the pairs at the point values.

    Parameters
    ----------
    summary
        Of a run.
    first_year
        Of its horizon. [first calendar year]

    Returns
    -------
    pandas.DataFrame
        :data:`CHANGES_COLUMNS`; ``year`` is the first calendar year of an academic year. [units]
    """
    parts = [_changes_of(job, pair, first_year) for job, pair in summary.counted.items()]
    return pd.concat(parts, ignore_index=True)


def _changes_of(job: Job, pair: Counted, first_year: int) -> pd.DataFrame:
    names = stored_quantities(pair.book)
    counts = pair.change[:, [COLUMN[name] for name in names]]
    years = np.arange(first_year, first_year + len(counts))
    table = pd.DataFrame(
        {
            "view": job.view,
            "draw": job.draw,
            "replication": job.replication,
            "year": np.repeat(years, len(names)),
            "quantity": np.tile(names, len(years)),
            "value": counts.ravel(),
        }
    )
    return table[table["value"] != 0.0]


def prices_table(summary: Summary) -> pd.DataFrame:
    """Every price of every view and draw; draw 0 are the point values, which all replications share.

    Returns
    -------
    pandas.DataFrame
        ``view``, ``draw`` and the columns of :func:`sencosim.costing.stored_prices.stored_prices`.
    """
    books = {(job.view, job.draw): pair.book for job, pair in summary.counted.items()}
    tables = [stored_prices(book) for book in books.values()]
    views, draws = (np.repeat(words, list(map(len, tables))) for words in zip(*books, strict=True))
    prices = pd.concat(tables, ignore_index=True)
    prices.insert(0, "view", views)
    prices.insert(1, "draw", draws)
    return prices
