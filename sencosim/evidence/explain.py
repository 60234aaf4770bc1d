"""Says in plain words all that is known about one parameter, and why a weak number is not drawn.

Grades of quality, and the words of the evidence tables that they stand for:

===== ============ ==============================================================
Grade Evidence     Meaning
===== ============ ==============================================================
A     strong       counted nationally and published by an official body
B     strong       one strong study, or an official figure seen at second hand
C     moderate     a survey, a single area, or worked out from grade A figures
D     weak         an anecdote, a poor sample, or a fit to weak figures
E     assumption   our judgement
===== ============ ==============================================================

A value that was fitted has the grade of what it was fitted to and how directly: rarely better than C.

Everything uncertain has a distribution. The exceptions are in ``not_drawn.yaml``, by reason. Two reasons hold for whole
classes of entries: a fitted parameter (kind ``calibrated``) is drawn from the posterior sample, or solved given a draw;
and a ``fact_`` is an observation with which results are compared, which nothing reads.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from functools import lru_cache

from sencosim.evidence.distributions import describe
from sencosim.evidence.posterior import load_posterior
from sencosim.evidence.register import Parameter, Register, Value, evidence_folder, load_register
from sencosim.evidence.views import USE_IN_WORDS, VIEWS, load_view
from sencosim.evidence.yaml_files import read_yaml

QUALITY = {
    "A": "counted nationally and published by an official body (strong)",
    "B": "one strong study, or an official figure seen at second hand (strong)",
    "C": "a survey, a single area, or worked out from stronger figures (moderate)",
    "D": "an anecdote, a poor sample, or a fit to weak figures (weak)",
    "E": "our judgement (assumption)",
}

KIND = {
    "evidence": "from a source",
    "policy_lever": "set by the user: it describes a policy",
    "calibrated": "fitted so that the baseline reproduces published figures",
    "assumption": "our own, because no source gives it",
}

STATUS = {
    "seen": "read in the source",
    "derived": "worked out from figures that were read",
    "memory-unverified": "recalled, not read: check it before you quote it",
    "judgement": "expert judgement",
}

FITTED = "Fitted: draws take it from the posterior sample, or it is solved so that published figures are met."
OBSERVED = "An observation that results are compared with; nothing in the model reads it."


@lru_cache(maxsize=1)
def not_drawn() -> dict[str, tuple[str, ...]]:
    """Names of parameters that are not drawn, by reason."""
    groups = read_yaml(evidence_folder() / "not_drawn.yaml").content
    return {group["reason"]: tuple(group["parameters"]) for name, group in groups.items() if name != "format"}


def why_not_drawn(parameter: Parameter) -> str | None:
    """Reason why a parameter is not drawn; None if no reason is on record.

    Examples
    --------
    >>> from sencosim.evidence.register import load_register
    >>> why_not_drawn(load_register().get("hours_per_day"))[:12]
    'A definition'
    """
    if parameter.kind == "calibrated":
        return FITTED
    if parameter.name.startswith("fact_"):
        return OBSERVED
    return next((reason for reason, names in not_drawn().items() if parameter.name in names), None)


_WIDTH = 100
_LABEL = 16
_CASHABLE = {
    "yes": "yes: money that stops leaving the budget",
    "partly": "partly: only at scale or after a delay",
    "no": "no: staff time or value to people, not money in a budget",
}
_SECOND_ENTRY = {
    "pending": "pending: no second person has entered the number from its source yet",
    "agreed": "a second person entered the same number from the source",
    "differs": "a second person entered another number: do not rely on it until settled",
}


def explain_parameter(name: str, register: Register | None = None) -> str:
    """All that the register, by default the package's, says about one parameter, in lines of about 100 characters."""
    known = load_register() if register is None else register
    parameter = known.get(name)
    lines = [f"{parameter.name}: {parameter.title}", ""]
    for label, text in _facts(parameter, known):
        lines += textwrap.wrap(
            text,
            _WIDTH,
            initial_indent=label.ljust(_LABEL),
            subsequent_indent=" " * _LABEL,
            break_long_words=False,
            break_on_hyphens=False,
        )
    return "\n".join(lines)


