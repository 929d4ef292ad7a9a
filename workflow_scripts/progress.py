"""A live picture of a run in a terminal: jobs done, training under way, time left.

    python workflow_scripts/progress.py snakemake --cores all all    # runs Snakemake and shows it
    python workflow_scripts/progress.py                              # shows the newest run of this folder

In: what Snakemake prints (or its newest log in .snakemake/log) and the logs of the training jobs. Out: a few lines that
are drawn anew, and above them whatever Snakemake says besides its routine: warnings, errors, the end of a failed job's
log. Where the output is no terminal, or one that cannot move its cursor, the command runs as if called by
itself.
"""

import os
import queue
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections import Counter, defaultdict, deque
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from pathlib import Path

STAMP = re.compile(r"\[(\w{3} \w{3} [ \d]\d \d\d:\d\d:\d\d \d{4})\]$")
COUNTED = re.compile(r"(\w+) +(\d+)$")
DONE = re.compile(r"(\d+) of (\d+) steps \(.*\) done$")
FINISHED = re.compile(r"Finished jobid: (\d+) ")
CALLED = re.compile(r"(?:local)?(?:rule|checkpoint) (\w+):$")
ROUTINE = re.compile(
    r"$|=+$|-+  -+$|job  +count$|Job stats:|SNAKEMAKE$|Building DAG of jobs|Select jobs to execute|Execute \d+ jobs"
    r"|Job \d+ has been submitted with|Using shell|Assuming unrestricted shared|Provided (cores|remote)"
    r"|Rules claiming more|Config file .* is extended"
    r"|  (Date|Workflow ID|Platform|Host|User|Snakemake version|Python version|Command|Snakefile|Base directory"
    r"|Run directory|Working directory|Config file\(s\)|Config MD5|Profile\(s\)|Workflow profile\(s\)): "
)
POINT = re.compile(r"P \d+  seed (\d+)  epoch ([\d.e+]+)/(\d+)  train [\d.nan]+  test ([\d.nan]+)")
RATE = re.compile(r"[\d,]+ images/s")
SHOWN_OF_A_LOG, ROWS = 20, 6  # lines; of jobs under way, at most
SHOWN = "results/picture.png", "results/table1.md"  # what is worth a look before the end


@dataclass
class Job:
    """A job under way."""

    rule: str
    start: float
    about: dict[str, str] = field(default_factory=dict)

    def row(self) -> str:
        """What it is and, of a training job, how far."""
        pairs = [part.split("=", 1) for part in self.about.get("wildcards", "").split(", ") if part]
        names = [f"{key} {value}" if key in ("P", "seed", "block") else value for key, value in pairs]
        return "  ".join([self.rule, *names, self._newest_point()]).rstrip()

    def _newest_point(self) -> str:
        if not self.runs:
            return ""
        points = self._points()
        if not points:
            return "starting"
        newest, (done, _) = list(points.values())[-1], self.trained()
        rate = RATE.search(newest.string)
        epoch = f"runs {done}/{self.runs}  epoch {newest[2]}/{newest[3]}  test error {newest[4]}"
        return epoch + (f"  {rate[0]}" if rate else "")

    @property
    def runs(self) -> int:
        """The runs of a training job."""
        return self.about.get("input", "").count("/seed") if self.rule == "train_block" else 0

    def trained(self) -> tuple[int, float]:
        """Its runs that are done, and the epochs of all of them so far."""
        points = self._points().values()
        return sum(float(point[2]) >= float(point[3]) for point in points), sum(float(point[2]) for point in points)

    def _points(self) -> dict[str, re.Match]:
        """The newest point of each run in a training job's log."""
        found = map(POINT.match, _tail(Path(self.about.get("log", "")), 256_000))
        return {point[1]: point for point in found if point} if self.runs else {}


def _tail(path: Path, size: int) -> list[str]:
    try:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - size))
            return file.read().decode(errors="replace").splitlines()
    except OSError:
        return []


