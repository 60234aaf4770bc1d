"""Who pays the pressure on high needs: councils to March 2028 or another month, central government after.

Charges stand in the price book under councils' high-needs blocks. Which part of an academic year somebody else pays is
settled here and nowhere else, on priced lines: units are split between the payers, prices stay, so every sum over
public payers is what it was.
"""

from __future__ import annotations

import pandas as pd

from sencosim.vocabulary import Payer, PressureFunder

COUNCILS = Payer.COUNCIL_HIGH_NEEDS.key
CENTRAL = Payer.CENTRAL_HIGH_NEEDS.key
SWITCH = "2028-04"
"""Month from which central government pays (budget of November 2025), unless a scenario says another."""
FIRST_MONTH = 9
"""An academic year is taken as September to August; what is counted in it, as spread evenly over its months."""
PART_AFTER: dict[PressureFunder, float] = {"councils_then_central": 1.0, "councils": 0.0, "shared": 0.5}
"""Part of the charges after the switch that central government pays. [share]"""


def central_share(year: int, funded_by: PressureFunder, switch: str = SWITCH) -> float:
    """Part of an academic year's high-needs charges that central government pays. [share, 0 to 1]

    Parameters
    ----------
    year
        First calendar year of the academic year.
    funded_by
        Who pays after the switch.
    switch
        Month of the switch, as ``2028-04``.

    Examples
    --------
    >>> [round(12 * central_share(year, "councils_then_central"), 6) for year in (2026, 2027, 2028)]
    [0.0, 5.0, 12.0]
    >>> central_share(2035, "shared"), central_share(2035, "councils")
    (0.5, 0.0)
    """
    of_year, month = (int(part) for part in switch.split("-"))
    before = 12 * (of_year - year) + month - FIRST_MONTH
    return PART_AFTER[funded_by] * min(12, max(0, 12 - before)) / 12.0


def booked(lines: pd.DataFrame, funded_by: PressureFunder, switch: str = SWITCH) -> pd.DataFrame:
    """Book high-needs charges to who pays them in each year.

    Parameters
    ----------
    lines
        Lines with ``year``, ``payer`` and ``units``, all high-needs charges under councils.
    funded_by
        Who pays after the switch.
    switch
        Month of the switch, as ``2028-04``.

    Returns
    -------
    pandas.DataFrame
        The lines; where central government pays a part, its lines stand after all others.
    """
    share = {int(year): central_share(int(year), funded_by, switch) for year in lines["year"].unique()}
    part = lines["year"].map(share).astype(float).where(lines["payer"] == COUNCILS, 0.0)
    if not (part > 0.0).any():
        return lines
    kept = lines.assign(units=lines["units"] * (1.0 - part))[part < 1.0]
    moved = lines.assign(units=lines["units"] * part, payer=CENTRAL)[part > 0.0]
    return pd.concat([kept, moved], ignore_index=True)


def payer_in_book(payers: pd.Series) -> pd.Series:
    """Payer under which the price book has the price of a line."""
    return payers.where(payers != CENTRAL, COUNCILS)
