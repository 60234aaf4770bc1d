"""How two scenarios differ, in words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from sencosim.evidence.register import load_register
from sencosim.levers.catalogue import Delay, Levers
from sencosim.levers.lever import BEHAVIOUR, Lever
from sencosim.scenario.load import Resolved
from sencosim.scenario.reading import yaml_scalar
from sencosim.scenario.schema import HOW_OFTEN, Correlation, Override, RunSettings, Scenario
from sencosim.scenario.structure import Structure
from sencosim.scenario.tree import Plain

_NAME_WIDTH = 34
_VALUE_WIDTH = 40


@dataclass(frozen=True)
class Difference:
    """One thing that differs."""

    kind: str  # lever, assumption, years, run or view
    name: str  # dotted
    before: str  # in words
    after: str  # in words
    terms: str = ""  # who is covered, from when, and so on; empty if that does not apply

    def __str__(self) -> str:
        change = f"{self.before} → {self.after}"
        return f"{self.kind:<11} {self.name:<{_NAME_WIDTH}} {change:<{_VALUE_WIDTH}} {self.terms}".rstrip()


def diff_in_words(a: Resolved | Scenario, b: Resolved | Scenario) -> list[str]:
    """Say how ``b`` differs from ``a``: a line for each difference, and one that says whether they can be compared.

    Empty if they ask the same question, whatever their titles.

    Examples
    --------
    >>> from sencosim.levers.slt_seat import SltSeat
    >>> for line in diff_in_words(Scenario(), Scenario(levers=Levers(slt_seat=SltSeat()))):
    ...     print(" ".join(line.split()))
    lever slt_seat off → a seat, with leadership pay all schools, from 2027/28, phased over 3 years, paid by schools
    1 lever, 0 assumptions differ. Same data, same engine: safe to compare.
    """
    found = differences(_scenario(a), _scenario(b))
    return [*(str(difference) for difference in found), _verdict(found)] if found else []


def arms_in_words(baseline: Scenario, policy: Scenario) -> list[str]:
    """Say how the two arms of a run differ, and what holds in both of them beyond today's rules and the evidence."""
    found = differences(baseline, policy)
    often = {name: getattr(baseline.run, name) for name in HOW_OFTEN}
    run = RunSettings().model_copy(update=often)
    today = Scenario(horizon=baseline.horizon, run=run, view=baseline.view, views=baseline.views)
    shared = [f"in both arms: {difference}" for difference in differences(today, baseline)]
    return [*map(str, found), *shared, *([_verdict(found)] if found else [])]


def _scenario(either: Resolved | Scenario) -> Scenario:
    return either.scenario if isinstance(either, Resolved) else either


def differences(a: Scenario, b: Scenario) -> list[Difference]:
    """All differences: levers, assumptions, years, run settings, views."""
    found = [*_lever_differences(a.levers, b.levers), *_lever_differences(a.background, b.background, "background.")]
    found += [*_shock_differences(a, b), *_override_differences(a, b), *_correlation_differences(a, b)]
    off = {"mechanisms.off": (a.mechanisms.off, b.mechanisms.off), "routes_off": (a.routes_off, b.routes_off)}
    for name, names in off.items():
        found += _plain_difference("assumption", name, *(", ".join(one) or "none" for one in names))
    for name in ("reference", "high_needs_pressure_funded_by", "high_needs_pressure_from", "flow_backs"):
        found += _plain_difference("assumption", name, getattr(a, name), getattr(b, name))
    for kind, group in (("years", "horizon"), ("run", "run")):
        before, after = getattr(a, group), getattr(b, group)
        for name in type(before).model_fields:
            found += _plain_difference(kind, f"{group}.{name}", getattr(before, name), getattr(after, name))
    found += _plain_difference("view", "view", a.view, b.view)
    for name in ("views", "baselines"):
        found += _plain_difference("view", name, *(", ".join(getattr(one, name)) for one in (a, b)))
    for form in Structure.model_fields:
        weights = (getattr(one.structure, form) for one in (a, b))
        before, after = (", ".join(f"{name} {weight:g}" for name, weight in one) for one in weights)
        found += _plain_difference("view", f"structure.{form}", before, after)
    return found


def _plain_difference(kind: str, name: str, before: object, after: object) -> list[Difference]:
    if before == after:
        return []
    return [Difference(kind, name, _value_words(before), _value_words(after))]


def _value_words(value: object) -> str:
    if value is None:
        return "left to the tool"
    return yaml_scalar(value) if isinstance(value, str | int | float) else str(value)


