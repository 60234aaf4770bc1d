"""Pages from templates: one file each, without scripts and without outside requests."""

from __future__ import annotations

from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup


def render(name: str, **context: Any) -> str:
    """Write a page from the template of that name and the house style; a name that is not given is an error."""
    place = PackageLoader("sencosim.report", "templates")
    pages = Environment(loader=place, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    style = place.get_source(pages, "report.css")[0]
    return pages.get_template(name).render(style=Markup(style), **context)
