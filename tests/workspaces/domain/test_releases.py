"""Version numbers."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workspaces.domain.releases import Release

numbers = st.integers(0, 999_999)
releases = st.builds(Release, numbers, numbers, numbers)


@given(releases)
def test_a_number_reads_back_as_it_is_written(release: Release) -> None:
    assert Release.read(str(release)) == release


@given(releases)
def test_numbers_only_rise(release: Release) -> None:
    assert release < release.after_run() < release.after_approval()
    assert release <= release.after_verification()


def test_the_first_verification_is_one() -> None:
    assert str(Release.read("0.4.2").after_verification()) == "1.0.0"
    assert str(Release.read("1.4.2").after_verification()) == "1.4.2"


@pytest.mark.parametrize("text", ["", "1", "1.2", "1.2.3.4", "01.2.3", "1.2.x", "v1.2.3", "-1.0.0"])
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no version number"):
        Release.read(text)
