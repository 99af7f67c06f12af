"""How many learners one machine holds under JupyterHub: `python benchmarks/hub.py [--minutes 8] [--learners 10,20,40,80,120,160,200]`.

A real hub with the configuration of deploy/hub, on loopback, its users being users of a system where that can be had (tests/support/hubserver.py). Each
learner's server is started, lesson 3.2 opened and run whole, and then an exercise checked again and again, with a pause to think in between
(exponential, --think seconds on average). The number of learners grows step by step, and stops where the machine does: a server that does not come, a
check that takes longer than --longest seconds for one in twenty, or less than --spare MiB of free memory.

Memory is the proportional share (PSS): pages that several processes share count once. Processor seconds are those of the hub with all its
processes, not of this program, which needs the same cores. Each step is kept in --state; started again with the same settings, it goes on with the
next one. The last part computes what the figures mean for 30, 300 and 30,000 learners: see `planned`.
"""

from __future__ import annotations

import argparse
import json
import math
import random
import statistics
import sys
import tempfile
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from machine import described  # noqa: E402

from tests.support.hubserver import Hub  # noqa: E402
from tests.support.opened import Opened  # noqa: E402

LESSON = "notebooks/en/3-qualification/2-man.ipynb"
FIRST = "from crmlab import answer"
CHECKED = """answer("how-many", {{"more_won": {wrong}, "more_lost": 6, "deals": 66}})
check("how-many")"""
SPAWNERS = {
    "copied": "",
    "apart": 'c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"\n',
    "single": 'c.JupyterHub.spawner_class = "jupyterhub.spawner.LocalProcessSpawner"\nc.Spawner.cmd = [sys.executable, "-m", "crmlab.app.hub", "--fresh-kernels"]\n',
}
SPAWNED = {
    "single": "Each server started by itself, and the process that its kernels are copied from started afresh, as crmlab start does it:",
    "apart": "Each server started by itself, and its kernels copied from what it has imported, as in a container of its own:",
    "copied": "All servers and kernels copied from one process of the machine:",
}
MORE = "import sys\nc.JupyterHub.concurrent_spawn_limit = 20\nc.JupyterHub.active_server_limit = 0\nc.JupyterHub.init_spawners_timeout = 1\n"


@dataclass
class Row:
    """One step: so many learners at once. Seconds, and MiB."""

    learners: int
    begin: float
    """Processor seconds a learner for start, opening and running the lesson."""
    begin_clock: float
    """Median seconds by the clock for these."""
    check: float
    check_95: float
    checks: int
    check_work: float
    """Processor seconds a check."""
    memory: float
    """A learner."""
    base: float
    """The hub itself, and the process that is copied."""
    free: float
    broke: str = ""


class Learner:
    """Somebody with a server, a lesson that has been run, and an exercise to check."""

    def __init__(self, hub: Hub, name: str, patience: float) -> None:
        begin = time.perf_counter()
        self.page = Opened(hub.start(name, patience), LESSON)
        self.page.run()
        self.ask(FIRST)
        self.begin = time.perf_counter() - begin

    def ask(self, code: str) -> None:
        """Run code, to its end. Raises ``RuntimeError`` where it fails."""
        wish = {"code": code, "silent": False, "store_history": True, "allow_stdin": False, "user_expressions": {}, "stop_on_error": False}
        for one in self.page.said("execute_request", wish):
            if one["msg_type"] == "error":
                raise RuntimeError(one["content"]["evalue"])

    def learn(self, until: float, think: float, seed: str) -> list[float]:
        """Think and check until then; seconds of each check."""
        chance, times = random.Random(seed), []
        while True:
            pause = chance.expovariate(1 / think)
            if time.perf_counter() + pause > until:
                return times
            time.sleep(pause)
            begin = time.perf_counter()
            self.ask(CHECKED.format(wrong=chance.randrange(9)))
            times.append(time.perf_counter() - begin)


def processes(hub: Hub) -> list[psutil.Process]:
    """The hub and all below it."""
    return psutil.Process(hub.process.pid).children(recursive=True)


def held(hub: Hub) -> float:
    """MiB of all of them."""
    found = 0
    for one in processes(hub):
        try:
            found += one.memory_full_info().pss
        except psutil.Error:
            continue
    return found / 2**20


def worked(hub: Hub) -> float:
    """Processor seconds of all of them, and of those of their children that have ended."""
    found = 0.0
    for one in processes(hub):
        try:
            times = one.cpu_times()
            found += times.user + times.system
        except psutil.Error:
            continue
    return found


