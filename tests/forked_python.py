"""Python processes in which the large libraries are loaded already: a server imports them once and forks.

Of the seven seconds of a small `superb-lite evaluate` six are imports of torch, pandas and others. Each command is a
process of its own all the same, with the folder, the environment variables and the packages that it would find when
started afresh; superb_lite and what people add to it are not loaded before. What an interpreter or a library reads of
its environment at its very start, such as OMP_NUM_THREADS, is the server's. Where forking a process with such libraries
is not safe (macOS), an interpreter is started instead.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import sys
import tempfile
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

_SERVER = """
import atexit, gc, importlib, json, os, runpy, site, sys, threading, traceback, types

answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)  # what a library prints is no answer
libraries, places = map(json.loads, sys.argv[1:])
standard = sys.path[1:]
sys.path += places
for library in libraries:
    importlib.import_module(library)
import numpy

gc.collect()
gc.freeze()  # else the first collection of every child would copy all pages


def run(asked):
    answers.close()
    os.chdir(asked["cwd"])
    os.environ.clear()
    os.environ.update(asked["environment"])
    for number, name in enumerate((os.devnull, asked["out"], asked["err"])):
        file = os.open(name, os.O_WRONLY | os.O_CREAT | os.O_TRUNC if number else os.O_RDONLY, 0o600)
        os.dup2(file, number)
        os.close(file)
    numpy.random.seed()  # of its own in every process
    how, *rest = asked["arguments"]
    folder = os.path.dirname(how) if how not in ("-c", "-m") else os.getcwd() if how == "-m" else ""
    path = os.environ.get("PYTHONPATH")
    sys.path[:] = [folder, *(path.split(os.pathsep) if path else ()), *standard]
    sys.executable = asked["executable"]
    sys.prefix = sys.exec_prefix = os.path.dirname(os.path.dirname(sys.executable))
    importlib.invalidate_caches()
    for place in asked["places"]:
        site.addsitedir(place)
    sys.argv = rest if how == "-m" else [how, *rest[how == "-c":]]
    if how == "-c":
        main = sys.modules["__main__"] = types.ModuleType("__main__")
        exec(compile(rest[0], "<string>", "exec"), vars(main))
    elif how == "-m":
        runpy.run_module(rest[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(how, run_name="__main__")


def exit_code(asked):
    try:
        run(asked)
    except SystemExit as end:
        if end.code is None or isinstance(end.code, int):
            return end.code or 0
        print(end.code, file=sys.stderr)
        return 1
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


for line in sys.stdin:
    child = os.fork()
    if not child:
        code = exit_code(json.loads(line))
        threading._shutdown()
        atexit._run_exitfuncs()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code & 255)  # to free what the server has loaded would take seconds
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), file=answers, flush=True)
"""

_LIBRARIES = ("torch", "torch._dynamo", "lightning", "pandas", "pyarrow.parquet", "scipy.stats", "sklearn.linear_model")


_PLACES = [path for path in sys.path if Path(path).name in ("site-packages", "dist-packages")]
"""Where the libraries are."""


class ForkedPython:
    """The server and its commands; it ends with this object."""

    def __init__(self) -> None:
        environment = {**os.environ, "OMP_NUM_THREADS": "1"}
        environment.pop("PYTHONPATH", None)
        # -S: it knows the libraries, and nothing that is installed for editing.
        command = [sys.executable, "-S", "-c", _SERVER, json.dumps(_LIBRARIES), json.dumps(_PLACES)]
        pipe = subprocess.PIPE
        self._server = subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", env=environment)
        self._end = weakref.finalize(self, _ended, self._server)

    def run(
        self,
        *arguments: str,
        cwd: Path,
        environment: Mapping[str, str],
        executable: str = sys.executable,
        places: Sequence[str] = _PLACES,
    ) -> subprocess.CompletedProcess[str]:
        """What a command does that is given as to an interpreter: "-c" and code, "-m" and a module, or a script.

        Args:
            cwd, environment: the folder and the environment variables of the process.
            executable, places: the interpreter of a virtual environment of the same Python, and its "site-packages".
        """
        if sys.platform != "linux":
            command = [executable, *arguments]
            return subprocess.run(command, cwd=cwd, env=dict(environment), capture_output=True, text=True, check=False)
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        with tempfile.TemporaryDirectory() as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            asked = {"cwd": str(cwd), "environment": dict(environment), "out": str(out), "err": str(err)}
            asked |= {"arguments": arguments, "executable": executable, "places": list(places)}
            print(json.dumps(asked), file=self._server.stdin, flush=True)
            answer = self._server.stdout.readline()
            assert answer, f"the server of forked processes ended: {self._server.poll()}"
            code = int(answer)
            said = (file.read_text(encoding="utf-8") for file in (out, err))
            return subprocess.CompletedProcess(list(arguments), code, *said)


@functools.cache
def forked_python() -> ForkedPython:
    """The one of this process."""
    return ForkedPython()


def _ended(server: subprocess.Popen[str]) -> None:
    server.kill()
    server.communicate()
