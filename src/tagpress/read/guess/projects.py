"""
Which files of a whole project, as INCEpTION and WebAnno export it, are the corpus?

A project has every document several times: `source/DOC`, `annotation/DOC/PERSON.tsv` for each person, perhaps
`annotation_ser`, and `curation/DOC/CURATION_USER.tsv` where somebody settled what they mark otherwise. Read as one folder,
every sentence would stand in it again and again. What was curated is the corpus; else what the one person marked, if it is one.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tagpress.corpus.problems import few
from tagpress.errors import SourceError
from tagpress.read.guess.packed import slashed

_PROJECT: Final = re.compile(r"(?:^|/)(?:exportedproject[^/]*\.json$|annotation_ser/|curation/[^/]+/CURATION_USER[./])")
_CURATED: Final = re.compile(r"(?:^|/)curation/(?P<document>[^/]+)/CURATION_USER[./]")
_MARKED: Final = re.compile(r"(?:^|/)annotation/(?P<document>[^/]+)/(?P<person>[^/]+)")
_NOBODY: Final = "INITIAL_CAS"  # a document before anybody marked anything
_AN_END: Final = re.compile(r"\.(?:tsv|xmi|json|zip|xml|txt|conll|bin|ser)$")

OF_A_PERSON: Final = "it is what one person marked, and what was curated of the document is read"
NOT_CURATED: Final = (
    "it is what one person marked of a document that is not curated, and those that are curated are read"
)
OF_A_PROJECT: Final = "it belongs to a project of INCEpTION or WebAnno, of which the annotated documents are read"


@dataclass(frozen=True, slots=True)
class Project:
    """The files of a project that are its corpus, and why each of the others is none of it."""

    corpus: tuple[str, ...]
    left_out: Mapping[str, str]


def project_in(paths: Sequence[str]) -> Project | None:
    """
    Return what is the corpus of the project in these files; nothing where they are none.

    Raises:
        SourceError: several people marked it, and nothing is curated: whose marks count is for the owner to say.

    """
    inside = {path: slashed(path) for path in paths}
    if not any(map(_PROJECT.search, inside.values())):
        return None
    by_person = {path: _person(found) for path, name in inside.items() if (found := _MARKED.search(name))}
    curated = [path for path, name in inside.items() if _CURATED.search(name)]
    people = sorted(set(by_person.values()) - {_NOBODY})
    if not curated and len(people) > 1:
        raise _whose(by_person, inside)
    corpus = curated or [path for path, person in by_person.items() if person != _NOBODY]
    if not corpus:
        return None
    done = {found["document"] for path in curated if (found := _CURATED.search(inside[path]))}
    taken = set(corpus)
    return Project(tuple(corpus), {path: _why(inside[path], done) for path in paths if path not in taken})


def _why(name: str, curated: AbstractSet[str]) -> str:
    marked = _MARKED.search(name)
    if marked is None or _person(marked) == _NOBODY:
        return OF_A_PROJECT
    return OF_A_PERSON if marked["document"] in curated else NOT_CURATED


def _person(found: re.Match[str]) -> str:
    return _AN_END.sub("", found["person"])


def _whose(by_person: Mapping[str, str], inside: Mapping[str, str]) -> SourceError:
    often = Counter(person for person in by_person.values() if person != _NOBODY)
    most = max(often, key=lambda person: (often[person], person))
    one = next(path for path, person in by_person.items() if person == most)
    marked = _MARKED.search(inside[one])
    assert marked is not None
    pattern = one.replace(f"/{marked['document']}/", "/*/")
    counts = [f"{person} ({count:,})" for person, count in sorted(often.items())]
    return SourceError(
        f"the project is not curated, and its documents were marked by several people: {few(counts)}",
        f"name those whose marks count, such as {pattern!r}; the others can be compared with them, see ANNOTATORS",
    )
