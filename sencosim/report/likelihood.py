"""When a chance may be put in a word: from fixed bands, and never from too few draws."""

from __future__ import annotations

import math

FEWEST_DRAWS = 30
"""Draws from which words such as "likely" are used: with fewer, the 95 % interval of a share is wider than a third."""
TOO_FEW = "too few to say how likely"
_BANDS = ((0.10, "very unlikely"), (0.33, "unlikely"), (0.66, "about as likely as not"))


def is_enough(n_draws: int) -> bool:
    """Whether so many draws carry a likelihood word. The one place that decides it."""
    return n_draws >= FEWEST_DRAWS


def draws_words(n_draws: int) -> str:
    """Number of draws in words.

    Examples
    --------
    >>> draws_words(1), draws_words(1200)
    ('one draw', '1,200 draws')
    """
    return "one draw" if n_draws == 1 else f"{n_draws:,} draws"


def chance_words(probability: float, n_draws: int) -> str:
    """Word for a probability, from fixed bands, so that wording cannot drift; no word from too few draws.

    Below 10 % very unlikely; below 33 % unlikely; below 66 % about as likely as not; up to 90 % likely; above that
    very likely.

    Parameters
    ----------
    probability
        Share of draws. [share, 0 to 1]
    n_draws
        Draws of the uncertain parameters that it rests on.

    Examples
    --------
    >>> [chance_words(p, 40) for p in (0.02, 0.2, 0.5, 0.7, 0.95)]
    ['very unlikely', 'unlikely', 'about as likely as not', 'likely', 'very likely']
    >>> chance_words(0.95, 16)
    '16 draws are too few to say how likely'
    """
    if not is_enough(n_draws):
        return f"{draws_words(n_draws)} {'is' if n_draws == 1 else 'are'} {TOO_FEW}"
    if not math.isfinite(probability):
        return "of unknown chance"
    above = "likely" if probability <= 0.90 else "very likely"
    return next((word for top, word in _BANDS if probability < top), above)


def more_draws_sentence(n_draws: int, *, other_views: bool) -> str:
    """How to get likelihood words, where a view has too few draws for them; blank where all have enough.

    Parameters
    ----------
    n_draws
        Draws of the view that has the fewest.
    other_views
        Whether the run has views beside the main one: they get half as many draws.

    Examples
    --------
    >>> more_draws_sentence(16, other_views=False)
    'Words such as “likely” take 30 draws or more in a view; to get them, run again with --draws 30.'
    """
    if is_enough(n_draws):
        return ""
    asked = 2 * FEWEST_DRAWS if other_views else FEWEST_DRAWS
    return (
        f"Words such as “likely” take {FEWEST_DRAWS} draws or more in a view; to get them, run again with "
        f"--draws {asked}."
    )
