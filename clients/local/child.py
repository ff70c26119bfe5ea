"""Starts a command that ends with its parent: `python child.py PARENT_PID COMMAND...`.

A supervisor killed by SIGKILL cannot stop its services; so each asks the kernel for a SIGTERM at the parent's
death, then becomes the service. Done here and not between fork and exec of the supervisor, whose threads make
that unsafe. To the kernel the parent is the thread that started us, not only its process. Run as a plain
file, so that it imports nothing of the project.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1


def main(arguments: list[str]) -> None:
    """Refuses to start when the parent has died already."""
    parent, command = int(arguments[0]), arguments[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != parent:
        sys.exit(1)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    main(sys.argv[1:])
