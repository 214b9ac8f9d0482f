import uuid
from datetime import timedelta

import pytest
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db.models import F
from django.utils import timezone

from cinema.accounts import sessions, tokens
from cinema.accounts.errors import InvalidCredentials, InvalidRefreshToken, InvalidToken, TooManyAttempts
from cinema.accounts.models import User
from cinema.accounts.sessions import Session
from cinema.accounts.tokens import RefreshToken
from cinema.core.errors import FieldError, InvalidInput
from tests.situations import PASSWORD, a_user
from tests.stored import nothing_changes

pytestmark = pytest.mark.django_db

HOME = "192.0.2.1"
CAFE = "192.0.2.2"
NEW_PASSWORD = "a-seat-in-the-last-row"
LIMIT = settings.AXES_FAILURE_LIMIT


@pytest.fixture
def ada() -> User:
    return a_user("Ada")


def login(name: str = "Ada", password: str = PASSWORD, address: str = HOME) -> Session:
    return sessions.login(name=name, password=password, address=address)


def fail_to_log_in(times: int, name: str = "Ada", address: str = HOME) -> None:
    for _ in range(times):
        with pytest.raises(InvalidCredentials):
            login(name, "wrong", address)


def lock_out(name: str = "Ada") -> int:
    """Guess until nobody listens any more; how many seconds that will last."""
    fail_to_log_in(LIMIT - 1, name)
    with pytest.raises(TooManyAttempts) as refused:
        login(name, "wrong")
    return refused.value.retry_after_seconds


def is_signed_in(session: Session) -> bool:
    try:
        tokens.read_access_token(session.access_token)
    except InvalidToken:
        return False
    return True


def can_be_refreshed(session: Session) -> bool:
    """Uses the refresh token up."""
    try:
        sessions.refresh(token=session.refresh_token)
    except InvalidRefreshToken:
        return False
    return True


def chain_of(session: Session) -> uuid.UUID:
    _, chain = tokens.read_access_token(session.access_token)
    return chain


def change_password(ada: User, current: str = PASSWORD, new: str = NEW_PASSWORD) -> Session:
    return sessions.change_password(by=ada, current=current, new=new, address=HOME)


# ------------------------------------------------------------------ signing up and in


def test_who_signs_up_is_signed_in() -> None:
    session = sessions.signup(username="grace", email="grace@example.com", password=PASSWORD)
    assert session.user == User.objects.get(username="grace")
    assert is_signed_in(session)
    assert can_be_refreshed(session)


@pytest.mark.parametrize("name", ["Ada", "ada", "ADA", "ada@example.com", "ADA@EXAMPLE.com", " ada "])
def test_a_user_signs_in_by_username_or_address_in_any_case(ada: User, name: str) -> None:
    session = login(name)
    assert session.user == ada
    assert tokens.read_access_token(session.access_token)[0] == ada


def test_a_session_tells_when_its_access_token_expires(ada: User) -> None:
    before = timezone.now().replace(microsecond=0)
    session = login()
    lifetime = timedelta(minutes=15)
    assert before + lifetime <= session.expires_at <= timezone.now() + lifetime


def test_signing_in_is_noted_as_the_last_login(ada: User) -> None:
    login()
    ada.refresh_from_db()
    assert ada.last_login is not None
    assert timezone.now() - ada.last_login < timedelta(minutes=1)


def test_a_password_is_compared_exactly(ada: User) -> None:
    with pytest.raises(InvalidCredentials):
        login(password=PASSWORD.upper())
    with pytest.raises(InvalidCredentials):
        login(password=f" {PASSWORD}")


def test_an_unknown_user_gets_the_same_error_as_a_wrong_password(ada: User) -> None:
    with pytest.raises(InvalidCredentials) as wrong_password:
        login("Ada", "wrong")
    with pytest.raises(InvalidCredentials) as unknown_username:
        login("nobody", PASSWORD)
    with pytest.raises(InvalidCredentials) as unknown_address:
        login("nobody@example.com", PASSWORD)
    assert str(wrong_password.value) == str(unknown_username.value) == str(unknown_address.value)
    assert str(wrong_password.value) == "There is no account with this name and password."


