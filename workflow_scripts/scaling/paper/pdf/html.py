"""The HTML of captions, tables and the report's first page as a tree, for the template that typesets it."""

from html.parser import HTMLParser
from typing import Any

#: What the template knows; any other element is only what is in it.
NAMES = {"b": "strong", "i": "em", "tt": "code", "th": "td"}
KNOWN = {"p", "strong", "em", "code", "sub", "sup", "ul", "ol", "li", "table", "tr", "td", "img"}
KNOWN |= {f"h{level}" for level in range(1, 7)}
EMPTY = {"img", "br", "hr", "meta", "link", "col", "input"}
UNSEEN = {"style", "title", "script"}


def tree(text: str) -> list[dict[str, Any]]:
    """The nodes of a piece of HTML.

    Returns
    -------
    {"text": words} for text, white space joined; {"kind": element, "parts": nodes} for what is `KNOWN`; a cell of a
    table ("td") has besides `span`, its number of columns, and `head`; an image has `source`. Any text stays text:
    nothing in it can become an element, or anything else that the template acts on.
    """
    reader = _Reader()
    reader.feed(text)
    reader.close()
    return _without_blanks(reader.root["parts"])


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root: dict[str, Any] = {"kind": "", "parts": []}
        self.open: list[tuple[str, dict[str, Any]]] = [("", self.root)]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known, given = NAMES.get(tag, tag), dict(attrs)
        node = {"kind": known, "parts": []} if known in KNOWN else self.open[-1][1]
        unseen = tag in UNSEEN or "title" in (given.get("class") or "").split()  # the template has a title of its own
        if unseen:
            node = {"kind": "unseen", "parts": []}
        if known == "td":
            node |= {"span": int(given.get("colspan") or 1), "head": tag == "th"}
        if known == "img":
            node["source"] = given.get("src") or ""
        if node is not self.open[-1][1] and not unseen:
            self.open[-1][1]["parts"].append(node)
        if tag not in EMPTY:
            self.open.append((tag, node))

    def handle_endtag(self, tag: str) -> None:
        places = [place for place, (name, _) in enumerate(self.open) if name == tag]
        if places:
            del self.open[places[-1] :]

    def handle_data(self, data: str) -> None:
        self.open[-1][1]["parts"].append({"text": data})


#: Elements between whose parts white space says nothing.
BLOCKS = {"", "ul", "ol", "table", "tr"}


def _without_blanks(nodes: list[dict[str, Any]], inside: str = "") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    for node in nodes:
        if "text" not in node:
            found.append(node | {"parts": _without_blanks(node["parts"], node["kind"])})
        elif node["text"].strip() or inside not in BLOCKS:
            words = " ".join(node["text"].split())
            before, after = node["text"][:1].isspace(), node["text"][-1:].isspace()
            found.append({"text": f"{' ' * before}{words}{' ' * (after and bool(words))}"})
    return found
