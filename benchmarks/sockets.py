"""Many WebSockets from one thread: the screens of a load test, and the barest server there can be."""

import asyncio
import contextlib
import json
import sys
import time
from collections.abc import Callable

from wsproto import ConnectionType, WSConnection
from wsproto.events import AcceptConnection, BytesMessage, CloseConnection, Ping, Request, TextMessage

PATH = "/socket.io/?EIO=4&transport=websocket"


class Screen:
    """One connected screen; remembers when each nudge came, on the clock of `time.perf_counter`."""

    def __init__(self, on_message: Callable[[str, float], None]) -> None:
        self.on_message = on_message
        self.ready = asyncio.Event()
        self.task: asyncio.Task[None] | None = None

    async def connect(
        self, host: str, port: int, headers: list[tuple[bytes, bytes]], *, bare: bool = False
    ) -> None:
        """Open the socket; Engine.IO's handshake unless the server is bare."""
        self.reader, self.writer = await asyncio.open_connection(host, port)
        self.socket = WSConnection(ConnectionType.CLIENT)
        self.bare = bare
        target = "/" if bare else PATH
        self.send(Request(host=f"{host}:{port}", target=target, extra_headers=headers))
        self.task = asyncio.create_task(self._listen())
        await asyncio.wait_for(self.ready.wait(), 60)

    def send(self, event: object) -> None:
        """Send one WebSocket event."""
        self.writer.write(self.socket.send(event))  # type: ignore[arg-type]

    async def close(self) -> None:
        """Hang up."""
        if self.task is not None:
            self.task.cancel()
        self.writer.close()

    async def _listen(self) -> None:
        text = ""
        while data := await self.reader.read(65536):
            self.socket.receive_data(data)
            for event in self.socket.events():
                match event:
                    case AcceptConnection() if self.bare:
                        self.ready.set()
                    case TextMessage():
                        text += event.data
                        if event.message_finished:
                            self._message(text)
                            text = ""
                    case BytesMessage() | Ping() | CloseConnection():
                        pass

    def _message(self, text: str) -> None:
        if self.bare or text.startswith("42"):
            self.on_message(text, time.perf_counter())
        elif text.startswith("0"):
            self.send(TextMessage("40"))
        elif text.startswith("40"):
            self.ready.set()
        elif text == "2":
            self.send(TextMessage("3"))


def nudge_version(text: str) -> int | None:
    """The version of a nudge, if the message is one."""
    name, *arguments = json.loads(text[2:])
    return arguments[0].get("version") if name == "nudge" else None


async def bare_server(port: int, size: int) -> None:
    """Broadcast `size` bytes to everybody for each line of standard input. No framework at all."""
    sockets: list[tuple[WSConnection, asyncio.StreamWriter]] = []

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        socket = WSConnection(ConnectionType.SERVER)
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            while data := await reader.read(65536):
                socket.receive_data(data)
                for event in socket.events():
                    if isinstance(event, Request):
                        writer.write(socket.send(AcceptConnection()))
                        sockets.append((socket, writer))

    server = await asyncio.start_server(accept, "127.0.0.1", port)
    print("ready", flush=True)
    loop = asyncio.get_running_loop()
    while line := await loop.run_in_executor(None, sys.stdin.readline):
        message = line.strip().ljust(size)
        for socket, writer in sockets:
            writer.write(socket.send(TextMessage(message)))
    server.close()


if __name__ == "__main__":
    asyncio.run(bare_server(int(sys.argv[1]), int(sys.argv[2])))
