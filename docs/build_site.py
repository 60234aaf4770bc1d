"""Build the site: ``make site``, without network.

The pages are the Markdown of this folder and of the repository, so there is one text for a clone and for the site.
Links to files that are no page lose their link and keep their words. Warnings of Sphinx and links that lead nowhere
are errors; so is anything that a page would ask of another host.
"""

from __future__ import annotations

import base64
import json
import os
import re
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from html.parser import HTMLParser
from importlib import import_module
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from sencosim.extras import install

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
SITE = DOCS / "site"
TARGET = ROOT / "build" / "site"
ELSEWHERE = {
    "README.md": "overview.md",
    "CONTRIBUTING.md": "contributing.md",
    "SECURITY.md": "security.md",
    "CHANGELOG.md": "changelog.md",
    "ATTRIBUTION.md": "attribution.md",
    "outputs/README.md": "results.md",
    "docs/README.md": "index.md",
    "docs/decisions/README.md": "decisions/index.md",
    "docs/forecasts/README.md": "forecasts/index.md",
    "LICENSE": "LICENSE.txt",
    "CITATION.cff": "CITATION.cff",
}
"""Files of the repository that have another name on the site."""
NOT_A_PAGE = {"docs/README.md", "docs/validation_text.md"}
LINK = re.compile(r"(!?)\[([^\]]*)\]\((?!https?:|#|mailto:)([^)#\s]+)(#[^)\s]*)?\)")
DECISIONS = "\n\n```{toctree}\n:hidden:\n:glob:\n\n0*\n```\n"
FOREIGN = re.compile(r"url\([\"']?((?:https?:)?//[^)]+)")
"""What a style sheet would fetch from another host."""
LOADS = {("script", "src"), ("img", "src"), ("iframe", "src"), ("source", "src"), ("use", "href"), ("video", "src")}
"""Attributes that make a browser ask for a file; of a ``link`` it depends on what it is for."""


class SiteError(Exception):
    """The site cannot be built: a sentence for each reason."""


def gather(folder: Path) -> None:
    """Put every page where Sphinx looks for it, links turned to the names that pages have on the site."""
    known = dict(_sources())
    for source, page in known.items():
        place = folder / page
        place.parent.mkdir(parents=True, exist_ok=True)
        where = {"source": source, "page": page, "known": known}
        if source.endswith(".md"):
            text = _linked((ROOT / source).read_text(encoding="utf-8"), source, page, known)
            place.write_text(text + (DECISIONS if page == "decisions/index.md" else ""), encoding="utf-8")
        elif source.endswith(".ipynb"):
            place.write_text(_notebook(ROOT / source, place, partial(_linked, **where)), encoding="utf-8")
        else:
            shutil.copyfile(ROOT / source, place)
    for path in SITE.rglob("*"):
        if path.is_file() and "__pycache__" not in path.parts:
            place = folder / path.relative_to(SITE)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)


def _sources() -> Iterator[tuple[str, str]]:
    """Every file that goes onto the site, and its name there."""
    patterns = ("*.md", "decisions/*.md", "forecasts/*", "charts/*.svg", "notebooks/*.ipynb", "*.json")
    own = (path.relative_to(ROOT).as_posix() for pattern in patterns for path in sorted(DOCS.glob(pattern)))
    for source in (*ELSEWHERE, *own):
        if source not in NOT_A_PAGE:
            page = ELSEWHERE.get(source, source.removeprefix("docs/"))
            yield source, page.replace(".ipynb", ".md")


def _linked(text: str, source: str, page: str, known: Mapping[str, str]) -> str:
    """The text with links that lead to pages of the site; those to other files keep their words alone."""

    def link(match: re.Match[str]) -> str:
        picture, words, target, anchor = match.groups()
        meant = os.path.normpath(os.path.join(os.path.dirname(source), unquote(target))).replace(os.sep, "/")
        meant = f"{meant}/README.md" if f"{meant}/README.md" in ELSEWHERE else meant
        there = known.get(meant) or ("index.md" if meant == "docs/README.md" else None)
        if there is None:
            return words if words.startswith("`") else f"{words} (`{meant}`)"
        return f"{picture}[{words}]({os.path.relpath(there, os.path.dirname(page) or '.')}{anchor or ''})".replace(
            os.sep, "/"
        )

    return LINK.sub(link, text)


def _notebook(path: Path, page: Path, linked: Callable[[str], str]) -> str:
    """A notebook with its stored outputs as a page; pictures are written next to it."""
    book = json.loads(path.read_text(encoding="utf-8"))
    parts = []
    for number, cell in enumerate(book["cells"]):
        source = "".join(cell["source"])
        if cell["cell_type"] == "markdown":
            parts.append(linked(source))
            continue
        parts.append(f"```python\n{source}\n```")
        parts += [_output(one, page.with_name(f"{page.stem}-{number}.png")) for one in cell["outputs"]]
    return "\n\n".join(parts) + "\n"


def _output(output: Mapping[str, Any], picture: Path) -> str:
    if output["output_type"] == "stream":
        return _text("".join(output["text"]))
    forms = output["data"]
    plain = "".join(forms["text/plain"])
    if "image/png" in forms:
        picture.write_bytes(base64.b64decode(forms["image/png"]))
        return f"![{plain.strip('<>')}]({picture.name})"
    if "text/html" in forms:
        html = re.sub(r"<style.*?</style>", "", "".join(forms["text/html"]), flags=re.DOTALL)
        return f'```{{raw}} html\n<div class="cell-output" tabindex="0">\n{html.strip()}\n</div>\n```'
    return _text(plain)


