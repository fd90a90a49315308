"""A name server on this machine that answers as it is told, and differently the second time if so."""

from __future__ import annotations

import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from tests.support.python_path import in_front

RESOLVER = str(Path(__file__).parent / "resolver")
"""The folder on PYTHONPATH that makes a server ask here."""

Answers = list[list[str]]
"""Addresses for the first look-up of a name, for the second, and so on; the last are for all that follow."""

SILENT = ".silent.test"
"""Questions about names that end so are not answered."""


class Names(socketserver.ThreadingUDPServer):
    """Knows `records` and no other name. Each look-up is one question for A and one for AAAA."""

    daemon_threads = True

    def __init__(self, records: dict[str, Answers]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.records = records
        self.requested: list[tuple[str, str]] = []

    @property
    def settings(self) -> dict[str, str]:
        """What a server needs in its environment to ask here."""
        return {"PYTHONPATH": in_front(RESOLVER), "TEST_NAME_SERVER_PORT": str(self.server_address[1])}

    def lookups(self, name: str) -> int:
        return self.requested.count((name, "A"))

    @classmethod
    @contextmanager
    def started(cls, records: dict[str, Answers]) -> Iterator[Names]:
        names = cls(records)
        thread = threading.Thread(target=names.serve_forever, daemon=True)
        thread.start()
        try:
            yield names
        finally:
            names.shutdown()
            thread.join()
            names.server_close()


class _Handler(socketserver.BaseRequestHandler):
    server: Names

    def handle(self) -> None:
        data, connection = self.request
        query = dns.message.from_wire(data)
        question = query.question[0]
        name, kind = question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype)
        if name.endswith(SILENT):
            return
        count = self.server.requested.count((name, kind))
        self.server.requested.append((name, kind))
        reply = dns.message.make_response(query)
        reply.flags |= dns.flags.RA
        answers = self.server.records.get(name)
        if answers is None:
            reply.set_rcode(dns.rcode.NXDOMAIN)
        else:
            addresses = answers[min(count, len(answers) - 1)]
            fitting = [address for address in addresses if (":" in address) is (kind == "AAAA")]
            if fitting:
                reply.answer.append(dns.rrset.from_text(question.name, 0, "IN", kind, *fitting))
        connection.sendto(reply.to_wire(), self.client_address)
