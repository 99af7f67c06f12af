"""How many learners one machine holds under JupyterHub: `python benchmarks/hub.py [--minutes 19] [--learners 20,60,100,140,170,200,230,260]`.

A real hub with the configuration of deploy/hub, on loopback, its users being users of a system where that can be had (tests/support/hubserver.py). Each
learner's server is started, lesson 3.2 opened and run whole, and then an exercise checked again and again, with a pause to think in between
(exponential, --think seconds on average). At each step there are more learners, beside those who are there already, until the machine has had enough: a server does not come
at the second try either, a check fails, one check in twenty takes longer than --longest seconds, or less than --spare MiB of memory are free. Nobody begins for whom there is
no room, and with half of --spare free all is ended at once; if the system has to kill, it is told to begin with the hub.

The learners are played by a process of their own (benchmarks/players.py), whose processor time and memory are stated beside those of the hub with all its processes. It
needs the same cores. Memory is the proportional share (PSS): pages that several processes share count once; beside it stands what the machine has
less than before. Each step is kept in --state; started again with the same settings, it goes on with the next one. However it ends, all processes of the hub are killed.
The last part computes what the figures mean for 30, 300 and 30,000 learners: see `planned`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import math
import multiprocessing
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "benchmarks")]

from machine import described  # noqa: E402
from players import end as kill  # noqa: E402
from players import play  # noqa: E402

from tests.support.hubserver import Hub  # noqa: E402

ROOM = 150
"""MiB that a learner is given room for before they begin."""
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
    """One step: so many learners at once. Seconds, MiB, and processors."""

    learners: int
    begin: float = math.nan
    """Processor seconds a learner for start, opening and running the lesson."""
    begin_clock: float = math.nan
    """Median seconds by the clock for these."""
    check: float = math.nan
    check_95: float = math.nan
    checks: int = 0
    check_work: float = math.nan
    """Processor seconds a check."""
    cores: float = math.nan
    """Of the hub and all below it, while all learn."""
    memory: float = math.nan
    """A learner, by PSS."""
    taken: float = math.nan
    """A learner, by what is no longer available: with what the system needs for all these processes."""
    base: float = math.nan
    """The hub itself, and the process that is copied."""
    free: float = math.nan
    players_cores: float = math.nan
    """Of the program that plays the learners."""
    players_memory: float = math.nan
    lost: int = 0
    """Connections that were made again, up to now."""
    again: int = 0
    """Servers that came at the second try."""
    broke: str = ""


class Broke(Exception):
    """The machine has had enough; says why."""


class Players:
    """The process that plays the learners, see benchmarks/players.py."""

    def __init__(self, hub: Hub, patience: float) -> None:
        spawn = multiprocessing.get_context("spawn")
        self.pipe, theirs = spawn.Pipe()
        self.process = spawn.Process(target=play, args=(theirs, hub.base, hub.token, str(hub.folder), patience), daemon=True)
        self.process.start()
        theirs.close()

    def hear(self, seconds: float) -> tuple[Any, ...]:
        """What it says within so many seconds; an empty tuple for nothing."""
        try:
            return tuple(self.pipe.recv()) if self.pipe.poll(seconds) else ()
        except EOFError:
            raise Broke("the program that plays the learners has ended") from None

    def come(self, names: list[str], options: argparse.Namespace) -> tuple[list[float], int, str]:
        """Let learners begin, some at the same time. Returns the seconds that each took, how many of their servers needed a second try, and why not all have come."""
        waiting, coming, tried, seconds, broke = list(names), set[str](), set[str](), list[float](), ""
        told = time.monotonic()
        while waiting or coming:
            # Those who are coming will want their share.
            spare = available() - ROOM * len(coming) - options.spare
            if waiting and spare > ROOM and len(coming) < options.at_once:
                self.pipe.send(("come", waiting[0]))
                coming.add(waiting.pop(0))
                continue
            if waiting and not coming:
                broke, waiting = f"memory: {available():.0f} MiB are free", []
            said = self.hear(0.5)
            if said:
                coming.discard(said[1])
            if said and said[0] == "came":
                seconds.append(said[2])
            elif said and said[1] not in tried and not broke:  # as somebody would who loads the page again
                print(f"    {said[1]} is tried again: {said[2]}", flush=True)
                tried.add(said[1])
                waiting.insert(0, said[1])
            elif said:
                broke, waiting = broke or f"{said[1]} could not begin: {said[2]}", []
            if available() < options.spare / 2:
                return seconds, len(tried), f"memory: {available():.0f} MiB are free"
            if time.monotonic() > told + 10:
                told = time.monotonic()
                print(f"    {time.strftime('%H:%M:%S')}  {len(seconds)} of {len(names)} have come, {available():,.0f} MiB are free", flush=True)
        return seconds, len(tried), broke

    def learn(self, options: argparse.Namespace) -> tuple[Any, ...]:
        """Let all of them learn; returns what is said then. Raises :class:`Broke`."""
        self.pipe.send(("learn", options.seconds, options.think))
        end = time.monotonic() + options.seconds + 3 * options.patience
        while time.monotonic() < end:
            if said := self.hear(0.5):
                return said[1:]
            if available() < options.spare / 2:
                raise Broke(f"memory: {available():.0f} MiB are free")
        raise Broke("the learners did not come to an end")

    def close(self) -> None:
        """No more learners."""
        self.pipe.close()
        self.process.kill()

    def leave(self, name: str) -> None:
        """One goes, with server and kernel."""
        self.pipe.send(("leave", name))
        self.hear(60)


def available() -> float:
    """MiB of the machine that are free, or would be."""
    return float(psutil.virtual_memory().available) / 2**20


def processes(hub: Hub) -> list[psutil.Process]:
    """The hub and all below it."""
    return psutil.Process(hub.process.pid).children(recursive=True)


def held(hub: Hub) -> float:
    """MiB of all of them, by PSS."""
    found = 0
    for one in processes(hub):
        with contextlib.suppress(OSError):
            lines = Path(f"/proc/{one.pid}/smaps_rollup").read_text().splitlines()
            found += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return found / 1024


def worked(hub: Hub) -> float:
    """Processor seconds of all of them, and of those of their children that have ended."""
    found = 0.0
    for one in processes(hub):
        with contextlib.suppress(psutil.Error):
            times = one.cpu_times()
            found += times.user + times.system
    return found


def step(hub: Hub, players: Players, there: int, names: list[str], empty: tuple[float, float], options: argparse.Namespace) -> Row:
    """Let there be more learners, and all of them learn for a while. ``empty`` is what the hub itself held at first, and what was available."""
    before = worked(hub)
    seconds, again, broke = players.come(names, options)
    row = Row(there + len(seconds), again=again, broke=broke, base=empty[0])
    if seconds:
        row.begin, row.begin_clock = (worked(hub) - before) / len(seconds), statistics.median(seconds)
    if row.learners and available() > options.spare / 2:
        before, clock = worked(hub), time.perf_counter()
        try:
            times, problems, row.lost, row.players_cores, row.players_memory = players.learn(options)
        except Broke as why:
            row.broke = row.broke or str(why)
        else:
            work = worked(hub) - before
            row.cores = work / (time.perf_counter() - clock)
            row.checks, row.check_work = len(times), work / max(len(times), 1)
            row.check, row.check_95 = quantile(times, 0.5), quantile(times, 0.95)
            if problems:
                row.broke = row.broke or f"{len(problems)} learners could not go on: {problems[0]}"
            elif row.check_95 > options.longest:
                row.broke = row.broke or f"one check in twenty took longer than {options.longest:g} s"
    row.free = available()
    if row.free < options.spare:
        row.broke = row.broke or f"memory: {row.free:.0f} MiB are free"
    if row.learners:
        row.memory, row.taken = (held(hub) - empty[0]) / row.learners, (empty[1] - row.free) / row.learners
    return row


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
    heads = [
        "learners",
        "start, open and run: processor, s",
        "clock, s",
        "check: median, s",
        "95 % below, s",
        "checks",
        "processor a check, s",
        "cores in use",
        "MiB a learner",
        "less free, MiB a learner",
        "the hub itself, MiB",
        "free, MiB",
        "the learners' program: cores",
        "MiB",
        "connected again",
        "second tries",
        "",
    ]
    lines = ["| " + " | ".join(heads) + " |", "|---" * len(heads) + "|"]
    for r in rows:
        cells = [
            f"{r.learners}",
            f"{r.begin:.2f}",
            f"{r.begin_clock:.1f}",
            f"{r.check:.3f}",
            f"{r.check_95:.3f}",
            f"{r.checks}",
            f"{r.check_work:.3f}",
            f"{r.cores:.2f}",
            f"{r.memory:.0f}",
            f"{r.taken:.0f}",
            f"{r.base:.0f}",
            f"{r.free:,.0f}",
            f"{r.players_cores:.2f}",
            f"{r.players_memory:.0f}",
            f"{r.lost}",
            f"{r.again}",
            f"broke: {r.broke}" if r.broke else "",
        ]
        lines.append("| " + " | ".join("-" if one == "nan" else one for one in cells) + " |")
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
        lines.append(f"| {name} | {one.learners} learners | {max(one.memory, one.taken):.0f} | {one.begin:.2f} | {one.check_work:.3f} |")
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
        found = planned(learners, at_once, machine, max(one.memory, one.taken), base, one.begin, max(one.check_work, 0.001), options.think, options.comes)
        lines.append(
            f"| {learners:,} | {found['at once']:,} | {name} | {machine.cores} cores, {machine.gib} GiB | {found['by memory']} | {found['by arriving']} | {found['by checking']} | {found['machines']} |"
        )
    return "\n".join(lines)


def measured(spawner: str, steps: list[int], options: argparse.Namespace, end: float) -> list[Row]:
    """The rows of one kind of server: those that are kept, and those for which there is time."""
    settings = {name: getattr(options, name) for name in ("think", "seconds", "at_once", "spare")} | {"rows": list(Row.__annotations__)}
    kept = json.loads(options.state.read_text()) if options.state.is_file() else {}
    kept = kept if kept.get("settings") == settings else {"settings": settings}
    rows = [Row(**row) for row in kept.get(spawner, ())]
    steps = [] if rows and rows[-1].broke else [one for one in steps if not rows or one > rows[-1].learners]
    if not steps:
        return rows
    with tempfile.TemporaryDirectory(prefix="crmlab-load-", ignore_cleanup_errors=True) as top:
        Path(top).chmod(0o711)
        names = ["first", *(f"learner{number:03d}" for number in range(max(steps)))]
        hub = Hub(Path(top) / "hub", names, more=MORE + SPAWNERS[spawner])
        try:
            with hub:
                print(f"\nServers: {spawner}. Users of a system: {'yes' if hub.real else 'NO, all are one user'}.", flush=True)
                try:
                    for row in stepped(hub, spawner, steps, options, end):
                        rows.append(row)
                        kept[spawner] = [asdict(row) for row in rows]
                        options.state.write_text(json.dumps(kept))
                        print(table(rows[-1:]).splitlines()[-1], flush=True)
                    (Path(tempfile.gettempdir()) / f"{options.state.stem}-{spawner}.log").write_text(hub.log.read_text())
                finally:
                    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                        signal.signal(number, signal.SIG_IGN)  # nothing is left halfway
                    kill(Path(top))
        finally:
            heed()
    return rows


def stepped(hub: Hub, spawner: str, steps: list[int], options: argparse.Namespace, end: float) -> Iterator[Row]:
    """One row after the other, until there is no time, or the machine has had enough."""
    for one in [psutil.Process(hub.process.pid), *processes(hub)]:
        with contextlib.suppress(OSError):  # what they start has it from them
            Path(f"/proc/{one.pid}/oom_score_adj").write_text("900")
    with contextlib.closing(Players(hub, options.patience)) as players:
        yield from played(hub, players, spawner, steps, options, end)


def played(hub: Hub, players: Players, spawner: str, steps: list[int], options: argparse.Namespace, end: float) -> Iterator[Row]:
    """As :func:`stepped`, with those who play."""
    # Data that the process to copy reads are there before the others come.
    if (first := players.come(["first"], options))[2]:
        raise SystemExit(f"Not even one learner could begin: {first[2]}\n{hub.log.read_text()[-3000:]}")
    time.sleep(8 if spawner == "copied" else 0)
    players.leave("first")
    hub.wait(lambda: not hub.ask("GET", "/hub/api/users/first")["servers"], 60)
    time.sleep(2)
    empty, pace, there = (held(hub), available()), 2.0, 0
    for wanted in steps:
        begin = time.perf_counter()
        if begin + options.seconds + pace * (wanted - there) + 20 > end:
            print(f"No time is left for {wanted} learners; started again, this goes on with them.", flush=True)
            return
        print(f"  {time.strftime('%H:%M:%S')}  {there} learners; {wanted - there} more begin", flush=True)
        row = step(hub, players, there, hub.users[1 + there : 1 + wanted], empty, options)
        yield row
        if row.broke:
            return
        pace = (time.perf_counter() - begin - options.seconds) / (wanted - there)
        there = wanted


def heed() -> None:
    """Ctrl-C, and being ended from outside, lead through all that has to be done then."""

    def leave(number: int, _frame: object) -> None:
        raise SystemExit(128 + number)

    signal.signal(signal.SIGINT, signal.default_int_handler)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, leave)


def main(words: list[str]) -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=19)
    parser.add_argument("--learners", default="20,60,100,140,170,200,230,260")
    parser.add_argument("--few", type=int, default=4, help="learners with servers that are not copied, to compare; 0 for none")
    parser.add_argument("--think", type=float, default=20, help="seconds between two checks of a learner, on average")
    parser.add_argument("--seconds", type=float, default=60, help="how long all learn at each step")
    parser.add_argument("--at-once", type=int, default=10, help="learners who arrive at the same time")
    parser.add_argument("--patience", type=float, default=60, help="seconds to wait for a server, or for an answer")
    parser.add_argument("--longest", type=float, default=10, help="seconds of a check that one in twenty may not exceed")
    parser.add_argument("--spare", type=float, default=1536, help="MiB that stay free")
    parser.add_argument("--comes", type=float, default=600, help="seconds in which all learners arrive, for the plan")
    parser.add_argument("--state", type=Path, default=Path(tempfile.gettempdir()) / "crmlab-benchmark-hub.json")
    options = parser.parse_args(words)
    end = time.perf_counter() + 60 * options.minutes
    heed()
    print(described("crmlab", "jupyterhub", "jupyter_server", "ipykernel", "pandas"), flush=True)
    few = {name: measured(name, [options.few] if options.few else [], options, end) for name in ("single", "apart")}
    rows = measured("copied", [int(one) for one in options.learners.split(",")], options, end)
    for name, those in (*few.items(), ("copied", rows)):
        print(f"\n{SPAWNED[name]}\n\n{table(those)}")
    sound = [row for row in rows if not row.broke]
    if sound:
        print(f"\n{plan(sound[-1], few['apart'][-1] if few['apart'] else None, options)}")


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except KeyboardInterrupt:
        print("Ended; started again, this goes on with the step that it was at.", file=sys.stderr)
        sys.exit(130)
