"""
Where do the links of a built site lead, and does a page fetch anything from elsewhere?

A page is also read in the repository, where what is made for the site is not. So it links to what that is made from, and the
site has the page that is made in its place: `in_site`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Final
from urllib.parse import unquote, urlsplit

DOCS: Final = Path(__file__).parent
_LINK: Final = re.compile(r"(\]\()((?:\.\./)+[^)#\s]+)(#[\w-]+)?\)")
# What pages link to beside them, and what the site has in its place.
_MADE: Final = {
    "problems.yml": "problems/index.md",
    "data/first/export.jsonl": "assets/export.jsonl",
    "preview.png": "assets/preview.png",
}
_FETCHED: Final = {"script": "src", "img": "src", "source": "src", "iframe": "src"}
_FETCHED_LINKS: Final = {"stylesheet", "icon", "preload", "preconnect"}


def in_site(markdown: str, place: str) -> str:
    """Return a page, which is at `place` of the pages, with its links as the site has them."""
    above = "../" * place.count("/")

    def made(found: re.Match[str]) -> str:
        target = (DOCS / "pages" / place).parent.joinpath(found[2]).resolve()
        name = target.relative_to(DOCS).as_posix() if target.is_relative_to(DOCS) else ""
        if name not in _MADE:
            return found[0]
        page = f"problems/{found[3][1:]}.md" if found[3] and name == "problems.yml" else _MADE[name]
        return f"{found[1]}{above}{page})"

    return _LINK.sub(made, markdown)


@dataclass
class _Page(HTMLParser):
    """The links, the anchors and what is fetched, of one page."""

    links: list[str] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        words = {name: value or "" for name, value in attrs}
        self.anchors |= {words[name] for name in ("id", "name") if name in words}
        if tag == "a" and "href" in words:
            self.links.append(words["href"])
        if tag == "link" and _FETCHED_LINKS & set(words.get("rel", "").split()):
            self.fetched.append(words["href"])
        if tag in _FETCHED and words.get(_FETCHED[tag]):
            self.fetched.append(words[_FETCHED[tag]])


def broken(site: Path) -> list[str]:
    """Return what is wrong with the links of a site, a line each."""
    pages = {path: _read(path) for path in sorted(site.rglob("*.html"))}
    return [fault for path, page in pages.items() if path.name != "404.html" for fault in _faults(path, page, pages)]


def _read(path: Path) -> _Page:
    page = _Page()
    page.feed(path.read_text("utf-8"))
    return page


def _faults(path: Path, page: _Page, pages: dict[Path, _Page]) -> Iterator[str]:
    for address in page.fetched:
        if urlsplit(address).netloc:
            yield f"{path}: {address} is fetched from elsewhere"
    for address in [*page.links, *page.fetched]:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
        target = target / "index.html" if target.is_dir() else target
        if not target.is_file():
            yield f"{path}: {address} leads nowhere"
        elif parts.fragment and target in pages and unquote(parts.fragment) not in pages[target].anchors:
            yield f"{path}: {address} names no place of its page"
