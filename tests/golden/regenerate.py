"""Freeze results again, after the model was changed on purpose: say in the commit what changed and why.

From the folder of the repository, with ``tests`` on ``PYTHONPATH``::

    PYTHONPATH=tests python -m golden.regenerate worlds councils

Groups: worlds (with the tallies of the first ones), councils, scenarios, runs, ensembles, national; none for all.
``parameters`` takes the parameters that there are now, prices left out, into the digests of the evidence: freeze
scenarios and runs again with it. ``same`` freezes nothing: it says of code or evidence that changed that all frozen
results come out as they were (it runs them), so that what ships is still of this model.
"""

from __future__ import annotations

import argparse
import sys

from golden import frozen, prints, tallies
from golden.cases import GROUPS

from sencosim.costing.prices import HEADLINES, ONLY_PRICES
from sencosim.engine.behaviour import BEHAVIOUR
from sencosim.engine.pair import read_evidence
from sencosim.scenario.schema import Scenario

PARAMETERS, SAME = "parameters", "same"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="golden.regenerate", description="Freeze results again.")
    parser.add_argument("groups", nargs="*", metavar="group", help=f"{', '.join(GROUPS)}; none for all")
    told = parser.parse_args(arguments)
    unknown = sorted(set(told.groups) - {*GROUPS, PARAMETERS, SAME})
    if unknown:
        parser.error(f"there is no group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    if SAME in told.groups and (others := _others()):
        parser.error(f"{', '.join(others)}: not as frozen")
    if not told.groups or PARAMETERS in told.groups:
        names = set(read_evidence(Scenario(), "central", 0, 0).values) - ONLY_PRICES - set(HEADLINES)
        prints.PARAMETERS.write_text("\n".join(sorted(names)) + "\n", encoding="utf-8")
    for name in [one for one in told.groups or GROUPS if one in GROUPS]:
        path = frozen.write(name, GROUPS[name]())
        sys.stdout.write(f"{name}: {path.name}\n")
        if name == "worlds":
            tallies.write()
    BEHAVIOUR.write_text(f"{frozen.behaviour()}\n", encoding="utf-8")
    sys.stdout.write(f"{frozen.write_shown_with().name}\n")
    return 0


def _others() -> list[str]:
    """Frozen results of the model's behaviour that come out differently now."""
    told = ((name, GROUPS[name]()) for name in frozen.OF_BEHAVIOUR)
    return [
        f"{name} {case}" for name, cases in told for case, got in cases.items() if frozen.differing(name, case, got)
    ]


if __name__ == "__main__":
    sys.exit(main())