def _facts(parameter: Parameter, register: Register) -> Iterator[tuple[str, str]]:
    yield from _size(parameter)
    yield from _origin(parameter)
    yield from _money(parameter)
    if parameter.note:
        yield "Note", parameter.note
    yield from _by_view(parameter, register)
    if parameter.name in load_posterior().names:
        yield "Fit", f"drawn with other fitted numbers from the posterior sample. {load_posterior().mixing()}."
    yield "Used by", ", ".join(parameter.used_by)
    yield "Review by", parameter.review_by
    yield "Second entry", _SECOND_ENTRY[parameter.second_entry]
    if parameter.name in register.overridden:
        yield "Overridden", "a scenario has set this value; it wins over every view"


def _size(parameter: Parameter) -> Iterator[tuple[str, str]]:
    yield "Value", f"{_number(parameter.value, parameter.labels)} {parameter.unit}"
    low, high = parameter.range
    yield "Allowed", f"{_short(low)} to {_short(high)}; a scenario outside this range is refused"
    if parameter.interval is None:
        yield "Interval", "the evidence gives none"
    else:
        first, last = parameter.interval
        words = "what the evidence allows, from 2.5 % to 97.5 %; a scenario outside it runs with a warning"
        yield "Interval", f"{_short(first)} to {_short(last)}: {words}"
    yield "Uncertainty", _uncertainty(parameter)
    if parameter.event_distribution is not None:
        yield "Single events", describe(parameter.event_distribution)


def _uncertainty(parameter: Parameter) -> str:
    """Distribution in words, or why there is none."""
    if parameter.uncertainty is not None:
        return describe(parameter.uncertainty)
    reason = why_not_drawn(parameter)
    return "treated as known" if reason is None else f"not drawn. {reason}"


def _origin(parameter: Parameter) -> Iterator[tuple[str, str]]:
    yield "Kind", f"{parameter.kind.replace('_', ' ')}, {KIND[parameter.kind]}"
    yield "Quality", f"{parameter.quality}: {QUALITY[parameter.quality]}"
    if parameter.source is None:
        yield "Source", "none"
        return
    source = parameter.source
    page = f", {source.page}" if source.page else ""
    words = f"{source.title}{page}; {source.date}; {STATUS[source.status]}"
    yield "Fitted to" if parameter.kind == "calibrated" else "Source", words
    yield "Link", source.link if source.link is not None else "no page"


def _money(parameter: Parameter) -> Iterator[tuple[str, str]]:
    if parameter.price_year:
        yield "Price year", parameter.price_year
    if parameter.payer:
        yield "Payer", parameter.payer
    if parameter.cashable:
        yield "Cashable", _CASHABLE[parameter.cashable]
    if parameter.recurrence:
        yield "Recurrence", parameter.recurrence


def _by_view(parameter: Parameter, register: Register) -> Iterator[tuple[str, str]]:
    """Yield one line for each view, or one for all if the views do not differ."""
    overridden = parameter.name in register.overridden
    views = [load_view(name) for name in VIEWS]
    if overridden or all(parameter.name not in view.settings for view in views):
        drawn = "" if parameter.uncertainty is None else "; in draws, from its own uncertainty"
        yield "Views", f"the same in all: {_number(parameter.value, parameter.labels)}{drawn}"
        return
    for view in views:
        setting = view.settings.get(parameter.name)
        how = "" if setting is None else f" ({USE_IN_WORDS[setting.use]})"
        yield f"View {view.name}", f"{_number(view.point(parameter), parameter.labels)}{how}"


def _number(value: Value, labels: tuple[str, ...] | None) -> str:
    if not isinstance(value, list):
        return _short(value)
    if labels is None:
        return ", ".join(_short(one) for one in value)
    return ", ".join(f"{label} {_short(one)}" for label, one in zip(labels, value, strict=True))


def _short(number: float) -> str:
    """Write a number with at most four meaningful digits after its leading ones, large ones with commas."""
    if abs(number) >= 1000:
        return f"{number:,.0f}" if float(number).is_integer() else f"{number:,.1f}"
    return f"{number:.4g}"
