"""The lock before SQLite's writer is handed over in the order of asking."""

import threading
import time

from kiosk.database.fair_lock import FairLock


def test_the_lock_is_handed_over_in_the_order_of_asking() -> None:
    lock, order, threads = FairLock(), [], []

    def take(number: int) -> None:
        with lock:
            order.append(number)

    with lock:
        for number in range(8):
            thread = threading.Thread(target=take, args=(number,))
            thread.start()
            threads.append(thread)
            while len(lock._waiting) <= number:
                time.sleep(0.001)
    for thread in threads:
        thread.join()
    assert order == list(range(8))


def test_only_one_thread_holds_it() -> None:
    lock, inside, most = FairLock(), 0, 0

    def take() -> None:
        nonlocal inside, most
        for _ in range(200):
            with lock:
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=take) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 1
