"""The paper's tables, as TSV, Markdown and LaTeX."""
