"""The engine of this machine: ordered answers, workers that stay, and none where the work is not worth them."""

import math
import operator
import os
import time
from itertools import islice
from types import SimpleNamespace

import pytest

from tagpress.engine import WORTH, LocalEngine
from tagpress.engine.spark import SparkEngine
from tagpress.errors import EngineError

PID = "__import__('os').getpid()"
SLOW_FIRST = ["__import__('time').sleep(0.3) or 'slow'", *(f"{n}" for n in range(1, 9))]


def silent(_done: int, _total: int) -> None:
    pass


def run(engine: LocalEngine, function, items, size: int = 0) -> list:
    return list(engine.map(function, items, silent, size=size))


def test_answers_come_in_the_order_of_the_items_whoever_was_first():
    with LocalEngine(3) as engine:
        assert run(engine, eval, SLOW_FIRST) == ["slow", *range(1, 9)]


def test_the_workers_of_one_map_serve_the_next():
    with LocalEngine(2) as engine:
        first, second = (set(run(engine, eval, [PID] * 8)) for _ in range(2))
        assert len(first | second) == 2
        assert os.getpid() not in first


@pytest.mark.parametrize(("size", "here"), [(WORTH - 1, True), (WORTH, os.cpu_count() == 1)])
def test_without_a_number_small_work_is_done_here(size, here):
    with LocalEngine() as engine:
        assert (set(run(engine, eval, [PID] * 4, size)) == {os.getpid()}) == here


def test_progress_hears_of_every_item():
    heard = []
    with LocalEngine(2) as engine:
        list(engine.map(math.sqrt, [1, 4, 9], lambda done, total: heard.append((done, total)), size=0))
    assert heard == [(0, 3), (1, 3), (2, 3), (3, 3)]


def test_an_error_of_an_item_is_raised_here_and_the_engine_works_on():
    with LocalEngine(2) as engine:
        with pytest.raises(ZeroDivisionError):
            run(engine, eval, ["1", "1 // 0", *SLOW_FIRST])
        assert run(engine, operator.neg, [1, 2, 3]) == [-1, -2, -3]


def test_answers_that_nobody_takes_do_not_reach_the_next_map():
    with LocalEngine(2) as engine:
        answers = engine.map(eval, SLOW_FIRST, silent, size=0)
        assert list(islice(answers, 2)) == ["slow", 1]
        answers.close()
        assert run(engine, operator.neg, [1, 2, 3]) == [-1, -2, -3]


def test_a_worker_that_dies_is_an_error_and_not_a_wait():
    with LocalEngine(2) as engine, pytest.raises(EngineError, match="a worker process died"):
        run(engine, eval, ["__import__('os')._exit(1)", *SLOW_FIRST])


def leave_early() -> None:
    with LocalEngine(2) as engine:
        answers = engine.map(eval, ["1", "__import__('time').sleep(60)", "2"], silent, size=0)
        assert next(answers) == 1
        raise KeyboardInterrupt


def test_leaving_the_block_early_does_not_wait_for_the_work():
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        leave_early()
    assert time.monotonic() - start < 50


@pytest.mark.parametrize(("tasks", "done"), [((3, 5), 6), ((8, 8), 10), ((11, 8), 10)])
def test_what_spark_does_again_after_a_loss_is_no_progress_beyond_the_end(tasks, done):
    completed, number = tasks
    stage = SimpleNamespace(numCompletedTasks=completed, numTasks=number)
    job = SimpleNamespace(stageIds=[1])
    status = SimpleNamespace(getJobIdsForGroup=lambda _: [1], getJobInfo=lambda _: job, getStageInfo=lambda _: stage)
    session = SimpleNamespace(sparkContext=SimpleNamespace(statusTracker=lambda: status))
    assert SparkEngine(session)._done("group", 10) == done
