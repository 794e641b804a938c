"""Values to HTML: what is printed is escaped, and the policy allows this page's own style and pictures of this Hub."""

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final
from urllib.parse import quote

from jinja2 import Environment, FunctionLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import Response

from tagpress.localhub.wire import iso

_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")


def page(name: str, values: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return a page: the template `name` with `values`."""
    text = _environment().get_template(name).render(values)
    return Response(text, status, {**_page_headers(), **(headers or {})}, media_type="text/html")


@cache
def _page_headers() -> dict[str, str]:
    style = base64.b64encode(hashlib.sha256(_template("style.css").encode()).digest()).decode()
    policy = (
        f"default-src 'none'; style-src 'sha256-{style}'; img-src 'self'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    return {
        "Content-Security-Policy": policy,
        "Cache-Control": "no-cache",
        "Referrer-Policy": "no-referrer",  # a link out of here would tell the names of private repositories
        "Vary": "Authorization",
    }


def size_text(size: int) -> str:
    """
    Return a size as people read it.

    >>> size_text(999), size_text(1_250_000)
    ('999 bytes', '1.2 MB')

    """
    number, unit = float(size), 0
    while number >= 1000 and unit < len(_UNITS) - 1:  # noqa: PLR2004 - decimal units
        number, unit = number / 1000, unit + 1
    return f"{size} bytes" if not unit else f"{number:.1f} {_UNITS[unit]}"


def segment(text: str) -> str:
    """Return a text as one segment of an address; `/` is quoted too."""
    return quote(text, safe="")


def _template(name: str) -> str:
    return files("tagpress.localhub.pages").joinpath("templates", name).read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        loader=FunctionLoader(_template),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["style"] = Markup(_template("style.css"))  # noqa: S704 - the pages' own file
    environment.filters |= {"bytes": size_text, "segment": segment, "path": quote, "date": lambda when: iso(when)[:10]}
    return environment
