"""Single values: what is encrypted comes back whole, in its place alone, with its key alone."""

from __future__ import annotations

import os
from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from podium.core.errors import ConfigError, EncryptionKeyWrong, Undecipherable
from podium.storage.encryption.cipher import OVERHEAD, Cipher, key_id, key_of, new_key, place_of

KEY, OTHER = b"k" * 32, b"o" * 32
CIPHER = Cipher([KEY])
PLACES = st.tuples(st.text(), st.text(), st.integers())


@given(st.binary(), PLACES)
def test_what_is_encrypted_comes_back(value: bytes, place: tuple[str, str, int]) -> None:
    stored = CIPHER.encrypt(value, place_of(*place))
    assert len(stored) == len(value) + OVERHEAD
    assert Cipher([KEY]).decrypt(stored, place_of(*place)) == value


@given(st.binary(), PLACES, PLACES)
def test_a_value_opens_in_its_own_place_alone(
    value: bytes, place: tuple[str, str, int], other: tuple[str, str, int]
) -> None:
    stored = CIPHER.encrypt(value, place_of(*place))
    if place != other:
        with pytest.raises(Undecipherable):
            CIPHER.decrypt(stored, place_of(*other))


@given(st.binary(min_size=1), st.data())
def test_one_changed_bit_is_noticed(value: bytes, data: st.DataObject) -> None:
    stored = bytearray(CIPHER.encrypt(value, b"here"))
    bit = data.draw(st.integers(0, len(stored) * 8 - 1))
    stored[bit // 8] ^= 1 << bit % 8
    with pytest.raises((Undecipherable, EncryptionKeyWrong)):
        CIPHER.decrypt(bytes(stored), b"here")


def test_the_same_value_never_looks_the_same() -> None:
    assert len({Cipher([KEY]).encrypt(b"x", b"here") for _ in range(50)}) == 50
    assert len({CIPHER.encrypt(b"x", b"here") for _ in range(50)}) == 50


def test_the_first_key_encrypts_and_all_decrypt() -> None:
    old = CIPHER.encrypt(b"x", b"here")
    both = Cipher([OTHER, KEY])
    assert both.decrypt(old, b"here") == b"x"
    new = both.encrypt(b"x", b"here")
    assert Cipher([OTHER]).decrypt(new, b"here") == b"x"
    with pytest.raises(EncryptionKeyWrong, match=key_id(OTHER).hex()):
        CIPHER.decrypt(new, b"here")


def test_nothing_of_a_key_is_in_its_id_or_in_an_error() -> None:
    text = new_key()
    assert key_id(key_of(text, "here")).hex() not in text
    with pytest.raises(ConfigError) as told:
        key_of("hunter2" * 3, "env:KEY")
    assert "hunter2" not in f"{told.value} {told.value.hint}"
    assert "env:KEY" in str(told.value)


def test_a_key_is_written_in_base64_or_hexadecimal() -> None:
    key = os.urandom(32)
    for text in (b64encode(key).decode(), key.hex(), key.hex().upper(), f" {b64encode(key).decode()}\n"):
        assert key_of(text, "here") == key
    for text in ("", "é", key.hex()[:-2], b64encode(key[:-1]).decode(), "correct horse battery staple"):
        with pytest.raises(ConfigError):
            key_of(text, "here")
