"""The paper's tables, as TSV, Markdown, LaTeX and HTML."""
