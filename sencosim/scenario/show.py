"""Show a resolved scenario as YAML: every setting, with the file and line it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import cast

from sencosim.scenario.inherit import rivals_of
from sencosim.scenario.load import Origins, Resolved, seal_line
from sencosim.scenario.reading import yaml_lines
from sencosim.scenario.schema import Scenario
from sencosim.scenario.tree import Path, Plain, dotted

COMMENT_COLUMN = 44
_ALTERNATIVES = ("floor", "hours", "covers", "overrides")
"""Groups of alternatives: what is not given there is left out, elsewhere it is shown as ``null``."""


def show(resolved: Resolved) -> str:
    """Write a scenario so that it stands alone.

    The text can be saved and loaded: it gives the same scenario, and shown again the same text. Behind each setting
    stands where it comes from: ``# scenarios/baseline.yaml line 12``, or ``# default``.
    """
    scenario = resolved.scenario
    head = [f"# {scenario.name}, resolved: every setting, and where it was set.", seal_line(scenario)]
    body = [_with_comment(line, path, resolved.origins) for line, path in _lines(standing_alone(scenario), (), 0)]
    return "\n".join([*head, *body]) + "\n"


def standing_alone(scenario: Scenario) -> dict[str, Plain]:
    """All settings as plain values, without parents and without alternatives that are not used."""
    full = cast(dict[str, Plain], scenario.model_dump(mode="json", by_alias=True, exclude={"extends", "include"}))
    return {name: _tidy(value, (name,)) for name, value in full.items()}


def _tidy(value: Plain, path: Path) -> Plain:
    if isinstance(value, list):
        return [_tidy(item, (*path, i)) for i, item in enumerate(value)]
    if not isinstance(value, dict):
        return value
    alternatives = any(group in path for group in _ALTERNATIVES)
    rivals = {name for names in rivals_of(path) for name in names}
    return {
        name: _tidy(child, (*path, name))
        for name, child in value.items()
        if child is not None or not (alternatives or name in rivals)
    }


def _lines(value: dict[str, Plain], path: Path, indent: int) -> Iterator[tuple[str, Path]]:
    """Lines of a group, each with the path whose origin belongs behind it; an empty path for no comment."""
    for name, child in value.items():
        here = (*path, name)
        if isinstance(child, dict) and child:
            yield yaml_lines({name: None}, indent)[0].removesuffix(" null"), ()
            yield from _lines(child, here, indent + 2)
        elif isinstance(child, list) and any(isinstance(item, dict) for item in child):
            yield yaml_lines({name: None}, indent)[0].removesuffix(" null"), here
            for i, item in enumerate(child):
                rows = list(_lines(cast(dict[str, Plain], item), (*here, i), indent + 4))
                yield f"{rows[0][0][: indent + 2]}- {rows[0][0].lstrip()}", rows[0][1]
                yield from rows[1:]
        else:
            first, *rest = yaml_lines({name: child}, indent)
            yield first, here
            yield from ((line, ()) for line in rest)


def _with_comment(line: str, path: Path, origins: Origins) -> str:
    if not path:
        return line
    origin = origins.get(dotted(path))
    comment = "default" if origin is None else f"{origin[0]} line {origin[1]}"
    return f"{line:<{COMMENT_COLUMN}}  # {comment}"


def template_from(resolved: Resolved, name: str) -> str:
    """Write a new scenario that starts from another one.

    The settings of the other one stand in it as notes: the author takes away the # of the lines to change. As it is,
    the text is a valid scenario that asks the same question as the other.
    """
    parent = FilePath(resolved.chain[-1]).stem
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