class Progress:
    """What is known of a run from Snakemake's lines."""

    def __init__(self) -> None:
        self.total, self.done, self.failed = Counter(), Counter(), 0
        self.running: dict[str, Job] = {}
        self.seconds: dict[str, deque[float]] = defaultdict(lambda: deque(maxlen=5))
        self.runs, self.epochs = 0, 0.0
        self.start = self.now = None
        self.ended = False
        self._job: Job | None = None
        self._counting, self._log, self._most = False, None, 1

    def feed(self, line: str) -> list[str]:
        """Take in one line; the lines that a person should see by now (none for routine)."""
        line = line.rstrip("\n")
        if self._log is not None:
            return self._of_a_log(line)
        if found := STAMP.match(line):
            self.now = time.mktime(time.strptime(found[1]))
            self.start, self._job = self.start or self.now, None
        elif found := CALLED.match(line):
            self._job = Job(found[1], self.now or time.time())
        elif self._job and line.startswith("    "):
            self._detail(*line.strip().partition(": ")[::2])
        elif found := FINISHED.match(line):
            return self._finish(found[1])
        elif line.startswith("Job stats:"):
            self._counting, self.total = True, Counter()
        elif self._counting and (found := COUNTED.match(line)):
            self._counting = found[1] != "total"
            if self._counting:
                self.total[found[1]] = int(found[2])
        elif found := re.match(r"Logfile (.*):$", line):
            self._log = []
            return [line]
        elif not (DONE.match(line) or ROUTINE.match(line)):
            self._job = None
            self.ended |= line.startswith(("Complete log", "Nothing to be done"))
            self.failed += line.startswith("Error in rule ")
            if found := re.match(r"    jobid: (\d+)$", line):
                self.running.pop(found[1], None)
            return [line]
        return []

    def _of_a_log(self, line: str) -> list[str]:
        """A failed job's log stands between two lines of ===: its last lines are enough."""
        self._log.append(line)
        if len(self._log) == 1 or not re.match(r"={5,}$", line):
            return []
        lines, self._log = self._log[1:-1], None
        left_out = len(lines) - SHOWN_OF_A_LOG
        return ([f"    ... {left_out} lines before ..."] if left_out > 0 else []) + [
            f"    {line}" for line in lines[-SHOWN_OF_A_LOG:]
        ]

    def _detail(self, key: str, value: str) -> None:
        self._job.about[key] = value
        if key == "jobid":
            self.running[value] = self._job
            self._most = max(self._most, len(self.running))

    def _finish(self, jobid: str) -> list[str]:
        job = self.running.pop(jobid, None)
        if job is None:
            return []
        self.done[job.rule] += 1
        self.seconds[job.rule].append((self.now or time.time()) - job.start)
        self.runs += job.runs
        self.epochs += job.trained()[1]
        return [f"{file} can be looked at" for file in job.about.get("output", "").split(", ") if file in SHOWN]

    def left(self, now: float) -> float | None:
        """Seconds to the end: the jobs left, each as long as the latest of its rule, as many at once as so far.

        Of a rule's jobs the long ones start first, so that this is too much rather than too little.
        """
        if sum(self.done.values()) < 3:
            return None
        short = [value for rule, values in self.seconds.items() if rule != "train_block" for value in values]
        usual = _mean(short) if short else 5.0
        expected = {rule: _mean(self.seconds[rule]) if self.seconds[rule] else usual for rule in self.total}
        work = sum((total - self.done[rule]) * expected[rule] for rule, total in self.total.items())
        work -= sum(min(now - job.start, expected.get(job.rule, usual)) for job in self.running.values())
        return max(work, 0.0) / self._most

    def rows(self, now: float, width: int) -> list[str]:
        """The picture."""
        total, done = sum(self.total.values()), sum(self.done.values())
        if not total:
            return ["looking at what there is to do ..."]
        left, share = self.left(now), done / total
        bar = "=" * round(20 * share)
        head = f"{done} of {total} jobs [{bar:20}] {share:4.0%}  {_clock(now - (self.start or now))} so far"
        if left is not None and done < total:
            head += ", less than a minute left" if left < 60 else f", about {_clock(60 * round(left / 60))[:-3]} h left"
        head += f", {self.failed} failed" if self.failed else ""
        rows = [head]
        if blocks := self.total["train_block"]:
            under_way = [job.trained() for job in self.running.values()]
            runs, epochs = (sum(counts) for counts in zip((self.runs, self.epochs), *under_way, strict=True))
            rows.append(
                f"training: {self.done['train_block']} of {blocks} blocks, {runs} runs, {epochs:,.0f} epochs done"
            )
        rows += [f"  {job.row()}" for job in list(self.running.values())[:ROWS]]
        if len(self.running) > ROWS:
            rows.append(f"  and {len(self.running) - ROWS} jobs more")
        return [row[: width - 1] for row in rows]


