"""Pages from templates: one file each, without scripts and without outside requests."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def environment() -> Environment:
    """Where templates are found; a name that is not given is an error, not a blank."""
    return Environment(
        loader=PackageLoader("sencosim.report", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def render(name: str, **context: Any) -> str:
    """Write a page.

    Parameters
    ----------
    name
        Of the template.
    context
        What it shows. ``style`` is added: the house style.
    """
    place = environment()
    loader = place.loader
    style = loader.get_source(place, "report.css")[0] if loader else ""
    return place.get_template(name).render(style=Markup(style), **context)
