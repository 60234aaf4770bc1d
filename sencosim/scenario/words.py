"""Policies in words, for differences and reports."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sencosim.scenario.levers import (
    AdminSupport,
    Allowance,
    Amount,
    ConsistentEhcProcess,
    Covers,
    ExpertsAtHand,
    Floor,
    HoursByNeed,
    HoursFormula,
    HoursSchedule,
    IspDuty,
    KeyWorker,
    LaCapacity,
    Lever,
    MainstreamFund,
    PhaseFloor,
    PlanReform,
    ProtectedTime,
    Schedule,
    SharedSenco,
    SltSeat,
    SpecialistPlaces,
    Supervision,
    Team,
    Training,
    TribunalCapacity,
)
from sencosim.scenario.shocks import Shock
from sencosim.scenario.system_levers import CouncilLever
from sencosim.units import format_year, parse_year


def lever_words(lever: Lever) -> str:
    """Say what a lever asks of a school.

    Examples
    --------
    >>> lever_words(ProtectedTime(floor=Floor(days_per_week=1.5)))
    'at least 1.5 days a week'
    """
    for kind, words in _WORDS.items():
        if isinstance(lever, kind):
            return str(words(lever))
    raise TypeError(f"no words for {type(lever).__name__}")


def floor_words(floor: PhaseFloor) -> str:
    """Say a floor of protected time.

    Examples
    --------
    >>> floor_words(Floor(by_phase={"primary": PhaseFloor(days_per_week=1.5), "secondary": PhaseFloor(full_time=True)}))
    'primary at least 1.5 days a week; secondary full time'
    """
    if isinstance(floor, Floor) and floor.by_phase is not None:
        return "; ".join(f"{phase} {floor_words(one)}" for phase, one in floor.by_phase.items())
    if floor.by_size is not None:
        sizes = ["larger" if row.up_to_pupils is None else f"up to {row.up_to_pupils} pupils" for row in floor.by_size]
        return ", ".join(f"{size} {amount_words(row)}" for size, row in zip(sizes, floor.by_size, strict=True))
    return amount_words(floor)


def need_words(hours: HoursByNeed) -> str:
    """Say hours that follow need.

    Examples
    --------
    >>> need_words(Schedule(formula=HoursFormula(hours_per_sen_pupil_per_week=0.2, least_hours_per_week=6.5)))
    '0.2 hours a week for each SEN pupil, at least 6.5 hours'
    """
    if isinstance(hours, Schedule) and hours.by_phase is not None:
        return "; ".join(f"{phase} {need_words(one)}" for phase, one in hours.by_phase.items())
    if hours.formula is not None:
        return _formula_words(hours.formula)
    table = hours.table or ()
    limits = ["more" if row.up_to_sen_pupils is None else f"up to {row.up_to_sen_pupils} SEN pupils" for row in table]
    return ", ".join(f"{limit} {amount_words(row)}" for limit, row in zip(limits, table, strict=True))


def _formula_words(formula: HoursFormula) -> str:
    parts = [
        (formula.fixed_hours_per_week, "{:g} hours a week"),
        (formula.hours_per_sen_pupil_per_week, "{:g} hours a week for each SEN pupil"),
        (formula.hours_per_100_pupils_per_week, "{:g} hours a week for each 100 pupils"),
    ]
    words = " and ".join(text.format(hours) for hours, text in parts if hours > 0.0) or "no hours"
    if formula.least_hours_per_week > 0.0:
        words += f", at least {formula.least_hours_per_week:g} hours"
    if formula.most_hours_per_week is not None:
        words += f", at most {formula.most_hours_per_week:g} hours"
    return words


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
    who, national = covers_words(lever.covers), isinstance(lever, PlanReform | TribunalCapacity)
    if national:
        who = "all England"
    elif isinstance(lever, CouncilLever):
        who = who.replace("schools", "councils", 1)
    pieces = [who, f"from {lever.start}"]
    if lever.end is not None:
        pieces.append(f"until {lever.end} begins")
    steps, first = lever.steps(), parse_year(lever.start)
    last = max(steps.values())
    if list(steps) != [first] or last < 1:
        years = max(steps) - first + 1
        pieces.append(f"phased over {years} {'year' if years == 1 else 'years'}")
    if last < 1:
        pieces.append(f"up to {last:g} of them")
    if not national:
        grant = lever.funded_by == "national_grant"
        pieces.append("paid by a national grant" if grant else f"paid by {lever.funded_by}")
    return ", ".join(pieces)


def covers_words(covers: Covers) -> str:
    """Say which schools are covered.

    Examples
    --------
    >>> covers_words(Covers(phases=("primary",), pupils_max=150, fsm_min=0.3))
    'primary schools with at most 150 pupils and at least 30 % eligible for free school meals'
    """
    subject = f"{' and '.join(covers.phases)} schools" if covers.phases else "all schools"
    if covers.trust is not None:
        subject += " of trusts" if covers.trust else " maintained by councils"
    if covers.rural is not None:
        subject += " in rural places" if covers.rural else " in towns and cities"
    if covers.share is not None:
        subject = f"a lot of {covers.share:g} of {'the councils of ' if covers.lot == 'councils' else ''}{subject}"
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


def shock_words(shock: Shock | None) -> str:
    """Say what a shock changes, and when.

    Examples
    --------
    >>> shock_words(Shock(start="2029/30", requests=0.9))
    'requests 0.9, from 2029/30 until 2030/31 begins'
    """
    if shock is None:
        return "none"
    changed = [
        f"{name.replace('_', ' ')} {getattr(shock, name):g}"
        for name, field in Shock.model_fields.items()
        if name not in ("start", "end") and getattr(shock, name) != field.default
    ]
    last = shock.end or format_year(parse_year(shock.start) + 1)
    return f"{', '.join(changed) or 'nothing'}, from {shock.start} until {last} begins"


def _administrator_words(lever: AdminSupport) -> str:
    if lever.hours_per_week is not None:
        return f"{lever.hours_per_week:g} administrator hours a week"
    return f"{lever.hours_per_sen_pupil_per_week:g} administrator hours a week for each SEN pupil"


def _team_words(lever: Team) -> str:
    who = "assistant teachers" if lever.qualified else "assistants"
    if lever.hours_per_week is not None:
        return f"{who} for {lever.hours_per_week:g} hours a week"
    if lever.sen_pupils_per_post is not None:
        return f"{who}, one for {lever.sen_pupils_per_post:g} SEN pupils"
    return f"{who} for {lever.hours_per_sen_pupil_per_week:g} hours a week for each SEN pupil"


def _sharing_words(lever: SharedSenco) -> str:
    return (
        f"{lever.cluster_size} primaries of at most {lever.roll_max} pupils share one, "
        f"{lever.hours_per_100_pupils:g} hours a week for 100 pupils"
    )


def _training_words(lever: Training) -> str:
    words = f"{lever.first_year_hours_per_term:g} hours a term in the first year"
    if lever.award_within_terms is not None:
        words += f", the award within {lever.award_within_terms} terms"
    if lever.cascade_hours_per_term > 0.0:
        words += f", {lever.cascade_hours_per_term:g} hours a term passed on to colleagues"
    return words


def _process_words(lever: ConsistentEhcProcess) -> str:
    if lever.paperwork_ratio is None:
        return "one process in all councils"
    return f"one process in all councils, {lever.paperwork_ratio:g} times today's paperwork"


def _support_plan_words(lever: IspDuty) -> str:
    words = "a support plan for every pupil on SEN Support"
    return words if lever.request_ratio == 1.0 else f"{words}, {lever.request_ratio:g} times the requests"


_VARIANTS = {
    "mixed": "by requests and by refusals",
    "fewer_requests": "by fewer requests",
    "more_refusals": "by more refusals",
}


def _reform_words(lever: PlanReform) -> str:
    words = f"fewer EHC plans, {_VARIANTS[lever.variant]}; key-stage reviews; no placement orders"
    if lever.entries_ratio is not None:
        words += f"; {lever.entries_ratio:g} times the requests"
    return words


def _fund_words(lever: MainstreamFund) -> str:
    share = "a share" if lever.senco_share is None else f"{lever.senco_share:g}"
    return f"{share} of {lever.days_per_week:g} days a week of assistants in an average school"


def _expert_words(lever: ExpertsAtHand) -> str:
    days = (lever.days_per_year_primary, lever.days_per_year_secondary)
    words = "days of specialists in schools"
    if days != (None, None):
        said = " and ".join("as announced" if n is None else f"{n:g}" for n in days)
        words = f"days of specialists in an average primary and secondary school: {said} a year"
    return words if lever.team_share > 0.0 else f"{words}, counted and without effect"


_WORDS: dict[type[Lever], Callable[[Any], str]] = {
    ProtectedTime: lambda lever: floor_words(lever.floor),
    HoursSchedule: lambda lever: need_words(lever.hours),
    SltSeat: lambda lever: "a seat, with leadership pay" if lever.pay_uplift else "a seat, without a pay rise",
    AdminSupport: _administrator_words,
    Team: _team_words,
    SharedSenco: _sharing_words,
    Allowance: lambda lever: f"an allowance of £{lever.gbp_per_year:,.0f} a year",
    KeyWorker: lambda lever: f"{lever.hours_per_plan_per_term:g} hours a term for each pupil with a plan",
    Supervision: lambda lever: f"{lever.hours_per_term:g} hours a term",
    Training: _training_words,
    ConsistentEhcProcess: _process_words,
    LaCapacity: lambda lever: f"{lever.psychologists:g} times the psychologists, {lever.officers:g} times the officers",
    TribunalCapacity: lambda lever: f"{lever.capacity:g} times the hearings",
    SpecialistPlaces: lambda lever: f"{lever.places_per_year:g} places more each year",
    IspDuty: _support_plan_words,
    PlanReform: _reform_words,
    MainstreamFund: _fund_words,
    ExpertsAtHand: _expert_words,
}
