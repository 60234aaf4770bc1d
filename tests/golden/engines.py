"""The one place where the golden tests call an engine: whoever moves the engines changes this file alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from sencosim.arms.inputs import Inputs, Reference
from sencosim.engine.choose import Baseline, EngineName, engine_named, run_baseline
from sencosim.engine.outcome import Outcome
from sencosim.units import TERMS_PER_YEAR, term_start

ENGINES: tuple[EngineName, ...] = ("compiled", "reference")


@dataclass(frozen=True)
class World:
    """Inputs of the arms of one world, made as those before them are known.

    Attributes
    ----------
    calm
        Of the arm without shocks and duties from which pupils' outcomes are measured, if that is not the no-policy arm.
    baseline, policy
        Of the no-policy arm and of the policy arm, which read the tables of an arm before them. The no-policy arm reads
        none if there is no calm one.
    first_year
        First year of policy, counted from the start of the run.
    """

    calm: Inputs | None
    baseline: Callable[[Reference | None], Inputs]
    policy: Callable[[Reference | None], Inputs]
    first_year: int


@dataclass(frozen=True)
class Arms:
    """Outcomes of both arms. A trace may come in any order: whoever reads it sorts it.

    The policy arm's begins with its first year of policy. Before, it is the no-policy arm, except that an arm run from
    the start with filing off calls a family's patience by another name than one that goes on.
    """

    baseline: Outcome
    policy: Outcome

    def named(self) -> Iterator[tuple[str, Outcome]]:
        yield from vars(self).items()


def run_world(world: World, engine: EngineName = "compiled") -> Arms:
    """Run the no-policy arm and let the policy go on from it, as a run does."""
    if world.calm is None:
        base = run_baseline(engine, world.baseline(None), world.first_year)
        reference = base.outcome.reference
    else:
        reference = run_baseline(engine, world.calm, world.calm.n_years).outcome.reference
        stressed = world.baseline(reference)
        base = Baseline(engine, stressed, engine_named(engine)(stressed), stressed.n_years)
    inputs = world.policy(reference)
    return Arms(base.outcome, _since_policy(base.policy(inputs), world, inputs))


def run_from_the_start(world: World) -> Outcome:
    """The policy arm of a world without a calm arm, not gone on from the no-policy arm but run by itself, compiled."""
    reference = run_baseline("compiled", world.baseline(None), world.first_year).outcome.reference
    inputs = world.policy(reference)
    return _since_policy(engine_named("compiled")(inputs), world, inputs)


def _since_policy(outcome: Outcome, world: World, inputs: Inputs) -> Outcome:
    first = term_start(TERMS_PER_YEAR * min(world.first_year, inputs.policy.first_year))
    return replace(outcome, trace=tuple(event for event in outcome.trace if event[0] >= first))
