"""The page itself: one file of HTML with its style, its programs, the plotting library and the data in it."""

import base64
import gzip
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
#: Where in page/page.html which files go. uPlot (MIT) is a copy of what its authors publish: uplot/README.md.
PARTS = {
    "STYLE": ("uplot/uPlot.min.css", "page/style.css"),
    "PROGRAM": ("uplot/uPlot.iife.min.js", "page/numbers.js", "page/plot.js", "page/page.js"),
}


def page(contents: dict[str, Any]) -> str:
    """The page for what `scaling.explorer.contents` gives.

    The data stand in it as gzip in base64, which the browser unpacks: nothing in them can end a tag or begin one.
    """
    text = (HERE / "page/page.html").read_text(encoding="utf-8")
    for name, files in PARTS.items():
        text = text.replace(f"{{{{{name}}}}}", "\n".join((HERE / file).read_text(encoding="utf-8") for file in files))
    data = json.dumps(contents, separators=(",", ":"), allow_nan=False).encode()
    # No time of day in it: the same data give the same bytes.
    return text.replace("{{DATA}}", base64.b64encode(gzip.compress(data, 9, mtime=0)).decode())
