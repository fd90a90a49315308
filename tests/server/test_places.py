"""Who may hold a connection, and who goes first."""

from __future__ import annotations

from tonearm.server.places import Places, Use


class Client:
    """A connection, without one."""

    def __init__(self) -> None:
        self.evicted = False

    def evict(self) -> None:
        self.evicted = True


def taken(places: Places, number: int, address: str | None = "a", use: Use = Use.WAITING) -> list[Client]:
    clients = [Client() for _ in range(number)]
    for client in clients:
        places.take(client, address)
        places.use(client, use)
    return clients


def test_the_refused_go_first_and_then_those_that_wait_longest() -> None:
    places = Places(4, 4, 1)
    (working,) = taken(places, 1, use=Use.WORKING)
    first, second = taken(places, 2)
    (refused,) = taken(places, 1, use=Use.REFUSED)
    gone = []
    for _ in range(3):
        (newcomer,) = taken(places, 1, use=Use.WORKING)
        assert places.admits(newcomer)
        gone.append([client.evicted for client in (refused, first, second)])
    assert gone == [[True, False, False], [True, True, False], [True, True, True]]
    assert not working.evicted


def test_one_address_cannot_take_all() -> None:
    places = Places(10, 4, 1)
    others = taken(places, 3, "b")
    greedy = taken(places, 20, "a")
    assert [client.evicted for client in greedy] == [True] * 16 + [False] * 4
    assert not any(client.evicted for client in others)


def test_a_proxy_may_have_all() -> None:
    places = Places(10, 2, 1)
    assert not any(client.evicted for client in taken(places, 10, None, Use.WORKING))


def test_a_place_that_is_given_back_is_free_again() -> None:
    places = Places(2, 2, 1)
    for _ in range(5):
        both = taken(places, 2, use=Use.WORKING)
        for client in both:
            assert places.admits(client)
            places.leave(client)
            places.leave(client)


def test_when_all_are_at_work_only_probes_come_in() -> None:
    places = Places(2, 2, 3)
    working = taken(places, 2, use=Use.WORKING)
    probing = taken(places, 3)
    assert not any(places.admits(client) for client in probing)
    assert [client.evicted for client in (*working, *probing)] == [False] * 5
    # One more takes the place of the one that waits longest for a request.
    taken(places, 1)
    assert [client.evicted for client in probing] == [True, False, False]
    places.leave(working[0])
    assert places.admits(probing[1])
    assert not places.admits(probing[2])


def test_many_addresses_leave_nothing_behind() -> None:
    places = Places(10, 5, 2)
    for number in range(1000):
        (client,) = taken(places, 1, str(number), Use.WORKING)
        places.leave(client)
    assert not places._of_address
    assert not places._address
