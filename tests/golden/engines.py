"""The one place where the golden tests call an engine: whoever moves the engines changes this file alone."""

from __future__ import annotations

from sencosim.arms.inputs import Inputs
from sencosim.engine.choose import EngineName, engine_named, simulate_arms
from sencosim.engine.outcome import Outcome

ENGINES: tuple[EngineName, ...] = ("compiled", "reference")

__all__ = ["ENGINES", "EngineName", "Inputs", "Outcome", "run_arms", "run_world"]


def run_world(inputs: Inputs, engine: EngineName = "compiled") -> Outcome:
    """Run one arm. Its trace may come in any order: whoever reads it sorts it."""
    return engine_named(engine)(inputs)


def run_arms(base: Inputs, policy: Inputs, engine: EngineName = "compiled") -> tuple[Outcome, Outcome]:
    """Run the baseline and the policy, as a run does."""
    return simulate_arms(engine, base, policy)