def step(hub: Hub, learners: list[Learner], wanted: int, base: float, options: argparse.Namespace) -> Row:
    """Let there be so many learners, and let them learn for a while."""
    names, before = hub.users[len(learners) : wanted], worked(hub)
    broke = ""

    def come(name: str) -> Learner | str:
        if psutil.virtual_memory().available / 2**20 < options.spare:
            return "no memory is left"
        try:
            return Learner(hub, name, options.patience)
        except Exception as error:  # whatever it is: here the machine has had enough
            return f"{type(error).__name__}: {str(error)[-200:]}"

    with ThreadPoolExecutor(options.at_once) as pool:
        come_in = list(pool.map(come, names))
    new = [one for one in come_in if isinstance(one, Learner)]
    broke = next((one for one in come_in if isinstance(one, str)), "")
    learners += new
    begin = (worked(hub) - before) / max(len(new), 1)
    memory = (held(hub) - base) / max(len(learners), 1)
    times: list[float] = []
    before, end = worked(hub), time.perf_counter() + options.seconds

    def learn(one: Learner) -> None:
        try:
            times.extend(one.learn(end, options.think, f"{wanted} {id(one)}"))
        except Exception as error:
            problems.append(f"{type(error).__name__}: {str(error)[-200:]}")

    problems: list[str] = []
    threads = [threading.Thread(target=learn, args=(one,), daemon=True) for one in learners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(max(1.0, end + 60 - time.perf_counter()))
    late = quantile(times, 0.95)
    if not broke and problems:
        broke = problems[0]
    if not broke and late > options.longest:
        broke = f"one check in twenty took longer than {options.longest:g} s"
    return Row(
        len(learners),
        begin,
        statistics.median(one.begin for one in new) if new else math.nan,
        statistics.median(times) if times else math.nan,
        late,
        len(times),
        (worked(hub) - before) / max(len(times), 1),
        memory,
        base,
        psutil.virtual_memory().available / 2**20,
        broke,
    )


def quantile(times: list[float], share: float) -> float:
    """The smallest time that so many are not longer than.

    >>> quantile([3.0, 1.0, 2.0, 4.0], 0.5)
    2.0
    """
    return sorted(times)[max(0, math.ceil(share * len(times)) - 1)] if times else math.nan


@dataclass(frozen=True)
class Machine:
    """Cores, GiB, and how many GiB of it the system keeps for itself."""

    cores: float
    gib: float
    kept: float = 1.5


def planned(learners: int, at_once: float, machine: Machine, memory: float, base: float, begin: float, check: float, think: float, comes: float) -> dict[str, Any]:
    """How many such machines so many learners need, and why.

    ``at_once`` is the share of them that learns at the busiest time. Each holds ``memory`` MiB then (the hub or node itself ``base``), costs ``begin`` processor
    seconds once, within the ``comes`` seconds in which all of them arrive, and ``check`` every ``think`` seconds after that. Three quarters of
    the processor count, so that a check need not wait for others.

    >>> planned(300, 0.5, Machine(2, 24), 100, 1000, 2.0, 0.1, 20, 600)
    {'at once': 150, 'by memory': 220, 'by arriving': 450, 'by checking': 300, 'a machine holds': 220, 'machines': 1}
    """
    busy = math.ceil(learners * at_once)
    useful = 0.75 * machine.cores
    limits = {
        "by memory": int(((machine.gib - machine.kept) * 1024 - base) / memory),
        "by arriving": int(useful * comes / begin),
        "by checking": int(useful * think / check),
    }
    holds = max(1, min(limits.values()))
    return {"at once": busy, **limits, "a machine holds": holds, "machines": math.ceil(busy / holds)}


def table(rows: list[Row]) -> str:
    """The steps as Markdown."""
    lines = [
        "| learners | start, open and run: processor, s | clock, s | check: median, s | 95 % below, s | checks | processor a check, s | MiB a learner | the hub itself, MiB | free, MiB | |",
        "|---|---|---|---|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.learners} | {r.begin:.2f} | {r.begin_clock:.1f} | {r.check:.2f} | {r.check_95:.2f} | {r.checks} | {r.check_work:.3f} | {r.memory:.0f} | {r.base:.0f} | {r.free:.0f} | {r.broke} |"
        for r in rows
    ]
    return "\n".join(lines)


def plan(row: Row, apart: Row | None, options: argparse.Namespace) -> str:
    """What the figures mean for others, as Markdown: those of ``row`` for a machine with copied servers, of ``apart`` for nodes with containers."""
    lines = [
        f"All arrive within {options.comes / 60:g} minutes; each then checks every {options.think:g} s. A learner costs:",
        "",
        "| servers | measured with | MiB | processor to begin, s | processor a check, s |",
        "|---|---|---|---|---|",
    ]
    used = {"copied": row, "containers": apart} if apart else {"copied": row}
    for name, one in used.items():
        lines.append(f"| {name} | {one.learners} learners | {one.memory:.0f} | {one.begin:.2f} | {one.check_work:.3f} |")
    lines += ["", "| learners | at once | servers | machine | holds by memory | by arriving | by checking | machines |", "|---|---|---|---|---|---|---|---|"]
    for learners, at_once, name, machine in (
        (30, 1.0, "copied", Machine(2, 24)),
        (300, 0.5, "copied", Machine(2, 24)),
        (300, 0.5, "copied", Machine(8, 64)),
        (300, 0.5, "containers", Machine(8, 64)),
        (30_000, 0.1, "containers", Machine(16, 64)),
    ):
        if name not in used:
            continue
        one = used[name]
        # On a node of a cluster the hub itself is elsewhere.
        base = one.base if name == "copied" else 0.0
        found = planned(learners, at_once, machine, one.memory, base, one.begin, max(one.check_work, 0.001), options.think, options.comes)
        lines.append(
            f"| {learners:,} | {found['at once']:,} | {name} | {machine.cores} cores, {machine.gib} GiB | {found['by memory']} | {found['by arriving']} | {found['by checking']} | {found['machines']} |"
        )
    return "\n".join(lines)


def measured(spawner: str, steps: list[int], options: argparse.Namespace, end: float) -> list[Row]:
    """The rows of one kind of server: those that are kept, and those for which there is time."""
    settings = {name: getattr(options, name) for name in ("think", "seconds", "at_once")}
    kept = json.loads(options.state.read_text()) if options.state.is_file() else {}
    kept = kept if kept.get("settings") == settings else {"settings": settings}
    rows = [Row(**row) for row in kept.get(spawner, ())]
    steps = [] if rows and rows[-1].broke else [one for one in steps if not rows or one > rows[-1].learners]
    if not steps:
        return rows
    with tempfile.TemporaryDirectory(prefix="crmlab-hub-", ignore_cleanup_errors=True) as top:
        Path(top).chmod(0o711)
        names = ["first", *(f"learner{number:03d}" for number in range(max(steps)))]
        with Hub(Path(top) / "hub", names, more=MORE + SPAWNERS[spawner]) as hub:
            print(f"\nServers: {spawner}. Users of a system: {'yes' if hub.real else 'NO, all are one user'}.", flush=True)
            # Data that the process to copy reads are there before the others come.
            first = Learner(hub, "first", options.patience)
            time.sleep(8 if spawner == "copied" else 0)
            first.page.close()
            hub.ask("DELETE", "/hub/api/users/first/server")
            hub.wait(lambda: not hub.ask("GET", "/hub/api/users/first")["servers"], 60)
            time.sleep(1)
            base, pace = held(hub), 1.0
            learners: list[Learner] = []
            for wanted in steps:
                begin, before = time.perf_counter(), len(learners)
                if begin + options.seconds + pace * (wanted - before) + 15 > end:
                    print(f"No time is left for {wanted} learners; started again, this goes on with them.", flush=True)
                    break
                rows.append(step(hub, learners, wanted, base, options))
                pace = (time.perf_counter() - begin - options.seconds) / max(len(learners) - before, 1)
                kept[spawner] = [asdict(row) for row in rows]
                options.state.write_text(json.dumps(kept))
                print(table(rows[-1:]).splitlines()[-1], flush=True)
                if rows[-1].broke:
                    break
    return rows


def main(words: list[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=8)
    parser.add_argument("--learners", default="10,20,40,80,120,160,200")
    parser.add_argument("--few", type=int, default=4, help="learners with servers that are not copied, to compare; 0 for none")
    parser.add_argument("--think", type=float, default=20, help="seconds between two checks of a learner, on average")
    parser.add_argument("--seconds", type=float, default=20, help="how long all learn at each step")
    parser.add_argument("--at-once", type=int, default=10, help="learners who arrive at the same time")
    parser.add_argument("--patience", type=float, default=120, help="seconds for a server to come")
    parser.add_argument("--longest", type=float, default=5, help="seconds of a check that one in twenty may not exceed")
    parser.add_argument("--spare", type=float, default=2000, help="MiB that stay free")
    parser.add_argument("--comes", type=float, default=600, help="seconds in which all learners arrive, for the plan")
    parser.add_argument("--state", type=Path, default=Path(tempfile.gettempdir()) / "crmlab-benchmark-hub.json")
    options = parser.parse_args(words)
    end = time.perf_counter() + 60 * options.minutes
    print(described("crmlab", "jupyterhub", "jupyter_server", "ipykernel", "pandas"), flush=True)
    few = {name: measured(name, [options.few] if options.few else [], options, end) for name in ("single", "apart")}
    rows = measured("copied", [int(one) for one in options.learners.split(",")], options, end)
    for name, those in (*few.items(), ("copied", rows)):
        print(f"\n{SPAWNED[name]}\n\n{table(those)}")
    sound = [row for row in rows if not row.broke]
    if sound:
        print(f"\n{plan(sound[-1], few['apart'][-1] if few['apart'] else None, options)}")


if __name__ == "__main__":
    main(sys.argv[1:])
