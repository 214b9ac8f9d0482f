import pytest
import redis

from tests.redis_server import AT_ONCE, RedisServer


def test_it_answers_and_keeps_what_it_is_told(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url, decode_responses=True) as client:
        client.set("film", "Alien")
        assert client.get("film") == "Alien"


def test_each_test_has_an_empty_one(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.dbsize() == 0


def test_it_goes_away_and_comes_back_empty_at_the_same_address(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("film", "Alien")

    redis_server.stop()
    with redis.Redis.from_url(redis_server.url, retry=AT_ONCE) as client, pytest.raises(redis.ConnectionError):
        client.ping()

    redis_server.start()
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.dbsize() == 0
