"""The register: every number that sencosim uses, with its unit, range, source and quality.

The numbers live in the YAML files of this folder, one entry for each. An entry that lacks a field, or has one
that is unknown, stops the load, and all faults are said at once. Grades are in :mod:`sencosim.evidence.explain`.
"""

from __future__ import annotations

import hashlib
import json
import math
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import ValidationError, model_validator

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence import distributions
from sencosim.evidence.correlations import FILE as CORRELATIONS_FILE
from sencosim.evidence.correlations import CorrelatedGroup, faults, read_correlations
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.faults import fault_in_words
from sencosim.evidence.reach import lies_within
from sencosim.evidence.yaml_files import Entry, YamlFile, is_table, line_of_field, read_yaml
from sencosim.names import did_you_mean, listed
from sencosim.since import files_below
from sencosim.vocabulary import PAYERS

Value = float | list[float]
SOURCES_FILE = "sources.yaml"
AS_PUBLISHED = "as published"
"""What a published headline says in place of payers."""
DATA = (".yaml", ".csv", ".json")
"""Ends of the names of files of the evidence that are no code."""
FOLDER_VARIABLE = "SENCOSIM_EVIDENCE"
"""Names a copy of this folder, with other figures, that takes its place: docs/annual_release.md."""
BEING_WRITTEN = "being_written"
"""File in this folder while a calibration writes it. Its name ends like no data, so that it is no evidence."""
WRITER_VARIABLE = "SENCOSIM_WRITES_EVIDENCE"
"""Names the folder that this process writes, or the process that started it."""


class Source(Entry):
    """Where a number comes from."""

    title: str
    link: str | None  # None if no page was found
    date: str  # when it was published or, after the word ``seen``, when it was read
    page: str | None = None  # page, table or paragraph
    # Whether the figure was read there, worked out, or recalled
    status: Literal["seen", "derived", "memory-unverified", "judgement"] = "seen"


class Parameter(Entry):
    """One number, or one list of numbers, and all that is known about it."""

    name: str
    title: str
    value: Value  # the central value
    unit: str
    range: tuple[float, float]  # hard limits: a scenario with a value outside them is refused
    kind: Literal["evidence", "policy_lever", "calibrated", "assumption"]
    quality: Literal["A", "B", "C", "D", "E"]
    used_by: tuple[str, ...]  # mechanisms or modules that read it
    review_by: str  # when to look again
    # What the evidence allows, 2.5 % to 97.5 %: outside it a scenario runs with a warning
    interval: tuple[float, float] | None = None
    uncertainty: Distribution | None = None  # uncertainty about the value
    event_distribution: Distribution | None = None  # spread between single events (a task, a case)
    source: Source | None = None
    labels: tuple[str, ...] | None = None  # of the entries of a list
    price_year: str | None = None  # for prices, as are the next three
    payer: str | None = None
    cashable: Literal["yes", "partly", "no"] | None = None
    recurrence: str | None = None
    favourable: float | None = None  # for effects: the limit that suits the campaign view
    no_effect: float | None = None  # for effects: the value at which nothing happens
    second_entry: Literal["pending", "agreed", "differs"] = "pending"  # has another person entered the number?
    note: str = ""

    @model_validator(mode="after")
    def _is_coherent(self) -> Parameter:
        faults = [*_faults_of_words(self), *_faults_of_numbers(self)]
        if faults:
            raise ValueError("; ".join(faults))
        return self

    @property
    def numbers(self) -> tuple[float, ...]:
        """The value as a tuple, of one entry if it is a single number."""
        return tuple(self.value) if isinstance(self.value, list) else (self.value,)


def _faults_of_words(parameter: Parameter) -> Iterator[str]:
    """Yield what is missing from an entry for its kind."""
    is_evidence, labels, numbers = parameter.kind == "evidence", parameter.labels, parameter.numbers
    payers = set() if parameter.payer in (None, AS_PUBLISHED) else set(re.split(", | to ", str(parameter.payer)))
    checks = (
        (parameter.source is None and is_evidence, "kind evidence needs a source"),
        (
            parameter.source is not None and is_evidence and parameter.source.status == "judgement",
            "a judgement is not kind evidence but kind assumption",
        ),
        (not parameter.used_by, "used_by must name at least one mechanism or module"),
        (not parameter.unit or not parameter.title, "unit and title must not be empty"),
        (labels is not None and len(labels) != len(numbers), f"{len(labels or ())} labels for {len(numbers)} numbers"),
        ((parameter.favourable is None) != (parameter.no_effect is None), "favourable and no_effect go together"),
        (parameter.quality == "E" and is_evidence, "quality E is our judgement, so kind cannot be evidence"),
        (not payers <= set(PAYERS), f"payer names {parameter.payer}; payers are {', '.join(PAYERS)}"),
    )
    yield from (words for is_wrong, words in checks if is_wrong)


