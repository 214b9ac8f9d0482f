import pytest
import redis

from tests.redis_server import NO_RETRY, RedisServer


def test_redis_stores_values(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url, decode_responses=True) as client:
        client.set("film", "Alien")
        assert client.get("film") == "Alien"


def test_each_test_gets_an_empty_redis(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.dbsize() == 0


def test_a_restarted_redis_is_empty_and_keeps_its_address(redis_server: RedisServer) -> None:
    with redis.Redis.from_url(redis_server.url) as client:
        client.set("film", "Alien")

    redis_server.stop()
    with redis.Redis.from_url(redis_server.url, retry=NO_RETRY) as client, pytest.raises(redis.ConnectionError):
        client.ping()

    redis_server.start()
    with redis.Redis.from_url(redis_server.url) as client:
        assert client.dbsize() == 0
