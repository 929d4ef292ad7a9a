"""In: one g, one network, its sizes. Out: risk against norm at fixed n for all weight decays, by state evolution."""

from pathlib import Path

from scaling.core.command import command
from scaling.core.tidy import write_table
from scaling.shallow.paths import diagonal_paths, quadratic_paths


def main(model: str, g: float, d: int, examples: list[float], noise: float, output: Path) -> None:
    """Write the paths of one network; `examples` are n, of the quadratic network n/d."""
    paths = {"diagonal": diagonal_paths, "quadratic": quadratic_paths}[model]
    write_table(paths(g, d, examples, noise).assign(model=model, g=g, d=d), output)


if __name__ == "__main__":
    command(main)
