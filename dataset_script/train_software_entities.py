"""
Train a small tagger from scratch on a published corpus, streamed from the Hub by name and version.

    python train_software_entities.py me/software-entities 1.0.0 --out run

Killed at any moment and started again, it goes on behind its last checkpoint, as if nothing had happened.
"""

import argparse
import os
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import torch
from seqeval.metrics import classification_report
from tokenizers import Tokenizer, models, pre_tokenizers, processors, trainers
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, glu

import tagpress

WIDTH, LAYERS, DROPOUT = 128, 3, 0.1
IGNORED = -100
PEAK, WARMUP = 3e-3, 100  # the learning rate rises for so many steps, then falls to nothing


class Mixing(nn.Module):
    """Let each subword see its neighbours: a gated convolution of three, added to what came in."""

    def __init__(self) -> None:
        super().__init__()
        self.norm, self.drop = nn.LayerNorm(WIDTH), nn.Dropout(DROPOUT)
        self.mix = nn.Conv1d(WIDTH, 2 * WIDTH, kernel_size=3, padding=1)

    def forward(self, subwords: Tensor) -> Tensor:
        """Take and return [subword, WIDTH]."""
        return subwords + self.drop(glu(self.mix(self.norm(subwords).T[None])[0].T, dim=-1))


def new_model(vocabulary: int, labels: int) -> nn.Module:
    """Return a model from subword ids [subword] to label scores [subword, label]."""
    mixing = [Mixing() for _ in range(LAYERS)]
    embedding, scores = nn.Embedding(vocabulary, WIDTH), nn.Linear(WIDTH, labels)
    return nn.Sequential(embedding, nn.Dropout(DROPOUT), *mixing, nn.LayerNorm(WIDTH), scores)


