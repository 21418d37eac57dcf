"""Error of an export of which a part is written."""

from convzoo.common.choices import ExportFormat
from convzoo.export.exported import Exported


class PartlyExported(ValueError):
    """Some formats were exported, and others failed.

    Attributes:
        exported: The `Exported` of each format that was written.
        failed: Dictionary from the other formats to why they failed.
    """

    def __init__(
        self, exported: list[Exported], failed: dict[ExportFormat, str]
    ) -> None:
        reasons = "; ".join(f"{f}: {reason}" for f, reason in failed.items())
        done = ", ".join(file.format for file in exported)
        super().__init__(f"{reasons} ({done} was exported)")
        self.exported = exported
        self.failed = failed
