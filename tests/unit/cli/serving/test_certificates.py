"""The files by which a server shows who it is."""

from __future__ import annotations

from pathlib import Path

import pytest

from podium.cli.serving.certificates import certificate_of
from podium.core.errors import ConfigError
from podium.testing.certificates import write_certificate


def test_files_are_named_relative_to_the_folder(tmp_path: Path) -> None:
    cert, key = write_certificate(tmp_path)
    found = certificate_of(tmp_path, "cert.pem", "key.pem")
    assert found is not None
    assert (found.cert, found.key) == (cert, key)
    assert certificate_of(tmp_path, None, None) is None


def test_what_is_no_certificate_and_its_key_is_refused(tmp_path: Path) -> None:
    write_certificate(tmp_path)
    (tmp_path / "other").mkdir()
    write_certificate(tmp_path / "other")
    (tmp_path / "locked").mkdir()
    write_certificate(tmp_path / "locked", passphrase=b"open sesame")
    (tmp_path / "empty.pem").write_bytes(b"")
    for cert, key in (
        ("cert.pem", None),
        (None, "key.pem"),
        ("cert.pem", "missing.pem"),
        ("cert.pem", "other/key.pem"),
        ("key.pem", "cert.pem"),
        ("empty.pem", "empty.pem"),
        ("locked/cert.pem", "locked/key.pem"),
    ):
        with pytest.raises(ConfigError) as caught:
            certificate_of(tmp_path, cert, key)
        assert "--tls-cert" in caught.value.hint