@pytest.mark.parametrize("name", ["Ada", "nobody", "nobody@example.com"])
def test_a_password_is_hashed_once_whether_or_not_the_user_exists(
    ada: User, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    encode = MD5PasswordHasher.encode
    hashed = []

    def encode_and_count(hasher: MD5PasswordHasher, password: str, salt: str) -> str:
        hashed.append(password)
        return encode(hasher, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode_and_count)
    with pytest.raises(InvalidCredentials):
        login(name, "wrong")
    assert hashed == ["wrong"]


def test_a_user_who_is_not_active_gets_the_same_error() -> None:
    a_user("grace", is_active=False)
    with pytest.raises(InvalidCredentials):
        login("grace")
    assert not RefreshToken.objects.exists()


@pytest.mark.parametrize("name", ["", "x" * 300, f"{'x' * 300}@example.com"])
def test_a_name_that_nobody_can_have_is_refused_like_any_other(name: str) -> None:
    with pytest.raises(InvalidCredentials):
        login(name)


# ------------------------------------------------------------------ guessing passwords


def test_after_too_many_failures_nobody_listens_for_a_quarter_of_an_hour(ada: User) -> None:
    assert 890 <= lock_out() <= 900


def test_during_a_lockout_the_right_password_is_not_listened_to_either(ada: User) -> None:
    lock_out()
    with pytest.raises(TooManyAttempts):
        login()
    assert not RefreshToken.objects.exists()


def test_one_failure_less_is_no_lockout(ada: User) -> None:
    fail_to_log_in(LIMIT - 1)
    assert login().user == ada


def test_another_address_is_not_locked_out(ada: User) -> None:
    lock_out()
    assert login(address=CAFE).user == ada


def test_another_account_is_not_locked_out(ada: User) -> None:
    grace = a_user("grace")
    lock_out()
    assert login("grace").user == grace


def test_failures_count_for_the_account_however_it_is_named(ada: User) -> None:
    fail_to_log_in(LIMIT - 3, "Ada")
    fail_to_log_in(1, "ADA")
    fail_to_log_in(1, "ada@example.com")
    with pytest.raises(TooManyAttempts):
        login("Ada@Example.com", "wrong")


@pytest.mark.parametrize("name", ["nobody", "nobody@example.com", "x" * 300])
def test_a_name_without_account_is_locked_out_just_the_same(name: str) -> None:
    assert 890 <= lock_out(name) <= 900


def test_a_name_without_account_does_not_lock_out_another() -> None:
    lock_out("nobody")
    fail_to_log_in(1, "nobody-else")


def test_signing_in_forgets_the_failures(ada: User) -> None:
    fail_to_log_in(LIMIT - 1)
    login()
    fail_to_log_in(LIMIT - 1)


def test_the_seconds_that_are_left_of_a_lockout_go_down(ada: User) -> None:
    lock_out()
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=5))
    with pytest.raises(TooManyAttempts) as refused:
        login()
    seconds = refused.value.retry_after_seconds
    assert 590 <= seconds <= 600
    assert str(refused.value) == f"Too many attempts. Please try again in {seconds} seconds."


def test_attempts_during_a_lockout_do_not_make_it_longer(ada: User) -> None:
    lock_out()
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=14))
    for _ in range(LIMIT):
        with pytest.raises(TooManyAttempts) as refused:
            login()
        assert refused.value.retry_after_seconds <= 60


def test_a_lockout_ends(ada: User) -> None:
    lock_out()
    AccessAttempt.objects.update(attempt_time=F("attempt_time") - timedelta(minutes=15))
    assert login().user == ada


# ------------------------------------------------------------------ refreshing


