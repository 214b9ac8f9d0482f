import pytest

from tests.machine import needs


@pytest.mark.parametrize("ci", ["", "true"])
def test_with_everything_there_tests_go_on(monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    monkeypatch.setenv("CI", ci)
    needs(None)


def test_without_something_tests_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"^needs a cinema$"):
        needs("needs a cinema")


def test_without_something_tests_fail_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"^needs a cinema$"):
        needs("needs a cinema")
