"""Draw an audit.  In: results/norm_audit.tsv or results/fragility.tsv.  Out: its figure as PDF and PNG."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import read_table
from scaling.networks.audits.figures import draw_fragility_audit, draw_norm_audit
from scaling.plotting.style import save_figure


def main(audit: Path, kind: str, figures: list[Path]) -> None:
    """`kind` is norm or fragility."""
    draw = {"norm": draw_norm_audit, "fragility": draw_fragility_audit}[kind]
    save_figure(draw(read_table(audit)), *figures)


if __name__ == "__main__":
    command(main)
