"""One connection of a client: it asks for a tunnel, gets TLS instead, and then asks Yahoo."""

from __future__ import annotations

import asyncio
import socket
import struct
from asyncio import StreamReader, StreamWriter
from contextlib import suppress
from dataclasses import dataclass
from email.utils import format_datetime

from tests.emulator.catalogue import DELIVERY, TUNNEL, Manner
from tests.emulator.clock import VirtualClock
from tests.emulator.faults import Faults
from tests.emulator.log import Log
from tests.emulator.stream import Stream
from tests.emulator.tls import Certificates
from tests.emulator.wire import Answer, NotHTTP, Request, endpoints_at, read_head, skip_body
from tests.emulator.yahoo import Yahoo

_TRICKLE = 0.1  # seconds between two bytes
_RESET = struct.pack("ii", 1, 0)  # linger for no time: the close sends a reset


@dataclass(slots=True)
class House:
    """What all connections of an emulator share; `latency` seconds pass before every answer."""

    clock: VirtualClock
    faults: Faults
    log: Log
    yahoo: Yahoo
    stream: Stream
    certificates: Certificates
    latency: float = 0.0


class Connection:
    """Serves one client until either side ends."""

    def __init__(self, house: House, number: int, reader: StreamReader, writer: StreamWriter) -> None:
        self._house, self._number = house, number
        self._reader, self._writer = reader, writer

    async def serve(self) -> None:
        """Everything from the first byte to the last; leaves nothing open."""
        # The client goes away, breaks off the handshake, speaks no HTTP: whatever it is, this connection is over.
        with suppress(OSError, EOFError, NotHTTP), self._house.log.connection():
            try:
                host = await self._tunnel()
                while host and await self._exchange(host):
                    pass
            finally:
                # Not waited for: after a handshake that failed asyncio never says that it is done.
                self._writer.transport.abort()

    async def _tunnel(self) -> str | None:
        """The host to which the client has a tunnel now, if it gets one."""
        head = await read_head(self._reader)
        host = head.target.rpartition(":")[0]
        endpoints = endpoints_at(host)
        self._house.log.tunnel()
        manners = {fault.kind.manner for fault in self._house.faults.meet(TUNNEL, endpoints)}
        if Manner.NO_TUNNEL in manners:
            await self._until_left()
            return None
        if head.method != "CONNECT" or not endpoints or Manner.UNREACHABLE in manners:
            await self._send(b"HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            return None
        await self._send(b"HTTP/1.1 200 Connection established\r\n\r\n")
        certificates = self._house.certificates
        bad = Manner.BAD_CERTIFICATE in manners
        await self._writer.start_tls(certificates.untrusted if bad else certificates.trusted)
        return host

    async def _exchange(self, host: str) -> bool:
        """One request and its answer; whether another one may follow."""
        house = self._house
        head = await read_head(self._reader)
        await skip_body(self._reader, head)
        request = Request.of(host, head)
        if house.faults.closes(request.endpoint):
            return False
        with house.log.request(self._number, request, house.clock.now()):
            await asyncio.sleep(house.latency)
            answer = house.yahoo.answer(request)
            for fault in house.faults.meet({Manner.ANSWER}, {request.endpoint}, request.symbols):
                answer = fault.change(request, answer)
            delivered = house.faults.meet(DELIVERY, {request.endpoint}, request.symbols)
            if delivered or answer.status != 101:
                return await self._deliver(answer, delivered[0].kind.manner if delivered else None)
        if await house.stream.serve(request, self._reader, self._writer):
            self._reset()
        else:
            await self._close()
        return False

    async def _deliver(self, answer: Answer, manner: Manner | None) -> bool:
        head, body = answer.encoded(format_datetime(self._house.clock.now()))
        match manner:
            case None:
                await self._send(head + body)
                return True
            case Manner.STALL:
                await self._until_left()
            case Manner.RESET:
                self._reset()
            case Manner.TRUNCATE:
                await self._send(head + body[: len(body) // 2])
                await self._close()
            case Manner.TRICKLE:
                await self._send(head)
                for byte in body:
                    await self._send(bytes([byte]))
                    await asyncio.sleep(_TRICKLE)
                return True
        return False

    async def _send(self, data: bytes) -> None:
        self._writer.write(data)
        await self._writer.drain()

    async def _close(self) -> None:
        """End after all that was sent has left."""
        self._writer.close()
        await self._writer.wait_closed()

    async def _until_left(self) -> None:
        """Wait for the client to lose its patience."""
        while await self._reader.read(65_536):
            pass

    def _reset(self) -> None:
        self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._writer.transport.abort()
