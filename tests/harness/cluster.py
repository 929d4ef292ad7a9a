"""A real Slurm on this one machine: controller, node with two fake GPUs, accounting; without systemd, on 127.0.0.1.

Everything lives in one folder. Daemons run in the foreground as children of this process and are ended by their
process ids; nothing of an existing Slurm, MariaDB or munge of the machine is touched.
"""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from harness.study import wait_for

PACKAGES = ["munge", "slurmctld", "slurmd", "slurm-client", "slurmdbd", "mariadb-server"]
PROGRAMS = ["munged", "mungekey", "slurmctld", "slurmd", "slurmdbd", "sbatch", "sacctmgr", "mariadbd", "mariadb"]
NODE = "node1"

SLURM_CONF = """
ClusterName=test
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CryptoType=crypto/munge
MpiDefault=none
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
ReturnToService=2
# More CPUs than the machine has, so that several jobs run at once whatever the machine.
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/backfill
SchedulerParameters=sched_interval=2,bf_interval=2,batch_sched_delay=0
GresTypes=gpu
NodeName={node} NodeHostname=localhost NodeAddr=127.0.0.1 CPUs=16 RealMemory=60000 Gres=gpu:2 State=UNKNOWN
# A job of `high` takes the GPU of a job of `normal`, which Slurm puts back into the queue.
PreemptType=preempt/partition_prio
PreemptMode=REQUEUE
PartitionName=normal Nodes={node} Default=YES PriorityTier=1 PreemptMode=REQUEUE MaxTime=UNLIMITED State=UP
PartitionName=high Nodes={node} PriorityTier=10 PreemptMode=OFF MaxTime=UNLIMITED State=UP
# Kill what takes more memory than it asked for; a time limit gives half a minute between SIGTERM and SIGKILL.
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill,UsePss
KillWait=30
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=127.0.0.1
AccountingStoragePort={accounting_port}
AccountingStoragePass={folder}/munge.socket
AccountingStorageTRES=gres/gpu
AccountingStorageEnforce=associations
MinJobAge=3600
"""

SLURMDBD_CONF = """
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
DbdAddr=127.0.0.1
DbdHost=localhost
DbdPort={accounting_port}
SlurmUser=root
LogFile={folder}/slurmdbd.log
PidFile={folder}/slurmdbd.pid
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={database_port}
StorageUser=slurm
StoragePass=slurm
StorageLoc=slurm
"""


def install() -> str | None:
    """Install the Debian packages where they are missing; a reason if that cannot be done, None if Slurm is there."""
    if os.geteuid() != 0:
        return "starting a Slurm takes root"
    if not _missing():
        return None
    if shutil.which("apt-get") is None:
        return f"{', '.join(_missing())} missing, and no apt-get to install {' '.join(PACKAGES)} with"
    quietly = os.environ | {"DEBIAN_FRONTEND": "noninteractive", "RUNLEVEL": "1"}
    for command in (["update"], ["install", "--yes", "--no-install-recommends", *PACKAGES]):
        done = subprocess.run(["apt-get", "--quiet", *command], env=quietly, capture_output=True, text=True)
    if done.returncode != 0 or _missing():
        return f"apt-get could not install {' '.join(PACKAGES)}: {(done.stderr or done.stdout).strip()[-300:]}"
    return None


def _missing() -> list[str]:
    path = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    return [program for program in PROGRAMS if shutil.which(program, path=path) is None]


