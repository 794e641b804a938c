"""Under which licences are the sources, and may they be published together under that of the card?"""

from collections import Counter
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase

from tagpress.build.declaration import Declaration
from tagpress.card.metadata import listed
from tagpress.card.template import parse_template
from tagpress.corpus.licenses import apart, licenses_for, verdict
from tagpress.corpus.problems import Problem, counted, few, problem
from tagpress.read.sources.source import Source

_CONFLICT, _UNCLEAR = "license-conflict", "unclear-license"


def license_of(declaration: Declaration, source: Source) -> str | None:
    """Return the declared licence of a source: that of the first pattern which finds its name; None without one."""
    found = (one for pattern, one in declaration.licenses.items() if fnmatchcase(source.name, pattern))
    return next(found, None)


def license_counts(declaration: Declaration, sources: Mapping[Source, int]) -> dict[str, tuple[int, int]]:
    """Return how many sources, and sentences in them, are under each declared licence."""
    files, sentences = Counter[str](), Counter[str]()
    for source, count in sources.items():
        name = license_of(declaration, source)
        if name is not None:
            files[name] += 1
            sentences[name] += count
    return {name: (files[name], sentences[name]) for name in sorted(files)}


def license_problems(declaration: Declaration, sources: Mapping[Source, int]) -> Iterator[Problem]:
    """Yield what stands against the licences of a corpus that declares them, and what nobody can tell."""
    if not declaration.licenses:
        return
    known: dict[str, list[str]] = {}
    for source in sources:
        known.setdefault(license_of(declaration, source) or "", []).append(source.name)
    unsaid = known.pop("", [])
    if unsaid:
        found = f"no licence of {few(unsaid)}"
        yield _problem(
            declaration, _UNCLEAR, found, f"a pattern in LICENSES that finds each, of {few(list(declaration.licenses))}"
        )
    unused = [one for one in declaration.licenses if not any(fnmatchcase(source.name, one) for source in sources)]
    if unused and declaration.is_unnamed:
        yield _problem(
            declaration, _UNCLEAR, f"{few(unused)} in LICENSES, which finds no source", "patterns of sources"
        )
    for one, other, reason in apart(list(known)):
        found = f"{few(known[one])} under {one} and {few(known[other])} under {other}: {reason}"
        yield _problem(declaration, _CONFLICT, found, "sources that may be published together")
    yield from _of_release(declaration, known)


def _of_release(declaration: Declaration, known: Mapping[str, list[str]]) -> Iterator[Problem]:
    """Yield which sources may not go into a release with the licence of the card, or nobody can tell."""
    said, would_do = _said(declaration), licenses_for(known)
    wanted = f"a licence that all sources may be published under: {few(would_do)}" if would_do else ""
    if not said:
        yield _problem(declaration, _UNCLEAR, "a card without a licence", wanted)
    for name, files in sorted(known.items()) if said else ():
        verdicts = [verdict(name, one) for one in said]
        if any(one.allowed for one in verdicts):
            continue
        refused = all(one.allowed is False for one in verdicts)
        which = f"{few(files)} ({counted(len(files), 'source')})" if len(files) > 1 else files[0]
        reasons = "; ".join(dict.fromkeys(one.reason for one in verdicts))
        found = f"{which} under {name}, and the card says {' and '.join(said)}: {reasons}"
        yield _problem(declaration, _CONFLICT if refused else _UNCLEAR, found, wanted)


def _said(declaration: Declaration) -> list[str]:
    """Return the licences that the card names; it was read before, and has no faults."""
    if declaration.card is None:
        return []
    template = parse_template(declaration.card.read_text("utf-8"), str(declaration.card))
    return listed(template.metadata, "license")


def _problem(declaration: Declaration, code: str, found: str, expected: str) -> Problem:
    policy = declaration.policies[code]
    return problem(code, policy, path=declaration.script.name, found=found, expected=expected)
