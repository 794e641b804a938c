"""
What a process that runs one command and ends need not load: the help that a library writes for a person at a prompt.

Matplotlib looks, for each kind of artist that it defines, at all of its methods, and writes the signature and the help text of its
`set`: half of the time that loading it takes. Nothing is drawn otherwise without them.
"""

import sys
from collections.abc import Sequence
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType
from typing import Any, Final

_HELPED: Final = "matplotlib.artist"


def spare_help() -> None:
    """Have matplotlib loaded without its help texts, if it is loaded later."""
    sys.meta_path.insert(0, _Finder)


class _Finder:
    """Finds the module that writes them, once, as it is found without it."""

    @staticmethod
    def find_spec(
        name: str, _path: Sequence[str] | None = None, _target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name != _HELPED:
            return None
        sys.meta_path.remove(_Finder)
        spec = find_spec(name)
        if spec is not None and spec.loader is not None:
            spec.loader = _Unhelped(spec.loader)
        return spec


class _Unhelped(Loader):
    """Loads it, and lets it write nothing from then on; where its parts are called otherwise, they do as always."""

    def __init__(self, real: Loader) -> None:
        self._real = real

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._real.exec_module(module)
        made: Any = module
        if hasattr(made.Artist, "_update_set_signature_and_docstring"):
            made.Artist._update_set_signature_and_docstring = lambda: None  # noqa: SLF001 - see above
            made.kwdoc = lambda _artist: ""
