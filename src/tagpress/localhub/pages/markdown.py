"""
A card as HTML.

HTML that stands in a card is shown as text, but for a few tags without attributes; comments are left out. Links lead
to this Hub's pages or out by http; pictures come from the repository only, one from elsewhere becomes a link.
"""

import posixpath
import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from tagpress.localhub.card import without_front_matter
from tagpress.localhub.pages.render import segment

MAX_CARD: Final = 256 << 10  # characters; a longer one is shown as text
_LOWEST: Final = 6  # of a heading; the page has its own first one, so a card's begin at the second
_PLAIN_TAGS: Final = re.compile(r"&lt;(/?(?:details|kbd|sub|summary|sup)|br ?/?)&gt;")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_NO_WORD: Final = re.compile(r"[^\w -]+")
_OUT: Final = ("http", "https", "mailto")  # schemes of links that may stay


@dataclass(frozen=True, slots=True)
class CardPlace:
    """Where a card stands: its repository's page, such as `/datasets/me/name`, and the revision as asked for."""

    base: str
    revision: str

    def inside(self, kind: str, link: str) -> str | None:
        """Return the address of a file of the repository, None for a link that leaves it."""
        try:
            parts = urlsplit(link)
        except ValueError:
            return None
        path = posixpath.normpath(unquote(parts.path).lstrip("/"))
        if parts.scheme or parts.netloc or path.startswith("..") or path == ".":
            return None
        fragment = f"#{parts.fragment}" if parts.fragment else ""
        return f"{self.base}/{kind}/{segment(self.revision)}/{'/'.join(map(segment, path.split('/')))}{fragment}"


@lru_cache(maxsize=16)  # to make one takes a second for each quarter of a megabyte
def card_html(readme: str, place: CardPlace) -> Markup:
    """Return a README without its front matter, as HTML that is safe on a page of ours."""
    text = without_front_matter(readme)
    if len(text) > MAX_CARD:
        return Markup("<pre>{}</pre>").format(text)  # escaped by `format`
    markdown = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
    tokens = markdown.parse(text)
    seen: Counter[str] = Counter()
    for at, token in enumerate(tokens):
        _tame(token, place)
        if token.type == "heading_open":
            token.attrSet("id", _anchor(tokens[at + 1].content, seen))
        for child in token.children or ():
            _tame(child, place)
    return Markup(_scrolling(markdown.renderer.render(tokens, markdown.options, {})))  # noqa: S704 - tamed above


def _scrolling(html: str) -> str:
    """Let wide tables scroll by themselves, with the keyboard too; a card can't write a tag `table` itself."""
    opened = '<div class="scroll" tabindex="0" role="group" aria-label="Table"><table>'
    return html.replace("<table>", opened).replace("</table>", "</table></div>")


def _tame(token: Token, place: CardPlace) -> None:
    """Leave nothing in a token that acts, loads from elsewhere or leads where it should not."""
    if token.type in {"html_block", "html_inline"}:
        token.content = _PLAIN_TAGS.sub(r"<\1>", escape(_COMMENT.sub("", token.content)))
    elif token.type in {"heading_open", "heading_close"}:
        token.tag = f"h{min(int(token.tag[1:]) + 1, _LOWEST)}"
    elif token.type == "link_open":
        _tame_link(token, place)
    elif token.type == "image":
        _tame_picture(token, place)


def _tame_link(token: Token, place: CardPlace) -> None:
    link = str(token.attrs.get("href", ""))
    if link.startswith("#") or _scheme(link) in _OUT:
        return
    token.attrSet("href", place.inside("blob", link) or "#")


def _scheme(link: str) -> str:
    try:
        return urlsplit(link).scheme.lower()
    except ValueError:
        return "?"


def _tame_picture(token: Token, place: CardPlace) -> None:
    link = str(token.attrs.get("src", ""))
    inside = None if _scheme(link) else place.inside("resolve", link)
    if inside is not None:
        token.attrSet("src", inside)
        return
    token.type, token.tag, token.children = "text", "", None
    token.content = f"[picture: {token.content} {link[:200]}]"


def _anchor(heading: str, seen: Counter[str]) -> str:
    """Return a heading's name as links spell it: `Limits and noise` is `limits-and-noise`, a second one ends in -1."""
    name = _NO_WORD.sub("", _COMMENT.sub("", heading.lower())).strip().replace(" ", "-") or "section"
    seen[name] += 1
    return name if seen[name] == 1 else f"{name}-{seen[name] - 1}"
