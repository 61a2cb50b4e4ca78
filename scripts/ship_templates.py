"""Puts the project at the root of the repository into the wheel, as a template of `podium new`."""

from __future__ import annotations

import runpy
import tomllib
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class TemplateHook(BuildHookInterface[Any]):
    """Adds the project's files; an editable install finds them where they are."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Name the files to add.

        Args:
            version: `standard` or `editable`.
            build_data: What the build goes by.
        """
        if version == "editable":
            return
        root = Path(self.root)
        layout = runpy.run_path(str(root / "src" / "podium" / "app" / "layout.py"))["LAYOUT"]
        name = tomllib.loads((root / "podium.toml").read_text(encoding="utf-8"))["project"]["name"]
        build_data["force_include"].update(
            {str(root / part): f"podium/templates/{name}/{part}" for part in layout}
        )
