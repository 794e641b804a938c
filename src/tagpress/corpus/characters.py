"""Which characters can no one see, or take for the end of a token? Patterns in RE2's syntax, as Arrow takes them."""

from typing import Final

SPACE: Final = r"[\t-\r\x{1c}-\x{20}\x{85}\p{Z}]"
INVISIBLE: Final = r"[\x00-\x08\x{0e}-\x{1b}\x{7f}-\x{84}\x{86}-\x{9f}\p{Cf}\p{Co}\x{fffd}]"