def _lever_differences(a: Levers, b: Levers, group: str = "") -> Iterator[Difference]:
    """Differences of the levers as they say themselves; ``delay`` puts all of them off and is a line of its own."""
    for field in Levers.model_fields:
        name, before, after = f"{group}{field}", getattr(a, field), getattr(b, field)
        if field == "delay":
            yield from _plain_difference("lever", name, _delay_words(before), _delay_words(after))
        elif before is None and after is not None:
            yield Difference("lever", name, "off", after.words(), after.terms_words())
            yield from _behaviour(name, None, after)
        elif before is not None and after is None:
            yield Difference("lever", name, before.words(), "off")
        elif before is not None and after is not None:
            yield from _changes(name, before, after)


def _delay_words(delay: Delay | None) -> str:
    return "none" if delay is None else f"{delay.years} years later"


def _shock_differences(a: Scenario, b: Scenario) -> Iterator[Difference]:
    for name in dict.fromkeys([*a.shocks, *b.shocks]):
        before, after = a.shocks.get(name), b.shocks.get(name)
        if before != after:
            words = ("none" if one is None else one.words() for one in (before, after))
            yield Difference("assumption", f"shocks.{name}", *words)


def _changes(name: str, before: Lever, after: Lever) -> Iterator[Difference]:
    if before.words() != after.words():
        yield Difference("lever", name, before.words(), after.words())
    yield from _details(name, before, after)
    if before.covers != after.covers:
        yield Difference("lever", f"{name}.covers", before.covers.words(), after.covers.words())
    for field in ("start", "end", "phase_in_years", "phase_in", "funded_by"):
        old, new = getattr(before, field), getattr(after, field)
        if old != new:
            yield Difference("lever", f"{name}.{field}", _term_words(field, old), _term_words(field, new))
    yield from _behaviour(name, before, after)


def _details(name: str, before: Lever, after: Lever) -> Iterator[Difference]:
    """Settings of a lever's own that its words leave out."""
    if before.words() != after.words():
        return
    for field in type(before).model_fields:
        if field not in Lever.model_fields and field not in BEHAVIOUR and field not in ("floor", "hours"):
            yield from _plain_difference("lever", f"{name}.{field}", getattr(before, field), getattr(after, field))


def _term_words(field: str, value: str | int | dict[str, float] | None) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{share:g} in {year}" for year, share in value.items())
    if value is None:
        return "never" if field == "end" else "equal steps"
    if isinstance(value, int):
        return "all at once" if value == 1 else f"{value} years"
    return value.replace("_", " ")


def _behaviour(name: str, before: Lever | None, after: Lever) -> Iterator[Difference]:
    """Differences in how schools are assumed to behave."""
    for field, parameter in BEHAVIOUR.items():
        old, new = getattr(before, field, None), getattr(after, field, None)
        if old != new:
            words = (f"evidence ({parameter})" if one is None else f"{one:g}" for one in (old, new))
            yield Difference("assumption", f"{name}.{field}", *words)


def _override_differences(a: Scenario, b: Scenario) -> Iterator[Difference]:
    for name in dict.fromkeys([*a.overrides, *b.overrides]):
        old, new = a.overrides.get(name), b.overrides.get(name)
        if old is None or new is None or (old.value, old.distribution) != (new.value, new.distribution):
            why = f"because: {new.why}" if new is not None and new.why else ""
            yield Difference("assumption", name, override_words(old), override_words(new), why)
        elif old.why != new.why:
            yield Difference("assumption", f"{name}.why", old.why or "no reason", new.why or "no reason")


def _correlation_differences(a: Scenario, b: Scenario) -> Iterator[Difference]:
    for name in dict.fromkeys([*a.correlations, *b.correlations]):
        old, new = a.correlations.get(name), b.correlations.get(name)
        if old != new:
            why = f"because: {new.why}" if new is not None and new.why else ""
            before, after = map(_correlation_words, (old, new))
            yield Difference("assumption", f"correlations.{name}", before, after, why)


def _correlation_words(stated: Correlation | None) -> str:
    if stated is None:
        return "evidence"
    members = f" ({', '.join(stated.parameters)})" if stated.parameters else ""
    return f"{stated.correlation:g}{members}"


def override_words(override: Override | None) -> str:
    """Say what a parameter is taken to be."""
    if override is None:
        return "evidence"
    if override.distribution is not None:
        parts: dict[str, Plain] = override.distribution.model_dump(mode="json", exclude_none=True)
        return f"{parts.pop('family')} ({', '.join(f'{key} {value}' for key, value in parts.items())})"
    if isinstance(override.value, tuple):
        return f"[{', '.join(f'{number:g}' for number in override.value)}]"
    return f"{override.value:g}"