def _faults_of_numbers(parameter: Parameter) -> Iterator[str]:
    """Yield numbers that contradict each other."""
    low, high = parameter.range
    if not low <= high:
        yield f"range runs from {low:g} down to {high:g}"
    named: list[tuple[str, float | None]] = [("value", number) for number in parameter.numbers]
    named += [("favourable", parameter.favourable), ("no_effect", parameter.no_effect)]
    named += [("interval", end) for end in parameter.interval or ()]
    for name, number in named:
        if number is not None and not low <= number <= high:
            yield f"{name} {number:g} is outside the range {low:g} to {high:g}"
    if parameter.interval is not None and parameter.interval[0] > parameter.interval[1]:
        yield "interval runs downwards"
    if parameter.uncertainty is not None:
        yield from _faults_of_uncertainty(parameter, parameter.uncertainty)


def _faults_of_uncertainty(parameter: Parameter, uncertainty: Distribution) -> Iterator[str]:
    low, high = parameter.range
    if isinstance(parameter.value, list):
        yield "a list cannot have one uncertainty"
    if lies_within(uncertainty, low, high):
        return
    first, last = distributions.limits(uncertainty, 1e-4, 1.0 - 1e-4)
    slack = 1e-9 * max(1.0, abs(low), abs(high))
    if first < low - slack or last > high + slack:
        yield f"uncertainty reaches {first:.4g} to {last:.4g}, outside the range {low:g} to {high:g}"


class Register(Mapping[str, Parameter]):
    """All parameters by name. It does not change; :meth:`override` makes another."""

    def __init__(
        self,
        parameters: Mapping[str, Parameter],
        overridden: frozenset[str] = frozenset(),
        correlations: tuple[CorrelatedGroup, ...] = (),
    ) -> None:
        self._parameters = dict(parameters)
        self.correlations = correlations  # groups of parameters that are drawn together
        self.overridden = overridden  # names whose value a scenario has set: views leave these alone

    def __getitem__(self, name: str) -> Parameter:
        return self._parameters[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._parameters)

    def __len__(self) -> int:
        return len(self._parameters)

    def get(self, name: str) -> Parameter:  # type: ignore[override]
        """Parameter of this name; an error gives the nearest names."""
        if name in self._parameters:
            return self._parameters[name]
        hint = did_you_mean(name, self) or "`sencosim list parameters` shows all names."
        message = f"There is no parameter named {name}. {hint}"
        raise EvidenceError(message, (Problem(message=message, key=name, found=name),))

    def names(self) -> tuple[str, ...]:
        """All names, in order."""
        return tuple(sorted(self._parameters))

    def number(self, name: str) -> float:
        """Central value of a parameter that is a single number. [its unit]"""
        value = self.get(name).value
        if isinstance(value, list):
            raise EvidenceError(f"{name} is a list of {len(value)} numbers, not one number.")
        return value

    def fingerprint(self) -> str:
        """Hash of all that the register says. [64 hexadecimal digits]"""
        said = {name: self._parameters[name].model_dump(mode="json") for name in self.names()}
        tied = [group.model_dump(mode="json") for group in self.correlations]
        return hashlib.sha256(json.dumps([said, tied], sort_keys=True).encode()).hexdigest()

    def correlated(self, groups: Iterable[CorrelatedGroup]) -> Register:
        """Make a register with other groups of correlated parameters; one of a name that is there takes its place."""
        kept = {group.name: group for group in self.correlations} | {group.name: group for group in groups}
        problems = tuple(faults(kept.values(), self._parameters))
        if problems:
            raise EvidenceError(f"{len(problems)} correlation(s) cannot be used. {problems[0].message}", problems)
        return Register(self._parameters, self.overridden, tuple(kept.values()))

    def override(self, mapping: Mapping[str, float | Sequence[float] | Distribution]) -> Register:
        """Make a register in which a scenario's values replace ours.

        A value fixes the parameter: its uncertainty and its settings in the views go. A distribution replaces it.
        """
        problems: list[Problem] = []
        for name, new in mapping.items():
            if name in self._parameters:
                problems += _override_problems(self._parameters[name], new)
            else:
                message = f"There is no parameter of this name. {did_you_mean(name, self)}".rstrip()
                problems.append(Problem(message=message, key=name, found=name))
        if problems:
            raise EvidenceError(f"{len(problems)} override(s) cannot be used.", tuple(problems))
        changed = {name: _overridden(self._parameters[name], new) for name, new in mapping.items()}
        return Register(self._parameters | changed, self.overridden | frozenset(mapping), self.correlations)


