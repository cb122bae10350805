"""The ZIP file: written in one way only, so that every byte of it can be checked; read as hostile."""

from __future__ import annotations

import re
import tempfile
import zipfile
from pathlib import PurePosixPath
from typing import IO

from engine.errors import InvalidInput

MAX_FILES = 20_000
MAX_TOTAL = 8_000_000_000  #: bytes of all files together
_CHUNK = 1 << 20
_ODD = re.compile(r'[\x00-\x1f\x7f\\/:*?"<>|]+')
_LONGEST = 80  #: characters of a file's own name
_UNREADABLE = (zipfile.BadZipFile, EOFError, ValueError, OSError, KeyError, NotImplementedError)


def add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    """Add a file: stored, without a time, to be read only."""
    made = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
    made.create_system, made.external_attr = 3, 0o100444 << 16
    archive.writestr(made, data)


def plain(name: str) -> str:
    """A name that every file system takes."""
    path = PurePosixPath(_ODD.sub("_", name).strip(" .") or "_")
    ending = path.suffix[:12]
    return path.stem[: _LONGEST - len(ending)] + ending


def opened(file: IO[bytes]) -> zipfile.ZipFile:
    """The archive, if it is one that can be read without harm; InvalidInput says why not."""
    try:
        archive = zipfile.ZipFile(file)
    except _UNREADABLE as error:
        raise InvalidInput("文件不是卷宗包，或者已经损坏，打不开。") from error
    infos = archive.infolist()
    names = [info.filename for info in infos]
    if len(names) > MAX_FILES or sum(info.file_size for info in infos) > MAX_TOTAL:
        raise InvalidInput("卷宗包过大，没有核对。")
    if len(set(names)) != len(names) or not all(_inside(name) for name in names):
        raise InvalidInput("卷宗包中有重名或路径不正常的文件，不是原样的卷宗包。")
    if any(info.compress_type != zipfile.ZIP_STORED or info.flag_bits & 1 for info in infos):
        raise InvalidInput("卷宗包中有压缩或加密的文件，不是原样的卷宗包。")
    return archive


def _inside(name: str) -> bool:
    parts = name.split("/")
    return "\\" not in name and all(part not in ("", ".", "..") for part in parts)


def read(archive: zipfile.ZipFile, name: str) -> bytes | None:
    """A file's bytes; None when they can't be read."""
    try:
        return archive.read(name)
    except _UNREADABLE:
        return None


def exact(file: IO[bytes], archive: zipfile.ZipFile) -> bool:
    """Whether the file has not a byte but those that `add` gives for its files in their order."""
    with tempfile.TemporaryFile() as again:
        with zipfile.ZipFile(again, "w") as copy:
            for info in archive.infolist():
                data = read(archive, info.filename)
                if data is None:
                    return False
                add(copy, info.filename, data)
        file.seek(0)
        again.seek(0)
        while True:
            ours, theirs = again.read(_CHUNK), file.read(_CHUNK)
            if ours != theirs:
                return False
            if not ours:
                return True