def new_tokenizer(stream: Any, vocabulary: int) -> Tokenizer:
    """Train byte-level BPE on the tokens of a stream: it makes subwords of every token there can be."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=["<s>"], initial_alphabet=alphabet, show_progress=False
    )
    tokens = (token for batch in stream for token in batch["tokens"].flatten().to_pylist())
    tokenizer.train_from_iterator(tokens, trainer)
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A <s>", special_tokens=[("<s>", 0)])
    return tokenizer


def encode(batch: Any, align: tagpress.Aligner) -> tuple[Tensor, Tensor]:
    """Return the subword ids and labels of a batch, its sentences end to end: a convolution needs no padding."""
    aligned = align(batch)
    if aligned["lost_tokens"].any():
        raise SystemExit(f"labels were lost: {aligned.lost}")
    return torch.from_numpy(np.concatenate(aligned["input_ids"])), torch.from_numpy(np.concatenate(aligned["labels"]))


@torch.no_grad()
def tagged(model: nn.Module, align: tagpress.Aligner, held_out: Any) -> Iterator[tuple[list[str], list[str]]]:
    """Yield the true and the predicted labels of each sentence."""
    model.eval()
    for batch in held_out:
        ids, labels = encode(batch, align)
        is_token = labels != IGNORED  # each token has its label at its first subword
        both = labels[is_token].tolist(), model(ids).argmax(-1)[is_token].tolist()
        true, predicted = ([held_out.label_names[label] for label in found] for found in both)
        bounds = batch["ner_tags"].offsets.to_numpy()
        for start, stop in pairwise((bounds - bounds[0]).tolist()):
            yield true[start:stop], predicted[start:stop]


class Training:
    """A model on its way, with all that a checkpoint keeps."""

    def __init__(self, options: argparse.Namespace) -> None:
        torch.manual_seed(options.seed)
        torch.set_num_threads(options.threads)
        self.file, self.seen = options.out / "checkpoint.pt", options.out / "seen.txt"
        saved = torch.load(self.file) if self.file.exists() else None
        self.stream = corpus(options, "train", batch_size=options.batch_size, shuffle=True, seed=options.seed)
        self.step, self.steps = 0, options.epochs * self.stream.share().batches
        if saved:
            self.tokenizer = Tokenizer.from_str(saved["tokenizer"])
        else:
            self.tokenizer = new_tokenizer(corpus(options, "train"), options.vocabulary)
        self.align = tagpress.Aligner(self.tokenizer)
        self.model = new_model(self.tokenizer.get_vocab_size(), len(self.stream.label_names))
        self.optimizer = torch.optim.AdamW(self.model.parameters(), lr=PEAK)
        options.out.mkdir(parents=True, exist_ok=True)
        if saved:
            self.resume(saved)
        else:
            self.seen.write_text("")

    def save(self) -> None:
        """Keep a checkpoint, whole or not at all."""
        parts = {"model": self.model, "optimizer": self.optimizer, "stream": self.stream}
        state = {name: part.state_dict() for name, part in parts.items()}
        state |= {"tokenizer": self.tokenizer.to_str(), "random": torch.get_rng_state()}
        torch.save(state | {"step": self.step, "seen": self.seen.stat().st_size}, self.file.with_suffix(".new"))
        self.file.with_suffix(".new").replace(self.file)

    def resume(self, saved: dict[str, Any]) -> None:
        """Go on behind a checkpoint; what was learned and seen since then is forgotten."""
        self.model.load_state_dict(saved["model"])
        self.optimizer.load_state_dict(saved["optimizer"])
        self.stream.load_state_dict(saved["stream"])
        torch.set_rng_state(saved["random"])
        self.step = saved["step"]
        os.truncate(self.seen, saved["seen"])
        print(f"goes on behind step {self.step} of {self.steps}, in epoch {self.stream.epoch}", flush=True)

    def learn(self, batch: Any) -> None:
        """Take one step, and note the ids of its sentences."""
        self.model.train()
        rate = PEAK * min((self.step + 1) / WARMUP, 1) * (1 - self.step / self.steps)
        self.optimizer.param_groups[0]["lr"] = rate
        ids, labels = encode(batch, self.align)
        self.optimizer.zero_grad()
        cross_entropy(self.model(ids), labels, ignore_index=IGNORED).backward()
        nn.utils.clip_grad_norm_(self.model.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        with self.seen.open("a") as log:
            log.writelines(f"{self.stream.epoch} {id_}\n" for id_ in batch["id"].to_pylist())

    def judge(self, held_out: Any) -> str:
        """Return seqeval's report on a stream: precision, recall and F1 of whole entities."""
        true, predicted = zip(*tagged(self.model, self.align, held_out), strict=True)
        return classification_report(true, predicted, digits=3, zero_division=0)


def corpus(options: argparse.Namespace, split: str, **how: Any) -> Any:
    """Stream a split; all of it is read here. A job of many processes leaves out `rank` and `world_size`."""
    return tagpress.stream(options.repo, options.version, split, rank=0, world_size=1, **how)


def main(options: argparse.Namespace) -> None:
    """Train for all epochs, and report on validation after each and on test at the end."""
    training = Training(options)
    for epoch in range(training.stream.epoch, options.epochs):
        training.stream.set_epoch(epoch)
        for batch in training.stream:
            training.learn(batch)
            if training.step % options.save_every == 0:
                training.save()
        training.save()
        report = training.judge(corpus(options, "validation"))
        print(f"epoch {epoch}, validation:{report.partition('micro avg')[2].partition(chr(10))[0]}", flush=True)
    print(training.judge(corpus(options, "test")))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("repo", help="NAMESPACE/NAME on the Hub, or the folder of a build")
    parser.add_argument("version")
    parser.add_argument("--out", type=Path, default=Path("run"), help="the checkpoint, and the ids seen in each epoch")
    parser.add_argument("--epochs", type=int, default=6)
    parser.add_argument("--batch-size", type=int, default=16)
    parser.add_argument("--vocabulary", type=int, default=16000, help="subwords of the tokenizer")
    parser.add_argument("--save-every", type=int, default=100, metavar="STEPS")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--threads", type=int, default=1, help="weights are the same again for the same number")
    main(parser.parse_args())