class Cluster:
    """A running Slurm of one node (16 claimed CPUs, 60 GB claimed memory, 2 GPUs; partitions normal and high).

    Use as a context manager. `env` is the environment in which Slurm's commands and Snakemake reach it.
    """

    def __init__(self):
        # Not below pytest's folders: munge wants one that everybody may enter, and sockets want short paths.
        self.folder = folder = Path(tempfile.mkdtemp(prefix="slurm-"))
        self.env = os.environ | {
            "SLURM_CONF": str(folder / "slurm.conf"),
            "PATH": f"{folder}/bin:{os.environ['PATH']}:/usr/sbin:/sbin",
        }
        ports = dict(
            zip(("controller_port", "node_port", "accounting_port", "database_port"), _free_ports(4), strict=True)
        )
        self._words = {"folder": folder, "node": NODE, "srun": shutil.which("srun")} | ports
        self._daemons: dict[str, subprocess.Popen] = {}

    def __enter__(self) -> "Cluster":
        try:
            self._start()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *_) -> None:
        self._stop()
        shutil.rmtree(self.folder)

    # ---------------------------------------------------------------- what tests do

    def run(self, *command: str) -> str:
        """Standard output of one of Slurm's commands."""
        done = subprocess.run(command, env=self.env, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(command)}: {done.stderr.strip() or done.stdout.strip()}")
        return done.stdout

    def jobs(self, states: str = "RUNNING") -> list[str]:
        """Ids of the jobs in these states (comma-separated), oldest first."""
        return sorted(self.run("squeue", "--noheader", "--format=%A", f"--states={states}").split(), key=int)

    def jobs_in(self, folder: Path, states: str = "RUNNING") -> list[str]:
        """Those of `jobs` that were submitted in this working directory."""
        return [job for job in self.jobs(states) if self.show(job)["WorkDir"] == str(folder)]

    def job_in(self, folder: Path) -> str:
        """The one job that runs in this working directory."""
        (job,) = self.jobs_in(folder)
        return job

    def show(self, job: str) -> dict[str, str]:
        """What `scontrol show job` says, as key -> value."""
        text = self.run("scontrol", "--oneliner", "show", "job", job)
        return dict(word.split("=", 1) for word in text.split() if "=" in word)

    def history(self) -> list[dict[str, str]]:
        """One row for each time that a job was started: id, state, restarts as the accounting has them."""
        names = ["JobID", "State", "Submit", "Start", "AllocTRES"]
        rows = self.run("sacct", "-X", "-P", "-n", "-D", f"--format={','.join(names)}", "--starttime=now-1days")
        return [dict(zip(names, row.split("|"), strict=True)) for row in rows.splitlines()]

    @contextmanager
    def without(self, daemon: str) -> Iterator[None]:
        """An outage: `slurmctld`, `slurmdbd` or `slurmd` is stopped, and started again at the end."""
        _end(self._daemons.pop(daemon))
        try:
            yield
        finally:
            getattr(self, f"_start_{daemon}")()

    def processes(self) -> list[int]:
        """Every process that belongs to this cluster: daemons, job steps, and what jobs and clients started."""
        mark, found = str(self.folder).encode(), []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    if mark in (entry / "cmdline").read_bytes() or mark in (entry / "environ").read_bytes():
                        found.append(int(entry.name))
                except OSError:
                    continue  # it ended meanwhile
        return found

    # --------------------------------------------------------------- up and down

    def _start(self) -> None:
        self.folder.chmod(0o755)
        for name in ("state", "spool"):
            (self.folder / name).mkdir()
        self._write("slurm.conf", SLURM_CONF)
        self._write("slurmdbd.conf", SLURMDBD_CONF).chmod(0o600)
        self._write("cgroup.conf", "CgroupAutomount=no\n")
        # Snakemake's job step takes SLURM_CONF away from its srun, which then looks for /etc/slurm: say it again.
        (self.folder / "bin").mkdir()
        srun = self._write("bin/srun", '#!/bin/sh\nSLURM_CONF={folder}/slurm.conf exec {srun} "$@"\n')
        srun.chmod(0o755)
        for index in range(2):  # the null device under another name: what Slurm hands out is the index
            os.mknod(self.folder / f"gpu{index}", 0o666 | 0o020000, os.makedev(1, 3))
        self._write("gres.conf", "".join(f"NodeName={{node}} Name=gpu File={{folder}}/gpu{i}\n" for i in range(2)))
        self._start_munged()
        self._start_mariadbd()
        self._start_slurmdbd()
        self._start_slurmctld()
        self._start_slurmd()
        wait_for(lambda: "idle" in self.run("sinfo", "--noheader", "--format=%T"), "an idle node", 60)

    def _stop(self) -> None:
        if "slurmd" in self._daemons and self._answers("scontrol", "ping"):
            subprocess.run(["scancel", "--user=root"], env=self.env, capture_output=True, timeout=60)
            deadline = time.monotonic() + 15
            while time.monotonic() < deadline and self.jobs("RUNNING,COMPLETING,PENDING"):
                time.sleep(0.3)
        for name in ("slurmd", "slurmctld", "slurmdbd", "mariadbd", "munged"):
            if name in self._daemons:
                _end(self._daemons.pop(name))
        for process in self.processes():  # what a failed test may have left: clients and job steps
            try:
                os.kill(process, signal.SIGKILL)
            except ProcessLookupError:
                continue
        wait_for(lambda: not self.processes(), "the last process to end", 10)

    def _start_munged(self) -> None:
        key = self.folder / "munge.key"
        subprocess.run(["mungekey", "--create", "--force", "--keyfile", str(key)], env=self.env, check=True)
        files = [f"--{name}-file={self.folder}/munge.{name}" for name in ("key", "pid", "log", "seed")]
        self._daemon("munged", "--foreground", f"--socket={self.folder}/munge.socket", *files)
        wait_for((self.folder / "munge.socket").exists, "munged", 10)

    def _start_mariadbd(self) -> None:
        data, port = self.folder / "database", self._words["database_port"]
        create = ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root", "--skip-test-db"]
        create += ["--auth-root-authentication-method=normal", "--skip-name-resolve"]
        subprocess.run(create, env=self.env, check=True, capture_output=True)
        at = f"--socket={self.folder}/database.socket"
        self._daemon(
            "mariadbd", "--no-defaults", "--user=root", f"--datadir={data}", "--bind-address=127.0.0.1",
            f"--port={port}", at, f"--pid-file={self.folder}/mariadbd.pid", "--innodb-buffer-pool-size=128M",
            "--innodb-lock-wait-timeout=900", "--innodb-flush-log-at-trx-commit=0",
        )  # fmt: skip
        grant = "CREATE DATABASE slurm; GRANT ALL ON slurm.* TO 'slurm'@'%' IDENTIFIED BY 'slurm';"
        client = ["mariadb", "--no-defaults", at, "--user=root", "--execute", grant]
        wait_for(lambda: subprocess.run(client, env=self.env, capture_output=True).returncode == 0, "MariaDB", 60)

    def _start_slurmdbd(self) -> None:
        first = "slurmctld" not in self._daemons and not (self.folder / "accounts.made").exists()
        self._daemon("slurmdbd", "-D")
        wait_for(lambda: self._answers("sacctmgr", "--noheader", "list", "cluster"), "slurmdbd", 60)
        if first:
            for words in ("cluster test", "account science cluster=test", "user root account=science"):
                self.run("sacctmgr", "--immediate", "add", *words.split())
            (self.folder / "accounts.made").touch()

    def _start_slurmctld(self) -> None:
        self._daemon("slurmctld", "-D")
        wait_for(lambda: self._answers("scontrol", "ping"), "slurmctld", 60)

    def _start_slurmd(self) -> None:
        self._daemon("slurmd", "-D", "-N", NODE)

    def _daemon(self, name: str, *arguments: str) -> None:
        with (self.folder / f"{name}.output").open("ab") as output:
            self._daemons[name] = subprocess.Popen(
                [name, *arguments],
                env=self.env,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                cwd="/",
                start_new_session=True,  # Ctrl-C is for the tests, which then end the daemons in order
            )

    def _answers(self, *command: str) -> bool:
        return subprocess.run(command, env=self.env, capture_output=True, timeout=60).returncode == 0

    def _write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.write_text(text.format(**self._words))
        return path


def _end(process: subprocess.Popen) -> None:
    process.terminate()
    try:
        process.wait(timeout=20)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports
