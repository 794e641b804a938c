"""What a card says of labels in doubt: how many places there are of each kind."""

from tagpress.card.facts import CardFacts
from tagpress.card.markdown import code, number, table
from tagpress.corpus.policies import RULES


def doubts_block(facts: CardFacts) -> str:
    """Return how many labels are in doubt, and why; nothing where nobody looked."""
    if facts.doubts is None:
        return ""
    lead = (
        "Labels that the corpus itself speaks against elsewhere, found by counting, without a model:"
        " places to look at, of which some are right."
    )
    less = f" Up to {number(facts.less_sure)} more are less sure, and not counted." if facts.less_sure else ""
    if not facts.doubts:
        return f"{lead} There are none.{less}"
    rows = [[code(name), RULES[name].meaning, number(count)] for name, count in facts.doubts.items()]
    return f"{lead}{less}\n\n{table(['Doubt', 'What it is', 'Places'], rows, numbers=[2])}"