def _mean(values: Collection[float]) -> float:
    return sum(values) / len(values)


def _clock(seconds: float) -> str:
    minutes, seconds = divmod(round(seconds), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"


class Screen:
    """A few lines at the bottom of a terminal that are drawn anew."""

    def __init__(self) -> None:
        self.height = 0

    def draw(self, lines: list[str], rows: list[str]) -> None:
        """Replace the picture; `lines` stay above it."""
        clear = f"\x1b[{self.height}F\x1b[J" if self.height else ""
        sys.stdout.write(clear + "".join(f"{line}\n" for line in [*lines, *rows]))
        sys.stdout.flush()
        self.height = len(rows)


def show(lines: Iterator[str | None]) -> None:
    """Draw until the lines end; None: nothing new for a while."""
    progress, screen, said, last = Progress(), Screen(), [], 0.0
    for line in lines:
        said += [] if line is None else progress.feed(line)
        if line is None or time.monotonic() - last > 0.5:
            screen.draw(said, progress.rows(time.time(), shutil.get_terminal_size().columns))
            said, last = [], time.monotonic()
        if progress.ended and line is None:
            break
    screen.draw(said, progress.rows(progress.now or time.time(), shutil.get_terminal_size().columns))


def run(command: list[str]) -> int:
    """Run Snakemake under the picture; its exit status."""
    child = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace")
    # Ctrl-C reaches Snakemake by itself; the picture stays until it has ended.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda number, frame: child.send_signal(number))
    said: queue.SimpleQueue[str | bool] = queue.SimpleQueue()

    def read() -> None:
        for line in child.stdout:
            said.put(line)
        said.put(False)

    threading.Thread(target=read, daemon=True).start()

    def lines() -> Iterator[str | None]:
        while True:
            try:
                line = said.get(timeout=0.5)
            except queue.Empty:
                line = None
            if line is False:
                return
            yield line

    show(lines())
    return child.wait()


def watch(folder: Path) -> int:
    """Show the newest run of this folder, to its end or until Ctrl-C."""
    logs = sorted(folder.glob("*.snakemake.log"))
    if not logs:
        print(f"{folder}: no run of Snakemake yet", file=sys.stderr)
        return 1

    def lines() -> Iterator[str | None]:
        with logs[-1].open(errors="replace") as file:
            rest = ""
            while True:
                rest += file.readline()
                if rest.endswith("\n"):
                    yield rest
                    rest = ""
                else:
                    yield None
                    time.sleep(0.5)

    try:
        show(lines())
    except KeyboardInterrupt:
        print()
    return 0


if __name__ == "__main__":
    if not sys.argv[1:]:
        sys.exit(watch(Path(".snakemake/log")))
    if not sys.stdout.isatty() or os.environ.get("TERM") == "dumb":
        os.execvp(sys.argv[1], sys.argv[1:])
    sys.exit(run(sys.argv[1:]))
