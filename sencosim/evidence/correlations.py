"""Stated correlations: which parameters are drawn together, and how.

A group of parameters shares one common part, in the manner of a Gaussian copula: the normal deviate of each is
``sqrt(r) x common + sqrt(1 - r) x own``, so that any two of the group correlate by ``r`` (by ``-r`` if one of them is
said to move the opposite way). Each keeps its own distribution. A parameter is in at most one group, and the common
part is keyed by the name of the group: to state a correlation changes the draws of the parameters named, and no other.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Annotated, Literal, Protocol, TypeVar

import numpy as np
import numpy.typing as npt
from pydantic import Field, ValidationError, model_validator

from sencosim.errors import EvidenceError, Problem
from sencosim.evidence.distributions import Distribution
from sencosim.evidence.faults import faults_in_words
from sencosim.evidence.yaml_files import Entry, read_yaml

FILE = "correlations.yaml"
MOST = 0.95
"""Largest correlation that may be stated: above it two parameters are one, and should be written as one."""
_SMALLEST = 1e-15


class CorrelatedGroup(Entry):
    """Parameters whose uncertainties hang together."""

    name: str
    title: str
    parameters: Annotated[tuple[str, ...], Field(min_length=2)]
    opposite: tuple[str, ...] = ()  # those that are low when the others are high
    # Of any two, on the normal scale; 0 ends the group [ratio, 0 to 0.95]
    correlation: Annotated[float, Field(ge=0.0, le=MOST)]
    kind: Literal["evidence", "assumption"]
    quality: Literal["A", "B", "C", "D", "E"]
    review_by: str  # when to look again
    source: str = ""
    note: str

    @model_validator(mode="after")
    def _is_coherent(self) -> CorrelatedGroup:
        if len(set(self.parameters)) < len(self.parameters):
            raise ValueError("a parameter is named twice")
        if not set(self.opposite) <= set(self.parameters):
            raise ValueError("opposite names a parameter that is not among parameters")
        if (self.kind == "evidence") != bool(self.source):
            raise ValueError("kind evidence needs a source, and an assumption has none")
        return self


class Uncertain(Protocol):
    """What is asked of an entry of the register."""

    @property
    def uncertainty(self) -> Distribution | None:
        """Distribution of its value."""
        ...

    @property
    def kind(self) -> str:
        """Evidence, assumption, calibrated or set by the policy."""
        ...

    @property
    def payer(self) -> str | None:
        """Who pays, if it is a price."""
        ...


def read_correlations(path: Path) -> tuple[CorrelatedGroup, ...]:
    """Groups of a file."""
    if not path.is_file():
        return ()
    file = read_yaml(path)
    groups, problems = [], []
    for name, entry in file.content.items():
        if name == "format":
            continue
        try:
            fields = entry if isinstance(entry, dict) else {}
            groups.append(CorrelatedGroup.model_validate({**fields, "name": name}))
        except ValidationError as error:
            words = "; ".join(f"{'.'.join(place)} {fault}".strip() for place, fault in faults_in_words(error))
            problems.append(Problem(f"{name}: {words}.", file=path.name, line=file.lines.get(name, 1), key=name))
    if problems:
        raise EvidenceError(f"{path.name} has {len(problems)} fault(s): {problems[0].message}", tuple(problems))
    return tuple(groups)


def faults(groups: Iterable[CorrelatedGroup], parameters: Mapping[str, Uncertain]) -> Iterator[Problem]:
    """Faults of groups that apply at once: names unknown, without uncertainty, in two groups, drawn otherwise."""
    where: dict[str, str] = {}
    for group in groups:
        for name in group.parameters:
            words = _fault_of(name, parameters)
            if name in where:
                words = f"{name} is in {where[name]} already, and can be in one group only."
            where[name] = group.name
            if words:
                yield Problem(words, key=f"correlations.{group.name}", found=name)
        known = [parameters[name] for name in group.parameters if name in parameters]
        if len({one.payer is None for one in known}) > 1:
            words = "Prices are drawn more often than the rest, so a group holds prices alone or none."
            yield Problem(words, key=f"correlations.{group.name}")


def _fault_of(name: str, parameters: Mapping[str, Uncertain]) -> str:
    if name not in parameters:
        return f"There is no parameter named {name}."
    if parameters[name].kind == "calibrated":
        return f"{name} is calibrated: the posterior sample says what it hangs together with."
    return "" if parameters[name].uncertainty is not None else f"{name} has no distribution: it is not drawn."


Number = TypeVar("Number", float, npt.NDArray[np.float64])


def joint_uniforms(
    groups: Iterable[CorrelatedGroup], uniforms: Callable[[str], Number], names: Container[str] | None = None
) -> dict[str, Number]:
    """Share of each correlated parameter's distribution, spike in its place, below its draw. [above 0 and below 1]

    Groups of correlation 0, or without any of the ``names``, are passed over; ``uniforms`` gives the uniform number of
    a name, or those of many draws.
    """
    from scipy.special import ndtr, ndtri

    found: dict[str, Number] = {}
    for group in groups:
        if group.correlation == 0.0 or not (names is None or any(name in names for name in group.parameters)):
            continue
        common = ndtri(uniforms(f"correlation:{group.name}"))
        for name in group.parameters:
            sign = -1.0 if name in group.opposite else 1.0
            own = ndtri(uniforms(name))
            deviate = sign * math.sqrt(group.correlation) * common + math.sqrt(1.0 - group.correlation) * own
            found[name] = np.clip(ndtr(deviate), _SMALLEST, 1.0 - _SMALLEST)
    return found