def test_refreshing_gives_new_tokens_each_time(ada: User) -> None:
    first = login()
    second = sessions.refresh(token=first.refresh_token)
    third = sessions.refresh(token=second.refresh_token)
    assert len({first.refresh_token, second.refresh_token, third.refresh_token}) == 3
    assert third.user == ada
    assert is_signed_in(third)


def test_refreshing_keeps_the_session(ada: User) -> None:
    session = login()
    refreshed = sessions.refresh(token=session.refresh_token)
    assert tokens.read_access_token(refreshed.access_token) == tokens.read_access_token(session.access_token)


def test_a_refresh_token_that_comes_back_ends_the_whole_chain(ada: User) -> None:
    first = login()
    second = sessions.refresh(token=first.refresh_token)
    third = sessions.refresh(token=second.refresh_token)
    assert not can_be_refreshed(first)
    assert not can_be_refreshed(third)
    assert [is_signed_in(session) for session in (first, second, third)] == [False, False, False]


def test_a_refresh_token_that_comes_back_leaves_other_sessions_alone(ada: User) -> None:
    stolen, other = login(), login()
    sessions.refresh(token=stolen.refresh_token)
    assert not can_be_refreshed(stolen)
    assert is_signed_in(other)
    assert can_be_refreshed(other)


def test_a_refresh_token_is_good_for_thirty_days(ada: User) -> None:
    session = login()
    RefreshToken.objects.update(created=timezone.now() - timedelta(days=30) + timedelta(minutes=1))
    assert can_be_refreshed(session)


def test_a_refresh_token_older_than_thirty_days_is_refused(ada: User) -> None:
    session = login()
    RefreshToken.objects.update(created=timezone.now() - timedelta(days=30, seconds=2))
    assert not can_be_refreshed(session)


def test_each_refresh_token_has_thirty_days_of_its_own(ada: User) -> None:
    session = login()
    RefreshToken.objects.update(created=timezone.now() - timedelta(days=29))
    sessions.refresh(token=session.refresh_token)
    assert timezone.now() - RefreshToken.objects.latest("pk").created < timedelta(minutes=1)


def test_a_user_who_is_not_active_any_more_cannot_refresh(ada: User) -> None:
    session = login()
    User.objects.update(is_active=False)
    assert not can_be_refreshed(session)
    User.objects.update(is_active=True)
    assert not can_be_refreshed(session)


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "é", "\ud800", "\0"])
def test_an_unknown_refresh_token_is_refused(ada: User, token: str) -> None:
    login()
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.refresh(token=token)


def test_an_access_token_does_not_refresh(ada: User) -> None:
    session = login()
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.refresh(token=session.access_token)
    assert is_signed_in(session)


def test_the_stored_hash_does_not_refresh(ada: User) -> None:
    session = login()
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.refresh(token=RefreshToken.objects.get(chain=chain_of(session)).token)


# ------------------------------------------------------------------ signing out


def test_logging_out_ends_the_session_at_once_and_only_this_one(ada: User) -> None:
    session, other = login(), login()
    sessions.logout(by=ada, chain=chain_of(session), everywhere=False)
    assert not is_signed_in(session)
    assert not can_be_refreshed(session)
    assert is_signed_in(other)
    assert can_be_refreshed(other)


def test_logging_out_everywhere_ends_every_session_of_the_user_and_of_nobody_else(ada: User) -> None:
    a_user("grace")
    session, other, somebody_elses = login(), login(), login("grace")
    sessions.logout(by=ada, chain=chain_of(session), everywhere=True)
    assert [is_signed_in(each) for each in (session, other, somebody_elses)] == [False, False, True]
    assert [can_be_refreshed(each) for each in (session, other, somebody_elses)] == [False, False, True]


def test_a_session_begun_with_what_was_known_before_logging_out_everywhere_is_over(ada: User) -> None:
    # As by a login or a refresh that was under way meanwhile.
    known_before = User.objects.get(pk=ada.pk)
    sessions.logout(by=ada, chain=chain_of(login()), everywhere=True)
    chain = uuid.uuid4()
    refresh_token = tokens.issue_refresh_token(user=known_before, chain=chain)
    access_token, expires_at = tokens.issue_access_token(user=known_before, chain=chain)
    session = Session(access_token, refresh_token, expires_at, known_before)
    assert not is_signed_in(session)
    assert not can_be_refreshed(session)


