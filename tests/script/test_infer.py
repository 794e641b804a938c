"""From Python: what `new` would declare of a corpus that has no script."""

import tagpress


def test_what_is_inferred_can_be_checked_and_shown_without_a_script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.conll").write_text("".join(f"word{n}\tO\nAda{n}\tB-PER\n\n" for n in range(30)))
    inferred = tagpress.infer_corpus("a.conll")
    assert (inferred.dialect, inferred.guessed.sniffed.entity_types) == ("Columns()", ("PER",))
    assert tagpress.check_corpus(inferred.declared()).labels == {"O": 30, "B-PER": 30, "I-PER": 0}
    assert [path.name for path in tmp_path.iterdir()] == ["a.conll"]
