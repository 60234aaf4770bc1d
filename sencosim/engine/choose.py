"""Which scheduler runs the mechanisms: ``compiled`` is the fast one, windows over records; ``reference`` is SimPy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sencosim.arms.inputs import Inputs
from sencosim.engine.outcome import Outcome

EngineName = Literal["compiled", "reference"]
Simulate = Callable[[Inputs], Outcome]


def engine_named(name: EngineName) -> Simulate:
    """Give the function that simulates one arm of one replication.

    Only the scheduler that is asked for is imported: the compiled one takes seconds to load, and longer to compile the
    first time.
    """
    if name == "reference":
        from sencosim.engine.simpy.run import simulate as on_simpy  # noqa: PLC0415

        return on_simpy
    from sencosim.engine.compiled.run import simulate as compiled  # noqa: PLC0415

    return compiled


def simulate_arms(name: EngineName, base: Inputs, policy: Inputs) -> tuple[Outcome, Outcome]:
    """Run the baseline and the policy. The compiled scheduler runs the years before the policy once for both.

    Parameters
    ----------
    name : which scheduler.
    base, policy : the two arms: same schools, draw, replication and years.
    """
    if name == "reference":
        simulate = engine_named(name)
        return simulate(base), simulate(policy)
    from sencosim.engine.compiled.run import simulate_arms as compiled  # noqa: PLC0415

    return compiled(base, policy)


def is_ready(name: EngineName) -> bool:
    """Whether an engine can start at once: the compiled one must be on disk for this version of its sources."""
    if name == "reference":
        return True
    from sencosim.compilation import is_compiled  # noqa: PLC0415

    return is_compiled()