def test_after_logging_out_everywhere_one_can_sign_in_again(ada: User) -> None:
    session = login()
    sessions.logout(by=ada, chain=chain_of(session), everywhere=True)
    again = login()
    assert is_signed_in(again)
    assert can_be_refreshed(again)


def test_a_refresh_token_alone_ends_its_session(ada: User) -> None:
    session, other = login(), login()
    sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=False)
    assert [is_signed_in(session), is_signed_in(other)] == [False, True]
    assert not can_be_refreshed(session)


def test_a_refresh_token_alone_ends_every_session(ada: User) -> None:
    session, other = login(), login()
    sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=True)
    assert [is_signed_in(session), is_signed_in(other)] == [False, False]


def test_a_refresh_token_that_is_used_up_does_not_end_the_session(ada: User) -> None:
    session = login()
    refreshed = sessions.refresh(token=session.refresh_token)
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.logout_with_refresh_token(token=session.refresh_token, everywhere=True)
    assert is_signed_in(refreshed)


def test_an_unknown_refresh_token_ends_nothing(ada: User) -> None:
    login()
    with nothing_changes(), pytest.raises(InvalidRefreshToken):
        sessions.logout_with_refresh_token(token="x", everywhere=True)


# ------------------------------------------------------------------ changing the password


def test_after_a_change_the_new_password_is_the_one(ada: User) -> None:
    change_password(ada)
    assert login(password=NEW_PASSWORD).user == ada
    with pytest.raises(InvalidCredentials):
        login(password=PASSWORD)


def test_a_new_password_ends_every_session_and_starts_one(ada: User) -> None:
    session, other = login(), login()
    changed = change_password(ada)
    assert [is_signed_in(each) for each in (session, other, changed)] == [False, False, True]
    assert [can_be_refreshed(each) for each in (session, other, changed)] == [False, False, True]


def test_a_new_password_leaves_the_sessions_of_others_alone(ada: User) -> None:
    a_user("grace")
    somebody_elses = login("grace")
    change_password(ada)
    assert is_signed_in(somebody_elses)


def test_a_wrong_current_password_is_refused(ada: User) -> None:
    session = login()
    with nothing_changes(), pytest.raises(InvalidInput) as refused:
        change_password(ada, current="wrong")
    assert refused.value.fields == [
        FieldError("current_password", "password_incorrect", "The current password is not right.")
    ]
    assert is_signed_in(session)


def test_a_weak_new_password_is_refused(ada: User) -> None:
    session = login()
    with pytest.raises(InvalidInput) as refused:
        change_password(ada, new="ada")
    assert [(problem.field, problem.code) for problem in refused.value.fields] == [
        ("new_password", "password_too_similar"),
        ("new_password", "password_too_short"),
        ("new_password", "password_too_common"),
    ]
    assert is_signed_in(session)
    assert login().user == ada


def test_the_current_password_cannot_be_guessed_forever(ada: User) -> None:
    fail_to_log_in(LIMIT - 1)
    with pytest.raises(TooManyAttempts):
        change_password(ada, current="wrong")
    with pytest.raises(TooManyAttempts):
        change_password(ada)


def test_a_password_set_in_any_other_way_ends_every_session_too(ada: User) -> None:
    session, other = login(), login()
    ada.set_password(NEW_PASSWORD)
    ada.save()
    assert [is_signed_in(session), is_signed_in(other)] == [False, False]
    assert [can_be_refreshed(session), can_be_refreshed(other)] == [False, False]


def test_the_same_password_set_again_ends_every_session_too(ada: User) -> None:
    session = login()
    ada.set_password(PASSWORD)
    ada.save()
    assert not is_signed_in(session)
    assert not can_be_refreshed(session)
