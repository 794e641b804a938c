"""What is a fault that was found in a piece, before a policy decides its fate?"""

from collections.abc import Callable
from dataclasses import dataclass

from tagpress.columnar.types import Integers


@dataclass(frozen=True, slots=True)
class Finding:
    """
    All faults of one code in one piece.

    `sentence` and `at` are parallel: the sentence that suffers (-1 for none) and the byte where the fault is.
    `hint` says what to do, where that differs from the rule's; `describe` says what was found at the i-th of them and, where it differs from the rule's, what was expected.
    """

    code: str
    sentence: Integers
    at: Integers
    describe: Callable[[int], tuple[str, str]]
    hint: str = ""
