"""Work goes over TLS to a scheduler of this machine, and not to it without."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="NOT CHECKED: TLS, because openssl is not here"),
]
ASKS = """
import sys
from sencosim.errors import InputError
from sencosim.experiment.cluster import on_cluster
try:
    with on_cluster(sys.argv[1]).executor() as executor:
        print(executor.submit(sum, [1, 2, 3]).result(60))
except InputError as error:
    print(error)
"""


def asked(address: str, environment: dict[str, str]) -> str:
    command = [sys.executable, "-c", ASKS, address]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout.strip()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """Address of a scheduler with a worker, and the environment of one who has the key."""
    pytest.importorskip("distributed")
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    make = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=127.0.0.1"]
    subprocess.run([*make, "-keyout", str(key), "-out", str(certificate)], check=True, capture_output=True)
    tls = "DASK_DISTRIBUTED__COMM__TLS"
    own = {f"{tls}__CA_FILE": str(certificate), "DASK_DISTRIBUTED__COMM__REQUIRE_ENCRYPTION": "True"}
    own |= {f"{tls}__{who}__CERT": str(certificate) for who in ("SCHEDULER", "WORKER", "CLIENT")}
    own |= {f"{tls}__{who}__KEY": str(key) for who in ("SCHEDULER", "WORKER", "CLIENT")}
    environment = {**os.environ, **own, "PYTHONPATH": str(Path(__file__).parents[2])}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tls://127.0.0.1:{port}"
    scheduler = ["-m", "distributed.cli.dask_scheduler", "--host", "tls://127.0.0.1", "--port", str(port)]
    worker = ["-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny"]
    with ExitStack() as running:
        for words in (scheduler, worker):
            command = [sys.executable, *words, "--no-dashboard"]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
            process = running.enter_context(subprocess.Popen(command, cwd=folder, env=environment, **quiet))
            running.callback(process.kill)
        yield address, environment


def test_with_the_key_work_is_done(cluster: tuple[str, dict[str, str]]) -> None:
    address, environment = cluster
    for _ in range(20):
        said = asked(address, environment)
        if "no workers yet" not in said and "Nobody answers" not in said:
            break
    assert said == "6"


def test_without_the_key_nobody_answers(cluster: tuple[str, dict[str, str]]) -> None:
    address, _ = cluster
    assert "Nobody answers" in asked(
        address.replace("tls", "tcp"), {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    )
