"""
Run the training example again and again from one process that has imported everything; some runs die in mid-step.

    python training.py [[ARGUMENTS, STEP], ...]

Each run is a fork, as if it had been started with ARGUMENTS. If STEP is a number, SIGKILL ends it in the middle of that
step (counted from where it began): when the gradients are there and the weights are not changed yet.
"""

import json
import os
import runpy
import signal
import sys
from pathlib import Path

import seqeval.metrics  # noqa: F401 - what takes long is imported once
import torch

import tagpress.consume.streaming.stream  # noqa: F401 - as above

SCRIPT = Path(__file__).parents[1] / "dataset_script" / "train_software_entities.py"


def run(arguments, step):
    taken, take = 0, torch.optim.AdamW.step

    def dying(optimizer, *args, **kwargs):
        nonlocal taken
        taken += 1
        if taken == step:
            os.kill(os.getpid(), signal.SIGKILL)
        return take(optimizer, *args, **kwargs)

    torch.optim.AdamW.step = dying
    sys.argv = [str(SCRIPT), *arguments]
    runpy.run_path(str(SCRIPT), run_name="__main__")
    sys.stdout.flush()


def main(runs):
    torch.optim.AdamW([torch.zeros(1)])  # imports torch._dynamo, which takes longer than all the rest
    for arguments, step in runs:
        child = os.fork()
        if child == 0:
            run(arguments, step)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        code = os.waitstatus_to_exitcode(status)
        if code != (0 if step is None else -signal.SIGKILL):
            raise SystemExit(f"a run ended with {code}")
        print("killed" if code else "finished", flush=True)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
