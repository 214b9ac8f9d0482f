"""Threads that run functions for an event loop."""

import asyncio
import threading

import pytest

from cinema.runtime.worker_threads import WorkerThreads


def test_results_and_exceptions_reach_the_caller() -> None:
    async def main() -> None:
        threads = WorkerThreads(1)
        assert await threads.run(lambda: 5) == 5
        with pytest.raises(LookupError, match="missing"):
            await threads.run(missing)
        # The thread that raised it still runs.
        assert await threads.run(lambda: 6) == 6

    asyncio.run(main())


def missing() -> None:
    raise LookupError("missing")


def test_functions_run_in_parallel_in_all_threads() -> None:
    async def main() -> None:
        threads = WorkerThreads(2)
        both = threading.Barrier(2, timeout=30)
        await asyncio.gather(threads.run(both.wait), threads.run(both.wait))
        # A third would need a third thread.
        third = threading.Barrier(3, timeout=0.2)
        with pytest.raises(threading.BrokenBarrierError):
            await asyncio.gather(*(threads.run(third.wait) for _ in range(3)))

    asyncio.run(main())


def test_a_thread_survives_a_caller_that_has_given_up() -> None:
    async def main() -> None:
        threads = WorkerThreads(1)
        proceed = threading.Event()
        waiting = asyncio.ensure_future(threads.run(lambda: proceed.wait(30)))
        await asyncio.sleep(0)
        waiting.cancel()
        proceed.set()
        assert await threads.run(lambda: 7) == 7

    asyncio.run(main())


def test_a_thread_survives_the_end_of_a_loop() -> None:
    threads = WorkerThreads(1)
    proceed, ended = threading.Event(), threading.Event()

    def work() -> None:
        proceed.wait(30)
        ended.set()

    async def leave() -> None:
        asyncio.ensure_future(threads.run(work)).add_done_callback(lambda _: None)
        await asyncio.sleep(0)

    async def come_back() -> int:
        return await threads.run(lambda: 8)

    asyncio.run(leave())
    proceed.set()
    assert ended.wait(30)
    assert asyncio.run(come_back()) == 8
