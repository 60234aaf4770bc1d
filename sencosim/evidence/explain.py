"""Says in plain words all that is known about one parameter."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from sencosim.evidence.distributions import describe
from sencosim.evidence.grades import KIND, QUALITY, STATUS, why_not_drawn
from sencosim.evidence.register import Parameter, Register, Source, Value, load_register
from sencosim.evidence.views import USE_IN_WORDS, VIEWS, load_view

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
    yield "Doubt", _doubt(parameter)
    if parameter.event_distribution is not None:
        yield "Single events", describe(parameter.event_distribution)


def _doubt(parameter: Parameter) -> str:
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
    yield "Fitted to" if parameter.kind == "calibrated" else "Source", _source(source)
    yield "Link", source.link if source.link is not None else "no page"


def _source(source: Source) -> str:
    page = f", {source.page}" if source.page else ""
    return f"{source.title}{page}; {source.date}; {STATUS[source.status]}"


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
        doubt = "" if parameter.uncertainty is None else "; in draws, from its own doubt"
        yield "Views", f"the same in all: {_number(parameter.value, parameter.labels)}{doubt}"
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
