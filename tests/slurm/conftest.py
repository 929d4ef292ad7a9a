"""One Slurm for all of these tests, installed where it is missing and nothing forbids it."""

import pytest
from cluster import Cluster, install


@pytest.fixture(scope="session")
def cluster():
    if reason := install():
        pytest.skip(f"no Slurm: {reason}")
    with Cluster() as cluster:
        yield cluster
    assert cluster.processes() == []


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/slurm/" in str(item.path):
            item.add_marker(pytest.mark.slurm)
