"""Settings of Sphinx for the site. The pages are put together by ``docs/build_site.py``."""

from sencosim import __version__

project = "sencosim"
author = "The sencosim contributors"
copyright = "The sencosim contributors. Code: MIT licence. Data: Open Government Licence v3.0, see Whose data"  # noqa: A001
version = release = __version__
language = "en"
extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
myst_heading_anchors = 4
napoleon_google_docstring = False
autodoc_member_order = "bysource"
autodoc_typehints = "none"
add_module_names = False
exclude_patterns = ["_static"]
html_theme = "furo"
# What the theme leaves below WCAG 2.2 AA: contrast of quiet text and of links.
html_theme_options = {
    "light_css_variables": {
        "color-foreground-secondary": "#3d3d3d",
        "color-foreground-muted": "#4d4d4d",
        "color-brand-primary": "#12436d",
        "color-brand-content": "#12436d",
        "color-link": "#12436d",
        "color-link--hover": "#801650",
        "color-link--visited": "#801650",
        "outline": "#801650",
    },
    "dark_css_variables": {
        "color-foreground-secondary": "#d0d0d0",
        "color-foreground-muted": "#c0c0c0",
        "color-brand-primary": "#9fd0ff",
        "color-brand-content": "#9fd0ff",
        "color-link": "#9fd0ff",
        "color-link--hover": "#ffffff",
        "color-link--visited": "#d9c2f0",
        "outline": "#ffb37a",
    },
}
html_title = f"sencosim {version}"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = True
html_show_sourcelink = False
html_last_updated_fmt = None
pygments_style = "a11y-high-contrast-light"
pygments_dark_style = "a11y-high-contrast-dark"
