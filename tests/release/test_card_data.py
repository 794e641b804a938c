"""What a card promises a loader, in every shape that `datasets` accepts."""

from pathlib import Path

import pytest

from release.builds import label_names, write_build
from tagpress.release.card_data import CardData


def card(front: str) -> bytes:
    return f"---\n{front}\n---\n# Title\n".encode()


def test_a_card_of_ours(tmp_path: Path) -> None:
    found = CardData.of((write_build(tmp_path / "1") / "README.md").read_bytes())
    assert found.config("default").label_names == tuple(label_names())
    assert found.config("default").version == "1.0.0"
    assert found.config("default").patterns == (
        "data/train-*.parquet",
        "data/validation-*.parquet",
        "data/test-*.parquet",
    )
    assert found.loads("data/test-x.parquet")
    assert not found.loads("notes.json")


@pytest.mark.parametrize(
    ("files", "patterns"),
    [
        ("x.parquet", ("x.parquet",)),
        ("[a.parquet, ./b.parquet]", ("a.parquet", "b.parquet")),
        ("{train: a.parquet, test: [b.parquet, c.parquet]}", ("a.parquet", "b.parquet", "c.parquet")),
        ("[{split: train, path: [a.parquet, b.parquet]}]", ("a.parquet", "b.parquet")),
        ("[{split: train, path: 'data/train-*'}]", ("data/train-*",)),
        ("7", ()),
    ],
)
def test_data_files(files: str, patterns: tuple[str, ...]) -> None:
    assert (
        CardData.of(card(f"configs:\n- config_name: default\n  data_files: {files}")).config("default").patterns
        == patterns
    )


@pytest.mark.parametrize(
    "text", [b"", b"# No front matter", b"---\nconfigs: [", b"---\n: {\n---\n", b"---\n- a list\n---\n", b"\xff\xfe"]
)
def test_a_card_that_promises_nothing(text: bytes) -> None:
    found = CardData.of(text)
    assert found == CardData()
    assert found.loads("notes.json")  # then `datasets` guesses
    assert found.loads("data/x.parquet")
    assert not found.loads("README.md")


@pytest.mark.parametrize(
    ("feature", "names"),
    [
        ("{name: ner_tags, list: {class_label: {names: {'1': B-A, '0': O, '10': I-B}}}}", ("O", "B-A", "I-B")),
        ("{name: ner_tags, sequence: {class_label: {names: [O, B-A]}}}", ("O", "B-A")),
        ("{name: ner_tags, list: int64}", ()),
        ("{name: other, list: {class_label: {names: [O]}}}", ()),
        ("7", ()),
    ],
)
def test_label_names(feature: str, names: tuple[str, ...]) -> None:
    for info in (f"dataset_info:\n  features:\n  - {feature}", f"dataset_info:\n- features:\n  - {feature}"):
        assert CardData.of(card(info)).config("default").label_names == names


def test_lines_of_another_system() -> None:
    assert CardData.of(b"---\r\nconfigs:\r\n- data_files: a.parquet\r\n---\r\n").config("default").patterns == (
        "a.parquet",
    )


def test_each_configuration_finds_its_own_files() -> None:
    found = CardData.of(
        card(
            "configs:\n- {config_name: train, data_files: 'data/train/test-*'}\n"
            "- {config_name: default, data_files: 'data/train-*'}\n- {config_name: all, data_files: 'data/**'}"
        )
    )
    assert found.default == "default"
    assert found.config("train").loads("data/train/test-0.parquet")
    assert not found.config("default").loads("data/train-x/test-0.parquet")
    assert not found.config("default").loads("data/train/test-0.parquet")
    assert found.config("all").loads("data/train/test-0.parquet")
    assert not found.config("none").loads("data/train-0.parquet")


@pytest.mark.parametrize(("marked", "default"), [("", None), (", default: true", "b")])
def test_which_of_several_is_the_default(marked: str, default: str | None) -> None:
    assert CardData.of(card(f"configs:\n- {{config_name: a}}\n- {{config_name: b{marked}}}")).default == default
