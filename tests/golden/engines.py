"""The one place where the golden tests call an engine: whoever moves the engines changes this file alone."""

from __future__ import annotations

from engine.small_worlds import Arms

from sencosim.arms.inputs import Inputs
from sencosim.engine.choose import EngineName, engine_named
from sencosim.engine.outcome import Outcome

ENGINES: tuple[EngineName, ...] = ("compiled", "reference")

__all__ = ["ENGINES", "Arms", "EngineName", "Inputs", "Outcome", "run_arms", "run_world"]


def run_world(arms: Arms, engine: EngineName = "compiled") -> Outcome:
    """Run the policy arm, which reads the no-policy arm; the latter alone where no policy ever acts.

    Its trace may come in any order: whoever reads it sorts it.
    """
    run = engine_named(engine)
    base = run(arms.base)
    acts = arms.policy.policy.first_year < arms.policy.n_years
    return run(arms.reading(base)) if acts else base


def run_arms(arms: Arms, engine: EngineName = "compiled") -> tuple[Outcome, Outcome]:
    """Run the no-policy arm and the policy."""
    return arms.run(engine_named(engine))
