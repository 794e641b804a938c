"""
What MkDocs calls while it builds this site: pages are made, marked blocks are run, and what was built is looked at.

`mkdocs build --strict -f docs/mkdocs.yml` needs no network and leaves nothing behind but the site.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

sys.path.insert(0, str(Path(__file__).parent))
_HOME: Final = tempfile.mkdtemp(prefix="tagpress-docs-")
os.environ |= {  # read once, when the Hub's clients are imported
    "HF_HOME": _HOME,
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "HF_HUB_DISABLE_PROGRESS_BARS": "1",
    "HF_DATASETS_DISABLE_PROGRESS_BARS": "1",
    "DO_NOT_TRACK": "1",
}

from mkdocs.exceptions import PluginError  # noqa: E402
from mkdocs.structure.files import File  # noqa: E402

import made  # noqa: E402
from links import broken, in_site  # noqa: E402
from notebooks import NOTEBOOKS, notebook_page  # noqa: E402
from running import DATA, DOCS, PAGES, Block, blocks_of, session  # noqa: E402


def on_config(config: Any) -> Any:  # noqa: ANN401 - MkDocs' own
    """Put the pages that are made into the navigation."""
    config.nav += made.nav()
    return config


def on_files(files: Any, config: Any) -> Any:  # noqa: ANN401 - MkDocs' own
    """Add the pages that are made, and the files that pages offer."""
    for place, text in made.pages():
        files.append(File.generated(config, place, content=text))
    for path in NOTEBOOKS:
        place = path.relative_to(PAGES).with_suffix(".md").as_posix()
        files.append(File.generated(config, place, content=notebook_page(path)))
    for path in (DATA / "first" / "export.jsonl", DOCS / "preview.png"):
        files.append(File.generated(config, f"assets/{path.name}", abs_src_path=str(path)))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:  # noqa: ANN401, ARG001 - MkDocs' own
    """Return a page with its marked blocks done, what they print below each, and its links as the site has them."""
    return in_site(with_output(markdown, page.meta.get("data", "")), page.file.src_uri)


def with_output(page: str, data: str) -> str:
    """Run a page in a folder with the files of `data`, and return it with what its blocks print."""
    found = list(blocks_of(page))
    if not found:
        return page
    parts, end = [], 0
    with session(data) as work:
        for place, block in found:
            parts += [page[end : place.start()], _shown(block, work.do(block))]
            end = place.end()
    return "".join([*parts, page[end:]])


def _shown(block: Block, said: str) -> str:
    """Return a block as readers see it: the code, and below it what it printed."""
    title = f' title="{block.words}"' if block.what == "file" else ""
    code = f"```{block.language}{title}\n{block.code}```\n"
    output = block.shown(said)
    return f"{code}\n``` {{ .text .output .no-copy }}\n{output}\n```\n" if output else code


def on_post_page(output: str, page: Any, config: Any) -> str:  # noqa: ANN401, ARG001 - MkDocs' own
    """Name the dialog of the search, which the theme leaves without a name for those who hear the page."""
    return output.replace(
        'data-md-component="search" role="dialog"', 'data-md-component="search" role="dialog" aria-label="Search"'
    )


def on_post_build(config: Any) -> None:  # noqa: ANN401 - MkDocs' own
    """
    See that every link of the site leads somewhere, and that nothing is fetched from elsewhere.

    Raises:
        PluginError: one does not, or something is.

    """
    shutil.rmtree(_HOME, ignore_errors=True)
    if faults := broken(Path(config.site_dir)):
        raise PluginError("\n".join(faults))