def _overridden(parameter: Parameter, new: float | Sequence[float] | Distribution) -> Parameter:
    if isinstance(new, Distribution):
        return parameter.model_copy(update={"value": distributions.mean(new), "uncertainty": new})
    value: Value = [float(number) for number in new] if isinstance(new, Sequence) else float(new)
    return parameter.model_copy(update={"value": value, "uncertainty": None})


def _override_problems(parameter: Parameter, new: float | Sequence[float] | Distribution) -> Iterator[Problem]:
    if isinstance(new, Distribution):
        if isinstance(parameter.value, list):
            yield _problem(parameter, "This parameter is a list of numbers: give values, not a distribution.", new)
        else:
            yield from _problems_of_size(parameter, distributions.limits(new, 1e-4, 1.0 - 1e-4), new)
        return
    many = isinstance(new, Sequence)
    numbers = tuple(new) if isinstance(new, Sequence) else (new,)
    if many != isinstance(parameter.value, list) or len(numbers) != len(parameter.numbers):
        wanted = f"a list of {len(parameter.numbers)} numbers" if isinstance(parameter.value, list) else "one number"
        yield _problem(parameter, f"This parameter is {wanted}.", new)
        return
    yield from _problems_of_size(parameter, numbers, new)


def _problems_of_size(parameter: Parameter, numbers: Sequence[float], new: object) -> Iterator[Problem]:
    low, high = parameter.range
    for number in numbers:
        if not math.isfinite(number) or number < low:
            yield _problem(parameter, f"{number:g} is below the lowest allowed value, {low:g}.", new)
        elif number > high:
            hint = " Rates are shares: for 12 per cent write 0.12." if high == 1.0 else ""
            words = f"{number:g} is above the highest allowed value, {high:g}.{hint}"
            yield _problem(parameter, words, new)


def _problem(parameter: Parameter, message: str, found: object) -> Problem:
    text = distributions.describe(found) if isinstance(found, Distribution) else str(found)
    return Problem(message=message, key=parameter.name, found=text)


def evidence_folder() -> Path:
    """Folder of the evidence: that of the package, or the copy of it that the variable SENCOSIM_EVIDENCE names.

    Raises
    ------
    EvidenceError
        If it has no evidence, or is not that of which this process has read tables before: they are kept.
    """
    named = os.environ.get(FOLDER_VARIABLE)
    folder = Path(named).resolve() if named else Path(__file__).parent  # a link may be turned to another folder
    if not (folder / SOURCES_FILE).is_file():
        raise _no_folder(
            f"{FOLDER_VARIABLE} names {named}, which is not a folder of evidence: it has no {SOURCES_FILE}."
        )
    first = _FOLDERS.setdefault(FOLDER_VARIABLE, folder)
    if folder != first:
        raise _no_folder(
            f"This process has read the evidence in {first}, and {FOLDER_VARIABLE} "
            f"{f'now names {named}' if named else 'is no longer set'}. Start a new Python process for other evidence."
        )
    return folder


def check_written(folder: Path) -> None:
    """Refuse evidence that a calibration is writing, or was killed in writing, unless this process is part of it.

    Raises
    ------
    EvidenceError
        If point values and draws may be of two calibrations.
    """
    if (folder / BEING_WRITTEN).is_file() and os.environ.get(WRITER_VARIABLE) != str(folder):
        raise _no_folder(
            f"A calibration is writing the evidence in {folder.as_posix()}, or was killed while it wrote: point values "
            "and draws may be of two calibrations. Wait until it has ended. If it no longer runs, sencosim calibrate "
            "puts back what was there before."
        )


_FOLDERS: dict[str, Path] = {}
"""The folder of evidence of this process, once it is known, under the name of the variable."""


