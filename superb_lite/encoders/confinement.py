"""What a process does to itself before it runs a person's own code: less of the machine than the person has.

On Linux, where the kernel lets a process have namespaces of its own, also without being root:

- no network: there is no device in its network namespace;
- folders and files that hold labels are covered, for every system call of every language;
- other processes of the person, their memory with the labels above all, cannot be read or traced, as they belong to
  another user namespace; and no capability is left, so that nothing of this can be undone.

Everywhere: no core file, no file that is larger than `FILE_LIMIT`, and an audit hook (PEP 578), which sees what goes
through Python: reading what holds labels ends the process with a line that says so; a connection or another process is
refused with `PermissionError`. Machine code that a person's package brings does not pass the hook.
"""

from __future__ import annotations

import contextlib
import ctypes
import importlib.abc
import os
import resource
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

FILE_LIMIT = 8 * 2**30
"""The largest file in bytes that may be written."""

_NEWNS, _NEWUSER, _NEWNET = 0x00020000, 0x10000000, 0x40000000
_MS_RDONLY, _MS_NOSUID, _MS_NODEV, _MS_NOEXEC, _MS_BIND, _MS_REC, _MS_SLAVE = 1, 2, 4, 8, 4096, 16384, 1 << 19
_PR_SET_NO_NEW_PRIVS, _CAPABILITY_VERSION_3 = 38, 0x20080522


def confine(hidden: Sequence[str]) -> str:
    """Take away what the system allows to take away; returns what it does not allow, in words, or "".

    To be called while the process has one thread. hidden: folders and files that hold labels.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    limit = FILE_LIMIT if hard == resource.RLIM_INFINITY else min(hard, FILE_LIMIT)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    if not sys.platform.startswith("linux"):
        return "namespaces are a thing of Linux"
    try:
        _leave_namespaces(hidden)
    except OSError as error:
        return f"{error.filename or 'unshare'}: {error.strerror}"
    return ""


def _leave_namespaces(hidden: Sequence[str]) -> None:
    libc = ctypes.CDLL(None, use_errno=True)

    def call(what: str, *arguments: Any) -> None:
        if getattr(libc, what)(*arguments) != 0:
            code = ctypes.get_errno()
            raise OSError(code, os.strerror(code), what)

    user, group = os.geteuid(), os.getegid()
    call("unshare", _NEWUSER | _NEWNS | _NEWNET)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")
    call("mount", None, b"/", None, ctypes.c_ulong(_MS_REC | _MS_SLAVE), None)
    for path in hidden:
        if os.path.isdir(path):
            flags = ctypes.c_ulong(_MS_RDONLY | _MS_NOSUID | _MS_NODEV | _MS_NOEXEC)
            call("mount", b"tmpfs", os.fsencode(path), b"tmpfs", flags, b"size=4k,mode=0555")
        elif os.path.exists(path):
            call("mount", b"/dev/null", os.fsencode(path), None, ctypes.c_ulong(_MS_BIND), None)
    call("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    call("capset", header, (ctypes.c_uint32 * 6)())


_PROCESSES = frozenset({"subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork", "os.forkpty"})
_CONNECTIONS = frozenset({"socket.connect", "socket.bind", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo"})
_READING = frozenset({"open", "os.listdir", "os.scandir"})


def watch(packages: Sequence[str], hidden: Sequence[str], refuse: Callable[[str], None]) -> None:
    """Install the audit hook, for as long as the process lives.

    Args:
        packages: top-level packages that may not be imported.
        hidden: folders and files that may not be read.
        refuse: told, in words, what the code did; it ends the process.
    """
    forbidden, me = frozenset(packages), os.getpid()
    places = tuple(f"{os.path.realpath(path)}{os.sep}" for path in hidden)

    def importing(name: str) -> None:
        if name.partition(".")[0] in forbidden:
            refuse(f"it imports '{name}', which holds the labels of tasks")

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "import":  # of import statements; `importlib.import_module` passes the finder alone
            importing(str(arguments[0]))
        elif event in _READING:
            if (path := _path(arguments[0])) is not None and f"{path}{os.sep}".startswith(places):
                refuse(f"it reads '{path}', which holds the labels or results of tasks")
        elif event in _PROCESSES:
            raise PermissionError("a person's own code starts no other process")
        elif event in _CONNECTIONS:
            raise PermissionError("a person's own code has no network: download what it needs beforehand")
        elif event in ("os.kill", "os.killpg") and arguments[0] != me:
            raise PermissionError("a person's own code sends no signal to other processes")

    sys.addaudithook(hook)
    sys.meta_path.insert(0, _Finder(importing))


class _Finder(importlib.abc.MetaPathFinder):
    """Finds nothing, and hears of every module that is looked for."""

    def __init__(self, told: Callable[[str], None]) -> None:
        self._told = told

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> None:
        self._told(fullname)


def _path(given: Any) -> str | None:
    """The absolute path, links followed, of what is opened by a name; None for a number."""
    if isinstance(given, str | bytes | os.PathLike):
        with contextlib.suppress(OSError, ValueError):
            return os.path.realpath(os.fsdecode(given))
    return None
