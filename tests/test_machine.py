import pytest

from tests.machine import needs


@pytest.mark.parametrize("ci", ["", "true"])
def test_without_missing_tools_tests_run(monkeypatch: pytest.MonkeyPatch, ci: str) -> None:
    monkeypatch.setenv("CI", ci)
    needs(None)


def test_tests_with_missing_tools_are_skipped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    with pytest.raises(pytest.skip.Exception, match=r"^needs a tool$"):
        needs("needs a tool")


def test_tests_with_missing_tools_fail_in_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    with pytest.raises(pytest.fail.Exception, match=r"^needs a tool$"):
        needs("needs a tool")