def _no_folder(message: str) -> EvidenceError:
    return EvidenceError(message, (Problem(message, found=os.environ.get(FOLDER_VARIABLE) or ""),))


def cautions_of_evidence() -> tuple[str, ...]:
    """What every reader must see where other evidence was read than ships: a sentence; nothing where none was."""
    files = _differing(evidence_folder())
    if not files:
        return ()
    return (f"The evidence is not that which ships with sencosim. Other figures or words are in: {listed(files, 5)}.",)


def all_cautions(own: Iterable[str] = ()) -> list[str]:
    """Cautions of what is shown, such as a scenario or stored figures, then that of the evidence; each once."""
    return list(dict.fromkeys([*own, *cautions_of_evidence()]))


@lru_cache(maxsize=1)
def _differing(folder: Path) -> tuple[str, ...]:
    """Files of a folder of evidence that are not as they ship, or that one of both lacks."""
    shipped = Path(__file__).parent
    if folder == shipped:
        return ()
    names = {path.relative_to(place).as_posix() for place in (folder, shipped) for path in files_below(place, *DATA)}
    return tuple(sorted(name for name in names if _bytes_of(folder / name) != _bytes_of(shipped / name)))


def _bytes_of(path: Path) -> bytes:
    return path.read_bytes() if path.is_file() else b""


@lru_cache(maxsize=1)
def load_register() -> Register:
    """Read the register of the evidence: every ``*.yaml`` of its folder but tables, and the correlations."""
    folder = evidence_folder()
    check_written(folder)
    return read_register(sorted(folder.glob("*.yaml"))).correlated(read_correlations(folder / CORRELATIONS_FILE))


def read_register(paths: Sequence[Path]) -> Register:
    """Read registers from files.

    A file named ``sources.yaml`` holds sources that entries may name by key. A file whose first setting is
    ``format`` is a table of its own, with its own reader, and is passed over.
    """
    read = [read_yaml(path) for path in paths if not is_table(path)]
    sources: dict[str, Any] = {}
    for file in read:
        if file.path.name == SOURCES_FILE:
            sources.update(file.content)
    problems: list[Problem] = []
    parameters: dict[str, Parameter] = {}
    places: dict[str, str] = {}
    entries = ((file, name) for file in read if file.path.name != SOURCES_FILE for name in file.content)
    for file, name in entries:
        if name in places:
            problems.append(_fault(file, name, None, f"{name} is already in {places[name]}; a name is used once."))
            continue
        places[name] = f"{file.path.name}:{file.lines.get(name, 1)}"
        built = _build(file, name, file.content[name], sources)
        if isinstance(built, Parameter):
            parameters[name] = built
        else:
            problems.extend(built)
    if problems:
        first = problems[0]
        words = f"The registers have {len(problems)} fault(s); the first is {first.file}:{first.line}: {first.message}"
        raise EvidenceError(words, tuple(problems))
    return Register(parameters)


def _build(file: YamlFile, name: str, entry: object, sources: Mapping[str, Any]) -> Parameter | list[Problem]:
    """Make one parameter, or say all that is wrong with it."""
    if not isinstance(entry, dict):
        return [_fault(file, name, None, f"{name} must be an entry with fields such as value and unit.")]
    fields = {**entry, "name": name}
    key = fields.get("source")
    if isinstance(key, str):
        if key not in sources:
            return [_fault(file, name, "source", f"{name}: {SOURCES_FILE} has no source named {key}.")]
        fields["source"] = sources[key]
    try:
        return Parameter.model_validate(fields)
    except ValidationError as error:
        return [_from_validation(file, name, dict(fault)) for fault in error.errors()]


def _from_validation(file: YamlFile, name: str, fault: dict[str, Any]) -> Problem:
    place = [str(part) for part in fault["loc"]]
    field = place[0] if place else None
    dotted = ".".join(place)
    words = {
        "missing": f"{name} lacks the field {dotted}.",
        "extra_forbidden": f"{name} has a field that is not known: {dotted}.",
    }.get(fault["type"], f"{name}{': ' + dotted if dotted else ''}: {fault_in_words(fault)}.")
    return _fault(file, name, field, words)


def _fault(file: YamlFile, name: str, field: str | None, message: str) -> Problem:
    line = file.lines.get(name, 1)
    if field is not None:
        line = line_of_field(file.path, line, field)
    return Problem(message=message, file=file.path.name, line=line, key=name if field is None else f"{name}.{field}")
