"""Prices as a run keeps them: with the counts alongside them, all that a reader needs to make the headline again.

Nothing is worked out here. The table says the rules as data: which part of a price grows with real pay and from when,
who pays it instead from which month on, and how many teachers an hour takes from classes. The arithmetic is the
reader's (:mod:`sencosim.report.recompute` is one).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from sencosim.costing.extra_teachers import EXTRA_TEACHERS
from sencosim.costing.prices import PriceBook
from sencosim.costing.tariffs import CENTRAL, PART_AFTER
from sencosim.errors import CostingError

STORED_COLUMNS = (
    *("quantity", "unit", "category", "item", "side", "payer", "counterpart", "nature", "in_budget", "in_social"),
    *("cashable_share", "labour_share", "price_gbp", "real_pay_growth", "pay_base_year"),
    *("later_payer", "later_from", "later_share", "teachers_per_hour", "parameters"),
)
"""One row for each quantity, item and payer.

``price_gbp`` is in prices of the price base, before real pay growth. ``labour_share`` of it grows by
``real_pay_growth`` a year from ``pay_base_year`` on. From the month ``later_from`` on ``later_payer`` pays
``later_share`` of it; blank and 0 where nobody else does. ``teachers_per_hour`` is what one hour of the quantity takes
from classes [FTE per hour a year]; the quantity ``extra_teachers`` is its sum over quantities, as far as that is above
the year before.
"""


def stored_prices(book: PriceBook) -> pd.DataFrame:
    """Every price of a book, with the terms by which it moves over the years.

    Parameters
    ----------
    book
        Prices of one view and one reading of the evidence.

    Returns
    -------
    pandas.DataFrame
        :data:`STORED_COLUMNS`.

    Raises
    ------
    CostingError
        If hours that take teachers from classes carry no price, so that they have no row.
    """
    lost = sorted(set(book.teachers_per_hour) - book.priced_quantities())
    if lost:
        raise CostingError(f"{', '.join(lost)} take teachers from classes and have no price to be stored with.")
    n, part = len(book.charges), PART_AFTER[book.high_needs_funded_by]
    moves = np.isin(np.arange(n), book.of_councils) & (part > 0.0)
    columns = {name: column[:n] for name, column in book.booked.items()}
    columns |= {"unit": columns["price_unit"], "real_pay_growth": book.real_pay_growth}
    columns |= {"pay_base_year": book.pay_base_year, "later_payer": np.where(moves, CENTRAL, "").astype(object)}
    columns |= {"later_from": np.where(moves, book.high_needs_switch, "").astype(object)}
    columns |= {"later_share": np.where(moves, part, 0.0)}
    columns |= {"teachers_per_hour": [book.teachers_per_hour.get(one.quantity, 0.0) for one in book.charges]}
    return pd.DataFrame({name: columns[name] for name in STORED_COLUMNS})


def stored_quantities(book: PriceBook) -> list[str]:
    """What must be kept of the counts: every quantity with a price but the one that is worked out from others."""
    return sorted(book.priced_quantities() - {EXTRA_TEACHERS})
