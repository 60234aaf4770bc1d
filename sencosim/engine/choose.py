"""Which scheduler runs the mechanisms: ``compiled`` is the fast one, windows over records; ``reference`` is SimPy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from sencosim.arms.inputs import Inputs
from sencosim.engine.outcome import Outcome

EngineName = Literal["compiled", "reference"]
Simulate = Callable[[Inputs], Outcome]
COMPILE_TIME = "about 20 seconds on two processors, 30 on one"
COMPILING = f"Compiling the engine, once for this version: {COMPILE_TIME}."
"""What a user waits for. Measured: 32 processor-seconds in two processes, 25 in one."""


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


@dataclass(frozen=True)
class Baseline:
    """A no-policy arm that has run, and from where policy arms of its world go on."""

    engine: EngineName
    inputs: Inputs
    outcome: Outcome
    first_year: int  # of policy, counted from the start of the run
    fork: Any = None  # the compiled scheduler's state at that year

    def policy(self, inputs: Inputs) -> Outcome:
        """Run an arm with a policy.

        Parameters
        ----------
        inputs : of the same world, with :attr:`outcome`'s reference to read.
        """
        if self.fork is None or inputs.policy.first_year < self.first_year:
            return engine_named(self.engine)(inputs)  # from the start: the same bits
        from sencosim.engine.compiled.run import go_on  # noqa: PLC0415

        return go_on(self.fork, self.first_year, inputs)


def run_baseline(name: EngineName, inputs: Inputs, first_year: int) -> Baseline:
    """Run a no-policy arm once, for every policy and view of its world.

    Parameters
    ----------
    name : which scheduler.
    inputs : of the no-policy arm.
    first_year : of policy, counted from the start of the run. Only the compiled scheduler keeps its state.
    """
    if name == "reference":
        return Baseline(name, inputs, engine_named(name)(inputs), inputs.n_years)
    from sencosim.engine.compiled.run import simulate_and_fork  # noqa: PLC0415

    outcome, fork = simulate_and_fork(inputs, first_year)
    return Baseline(name, inputs, outcome, first_year, fork)


def fork_of(name: EngineName, inputs: Inputs, first_year: int) -> Any:
    """State of a no-policy arm at the first year of policy, counted from the start; none where none can be kept."""
    if name == "reference":
        return None
    from sencosim.engine.compiled.run import state_at  # noqa: PLC0415

    return state_at(inputs, first_year)


def is_ready(name: EngineName) -> bool:
    """Whether an engine can start at once: the compiled one must be on disk for this version of its sources."""
    if name == "reference":
        return True
    from sencosim.engine.compiled.ahead import is_compiled  # noqa: PLC0415

    return is_compiled()


def compile_engine() -> None:
    """Compile the fast engine on all processors, so that every process finds it on disk."""
    from sencosim.engine.compiled.ahead import compile_ahead  # noqa: PLC0415

    compile_ahead()
