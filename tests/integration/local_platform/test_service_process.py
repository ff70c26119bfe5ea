"""Whether a service is ready, whatever answers on its port."""

import socket
import threading
from pathlib import Path

from clients.local.service_plan import HOST, ServicePlan
from clients.local.service_process import ServiceProcess


def test_an_odd_answer_is_not_ready_and_no_crash(tmp_path: Path) -> None:
    """A connection to a port of one's own range, where nobody listens yet, can be answered by its own request."""
    with socket.create_server((HOST, 0)) as server:

        def echo() -> None:
            connection, _ = server.accept()
            with connection:
                connection.sendall(connection.recv(4_096))

        answering = threading.Thread(target=echo)
        answering.start()
        plan = ServicePlan("funding", "services.funding", server.getsockname()[1], {}, tmp_path / "log")
        assert not ServiceProcess(plan, None).is_ready()
        answering.join()
