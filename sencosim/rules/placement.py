"""M10 Plan and placement: how likely special is named."""

import math

from sencosim.rules import rule


@rule("float64(float64, float64, float64)")
def placement_chance(share: float, severity_slope: float, frailty: float) -> float:
    """Chance that a special placement is decided, by severity.

    Parameters
    ----------
    share
        For a pupil of frailty one. [probability, 0 to 1]  ``placement_special_share_primary``
    severity_slope
        Log odds per unit of log frailty. [log odds]  ``placement_severity_slope``
    frailty
        Of the pupil. [ratio, > 0]

    Returns
    -------
        Chance. [probability, 0 to 1]

    Examples
    --------
    >>> round(placement_chance(0.1, 0.8, 1.0), 12)
    0.1
    """
    odds = share / (1.0 - share) * math.exp(severity_slope * math.log(frailty))
    return odds / (1.0 + odds)
