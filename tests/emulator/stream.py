"""The streaming socket: subscriptions in, ticks as Base64 protobuf out, and its faults."""

from __future__ import annotations

import asyncio
import json
import struct
from asyncio import StreamReader, StreamWriter
from base64 import b64encode
from contextlib import suppress
from itertools import cycle, islice

from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request as Handshake
from websockets.protocol import OPEN
from websockets.server import ServerProtocol

from core.sessions import Phase
from tests.emulator.catalogue import STREAM, Manner
from tests.emulator.faults import Faults
from tests.emulator.market import Market
from tests.emulator.venue import VENUES
from tests.emulator.wire import Endpoint, Request

_QUOTE_TYPES = {"EQUITY": 8, "INDEX": 9, "ETF": 20}
_MARKET_HOURS = {Phase.PRE: 0, Phase.OPEN: 1, Phase.AFTER: 2, Phase.CLOSED: 3}
_BURST = 20  # ticks ...
_BURST_PAUSE = 0.02  # ... each so many seconds: 1000 a second
_GARBAGE = ("}{", '{"message": "no Base64!"}', '{"message": "/////w=="}', "[1, 2]", '{"type": "pricing"}', "")


class Stream:
    """All streaming connections; `interval` seconds lie between two rounds of ticks of every subscribed symbol."""

    def __init__(self, market: Market, faults: Faults) -> None:
        self.interval = 1.0
        self._market, self._faults = market, faults
        self._rounds: set[asyncio.Event] = set()

    def wake(self) -> None:
        """Let every connection have its next round now; to be called on the loop."""
        for due in self._rounds:
            due.set()

    async def serve(self, request: Request, reader: StreamReader, writer: StreamWriter) -> bool:
        """Serve one connection until it ends; whether it is to be cut off instead of closed."""
        protocol = ServerProtocol()
        protocol.receive_data(request.head.raw)
        handshake = protocol.events_received()[0]
        assert isinstance(handshake, Handshake)
        protocol.send_response(protocol.accept(handshake))
        connection = _Connection(self, protocol, writer)
        listening = asyncio.create_task(connection.listen(reader))
        self._rounds.add(connection.due)
        try:
            return await connection.talk()
        finally:
            self._rounds.discard(connection.due)
            listening.cancel()
            with suppress(asyncio.CancelledError, OSError):
                await listening

    def faults(self, symbols: set[str]) -> set[Manner]:
        """The faults that befall the next round of a connection with `symbols`."""
        return {fault.kind.manner for fault in self._faults.meet(STREAM, {Endpoint.STREAM}, symbols)}

    def tick(self, symbol: str) -> str:
        """The message that tells the state of `symbol`."""
        live, venue = self._market.live(symbol), VENUES[self._market.cls(symbol)]
        price, at = live.extended or (live.price, live.at)
        change = price - (live.previous_close if live.extended is None else live.price)
        encoded = b"".join(
            (
                _text(1, symbol),
                _float(2, price),
                _signed(3, int(at.timestamp() * 1000)),
                _text(4, "USD"),
                _text(5, venue.exchange),
                _plain(6, _QUOTE_TYPES[venue.kind]),
                _plain(7, _MARKET_HOURS[live.phase]),
                _float(8, 100 * change / (price - change)),
                _signed(9, live.volume),
                _float(10, live.high),
                _float(11, live.low),
                _float(12, change),
                _float(15, live.open),
                _float(16, live.previous_close),
                _signed(27, venue.price_hint),
            )
        )
        return json.dumps({"type": "pricing", "message": b64encode(encoded).decode()})


class _Connection:
    """One streaming connection; `due` says that there is something to do before the next round is due."""

    def __init__(self, stream: Stream, protocol: ServerProtocol, writer: StreamWriter) -> None:
        self.due = asyncio.Event()
        self._stream, self._protocol, self._writer = stream, protocol, writer
        self._symbols: set[str] = set()
        self._turn = cycle(sorted(self._symbols))
        self._garbage = cycle(_GARBAGE)

    async def listen(self, reader: StreamReader) -> None:
        """Take subscriptions, and answer pings, until the other side ends."""
        try:
            while self._protocol.state is OPEN and (data := await reader.read(65_536)):
                self._protocol.receive_data(data)
                for event in self._protocol.events_received():
                    if isinstance(event, Frame) and event.opcode is Opcode.TEXT:
                        self._obey(json.loads(bytes(event.data)))
                await self._flush()
            self._protocol.receive_eof()
        finally:
            self.due.set()

    def _obey(self, message: dict[str, list[str]]) -> None:
        kept = {*self._symbols, *message.get("subscribe", ())} - {*message.get("unsubscribe", ())}
        self._symbols, self._turn = kept, cycle(sorted(kept))
        self.due.set()

    async def talk(self) -> bool:
        """Send rounds of ticks until one side ends; whether the connection is to be cut off."""
        await self._flush()
        while self._protocol.state is OPEN:
            manners = self._stream.faults(self._symbols) if self._symbols else set()
            self._send(manners)
            await self._flush()
            if Manner.ABORT in manners:
                return True
            if Manner.CLOSE in manners:
                self._protocol.send_close(CloseCode.NORMAL_CLOSURE)
                await self._flush()
                return False
            await self._pause(_BURST_PAUSE if Manner.BURST in manners else self._stream.interval)
        return False

    def _send(self, manners: set[Manner]) -> None:
        if Manner.SILENCE in manners:
            return
        if Manner.GARBAGE in manners:
            self._protocol.send_text(next(self._garbage).encode())
            self._protocol.send_binary(b"\x00\xff\x00")
        for symbol in islice(self._turn, _BURST if Manner.BURST in manners else len(self._symbols)):
            self._protocol.send_text(self._stream.tick(symbol).encode())

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self.due.wait()
        except TimeoutError:
            return
        self.due.clear()

    async def _flush(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self._writer.write(data)
        await self._writer.drain()


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _plain(number: int, value: int) -> bytes:
    return _varint(number << 3) + _varint(value)


def _signed(number: int, value: int) -> bytes:
    return _plain(number, value << 1 if value >= 0 else (-value << 1) - 1)


def _float(number: int, value: float) -> bytes:
    return _varint(number << 3 | 5) + struct.pack("<f", value)


def _text(number: int, value: str) -> bytes:
    return _varint(number << 3 | 2) + _varint(len(value.encode())) + value.encode()
