"""Numbers in words: one way to round, one way to write money, one set of words for chances.

Rounding is by precision. A difference gets two significant figures of the largest number in its interval, or more
if the interval is narrow enough to support them; a number that would vanish in that rounding keeps one figure.
Minus is the sign U+2212, so that a line break or a search never mistakes it for a hyphen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal

from sencosim.vocabulary import PAYER

MINUS = "\N{MINUS SIGN}"
DASH = "\N{EN DASH}"
INTERVAL = "80 % interval"
MOST_FIGURES = 4

MILLION = 1e6
_SCALES = ((1e9, " billion"), (MILLION, " million"))


def rounding_step(*numbers: float) -> float:
    """Power of ten to which a difference and the ends of its interval, if it has any, are rounded.

    Examples
    --------
    >>> rounding_step(312.0, 240.0, 380.0)
    10.0
    >>> rounding_step(312.4, 311.8, 313.0)
    0.1
    >>> rounding_step(0.0)
    1.0
    """
    finite = [number for number in numbers if math.isfinite(number)]
    largest = max((abs(number) for number in finite), default=0.0)
    if largest == 0.0:
        return 1.0
    exponent = _exponent(largest)
    power = exponent - 1
    width = max(finite) - min(finite)
    if len(finite) > 1 and width > 1e-9 * largest:
        power = max(min(power, _exponent(width) - 1), exponent - (MOST_FIGURES - 1))
    return float(Decimal(1).scaleb(power))


def rounded(value: float, step: float) -> float:
    """Round to a step, half to even; a value that would vanish keeps one significant figure.

    Examples
    --------
    >>> rounded(312.4, 10.0), rounded(0.0031, 1.0)
    (310.0, 0.003)
    """
    if value == 0.0:
        return 0.0
    if abs(value) < step / 2:
        step = float(Decimal(1).scaleb(_exponent(value)))
    quantum = Decimal(1).scaleb(_exponent(step))
    return float((Decimal(repr(float(value))) / quantum).to_integral_value(ROUND_HALF_EVEN) * quantum)


def plain(value: float, step: float, *, signed: bool = False) -> str:
    """Write a number with commas, a real minus sign and no more decimals than its step supports.

    Examples
    --------
    >>> plain(12345.6, 100.0), plain(0.25, 0.1, signed=True), plain(-3.0, 1.0) == MINUS + "3"
    ('12,300', '+0.2', True)
    """
    if not math.isfinite(value):
        return "not known"
    number = rounded(value, step)
    decimals = max(0, -_exponent(step)) if abs(number) >= step or number == 0.0 else max(0, -_exponent(number))
    sign = MINUS if number < 0 else "+" if signed and number > 0 else ""
    return f"{sign}{abs(number):,.{decimals}f}"


def four_figures(value: float) -> str:
    """Write a number to four significant figures; a dash where there is none.

    Examples
    --------
    >>> four_figures(12345.6), four_figures(0.25), four_figures(math.nan) == DASH
    ('12,350', '0.2500', True)
    """
    return plain_or_dash(value, rounding_step(value) / 100)


def up_to_figures(value: float, figures: int = 6) -> str:
    """Write a number as it is held, with so many significant figures at most and no exponent: for axes and parameters.

    Examples
    --------
    >>> up_to_figures(12345.0), up_to_figures(1234567.0, 3), up_to_figures(0.11), up_to_figures(-2.0) == MINUS + "2"
    ('12,345', '1,230,000', '0.11', True)
    """
    if not math.isfinite(value):
        return "not known"
    return f"{Decimal(f'{value + 0.0:.{figures}g}'):,f}".replace("-", MINUS)


def plain_or_dash(value: float, step: float, *, signed: bool = False) -> str:
    """Write a number for a table; a dash where there is none."""
    return DASH if math.isnan(value) else plain(value, step, signed=signed)


def money_scale(*values_gbp: float) -> tuple[float, str]:
    """Unit in which a group of sums is written: billions, millions or pounds, by the largest as it is rounded.

    Examples
    --------
    >>> money_scale(3.1e8, -2.0e9)
    (1000000000.0, ' billion')
    >>> money_scale(9.996e8)
    (1000000000.0, ' billion')
    """
    found = (1.0, "")
    for scale, word in reversed(_SCALES):
        if _largest_rounded(found[0], values_gbp) >= scale:
            found = (scale, word)
    return found


def _largest_rounded(scale: float, values_gbp: Sequence[float]) -> float:
    """The largest of some sums as it is written in a unit. [GBP, 0 or above]"""
    numbers = [abs(value) / scale for value in values_gbp if math.isfinite(value)]
    step = rounding_step(*(value / scale for value in values_gbp))
    return rounded(max(numbers, default=0.0), step) * scale


def money_step(scale: float, *values_gbp: float) -> float:
    """Step to which a group of sums is rounded in its unit: a sum that fills the unit is one of it, not just below."""
    numbers = [value / scale for value in values_gbp]
    step = rounding_step(*numbers)
    is_filled = scale > 1.0 and max((abs(one) for one in numbers if math.isfinite(one)), default=0.0) < 1.0
    return rounding_step(*(rounded(one, step) if math.isfinite(one) else one for one in numbers)) if is_filled else step


def money(value_gbp: float, *interval_gbp: float, signed: bool = False) -> str:
    """Write a sum of money, scaled and rounded together with its interval.

    Examples
    --------
    >>> money(312_400_000.0, 240e6, 380e6), money(45_300.0), money(950.0, signed=True)
    ('£310 million', '£45,000', '+£950')
    >>> money(999_600_000.0), money(999_600.0), money(994_000_000.0)
    ('£1.0 billion', '£1.0 million', '£990 million')
    """
    if not math.isfinite(value_gbp):
        return "not known"
    scale, word = money_scale(value_gbp, *interval_gbp)
    step = money_step(scale, value_gbp, *interval_gbp)
    text = plain(abs(value_gbp) / scale, step)
    sign = MINUS if value_gbp < 0 else "+" if signed and value_gbp > 0 else ""
    return f"{sign}£{text}{word}"


def costs_or_saves(value_gbp: float, *interval_gbp: float) -> str:
    """Say a net cost with a verb, so that nobody needs to know the sign convention.

    Examples
    --------
    >>> costs_or_saves(3.1e8), costs_or_saves(-2e6), costs_or_saves(0.0)
    ('costs £310 million', 'saves £2.0 million', 'costs nothing and saves nothing')
    """
    if value_gbp == 0.0:
        return "costs nothing and saves nothing"
    verb = "costs" if value_gbp > 0 else "saves"
    return f"{verb} {money(abs(value_gbp), *interval_gbp)}"


def money_range(value_gbp: float, low_gbp: float, high_gbp: float) -> str:
    """Write an interval of a net cost in words, with the side of zero of both ends.

    Examples
    --------
    >>> money_range(3.1e8, 2.4e8, 3.8e8)
    'a cost of £240 million to £380 million'
    >>> money_range(1e7, -4.0e7, 1.2e8)
    'a saving of £40 million to a cost of £120 million'
    >>> money_range(-3e6, -4.0e6, -1.0e6)
    'a saving of £1.0 million to £4.0 million'
    """
    if not (math.isfinite(low_gbp) and math.isfinite(high_gbp)):
        return "not known"
    first, second = (money(abs(end), value_gbp, low_gbp, high_gbp) for end in (low_gbp, high_gbp))
    if low_gbp == high_gbp == 0.0:
        return "no difference"
    if low_gbp < 0 < high_gbp:
        return f"a saving of {first} to a cost of {second}"
    return f"a saving of {second} to {first}" if high_gbp <= 0 else f"a cost of {first} to {second}"


def signed_range(low: float, high: float, step: float) -> str:
    """Write an interval as signed numbers joined by `to`, never by a dash.

    Examples
    --------
    >>> signed_range(3.0, 12.0, 1.0)
    '+3 to +12'
    """
    return f"{plain(low, step, signed=True)} to {plain(high, step, signed=True)}"


def per_cent(fraction: float) -> str:
    """Write a share as a whole per cent, never as a false 0 or 100.

    Examples
    --------
    >>> per_cent(0.124), per_cent(0.001), per_cent(0.9999), per_cent(0.0)
    ('12 %', 'less than 1 %', 'more than 99 %', '0 %')
    """
    if 0.0 < fraction < 0.01:
        return "less than 1 %"
    if 0.99 < fraction < 1.0:
        return "more than 99 %"
    return f"{100 * fraction:.0f} %"


def rounded_to_sum(values: Sequence[float], step: float) -> tuple[list[float], int]:
    """Round values so that they add up to their rounded sum, by largest remainder; and how many this moved.

    Examples
    --------
    >>> rounded_to_sum([1.4, 1.4, 1.4], 1.0)
    ([2.0, 1.0, 1.0], 1)
    """
    units = [value / step for value in values]
    floors = [math.floor(unit) for unit in units]
    missing = round(math.fsum(units)) - sum(floors)
    order = sorted(range(len(units)), key=lambda i: (floors[i] - units[i], i))
    whole = [floor + (1 if i in order[:missing] else 0) for i, floor in enumerate(floors)]
    moved = sum(1 for number, unit in zip(whole, units, strict=True) if abs(number - unit) > 0.5 + 1e-9)
    quantum = Decimal(repr(step))
    return [float(number * quantum) for number in whole], moved


def joined(items: Sequence[str]) -> str:
    """Join with commas and a final `and`.

    Examples
    --------
    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""


