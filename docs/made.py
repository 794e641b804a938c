"""Which pages of this site are made from the package itself, so that they say what holds?"""

from collections.abc import Iterator
from typing import Final

import tagpress
from examples import EXAMPLES, files_of, message_of
from running import Block, PageError, session
from tagpress.cli import cli
from tagpress.corpus.policies import RULES
from tagpress.corpus.problem_rule import Policy, ProblemRule

# What is made of the public names: a page, its title, and the rooms of the package whose names stand there.
REFERENCE: Final = {
    "corpus": ("Declare a corpus", ("script", "corpus")),
    "dialects": ("Dialects", ("read",)),
    "publishing": ("Check, build, publish", ("build", "release", "diff", "export", "preview", "engine")),
    "training": ("Load, stream, align", ("consume",)),
    "errors": ("Errors", ("errors",)),
}
_WORDS: Final = {
    Policy.ERROR: "the build stops before anything is written",
    Policy.WARN: "the sentence is published as it is",
    Policy.DROP: "the sentence is left out, and kept with its reason in `rejected.jsonl`",
    Policy.NOTE: "nothing happens to the sentence, and nothing is stopped: it is worth a look",
}


def pages() -> Iterator[tuple[str, str]]:
    """Yield the place and the text of each page that is made."""
    yield "problems/index.md", _problems()
    for rule in RULES.values():
        yield f"problems/{rule.code}.md", problem_page(rule)
    for name, (title, rooms) in REFERENCE.items():
        yield f"reference/{name}.md", _names(title, rooms)
    yield "reference/commands.md", _commands()


def nav() -> list[dict[str, list[object]]]:
    """Return where these pages stand in the navigation."""
    reference: list[object] = ["reference/index.md", {"Commands": "reference/commands.md"}]
    reference += [{title: f"reference/{name}.md"} for name, (title, _) in REFERENCE.items()]
    problems: list[object] = ["problems/index.md", *({code: f"problems/{code}.md"} for code in RULES)]
    return [{"Problems": problems}, {"Reference": reference}]


def _problems() -> str:
    return "\n".join([_PROBLEMS, *map(_problem, RULES.values()), "", "## Copies", "", _SETTLING, ""])


def _problem(rule: ProblemRule) -> str:
    others = ", ".join(policy.value for policy in Policy if policy in rule.accepts and policy is not rule.default)
    cells = (f"[`{rule.code}`]({rule.code}.md)", rule.meaning, rule.default.value, others, rule.repair)
    return f"| {' | '.join(cells)} |"


_PROBLEMS: Final = """# Problems

A problem says where it is (`path:line:col`), what was found, what was expected and what to do. All problems of a run are shown, not only the first. [How to read one](../how-to/read-a-problem.md).

What becomes of a sentence with a problem is its policy. `POLICY` in a script changes it: `POLICY = {"duplicate": "warn"}`. Nothing is ever padded, cut or guessed in silence.

| code | found | by default | also accepts | repair |
| --- | --- | --- | --- | --- |"""
_SETTLING: Final = '--8<-- "docs/pages/explained/splits.md:settling"'


def problem_page(rule: ProblemRule) -> str:
    """Return the page of a problem code: what it is, an example, what is printed, the cure, the policies."""
    example = EXAMPLES[rule.code]
    shown = "\n".join(_fence(name, text) for name, text in files_of(rule.code).items())
    return f"""# {rule.code}

{rule.meaning[0].upper()}{rule.meaning[1:]}.

## An example

```python title="in the script"
{example["script"]}
```

{shown}
`tagpress check{f" {example['options']}" if "options" in example else ""}` says:

``` {{ .text .output .no-copy }}
{message_of(rule.code)}
```

## The cure

{example["cure"]}

## Policies

{_policies(rule)}
"""


def _fence(name: str, text: str) -> str:
    visible = text.replace("\u200b", "\\u200b").rstrip("\n")
    return f'```text title="{name}"\n{visible}\n```\n'


def _policies(rule: ProblemRule) -> str:
    lines = []
    for policy in (policy for policy in Policy if policy in rule.accepts):
        words = _WORDS.get(policy) or (rule.repair if policy is Policy.REPAIR else "see below")
        lines.append(f"- `{policy}`{', the default' if policy is rule.default else ''}: {words}")
    if Policy.EXPAND in rule.accepts:
        lines = [line for line in lines if "see below" not in line] + [f"- {rule.repair.replace('; ', chr(10) + '- ')}"]
    return "\n".join(lines)


def _names(title: str, rooms: tuple[str, ...]) -> str:
    found = [name for name in tagpress.__all__ if room_of(name) in rooms]
    return "\n\n".join([f"# {title}", *(f"::: {home_of(name)}.{name}" for name in found)]) + "\n"


def home_of(name: str) -> str:
    """Return the module where a public name lives."""
    return tagpress._HOMES[name]  # noqa: SLF001 - the one table of these


def room_of(name: str) -> str:
    """
    Return the room of the package where a public name is at home.

    Raises:
        PageError: it has no page.

    """
    room = home_of(name).split(".")[1]
    if not any(room in rooms for _, rooms in REFERENCE.values()):
        raise PageError(f"tagpress.{name} is in the room {room}, which has no page of the reference")
    return room


def _commands() -> str:
    parts = [
        "# Commands",
        "What each prints with `--help`. For programs there is `--json`. [In short, with the exit codes](index.md).",
    ]
    with session("") as work:
        for name in cli.commands:
            said = work.do(Block("run", "", "sh", f"tagpress {name} --help\n"))
            parts.append(f"## tagpress {name}\n\n``` {{ .text .output .no-copy }}\n{said}\n```")
    return "\n\n".join(parts) + "\n"
