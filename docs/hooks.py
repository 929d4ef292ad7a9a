"""What MkDocs does not do by itself: a page for each room, the changes, and MathJax served by the site."""

import importlib.util
from pathlib import Path

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files

ROOT = Path(__file__).parents[1]
#: What the equations need of MathJax (the package django-static-mathjax holds a copy of it).
MATHJAX = ("tex-chtml.js", "output/chtml/fonts/woff-v2/*.woff")


def on_config(config: MkDocsConfig) -> None:
    """Add the page of every room to the navigation: a room that arrives changes no shared file."""
    (methods,) = (entry["Methods"] for entry in config.nav if "Methods" in entry)
    library = ROOT / "workflow_scripts" / "scaling"
    methods += [f"{folder.parent.name}.md" for folder in sorted(library.glob("*/__init__.py"))]


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add CHANGELOG.md and MathJax to the site."""
    files.append(File.generated(config, "changelog.md", abs_src_path=str(ROOT / "CHANGELOG.md")))
    (package,) = importlib.util.find_spec("mathjax").submodule_search_locations
    folder = Path(package) / "static" / "mathjax" / "es5"
    for file in (file for pattern in MATHJAX for file in folder.glob(pattern)):
        files.append(File.generated(config, f"mathjax/{file.relative_to(folder)}", abs_src_path=str(file)))
    return files
