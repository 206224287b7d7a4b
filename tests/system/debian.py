"""A Debian machine in a folder: made by debootstrap once and kept, booted with systemd, reached over ssh."""

from __future__ import annotations

import hashlib
import os
import secrets
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

SUITE = "bookworm"
PYTHON = "3.11"
"""The Python of that suite."""
PACKAGES = (
    *("systemd", "systemd-sysv", "dbus", "openssh-server", "procps"),
    *("python3", "python3-venv", "python3-apt", "mosquitto"),
)
_NEEDED = ("systemd-nspawn", "debootstrap", "ip", "ssh", "ssh-keygen", "tar")
_PACKAGE_OF = {"systemd-nspawn": "systemd-container", "ip": "iproute2", "ssh": "openssh-client"}
BOOT_S = 60
STOP_S = 5
ROOM_BYTES = 2_500_000_000
"""For the root and two releases of the product; in memory where there is plenty, for thousands of files come and go."""


def why_not() -> str:
    """Return why no machine can be booted here, empty when one can."""
    if os.geteuid() != 0:
        return "booting a machine needs root"
    missing = [_PACKAGE_OF.get(name, name) for name in _NEEDED if shutil.which(name) is None]
    if missing:
        return f"booting a machine needs the system packages {', '.join(missing)}"
    probe = subprocess.run(["unshare", "--mount", "--net", "true"], capture_output=True, text=True, check=False)
    return "" if probe.returncode == 0 else f"namespaces are not allowed here: {probe.stderr.strip()}"


def root_archive(cache: Path) -> Path:
    """Return a tar file of a fresh root, made on the first call and whenever the package list changes.

    Raises:
        subprocess.CalledProcessError: debootstrap failed; its output says why.
    """
    made_of = hashlib.sha256(" ".join((SUITE, *PACKAGES)).encode()).hexdigest()[:12]
    archive = cache / f"debian-{SUITE}-{made_of}.tar"
    if archive.exists():
        return archive
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        root = Path(folder) / "root"
        wanted = f"--include={','.join(PACKAGES)}"
        bootstrap = ["debootstrap", "--variant=minbase", wanted, SUITE, str(root), *_mirror()]
        subprocess.run(bootstrap, check=True, capture_output=True, text=True, timeout=800)
        left_out = [f"--exclude=./{part}" for part in ("var/cache/apt", "var/lib/apt/lists", "usr/share/doc", "dev")]
        part = archive.with_suffix(".part")
        subprocess.run(["tar", "-C", str(root), *left_out, "-cf", str(part), "."], check=True, timeout=120)
        part.rename(archive)
    return archive


def _mirror() -> list[str]:
    # The place this machine's own packages come from; debootstrap has a default where that cannot be told.
    asked = subprocess.run(
        ["apt-get", "indextargets", "--format", "$(SITE) $(CODENAME)", "Created-By: Packages"],
        capture_output=True,
        text=True,
        check=False,
    )
    sites = [line.split()[0] for line in asked.stdout.splitlines() if line.endswith(f" {SUITE}")]
    return sites[:1]


@contextmanager
def booted(archive: Path, shared: Path) -> Iterator[Machine]:
    """Boot a machine from `archive`, with the folder `shared` seen inside as /srv/shared; it ends with the context."""
    machine = Machine(archive, shared)
    try:
        machine.start()
        yield machine
    finally:
        machine.end()


class Machine:
    """One machine in its own network, which has no way out."""

    def __init__(self, archive: Path, shared: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="machine-", dir=archive.parent))
        self._archive = archive
        self._shared = shared
        self._net = f"edge-{os.getpid()}-{secrets.token_hex(2)}"  # also its host name, so no underscore
        self._process: subprocess.Popen[bytes] | None = None
        self._in_memory = False
        self.root = self._folder / "root"
        self.key = self._folder / "key"

    def ssh_words(self) -> list[str]:
        """Return the options that reach this machine; the network is that of `inside_network`."""
        options = ("BatchMode=yes", "StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR")
        return ["-i", str(self.key), "-o", "ConnectTimeout=5", *(word for one in options for word in ("-o", one))]

    def inside_network(self, words: Sequence[str]) -> list[str]:
        """Return the command line that runs `words` out here, but in the machine's network."""
        return ["ip", "netns", "exec", self._net, *words]

    def run(self, command: str, timeout_s: float = 60) -> subprocess.CompletedProcess[str]:
        """Run a shell command on the machine as root."""
        words = self.inside_network(["ssh", *self.ssh_words(), "root@127.0.0.1", command])
        return subprocess.run(words, capture_output=True, text=True, check=False, timeout=timeout_s)

    def start(self) -> None:
        """Unpack and boot.

        Raises:
            RuntimeError: it does not come up in time; the message holds its console.
        """
        self._unpack()
        self._boot()

    def _unpack(self) -> None:
        self.root.mkdir()
        if _free_memory_bytes() > ROOM_BYTES * 4:
            size = f"size={ROOM_BYTES}"
            subprocess.run(["mount", "-t", "tmpfs", "-o", size, "machine", str(self.root)], check=True, timeout=30)
            self._in_memory = True
        subprocess.run(["tar", "-C", str(self.root), "-xf", str(self._archive)], check=True, timeout=120)
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(self.key)], check=True, timeout=30)
        allowed = self.root / "root" / ".ssh" / "authorized_keys"
        allowed.parent.mkdir(mode=0o700, exist_ok=True)
        allowed.write_text(self.key.with_suffix(".pub").read_text())

    def _boot(self) -> None:
        subprocess.run(["ip", "netns", "add", self._net], check=True, timeout=30)
        subprocess.run(["ip", "-n", self._net, "link", "set", "lo", "up"], check=True, timeout=30)
        # It must not outlive the tests, however they end.
        words = ["setpriv", "--pdeathsig", "KILL"]
        words += ["systemd-nspawn", "--quiet", "--register=no", "--keep-unit", "--boot", "--console=pipe"]
        words += [f"--directory={self.root}", f"--bind-ro={self._shared}:/srv/shared"]
        words += ["--system-call-filter=adjtimex clock_adjtime"]  # reading the clock's state, as on a real machine
        words += [f"--network-namespace-path=/run/netns/{self._net}", f"--machine={self._net}"]
        with (self._folder / "console").open("wb") as console:
            self._process = subprocess.Popen(
                words, stdin=subprocess.DEVNULL, stdout=console, stderr=console, start_new_session=True
            )
        give_up = time.monotonic() + BOOT_S
        state = ""
        while "running" not in state and "degraded" not in state:
            if self._process.poll() is not None or time.monotonic() > give_up:
                raise RuntimeError(f"the machine does not boot: {(self._folder / 'console').read_text()[-2000:]}")
            time.sleep(0.2)
            state = self.run("systemctl is-system-running --wait").stdout

    def end(self) -> None:
        """Shut down, by force after a while, and remove every trace."""
        if self._process is not None:
            # The first signal asks for an orderly halt, the second ends it; then its init dies with nspawn itself.
            for stop in (self._process.terminate, self._process.terminate, self._process.kill):
                stop()
                with suppress(subprocess.TimeoutExpired):
                    self._process.wait(STOP_S)
                    break
        subprocess.run(["ip", "netns", "del", self._net], check=False, capture_output=True, timeout=30)
        if self._in_memory:
            subprocess.run(["umount", str(self.root)], check=True, timeout=60)
        shutil.rmtree(self._folder, ignore_errors=True)


def _free_memory_bytes() -> int:
    return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
