"""How fast the parts are beside a peer, commit by commit (`make bench`): a line of JSON for each benchmark.

    python tests/benchmarks/trends.py [NAME ...]     measures; adds lines to trends.jsonl, writes docs/trends.md

A benchmark is a file beside this one with PEER, what it compares with, and ratio(): processor seconds of the same work
by the peer and by ours. Both are measured in one run, so that machines, and their other work, hardly matter.
"""

import argparse
import json
import platform
import runpy
import sys
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
sys.path[:0] = [str(ROOT / "workflow_scripts"), str(ROOT / "tests")]

from scaling.core.machine import machine  # noqa: E402
from scaling.core.provenance import commit, software  # noqa: E402
from scaling.plotting.style import CATEGORIES, PAGE_WIDTH, new_figure, save_figure  # noqa: E402

LINES = HERE / "trends.jsonl"
PAGE = ROOT / "docs/trends.md"
PICTURE = ROOT / "docs/trends.png"
START, END = "<!-- written by tests/benchmarks/trends.py -->", "<!-- end -->"


def benchmarks() -> dict[str, Path]:
    """The files that have a ratio."""
    return {file.stem: file for file in sorted(HERE.glob("*.py")) if "\ndef ratio(" in file.read_text()}


def measure(name: str) -> dict:
    """One line: which commit, when, where, and the seconds."""
    module = runpy.run_path(str(benchmarks()[name]))
    theirs, ours = module["ratio"]()
    return {
        "benchmark": name,
        "commit": commit(ROOT),
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "ratio": float(f"{theirs / ours:.3g}"),
        "peer": module["PEER"],
        "peer_seconds": float(f"{theirs:.3g}"),
        "our_seconds": float(f"{ours:.3g}"),
        "machine": machine()["name"],
        "processor": platform.machine(),
        "software": {package: software()[package] for package in ("Python", "numpy", "scipy", "torch", "snakemake")},
    }


def read_lines() -> list[dict]:
    """What was measured so far, the oldest first."""
    return [json.loads(line) for line in LINES.read_text().splitlines()] if LINES.is_file() else []


def table(lines: list[dict]) -> str:
    """The newest ratio of each benchmark, and those before it."""
    rows = ["| benchmark | the peer | times as fast | before, the newest first |", "| --- | --- | --- | --- |"]
    for name in sorted({line["benchmark"] for line in lines}):
        *before, newest = [line for line in lines if line["benchmark"] == name]
        earlier = ", ".join(f"{line['ratio']:g} ({line['commit'][:7]})" for line in before[:-6:-1])
        rows.append(f"| {name} | {newest['peer']} | {newest['ratio']:g} ({newest['commit'][:7]}) | {earlier} |")
    return "\n".join(rows)


def page(written: str, lines: list[dict]) -> str:
    """The page with its table made anew."""
    before, rest = written.split(START)
    return f"{before}{START}\n\n{table(lines)}\n\n{END}{rest.split(END)[1]}"


def draw(lines: list[dict]):
    """Ratios by measurement, a panel for all: the newest to the right, a line for each benchmark."""
    names = sorted({line["benchmark"] for line in lines})
    commits = list(dict.fromkeys(line["commit"][:7] for line in lines))
    figure, ((axes,),) = new_figure(width=PAGE_WIDTH * 0.8)
    for name, colour in zip(names, CATEGORIES, strict=False):
        own = [line for line in lines if line["benchmark"] == name]
        at = [commits.index(line["commit"][:7]) for line in own]
        axes.plot(at, [line["ratio"] for line in own], "o-", color=colour, label=name)
    axes.axhline(1, color="0.6", linewidth=0.8)
    axes.set(yscale="log", xlabel="commit", ylabel="times as fast as the peer")
    axes.set_xticks(range(len(commits)), commits, rotation=45, ha="right")
    axes.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return figure


def main() -> None:
    """Measure what is named, or all; add the lines; write table and picture."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of: {', '.join(benchmarks())}")
    names = parser.parse_args().names
    if unknown := set(names) - set(benchmarks()):
        sys.exit(f"no benchmark {', '.join(sorted(unknown))}; there are: {', '.join(benchmarks())}")
    for name in names or benchmarks():
        line = measure(name)
        print(f"{name}: {line['ratio']:g} times as fast as its peer ({line['peer']})", flush=True)
        with LINES.open("a") as file:
            file.write(json.dumps(line) + "\n")
    PAGE.write_text(page(PAGE.read_text(), read_lines()))
    save_figure(draw(read_lines()), PICTURE)


if __name__ == "__main__":
    main()
