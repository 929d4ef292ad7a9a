"""In: what the report holds (.json, with the files that it names), and the optima of some rows. Out: the PDF."""

import json
from pathlib import Path

from scaling.analysis.exponents import identity_of
from scaling.core.command import command
from scaling.core.provenance import commit
from scaling.core.tidy import read_table
from scaling.paper.pdf.checklist import Study, named
from scaling.paper.pdf.document import document, typeset


def main(contents: Path, study: Study, optima: list[Path], checkout: Path, pdf: Path) -> None:
    """The checkout is the folder of the code, whose commit the PDF names."""
    tables = [table for table in map(read_table, optima) if len(table)]
    by_row = {named(*(identity_of(table)[name] for name in ("study", "cell"))): table for table in tables}
    found = json.loads(contents.read_text(encoding="utf-8"))
    typeset(document(found, study, by_row, commit(checkout)), pdf)


if __name__ == "__main__":
    command(main)