def _text(text: str) -> str:
    return f"```text\n{text.rstrip()}\n```"


# -- what Sphinx does not write ----------------------------------------------------------------------------------------


def finish(folder: Path, source: Path) -> None:
    """Add the explorer and ``llms.txt``; let keys reach what can be scrolled, and captions say how deep they are."""
    data = import_module("sencosim.outcomes.explorer_data").page_data(
        import_module("sencosim.outcomes.explorer_data").SHIPPED
    )
    import_module("sencosim.report.explore.page").write_page(folder / "explorer.html", data)
    (folder / "llms.txt").write_text(llms(source), encoding="utf-8", newline="\n")
    for path in folder.rglob("*.html"):
        if path.name != "explorer.html":
            text = path.read_text(encoding="utf-8")
            text = re.sub(r'<div class="table-wrapper([^"]*)"', r'<div class="table-wrapper\1" tabindex="0"', text)
            text = text.replace('class="caption" role="heading">', 'class="caption" role="heading" aria-level="2">')
            path.write_text(text.replace("<pre>", '<pre tabindex="0">'), encoding="utf-8", newline="\n")


def llms(source: Path) -> str:
    """Contents of the site for a program that reads: each page as Markdown, under the caption that it stands under."""
    index = (source / "index.md").read_text(encoding="utf-8")
    summary = next(line for line in index.splitlines()[1:] if line.strip())
    lines = [
        "# sencosim",
        "",
        f"> {summary}",
        "",
        "Pages are given as Markdown; the same pages are there as `.html`.",
        "",
    ]
    for caption, pages in re.findall(r"```\{toctree\}\n:caption: ([^\n]+)\n:maxdepth: 1\n\n(.*?)```", index, re.DOTALL):
        lines += [f"## {caption}", ""]
        for given in pages.strip().splitlines():
            title, page = re.fullmatch(r"(?:(.+) <)?([^<>]+?)>?", given).groups()  # type: ignore[union-attr]
            text = (source / f"{page}.md").read_text(encoding="utf-8")
            title = title or next(line[2:] for line in text.splitlines() if line.startswith("# "))
            lines.append(f"- [{title}](_sources/{page}.md.txt)")
        lines.append("")
    return "\n".join(lines)


@dataclass
class _Page(HTMLParser):
    """Names and links of one page."""

    ids: set[str] = field(default_factory=set)
    links: list[str] = field(default_factory=list)
    loads: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__()

    def has(self, place: str) -> bool:
        """Whether a link can lead to this place of the page."""
        return place in self.ids or place in ("", "top")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Note what the tag is named and leads to."""
        told = {name: value or "" for name, value in attrs}
        self.ids |= {told[name] for name in ("id", "name") if name in told}
        if tag == "a" and "href" in told:
            self.links.append(told["href"])
        if tag == "link" and {"stylesheet", "preload", "icon", "preconnect", "dns-prefetch"} & {*told["rel"].split()}:
            self.loads.append(told["href"])
        self.loads += [value for name, value in told.items() if (tag, name) in LOADS]


def faults_of_links(folder: Path) -> list[str]:
    """Links that lead nowhere, and files that a page would fetch from another host."""
    pages = {path.relative_to(folder).as_posix(): _page(path) for path in folder.rglob("*.html")}
    found = []
    for name, page in pages.items():
        found += [f"{name} loads {load}" for load in page.loads if urlsplit(load).netloc]
        for link in dict.fromkeys([*page.links, *page.loads]):
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            target = os.path.normpath(os.path.join(os.path.dirname(name), unquote(parts.path))) if parts.path else name
            there = folder / target
            if not (there.is_file() or (there / "index.html").is_file()):
                found.append(f"{name} leads to {link}, which is not there")
            elif parts.fragment and target in pages and not pages[target].has(unquote(parts.fragment)):
                found.append(f"{name} leads to {link}, and that page has no such place")
    for path in folder.rglob("*.css"):
        found += [f"{path.name} loads {url}" for url in FOREIGN.findall(path.read_text("utf-8"))]
    return found


def _page(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text(encoding="utf-8"))
    return page


def build(target: Path, work: Path) -> None:
    """Build the site into a folder that is not there yet.

    Parameters
    ----------
    target
        Of the site.
    work
        For what is needed on the way.

    Raises
    ------
    SiteError
        If a page has a fault or a link leads nowhere.
    """
    try:
        sphinx = import_module("sphinx.cmd.build")
    except ModuleNotFoundError as error:
        raise SiteError(f"The site needs the library {error.name}. Install it with:  {install('site')}") from error
    source = work / "source"
    gather(source)
    how = ["-q", "-W", "--keep-going", "-b", "html", "-d", str(work / "doctrees")]
    if sphinx.main([*how, str(source), str(target)]) != 0:
        raise SiteError("Sphinx found faults, which stand above.")
    finish(target, source)
    shutil.rmtree(target / ".doctrees", ignore_errors=True)
    if faults := faults_of_links(target):
        raise SiteError("\n".join(faults))


def main() -> int:
    """Build the site in place of the one that is there, when it is whole."""
    work = TARGET.with_name("site.partial")
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    try:
        build(work / "site", work)
    except SiteError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    shutil.rmtree(TARGET, ignore_errors=True)
    (work / "site").rename(TARGET)
    shutil.rmtree(work)
    print(f"{PurePosixPath(TARGET.relative_to(ROOT))}/index.html")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