def in_a_sentence(title: str) -> str:
    """Write a title as it stands within a sentence: without its capital, unless that belongs to the word.

    Examples
    --------
    >>> in_a_sentence("A full-time SENCO"), in_a_sentence("SENCO time and a seat")
    ('a full-time SENCO', 'SENCO time and a seat')
    """
    return title if title[1:2].isupper() else f"{title[:1].lower()}{title[1:]}"


def payer_words(payer: str) -> str:
    """Say a payer in words.

    Examples
    --------
    >>> payer_words("council_high_needs")
    "councils' high-needs blocks"
    """
    return PAYER[payer].words if payer in PAYER else payer


def payer_verb(payer: str, verb: str) -> str:
    """Give a plural verb the number of its payer; blank stands for the public purse.

    Examples
    --------
    >>> payer_verb("schools", "pay"), payer_verb("nhs", "save"), payer_verb("", "pay")
    ('pay', 'saves', 'pays')
    """
    is_singular = payer == "" or (payer in PAYER and PAYER[payer].is_singular)
    return f"{verb}s" if is_singular else verb


def payer_does(payer: str, verb: str) -> str:
    """Say what a payer does, with the verb in its number.

    Examples
    --------
    >>> payer_does("schools", "pay"), payer_does("exchequer", "save")
    ('schools pay', 'the Exchequer (tax and benefits) saves')
    """
    return f"{payer_words(payer)} {payer_verb(payer, verb)}"


def sentence_case(text: str) -> str:
    """Capitalise the first letter and leave the rest alone."""
    return text[:1].upper() + text[1:]


def _exponent(value: float) -> int:
    """Power of ten of the first significant figure."""
    return Decimal(repr(abs(float(value)))).adjusted()
