"""One Slurm for all of these tests, installed where it is missing and nothing forbids it."""

import signal
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from harness.cluster import Cluster, install


@pytest.fixture(scope="session")
def cluster():
    if reason := install():  # not root, no apt-get, or a package that cannot be had: `reason` says which
        pytest.skip(f"no Slurm: {reason}")
    # Whoever ends the tests early, as a time limit does, ends the daemons with them.
    signal.signal(signal.SIGTERM, lambda *_: pytest.exit("ended by SIGTERM", 143))
    with ExitStack() as stack:
        try:
            cluster = stack.enter_context(Cluster())
        except PermissionError as problem:  # a container whose root may not make devices
            pytest.skip(f"no Slurm: {problem}")
        yield cluster
    assert cluster.processes() == []


@pytest.fixture(scope="session")
def python(tmp_path_factory):
    """This Python, by a path without a space: a cluster takes no other."""
    link = tmp_path_factory.mktemp("python") / "environment"
    link.symlink_to(sys.prefix)
    return str(link / Path(sys.executable).relative_to(sys.prefix))


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/slurm/" in str(item.path):
            item.add_marker(pytest.mark.slurm)
