"""Photos are given out in their order, so that a test knows who gets which; live, each claim begins somewhere else."""

import pytest

#: What looks for collisions needs claims as they are.
_AS_LIVE = ("protocol", "faults", "races")


@pytest.fixture(autouse=True)
def _first_photo_first(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if not any(word in str(request.path) for word in _AS_LIVE):
        monkeypatch.setattr("workforce.services.claims.randrange", lambda _: 0)
