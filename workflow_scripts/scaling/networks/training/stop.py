"""Being told to stop: SIGTERM from a scheduler, Ctrl-C from a person, or the death of the parent."""

import os
import signal
import threading
from types import FrameType, TracebackType


class Stopped(SystemExit):
    """Training stopped after its state was saved; `code` is the exit status by the shell's convention."""

    def __init__(self, number: int) -> None:
        super().__init__(128 + number)
        print(f"stopped by {signal.Signals(number).name}; checkpoints are written", flush=True)


class StopRequest:
    """While entered, SIGTERM and SIGINT only set `number`, so that training can stop where its state is whole.

    In a `child`, the death of the parent counts as SIGTERM: after kill -9 of it, another may already be at work.
    """

    def __init__(self, child: bool = False) -> None:
        self._number = 0
        self._parent = os.getppid() if child else None
        self._before: dict[int, object] = {}

    @property
    def number(self) -> int:
        """The signal that was received, or 0."""
        if self._parent is not None and os.getppid() != self._parent:
            self._number = signal.SIGTERM
        return self._number

    def __enter__(self) -> "StopRequest":
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._note) for number in (signal.SIGTERM, signal.SIGINT)}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, number: int, frame: FrameType | None) -> None:
        self._number = number
