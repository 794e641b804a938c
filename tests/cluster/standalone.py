"""A standalone Spark cluster on loopback: a master and workers as processes of their own, and a session on it."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

# pyspark leaves the sockets to be collected through which results came.
LEAKY = "ignore:Exception ignored in. <socket:pytest.PytestUnraisableExceptionWarning"
TESTS = Path(__file__).parents[1]
# Small and quick to start: these executors live for a minute.
JAVA = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
LOOPBACK = {
    "spark.driver.host": "127.0.0.1",
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.ui.showConsoleProgress": "false",
    "spark.driver.extraJavaOptions": JAVA,
    "spark.executor.extraJavaOptions": JAVA,
    "spark.executorEnv.OMP_NUM_THREADS": "1",
    "spark.speculation": "false",  # said, for what the first session of a Java machine is told, the next ones inherit
    "spark.executorEnv.PYTHONPATH": str(TESTS),
    # What is gone does not come back: ask for it once more, and not three times for five seconds each.
    "spark.shuffle.io.maxRetries": "1",
    "spark.shuffle.io.retryWait": "200ms",
}
# A program with mounts of its own, and one of them over a folder.
ALONE = ("unshare", "--mount", "--map-root-user")
HIDE = ("sh", "-c", 'mount -t tmpfs none "$0" && exec "$@"')
SPECULATION = {
    "spark.speculation": "true",
    "spark.speculation.interval": "50ms",
    "spark.speculation.multiplier": "1.01",
    "spark.speculation.quantile": "0.1",
    "spark.speculation.minTaskRuntime": "50ms",
}


@contextmanager
def spark_session(master: str, folder: Path, **settings: str) -> Iterator[Any]:
    """Have a session on a master, bound to loopback."""
    from pyspark.sql import SparkSession

    os.environ |= {"SPARK_LOCAL_IP": "127.0.0.1", "PYSPARK_PYTHON": sys.executable}
    builder = SparkSession.builder.master(master).appName("tests")
    for name, value in {**LOOPBACK, "spark.sql.warehouse.dir": str(folder / "warehouse"), **settings}.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    try:
        yield session
    finally:
        session.stop()


@contextmanager
def two_executors(folder: Path, **settings: str) -> Iterator[Any]:
    """Have a session on two executors that Spark starts itself, and remove what they wrote."""
    import pyspark

    work = Path(pyspark.__file__).parent / "work"  # where such a cluster writes, and it cannot be told otherwise
    before = set(work.glob("*")) if work.is_dir() else set()
    try:
        with spark_session("local-cluster[2,1,1024]", folder, **settings) as session:
            yield session
    finally:
        for left in set(work.glob("*")) - before:
            shutil.rmtree(left, ignore_errors=True)
        if not before:
            shutil.rmtree(work, ignore_errors=True)


def children(pid: int) -> list[int]:
    """Return the processes below one, as Linux lists them, the deepest last."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found += [int(child), *children(int(child))]
    return found


def has_port(pid: int, port: int) -> bool:
    """Tell whether a process has a TCP connection from a port of this machine."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    sockets = {f"socket:[{line[9]}]" for line in lines if line[1].endswith(f":{port:04X}")}
    return any(str(link.readlink()) in sockets for link in Path(f"/proc/{pid}/fd").glob("*") if link.is_symlink())


@dataclass
class Standalone:
    """A master, and workers with one core each."""

    folder: Path
    master: subprocess.Popen
    url: str
    workers: list[subprocess.Popen] = field(default_factory=list)

    def add_worker(self, without: Path | None = None) -> None:
        """Start one more worker, on a host of its own, for Spark runs nothing twice on one; `without` it sees as empty."""
        number = len(self.workers)
        host, log = f"127.0.0.{number + 1}", self.folder / f"worker-{number}.log"
        words = ["--host", host, "--cores", "1", "--memory", "1g", "--webui-port", "0"]
        words += ["--work-dir", str(self.folder / f"work-{number}"), self.url]
        shell = [*ALONE, *HIDE, str(without)] if without else []
        self.workers.append(start("org.apache.spark.deploy.worker.Worker", words, log, host, shell))
        wait_for(log, "Successfully registered with master")

    def kill_worker(self, port: int | None = None) -> None:
        """Kill the oldest worker that lives, or that of a connection from a port, and its executor, with SIGKILL."""
        alive = [worker for worker in self.workers if worker.poll() is None]
        worker = next(
            worker for worker in alive if port is None or any(has_port(p, port) for p in children(worker.pid))
        )
        for pid in [worker.pid, *children(worker.pid)]:
            os.kill(pid, signal.SIGKILL)
        worker.wait()


def start(main: str, words: list[str], log: Path, host: str, shell: Sequence[str] = ()) -> subprocess.Popen:
    """Start a daemon of Spark's in the foreground, in a shell if there is one."""
    import pyspark

    home = Path(pyspark.__file__).parent
    environment = {
        **os.environ,
        "SPARK_LOCAL_IP": host,
        "SPARK_NO_DAEMONIZE": "1",
        "SPARK_DAEMON_JAVA_OPTS": JAVA,
        "SPARK_DAEMON_MEMORY": "256m",
    }
    command = [*shell, str(home / "bin" / "spark-class"), main, *words]
    with log.open("wb") as out:
        return subprocess.Popen(command, stdout=out, stderr=out, env=environment)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@contextmanager
def standalone(folder: Path, workers: int = 2) -> Iterator[Standalone]:
    """Have a cluster with some workers, for the block."""
    port = free_port()
    words = ["--host", "127.0.0.1", "--port", str(port), "--webui-port", "0"]
    master = start("org.apache.spark.deploy.master.Master", words, folder / "master.log", "127.0.0.1")
    cluster = Standalone(folder=folder, master=master, url=f"spark://127.0.0.1:{port}")
    try:
        wait_for(folder / "master.log", "I have been elected leader")
        for _ in range(workers):
            cluster.add_worker()
        yield cluster
    finally:
        for process in [*cluster.workers, master]:
            process.terminate()
        for process in [*cluster.workers, master]:
            process.wait(30)


def wait_for(log: Path, words: str) -> None:
    """Wait until a daemon has said something."""
    deadline = time.monotonic() + 90
    while words not in log.read_text(errors="replace"):
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.1)
