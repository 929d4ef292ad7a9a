"""One Slurm for all of these tests, installed where it is missing and nothing forbids it."""

import signal

import pytest
from cluster import Cluster, install


@pytest.fixture(scope="session")
def cluster():
    if reason := install():
        pytest.skip(f"no Slurm: {reason}")
    # Whoever ends the tests early, as a time limit does, ends the daemons with them.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("ended by SIGTERM", 143))
    with Cluster() as cluster:
        yield cluster
    assert cluster.processes() == []


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/slurm/" in str(item.path):
            item.add_marker(pytest.mark.slurm)
