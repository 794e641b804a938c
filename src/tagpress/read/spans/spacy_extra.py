"""spaCy, where it is installed: it is an extra, and imported only by who asks for it."""

from functools import lru_cache
from importlib import import_module
from typing import Any, Final

from tagpress.errors import UsageError

_LONGEST: Final = 1 << 31  # characters of a text: spaCy's own limit is for what costs more than its tokeniser


def spacy(what: str) -> Any:  # noqa: ANN401 - spaCy may be absent: no types
    """
    Return the library.

    Raises UsageError where it is not installed.
    """
    try:
        import_module("spacy.tokens")
        return import_module("spacy")
    except ImportError as error:
        hint = "install it with `pip install 'tagpress[spacy]'`, or choose what needs none"
        raise UsageError(f"{what} needs spaCy, which cannot be imported: {error}", hint) from error


@lru_cache(maxsize=8)
def blank(language: str) -> Any:  # noqa: ANN401 - as above
    """
    Return the blank pipeline of a language, which has but its tokeniser.

    Raises UsageError where spaCy is not installed, or has no such language.
    """
    library = spacy(f"the tokenisation 'spacy:{language}'")
    try:
        pipeline = library.blank(language)
    except (ImportError, ValueError) as error:
        message = f"spaCy has no language {language!r}: {error}"
        raise UsageError(message, "name one of its languages, such as spacy:en, or spacy:xx for any") from error
    pipeline.max_length = _LONGEST
    return pipeline


def docbin() -> Any:  # noqa: ANN401 - as above
    """Return an empty DocBin that also reads what is not of words."""
    return spacy("a DocBin").tokens.DocBin(store_user_data=True)
