"""How backups are shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from podium.cli.render.moments import moment

if TYPE_CHECKING:
    from rich.console import Console

    from podium.app.backup import Backup
    from podium.app.backup_file import BackupManifest, BackupPart
    from podium.app.restoring import Restored

_STATE = {"included": "included", "none": "none", "left_out": "left out"}


def backup_object(made: Backup) -> dict[str, Any]:
    """A backup for programs."""
    return {"file": str(made.file), "size": made.size, "backup": _manifest(made.manifest)}


def restored_object(restored: Restored) -> dict[str, Any]:
    """What was brought back, for programs."""
    audit = {"records": restored.audit.records, "seq": restored.audit.head.seq}
    kept = str(restored.kept) if restored.kept else None
    return {"backup": _manifest(restored.manifest), "kept": kept, "audit": audit}


def show_backup(shown: Console, made: Backup) -> None:
    """Tell what a backup holds."""
    shown.print(f"{made.file} holds the project as of {moment(made.manifest.made_at)}.")
    shown.print(f"  Size        {made.size:,} bytes")
    _show_parts(shown, made.manifest)


def show_restored(shown: Console, restored: Restored) -> None:
    """Tell what was brought back, and where that is which was there."""
    shown.print(f"The project is as of {moment(restored.manifest.made_at)}.")
    _show_parts(shown, restored.manifest)
    if restored.kept is not None:
        shown.print(f"What was there is in {restored.kept}.")
    if restored.manifest.knowledge.state == "left_out":
        shown.print("'podium ingest' makes the knowledge base.")


def _show_parts(shown: Console, manifest: BackupManifest) -> None:
    audit = manifest.audit
    chain = f"whole, {audit.records} records" if not audit.fault else audit.fault
    shown.print(f"  Schema      {manifest.schema_of_database}")
    shown.print(f"  Audit       {chain}")
    if manifest.encryption_keys:
        keys = ", ".join(manifest.encryption_keys)
        shown.print(f"  Encrypted   with {keys}: nothing in it is read without the key")
    shown.print(f"  World       {_words(manifest.world)}")
    shown.print(f"  Knowledge   {_words(manifest.knowledge)}")


def _words(part: BackupPart) -> str:
    version = f", version {part.version}" if part.version else ""
    return f"{_STATE[part.state]}{version}{f': {part.note}' if part.note else ''}"


def _manifest(manifest: BackupManifest) -> dict[str, Any]:
    return manifest.model_dump(mode="json", exclude={"files"})
