"""M16 Shared SENCOs: the hours of the post, and when sharing ends."""

from sencosim.rules import rule


@rule("float64(float64, float64, float64)")
def shared_post_hours(pupils: float, hours_per_100_pupils: float, full_time_hours: float) -> float:
    """Hours a week of a post that several schools share: a floor on their total roll, up to full time.

    [hours a week, 0 to full_time_hours]

    Parameters
    ----------
    pupils : on roll of all schools that share. [pupils, >= 0]
    hours_per_100_pupils : of the lever. [hours a week per 100 pupils, >= 0]
    full_time_hours : [hours a week, > 0]  ``full_time_hours_per_week``

    >>> shared_post_hours(200.0, 8.0, 32.4), shared_post_hours(600.0, 8.0, 32.4)
    (16.0, 32.4)
    """
    return min(full_time_hours, pupils / 100.0 * hours_per_100_pupils)


@rule("int64(float64, float64, int64)")
def low_reviews(mean_support: float, least_support: float, low_before: int) -> int:
    """Reviews in a row that found provision too low, this one included. [reviews, >= 0]

    Parameters
    ----------
    mean_support : of the schools that share, relative to the no-policy arm. [ratio, >= 0]
    least_support : below this a review finds provision too low. [ratio, >= 0]  lever ``review_support_ratio``
    low_before : reviews in a row that found it too low until now. [reviews, >= 0]

    >>> low_reviews(0.2, 0.3, 1), low_reviews(0.4, 0.3, 1)
    (2, 0)
    """
    if mean_support < least_support:
        return low_before + 1
    return 0
