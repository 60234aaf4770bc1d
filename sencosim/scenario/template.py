"""The text of a new scenario, ready to be edited."""

from __future__ import annotations

from pathlib import Path

from sencosim.scenario.emit import yaml_lines
from sencosim.scenario.load import Resolved
from sencosim.scenario.show import standing_alone


def template_from(resolved: Resolved, name: str) -> str:
    """Write a new scenario that starts from another one.

    The settings of the other one stand in it as notes: the author takes away the # of the lines to change. As it is,
    the text is a valid scenario that asks the same question as the other.

    Parameters
    ----------
    resolved
        The scenario to start from.
    name
        Name of the new one: small letters, digits and _.
    """
    parent = Path(resolved.chain[-1]).stem
    settings = standing_alone(resolved.scenario)
    shown = {key: settings[key] for key in ("levers", "overrides", "horizon", "run")}
    title = name.replace("_", " ").capitalize()
    cautions = [f"# Results are not to be quoted, like those of {parent}: {one}" for one in resolved.scenario.cautions]
    lines = [
        f"# {title}: a scenario of your own. Lines that begin with # are notes for people.",
        f"# Check it:  sencosim validate {name}.yaml      See what it means:  sencosim diff {parent} {name}.yaml",
        *cautions,
        "",
        "schema: 1",
        f"name: {name}",
        f"extends: {parent}",
        *yaml_lines({"title": title}),
        'description: ""',
        "",
        f"# What {parent} sets. To change a line, take away its # and the # of the lines it belongs to.",
        "#",
        *(f"# {line}" for line in yaml_lines(shown)),
        "",
        "# To replace an assumption (sencosim list parameters  shows their names):",
        "#",
        "# overrides:",
        "#   name_of_the_parameter:",
        "#     value: 0.5",
        "#     why: the reason, in a sentence for the reader of the report",
    ]
    return "\n".join(lines) + "\n"
