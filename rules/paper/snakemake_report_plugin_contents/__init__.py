"""A reporter for Snakemake: what its report holds, as JSON. So the PDF needs no list of results and captions again.

PYTHONPATH=rules/paper snakemake --reporter contents --report-contents-path FILE -- all
"""

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Optional

from snakemake_interface_report_plugins.reporter import ReporterBase
from snakemake_interface_report_plugins.settings import ReportSettingsBase


@dataclass
class ReportSettings(ReportSettingsBase):
    """Where the JSON goes."""

    path: Optional[Path] = field(  # noqa: UP045 (Snakemake reads the annotation)
        default=None, metadata={"help": "The file to write.", "env_var": False, "required": True}
    )


class Reporter(ReporterBase):
    """Writes each result with its caption, and what made it from what."""

    def render(self) -> None:
        """Write the file."""
        found = [
            self.described(category.name, record)
            for category, subcategories in self.results.items()
            for records in subcategories.values()
            for record in records
        ]
        contents = {"description": self.workflow_description, "results": found}
        Path(self.settings.path).write_text(json.dumps(contents, ensure_ascii=False, indent=1), encoding="utf-8")

    def described(self, category: str, record) -> dict:
        """One result: its file (as PDF, where its job makes that too), caption (HTML), labels, rule and inputs."""
        stem, _ = os.path.splitext(str(record.path))
        vector = [str(file) for file in record.job.output if str(file) == f"{stem}.pdf"]
        return {
            "path": vector[0] if vector else str(record.path),
            "category": category,
            "labels": {str(name): str(value) for name, value in (record.labels or {}).items()},
            "caption": record.caption,
            "rule": record.job.rule.name,
            "inputs": sorted({str(file) for file in record.job.input}),
        }
