"""Under which licence does a script say that its sources are?"""

from collections.abc import Mapping

from tagpress.card.vocabulary import licenses, nearest
from tagpress.errors import ScriptError


def license_patterns(declared: str | Mapping[str, str]) -> dict[str, str]:
    """
    Return the licence of sources by the pattern that finds them; one licence is that of all.

    Raises:
        ScriptError: one is no licence identifier of the Hub.

    """
    found = {"*": declared} if isinstance(declared, str) else dict(declared)
    wrong = [name for name in found.values() if name not in licenses()]
    if wrong:
        near = nearest(wrong[0], licenses())
        hint = f"did you mean {near!r}?" if near else "use an identifier of the Hub, such as cc-by-sa-4.0, or other"
        raise ScriptError(f"LICENSES has {wrong[0]!r:.60}, which is no licence identifier of the Hub", hint)
    return found
