"""Where a cache lies: in its folder, or where that cannot be written in a temporary one."""

from __future__ import annotations

import shutil
import tempfile
import threading
import weakref
from collections.abc import Callable
from typing import TypeVar

from agsite.errors import OutputError

T = TypeVar("T")


class CacheFolder:
    """The folder of a cache; once it could not be written, another one, which goes when nobody holds this any more."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._is_temporary = False
        self._moving = threading.Lock()

    def use(self, work: Callable[[str], T]) -> T:
        """Do something with the folder, and again with the temporary one where the first time it cannot be written."""
        try:
            return work(self.name)
        except OutputError:
            with self._moving:
                if not self._is_temporary:
                    self._move()
            return work(self.name)

    def _move(self) -> None:
        self.name = tempfile.mkdtemp(prefix="agsite-")
        self._is_temporary = True
        weakref.finalize(self, shutil.rmtree, self.name, ignore_errors=True)
