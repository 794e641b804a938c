"""UIMA's CAS as JSON, as INCEpTION writes it: the same text, layers and views as in XMI, in a list of feature structures."""

import re
from typing import Any, Final

from tagpress.corpus.problems import few
from tagpress.read.spans.formats import xmi
from tagpress.read.spans.record import MalformedError, Record, RecordReading, listed, mapping
from tagpress.read.spans.xml_nodes import Node

MARK: Final = re.compile(rb'\s*\{\s*"%(?:HEADER|TYPES|FEATURE_STRUCTURES)"')
FIELDS: Final = frozenset({"%HEADER", "%TYPES", "%FEATURE_STRUCTURES", "%VIEWS"})
_STRUCTURES: Final = "%FEATURE_STRUCTURES"
_OWN: Final = {"%ID": "id", "@sofa": "sofa", "^begin": "begin", "^end": "end"}
_SOFA: Final = "uima.cas.Sofa"


def read(value: Any, reading: RecordReading) -> list[Record]:  # noqa: ANN401 - JSON
    """
    Return the sentences of a text, or the text, if nothing says where its sentences are.

    Raises:
        MalformedError: there is no text.
        SourceError: there is no such layer, or several that could be it.

    """
    row = mapping(value)
    structures = listed(row.get(_STRUCTURES), _STRUCTURES)
    nodes = [_node(number, mapping(one)) for number, one in enumerate(structures)]
    sofas = [node for node in nodes if node.space == xmi.CAS and node.name == "Sofa"]
    if not sofas or "sofaString" not in sofas[0].attributes:
        raise MalformedError(f"a CAS without a text: {few(row) or 'nothing'}")
    return [
        placed.record._replace(
            spans=[one._replace(at=-1, path=(_STRUCTURES, one.at)) for one in placed.record.spans], token_at=()
        )
        for placed in xmi.sentences(sofas[0], [*nodes, *_views(row)], reading)
    ]


def _node(number: int, structure: dict[str, Any]) -> Node:
    """Return a feature structure as the element that it would be in XMI; it begins at its number in the list."""
    space, _, name = str(structure.get("%TYPE")).rpartition(".")
    features = {
        _OWN.get(key, key): str(value)
        for key, value in structure.items()
        if isinstance(value, str | int) and (key in _OWN or not key.startswith(("%", "@", "^")))
    }
    return Node(f"http:///{space.replace('.', '/')}.ecore", name, features, number)


def _views(row: dict[str, Any]) -> list[Node]:
    """Return the views, with their members."""
    held = [mapping(one) for one in mapping(row.get("%VIEWS") or {}).values()]
    return [
        Node(
            xmi.CAS,
            "View",
            {
                "sofa": str(one.get("%SOFA")),
                "members": " ".join(map(str, listed(one.get("%MEMBERS"), "%MEMBERS"))),
            },
            -1,
        )
        for one in held
    ]
