"""Three configurations with layers of every kind: classes, flat spans, nested spans, and texts."""

from pathlib import Path

from layers.made import CHUNKS, POS, write_sentences

SCRIPT = f"""
import datasets
import tagpress


class Three(tagpress.CorpusBuilder):
    NAME = "three"
    VERSION = datasets.Version("1.0.0")
    ENTITY_TYPES = {{"Language": "A language.", "Device": "A device."}}
    DIALECT = tagpress.Columns(delimiter=" ", tag=4, extra={{"pos_tags": 1, "chunk_tags": 2, "lemma": 3}})
    LAYERS = {{
        "pos_tags": tagpress.TokenClasses({[*POS]}),
        "chunk_tags": tagpress.FlatSpans({[*CHUNKS]}),
        "lemma": tagpress.TokenTexts(),
    }}
    SPLITS = tagpress.HashSplits(train=1, validation=1, test=1, group="sentence")
    POLICY = {{"duplicate": "drop"}}
    CONFIGS = {{
        "de": {{"SOURCES": "de/*.txt"}},
        "en": {{"SOURCES": "en/*.txt", "LAYERS": {{"pos_tags": tagpress.TokenClasses({[*reversed(POS)]})}}}},
        "fr": {{"SOURCES": ["fr/a.txt", "fr/b.txt"], "LAYERS": {{
            "pos_tags": tagpress.TokenClasses({[*POS]}),
            "spans": tagpress.NestedSpans({[*CHUNKS, "Language"]}, columns=("chunk_tags", "ner_tags")),
            "lemma": tagpress.TokenTexts(),
        }}}},
    }}
    {{card}}
"""


COUNT = 60


def write_three(folder: Path, seed: int = 0, version: str = "1.0.0") -> Path:
    """Write three corpora, each with a sentence that is there twice, and the script that declares them."""
    for number, config in enumerate(("de", "en", "fr")):
        write_sentences(folder / config, COUNT, seed=number)
        for path in (folder / config).glob("*.txt"):
            path.write_text(path.read_text().replace("word", f"{config}{seed}word"))
        first, _, _ = (folder / config / "a.txt").read_text().partition("\n\n")
        with (folder / config / "b.txt").open("a") as file:
            file.write(f"{first}\n\n")
    return write_script(folder / "build_three.py", version=version)


def write_script(path: Path, card: str = "", version: str = "1.0.0") -> Path:
    """Write the script, with what it says of its card."""
    path.write_text(SCRIPT.replace("{card}", card).replace("1.0.0", version))
    return path


def reversed_files(script: Path) -> Path:
    """Have the files of a configuration named in another order."""
    script.write_text(script.read_text().replace('["fr/a.txt", "fr/b.txt"]', '["fr/b.txt", "fr/a.txt"]'))
    return script
