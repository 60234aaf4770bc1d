"""Policies in words, for differences and reports."""

from __future__ import annotations

from sencosim.scenario.levers import AdminSupport, Amount, Covers, Floor, Lever, ProtectedTime, SltSeat
from sencosim.units import parse_year


def lever_words(lever: Lever) -> str:
    """Say what a lever asks of a school.

    Examples
    --------
    >>> lever_words(ProtectedTime(floor=Floor(days_per_week=1.5)))
    'at least 1.5 days a week'
    """
    if isinstance(lever, ProtectedTime):
        return floor_words(lever.floor)
    if isinstance(lever, SltSeat):
        return "a seat, with leadership pay" if lever.pay_uplift else "a seat, without a pay rise"
    if isinstance(lever, AdminSupport):
        if lever.hours_per_week is not None:
            return f"{lever.hours_per_week:g} administrator hours a week"
        return f"{lever.hours_per_sen_pupil_per_week:g} administrator hours a week for each SEN pupil"
    raise TypeError(f"no words for {type(lever).__name__}")


def floor_words(floor: Floor) -> str:
    """Say a floor of protected time.

    Examples
    --------
    >>> floor_words(Floor(by_phase={"primary": Amount(days_per_week=1.5), "secondary": Amount(full_time=True)}))
    'primary at least 1.5 days a week, secondary full time'
    """
    if floor.by_phase is not None:
        return ", ".join(f"{phase} {amount_words(amount)}" for phase, amount in floor.by_phase.items())
    if floor.by_size is not None:
        sizes = ["larger" if row.up_to_pupils is None else f"up to {row.up_to_pupils} pupils" for row in floor.by_size]
        return ", ".join(f"{size} {amount_words(row)}" for size, row in zip(sizes, floor.by_size, strict=True))
    return amount_words(floor)


def amount_words(amount: Amount) -> str:
    """Say an amount of time.

    Examples
    --------
    >>> amount_words(Amount(hours_per_week=9.75))
    'at least 9.75 hours a week'
    """
    if amount.full_time:
        return "full time"
    if amount.days_per_week is not None:
        return f"at least {amount.days_per_week:g} days a week"
    if amount.hours_per_week is not None:
        return f"at least {amount.hours_per_week:g} hours a week"
    return f"at least {amount.hours_per_sen_pupil_per_week or 0:g} hours a week for each SEN pupil"


def terms_words(lever: Lever) -> str:
    """Say who is covered, from when, how fast, and who pays.

    Examples
    --------
    >>> terms_words(SltSeat(phase_in={"2027/28": 0.33, "2028/29": 0.67, "2029/30": 1.0}))
    'all schools, from 2027/28, phased over 3 years, paid by schools'
    """
    pieces = [covers_words(lever.covers), f"from {lever.start}"]
    if lever.end is not None:
        pieces.append(f"until {lever.end} begins")
    if lever.phase_in:
        years = [parse_year(year) for year in lever.phase_in]
        last = max(lever.phase_in.values())
        pieces.append(f"phased over {max(years) - parse_year(lever.start) + 1} years")
        if last < 1:
            pieces.append(f"up to {last:g} of them")
    pieces.append("paid by schools" if lever.funded_by == "schools" else "paid by a national grant")
    return ", ".join(pieces)


def covers_words(covers: Covers) -> str:
    """Say which schools are covered.

    Examples
    --------
    >>> covers_words(Covers(phases=("primary",), pupils_max=150, fsm_min=0.3))
    'primary schools with at most 150 pupils and at least 30 % eligible for free school meals'
    """
    subject = f"{' and '.join(covers.phases)} schools" if covers.phases else "all schools"
    places = [*(covers.regions or ()), *(covers.councils or ())]
    limits = [
        (covers.pupils_min, "at least", "pupils", 1.0),
        (covers.pupils_max, "at most", "pupils", 1.0),
        (covers.sen_pupils_min, "at least", "SEN pupils", 1.0),
        (covers.sen_pupils_max, "at most", "SEN pupils", 1.0),
        (covers.fsm_min, "at least", "% eligible for free school meals", 100.0),
        (covers.fsm_max, "at most", "% eligible for free school meals", 100.0),
    ]
    conditions = [f"{word} {value * scale:g} {unit}" for value, word, unit, scale in limits if value is not None]
    where = f" in {', '.join(places)}" if places else ""
    return f"{subject}{where}{' with ' if conditions else ''}{' and '.join(conditions)}"
