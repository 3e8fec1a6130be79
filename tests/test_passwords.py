"""What a password of staff costs whoever steals its hash: the other tests use a cheap one."""

from __future__ import annotations

import argon2
import pytest

from storage import passwords


@pytest.fixture(autouse=True)
def _at_its_real_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "PasswordHasher", argon2.PasswordHasher)


def test_a_hash_costs_what_rfc_9106_advises_for_low_memory() -> None:
    kept = passwords.hashed("银杏树2026")
    assert argon2.extract_parameters(kept) == argon2.profiles.RFC_9106_LOW_MEMORY
    assert passwords.fits("银杏树２０２６", kept)
    assert not passwords.fits("银杏树2027", kept)
