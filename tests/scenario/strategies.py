"""Valid scenarios of every shape, for properties."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from sencosim.evidence.distributions import Distribution
from sencosim.evidence.routes import ROUTE_NAMES
from sencosim.levers.admin_support import AdminSupport
from sencosim.levers.allowance import Allowance
from sencosim.levers.catalogue import Delay, Levers
from sencosim.levers.consistent_ehc_process import ConsistentEhcProcess
from sencosim.levers.experts_at_hand import ExpertsAtHand
from sencosim.levers.hours import Amount
from sencosim.levers.hours_schedule import HoursByNeed, HoursFormula, HoursSchedule, Schedule, SenRow
from sencosim.levers.isp_duty import IspDuty
from sencosim.levers.key_worker import KeyWorker
from sencosim.levers.la_capacity import LaCapacity
from sencosim.levers.lever import Covers
from sencosim.levers.mainstream_fund import MainstreamFund
from sencosim.levers.plan_reform import PlanReform
from sencosim.levers.protected_time import Floor, PhaseFloor, ProtectedTime, SizeRow
from sencosim.levers.shared_senco import SharedSenco
from sencosim.levers.slt_seat import SltSeat
from sencosim.levers.specialist_places import SpecialistPlaces
from sencosim.levers.supervision import Supervision
from sencosim.levers.team import Team
from sencosim.levers.training import Training
from sencosim.levers.tribunal_capacity import TribunalCapacity
from sencosim.scenario.mechanisms import MECHANISMS
from sencosim.scenario.schema import Horizon, Mechanisms, Override, RunSettings, Scenario
from sencosim.scenario.shocks import Shock
from sencosim.scenario.structure import EffectChannel, Structure
from sencosim.units import format_year

shares = st.floats(0, 1)
pupils = st.integers(0, 5000)
UNSEEN = ("Cc", "Cf", "Co", "Cs", "Zl", "Zp")
texts = st.text(st.characters(exclude_categories=UNSEEN), max_size=150).filter(
    lambda text: not text.startswith(("=", "+", "-", "@"))
) | st.sampled_from(["no", "07", "1e3", "a: b", "# x", "null"])
VIEWS = ("campaign", "central", "sceptic")


def _maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


@st.composite
def _between(draw: st.DrawFn, name: str, values: st.SearchStrategy[Any]) -> dict[str, Any]:
    low, high = sorted([draw(values), draw(values)])
    given = {f"{name}_min": draw(st.sampled_from([low, None])), f"{name}_max": draw(st.sampled_from([high, None]))}
    return {key: value for key, value in given.items() if value is not None}


@st.composite
def covers(draw: st.DrawFn) -> Covers:
    limits = {
        **draw(_between("pupils", pupils)),
        **draw(_between("sen_pupils", pupils)),
        **draw(_between("fsm", shares)),
    }
    return Covers(
        phases=draw(_maybe(st.lists(st.sampled_from(["primary", "secondary"]), min_size=1, max_size=2).map(tuple))),
        councils=draw(_maybe(st.sampled_from([("Norfolk",), ("926", "Bristol, City of"), ("E10000020",)]))),
        regions=draw(_maybe(st.sampled_from([("London",), ("South East", "East of England")]))),
        trust=draw(st.sampled_from([None, True, False])),
        rural=draw(st.sampled_from([None, True, False])),
        share=draw(_maybe(shares)),
        lot=draw(st.sampled_from(["schools", "councils"])),
        **limits,
    )


def amounts(kind: type[Amount] = Amount, **more: Any) -> st.SearchStrategy[Any]:
    forms = {
        "hours_per_week": st.floats(1, 40),
        "days_per_week": st.floats(0, 5),
        "hours_per_sen_pupil_per_week": st.floats(0, 5),
        "full_time": st.just(True),
    }
    return st.sampled_from(sorted(forms)).flatmap(
        lambda form: forms[form].map(lambda value: kind(**{form: value}, **more))
    )


@st.composite
def size_tables(draw: st.DrawFn, kind: type[PhaseFloor] = Floor) -> PhaseFloor:
    sizes = sorted(draw(st.sets(st.integers(1, 3000), max_size=3)))
    rows = [draw(amounts(SizeRow, up_to_pupils=size)) for size in sizes]
    return kind(by_size=(*rows, draw(amounts(SizeRow))))


def by_phase(inside: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.dictionaries(st.sampled_from(["primary", "secondary"]), inside, min_size=1)


phase_tables = by_phase(amounts(PhaseFloor) | size_tables(PhaseFloor)).map(lambda table: Floor(by_phase=table))
floors = amounts(Floor) | phase_tables | size_tables()
formulas = st.builds(
    lambda need, fixed, least, more: HoursFormula(
        hours_per_sen_pupil_per_week=need,
        fixed_hours_per_week=fixed,
        least_hours_per_week=least,
        most_hours_per_week=None if more is None else least + more,
    ),
    st.floats(0, 5),
    st.floats(0, 20),
    st.floats(0, 20),
    _maybe(st.floats(0, 20)),
)


@st.composite
def needs(draw: st.DrawFn, kind: type[HoursByNeed] = HoursByNeed) -> HoursByNeed:
    if draw(st.booleans()):
        return kind(formula=draw(formulas))
    limits = sorted(draw(st.sets(st.integers(1, 500), max_size=3)))
    rows = [draw(amounts(SenRow, up_to_sen_pupils=limit)) for limit in limits]
    return kind(table=(*rows, draw(amounts(SenRow))))


schedules = needs(Schedule) | by_phase(needs()).map(lambda table: Schedule(by_phase=table))


@st.composite
def terms(draw: st.DrawFn) -> dict[str, Any]:
    """Start, end, phase-in and the rest that all levers have."""
    start = draw(st.integers(2025, 2040))
    steps = sorted(draw(st.lists(shares, min_size=1, max_size=4)))
    years = sorted(draw(st.sets(st.integers(start, start + 8), min_size=len(steps), max_size=len(steps))))
    return {
        "start": format_year(start),
        "end": draw(_maybe(st.integers(start + 1, start + 20).map(format_year))),
        "phase_in_years": draw(st.integers(1, 8)),
        "phase_in": draw(st.sampled_from([None, dict(zip(map(format_year, years), steps, strict=True))])),
        "compliance": draw(_maybe(shares)),
        "funded_by": draw(st.sampled_from(["schools", "national_grant"])),
        "covers": draw(covers()),
    }


def _council_terms() -> st.SearchStrategy[dict[str, Any]]:
    return terms().map(lambda found: found | {"funded_by": "councils"})


OTHERS: dict[str, st.SearchStrategy[Any]] = {
    "hours_schedule": st.builds(lambda hours, more: HoursSchedule(hours=hours, **more), schedules, terms()),
    "plan_reform": st.builds(
        lambda variant, shift, more: PlanReform(variant=variant, refusal_shift=shift, **more | {"covers": Covers()}),
        st.sampled_from(["mixed", "fewer_requests", "more_refusals"]),
        _maybe(st.floats(0, 5)),
        terms(),
    ),
    "mainstream_fund": st.builds(lambda n, more: MainstreamFund(senco_share=n, **more), _maybe(shares), terms()),
    "experts_at_hand": st.builds(lambda n, more: ExpertsAtHand(team_share=n, **more), shares, terms()),
    "team": st.builds(lambda n, more: Team(sen_pupils_per_post=n, **more), st.floats(5, 500), terms()),
    "shared_senco": st.builds(
        lambda size, floor, more: SharedSenco(cluster_size=size, hours_per_100_pupils=floor, **more),
        st.integers(2, 8),
        st.floats(0, 40),
        terms(),
    ),
    "allowance": st.builds(
        lambda pay, ratio, more: Allowance(gbp_per_year=pay, leaving_ratio=ratio, **more),
        st.floats(0, 20_000),
        _maybe(st.floats(0.2, 2)),
        terms(),
    ),
    "key_worker": st.builds(lambda n, more: KeyWorker(hours_per_plan_per_term=n, **more), st.floats(0, 20), terms()),
    "supervision": st.builds(lambda n, more: Supervision(hours_per_term=n, **more), st.floats(0, 50), terms()),
    "training": st.builds(
        lambda n, award, more: Training(first_year_hours_per_term=n, award_within_terms=award, **more),
        st.floats(0, 50),
        _maybe(st.integers(1, 9)),
        terms(),
    ),
    "consistent_ehc_process": st.builds(
        lambda n, more: ConsistentEhcProcess(paperwork_ratio=n, **more), _maybe(st.floats(0, 2)), terms()
    ),
    "la_capacity": st.builds(lambda n, more: LaCapacity(psychologists=n, **more), st.floats(0.5, 3), _council_terms()),
    "tribunal_capacity": st.builds(
        lambda n, more: TribunalCapacity(capacity=n, **more | {"covers": Covers()}), st.floats(0.5, 3), terms()
    ),
    "specialist_places": st.builds(
        lambda n, more: SpecialistPlaces(places_per_year=n, **more), st.floats(0, 5000), _council_terms()
    ),
    "isp_duty": st.builds(lambda n, more: IspDuty(request_ratio=n, **more), st.floats(0, 3), terms()),
}

shocks = st.dictionaries(
    st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True),
    st.builds(
        lambda start, requests, late, cut: Shock(
            start=format_year(start), requests=requests, late_advice_share=late, senco_hours_cut=cut
        ),
        st.integers(2025, 2040),
        st.floats(0.01, 3),
        _maybe(shares),
        shares,
    ),
    max_size=2,
)


@st.composite
def levers(draw: st.DrawFn) -> Levers:
    used = draw(st.sets(st.sampled_from(["time", "seat", "admin", *OTHERS, "delay"]), max_size=4))
    others = {name: draw(OTHERS[name]) if name in used else None for name in OTHERS}
    hours = draw(st.sampled_from(["hours_per_week", "hours_per_sen_pupil_per_week"]))
    behaviour = {"used_share": draw(_maybe(shares)), "drift_to_floor": draw(_maybe(shares))}
    return Levers(
        protected_time=ProtectedTime(floor=draw(floors), **behaviour, **draw(terms())) if "time" in used else None,
        slt_seat=SltSeat(pay_uplift=draw(st.booleans()), **draw(terms())) if "seat" in used else None,
        admin_support=AdminSupport(**{hours: draw(st.floats(1, 5))}, **draw(terms())) if "admin" in used else None,
        delay=Delay(years=draw(st.integers(0, 5))) if "delay" in used else None,
        **others,
    )


overrides = st.fixed_dictionaries(
    {},
    optional={
        "senco_leaving_rate": st.builds(Override, value=shares, why=texts),
        "patience_mean_weeks": st.builds(Override, value=st.floats(1, 500), why=texts),
        "notice_rate_by_phase": st.builds(Override, value=st.tuples(shares, shares), why=texts),
        "used_share_added": st.builds(
            Override, distribution=st.just(Distribution(family="beta", a=2.0, b=3.5)), why=texts
        ),
    },
)


@st.composite
def scenarios(draw: st.DrawFn) -> Scenario:
    views = draw(st.lists(st.sampled_from(VIEWS), min_size=1, unique=True).map(tuple))
    hit = draw(shocks)
    return Scenario(
        name=draw(st.from_regex(r"[a-z][a-z0-9_]{0,20}", fullmatch=True)),
        title=draw(texts),
        description=draw(texts),
        levers=draw(levers()),
        shocks=hit,
        reference=draw(st.sampled_from(["shocked", "unshocked"])) if hit else "shocked",
        baselines=draw(st.sampled_from([("current_law",), ("announced",), ("announced", "current_law")])),
        routes_off=tuple(draw(st.lists(st.sampled_from(ROUTE_NAMES), max_size=3, unique=True))),
        structure=Structure(effect_channel=EffectChannel(support=draw(st.floats(0, 9)), hours=draw(st.floats(0.1, 9)))),
        high_needs_pressure_funded_by=draw(st.sampled_from(["councils_then_central", "councils", "shared"])),
        high_needs_pressure_from=draw(st.sampled_from(["2028-04", "2030-12"])),
        flow_backs=draw(st.sampled_from(["none", "all"])),
        mechanisms=Mechanisms(off=tuple(draw(st.lists(st.sampled_from(sorted(MECHANISMS)), max_size=3, unique=True)))),
        overrides=draw(overrides),
        horizon=Horizon(first_year=draw(st.integers(2024, 2045).map(format_year)), years=draw(st.integers(1, 30))),
        run=RunSettings(
            seed=draw(st.integers(0, 2**32 - 1)),
            replications=draw(_maybe(st.integers(1, 50))),
            draws=draw(_maybe(st.integers(1, 500))),
            sample=draw(st.floats(0, 1, exclude_min=True)),
            precision=draw(st.floats(0, 1, exclude_min=True)),
            sampling=draw(st.sampled_from([None, "councils", "schools"])),
            warm_up_years=draw(st.integers(0, 10)),
        ),
        view=draw(st.sampled_from(views)),
        views=views,
    )
