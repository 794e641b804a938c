"""Which files beside a corpus are none of it? What its name says: what people read, what is about it, what no corpus can be."""

from pathlib import Path, PurePosixPath
from typing import Final

from tagpress.read.guess import label_names
from tagpress.read.guess.packed import slashed
from tagpress.read.standoff import Standoff

_STRANGE: Final = frozenset(
    (
        *(".md", ".rst", ".html", ".htm", ".pdf", ".tex", ".bib", ".doc", ".docx", ".cff"),
        *(".py", ".pyc", ".ipynb", ".sh", ".r", ".pl", ".js", ".css", ".lock", ".log", ".whl"),
        *(".yml", ".yaml", ".toml", ".cfg", ".ini", ".conf", ".md5", ".sha256"),
        *(".xlsx", ".xls", ".ods", ".odt", ".rtf", ".db", ".sqlite", ".pkl", ".pickle", ".npy", ".npz", ".rds"),
        *(".tar", ".tgz", ".rar", ".7z", ".pt", ".bin", ".exe", ".ds_store"),
        *(".png", ".jpg", ".jpeg", ".gif", ".svg", ".bak", ".tmp", ".partial"),
    )
)
_READ_BY_PEOPLE: Final = (
    *("readme", "licence", "license", "copying", "notice", "changelog", "changes", "citation", "authors"),
    *("contributing", "makefile", "dockerfile", "requirements", "datasheet"),
)
_ABOUT: Final = (
    "typesystem.xml",
    "dataset_info.json",
    "dataset_infos.json",
    "dataset_dict.json",
    "state.json",
    "release.json",
    "croissant.json",
)
_OURS: Final = (".names.json", ".rejected.jsonl", ".problems.jsonl")
ARROW: Final = (".arrow", ".feather")
BESIDE: Final = "it is read with the text beside it"
"""The reason of a file that is not left out for it."""


def is_hidden(name: str) -> bool:
    """Return whether a file or a folder is hidden."""
    return name.startswith(".")


def no_corpus(path: str) -> str:
    """Return why a file is no corpus, or nothing."""
    name = PurePosixPath(slashed(path)).name.lower()
    if is_hidden(name) or name.startswith(_READ_BY_PEOPLE):
        return "it is hidden" if is_hidden(name) else "people read it"
    if name in _ABOUT or name.endswith(_OURS) or (name in label_names.BESIDE and label_names.labels_in(path)):
        return "it is about a dataset"
    if name.startswith("cache-") and name.endswith(ARROW[0]):
        return "it is a cache of datasets"
    if (suffix := PurePosixPath(name).suffix) in _STRANGE:
        return f"no corpus is a {suffix} file"
    beside = Standoff.beside
    if name.endswith(beside) and Path(path).with_suffix(".txt").is_file():
        return BESIDE
    return ""