def _verdict(found: list[Difference]) -> str:
    levers = {difference.name.split(".")[0] for difference in found if difference.kind == "lever"}
    assumptions = {difference.name for difference in found if difference.kind == "assumption"}
    count = f"{_counted(len(levers), 'lever')}, {_counted(len(assumptions), 'assumption')} differ."
    unlike = [difference.name for difference in found if difference.kind in ("years", "run")]
    if not unlike:
        return f"{count} Same data, same engine: safe to compare."
    return f"{count} Not like for like: {', '.join(unlike)} {'differs' if len(unlike) == 1 else 'differ'} too."


def _counted(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


# -- words of a scenario that was changed where it was used: what is in force, not what was ---------------------------

NOT_IN_THE_WORDS = ("horizon", *(f"run.{name}" for name in HOW_OFTEN), "view", "views", "structure")
"""Settings that the words of a scenario leave out: its years and views, which stand by every figure, and how it is run
and averaged. Its laws, how it is costed, and the years before the first are named."""
WORDS = ("name", "title", "description")


def with_words_in_force(original: Scenario, changed: Scenario, settings: Mapping[str, object]) -> Scenario:
    """Give a changed scenario a title and a description that are true of it.

    Examples
    --------
    >>> from sencosim.levers.protected_time import Floor, ProtectedTime
    >>> before = Scenario(name="pilot", title="A pilot")
    >>> levers = Levers(protected_time=ProtectedTime(floor=Floor(hours_per_week=9), phase_in_years=1))
    >>> after = before.model_copy(update={"levers": levers})
    >>> made = with_words_in_force(before, after, {"levers.protected_time.floor.hours_per_week": 9})
    >>> print(made.title)
    Protected time: at least 9 hours a week (pilot with protected_time.floor.hours_per_week = 9)
    >>> made.description.partition(". ")[0]
    'The policy: protected_time, at least 9 hours a week, all schools, from 2027/28, paid by schools'
    """
    if _asked(changed) == _asked(original):
        return changed
    said = ", ".join(
        f"{_label(name)} = {value}"
        for name, value in settings.items()
        if not {name, name.partition(".")[0]} & {*NOT_IN_THE_WORDS, *WORDS} and not name.endswith(".why")
    )
    asks = _what_is_asked(original.levers, changed.levers)
    title = f"{asks} ({original.name} with {said})" if asks else f"{original.title.rstrip('.')}, with {said}"
    words = {"title": title, "description": f"{_policy(changed)} It is the scenario {original.name} with {said}."}
    return changed.model_copy(update={name: text for name, text in words.items() if name not in settings})


def _label(setting: str) -> str:
    """Name of a setting for a reader: a parameter by its title, a lever's setting by its dotted name.

    Examples
    --------
    >>> _label("levers.slt_seat.funded_by"), _label("overrides.senco_leaving_rate.value")
    ('slt_seat.funded_by', 'SENCOs who leave the post')
    """
    group, _, rest = setting.partition(".")
    if group != "overrides":
        return setting.removeprefix("levers.")
    parameter, _, inside = rest.partition(".")
    title = load_register().get(parameter).title
    return title if inside in ("", "value") else f"{title} ({inside})"


def _what_is_asked(before: Levers, after: Levers) -> str:
    """What the levers ask for, those that ask something else first; blank if all of them ask what they asked before."""
    old, new = ({name: lever.words() for name, lever in levers.active()} for levers in (before, after))
    other = [name for name in {**new, **old} if new.get(name) != old.get(name)]
    if not other:
        return ""
    told = "; ".join(f"{name.replace('_', ' ')}: {new.get(name, 'off')}" for name in other)
    same = len(new.keys() - other)
    rest = f"; and {same} other {'lever' if same == 1 else 'levers'}" if same else ""
    return f"{told[:1].upper()}{told[1:]}{rest}"


def _asked(scenario: Scenario) -> dict[str, object]:
    settings = scenario.settings()
    settings |= {f"run.{name}": value for name, value in settings.pop("run").items()}
    return {name: value for name, value in settings.items() if name not in NOT_IN_THE_WORDS}


def _policy(scenario: Scenario) -> str:
    """The levers in force, those that hold in both arms, and the assumptions, in a sentence each."""
    sentences = [f"The policy: {_levers(scenario.levers) or 'no lever is in force'}."]
    if shared := _levers(scenario.background):
        sentences.append(f"In both arms: {shared}.")
    if assumed := [
        f"{_label(f'overrides.{name}')} = {override_words(one)}" for name, one in scenario.overrides.items()
    ]:
        sentences.append(f"Assumed: {', '.join(assumed)}.")
    return " ".join(sentences)


def _levers(levers: Levers) -> str:
    return "; ".join(f"{name}, {lever.words()}, {lever.terms_words()}" for name, lever in levers.active())
