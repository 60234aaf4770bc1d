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


@rule("int64(float64)")
def weight_in_parts(weight: float) -> int:
    """Weight of a sampled school in whole 65,536ths, so that a sum of weights does not depend on its order.

    Parameters
    ----------
    weight
        Schools that this one stands for. [ratio, >= 0]

    Returns
    -------
        The weight. [65,536ths, >= 0]

    Examples
    --------
    >>> weight_in_parts(1.5)
    98304
    """
    return int(weight * 65536.0 + 0.5)


@rule("float64(int64)")
def parts_as_weight(parts: int) -> float:
    """Undo :func:`weight_in_parts`. [ratio]

    Examples
    --------
    >>> parts_as_weight(98304)
    1.5
    """
    return parts / 65536.0
