"""The README and the pages of docs/, and the blocks of code in them."""

import re
from pathlib import Path

from harness.paths import ROOT

PAGES: dict[Path, str] = {
    page: page.read_text(encoding="utf-8") for page in [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
}
TEXT = "\n".join(PAGES.values())
FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.MULTILINE | re.DOTALL)
INDENTED = re.compile(r"(?:^    .*\n|^\n(?=    ))+", re.MULTILINE)


def blocks_of(text: str) -> list[str]:
    """The blocks of code: those between fences, and those that are indented."""
    indented = [
        "\n".join(line.removeprefix("    ") for line in block.splitlines())
        for block in INDENTED.findall(FENCED.sub("", text))
    ]
    return FENCED.findall(text) + indented


BLOCKS = [block for text in PAGES.values() for block in blocks_of(text)]
#: Every line of them once, without the comment behind it.
LINES = list(dict.fromkeys(line.split("   #")[0].rstrip() for block in BLOCKS for line in block.splitlines()))


def block_with(text: str) -> str:
    """The one block of docs/ in which the text stands."""
    (found,) = (
        block for page, said in PAGES.items() if page.parent != ROOT for block in blocks_of(said) if text in block
    )
    return found
