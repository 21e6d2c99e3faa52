"""The embedded Redis: real servers in directories of the test."""

from __future__ import annotations

import os
import signal
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from pipeline.errors import ServiceError
from tests.workers.processes import end, eventually, runs, start_python
from workers.embedded.embedded import EmbeddedRedis
from workers.embedded.program import find_program, socket_path


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedRedis]:
    """An embedded Redis that runs."""
    embedded = EmbeddedRedis(tmp_path / "redis")
    embedded.start()
    yield embedded
    embedded.stop()


def client_of(embedded: EmbeddedRedis) -> redis.Redis:
    """A client without retries."""
    return redis.Redis.from_url(embedded.url)


def pid_of(embedded: EmbeddedRedis) -> int:
    """The server's process id."""
    with client_of(embedded) as client:
        return int(client.info("server")["process_id"])


def answers(client: redis.Redis) -> bool:
    """Whether a server answers."""
    try:
        return bool(client.ping())
    except redis.RedisError:
        return False


def test_it_listens_on_a_private_socket_alone_and_keeps_what_it_is_told(server: EmbeddedRedis) -> None:
    """No TCP port, a directory for this user only, an append-only file synced each second, nothing evicted."""
    with client_of(server) as client:
        settings = {name: client.config_get(name)[name] for name in ("port", "appendonly", "appendfsync")}
        policy = client.config_get("maxmemory-policy")["maxmemory-policy"]
    assert settings == {"port": "0", "appendonly": "yes", "appendfsync": "everysec"}
    assert policy == "noeviction"
    assert stat.S_IMODE(server.directory.stat().st_mode) == 0o700


def test_data_outlives_a_restart(tmp_path: Path) -> None:
    """What was written before stop() is there after the next start()."""
    with EmbeddedRedis(tmp_path) as url, redis.Redis.from_url(url) as client:
        client.set("kept", "yes")
    with EmbeddedRedis(tmp_path) as url, redis.Redis.from_url(url) as client:
        assert client.get("kept") == b"yes"


def test_a_killed_server_comes_back_by_itself(server: EmbeddedRedis) -> None:
    """At the same address, with its data."""
    with client_of(server) as client:
        client.set("kept", "yes")
        pid = pid_of(server)
        os.kill(pid, signal.SIGKILL)
        assert eventually(lambda: answers(client))
        assert pid != pid_of(server)
        assert client.get("kept") == b"yes"


def test_another_user_brings_it_back_too(tmp_path: Path) -> None:
    """When the one that started it has left."""
    starter, other = EmbeddedRedis(tmp_path), EmbeddedRedis(tmp_path)
    starter.start()
    other.start()
    starter.stop()
    os.kill(pid_of(other), signal.SIGKILL)
    with client_of(other) as client:
        assert eventually(lambda: answers(client))
    other.stop()


def test_starting_a_running_server_changes_nothing(server: EmbeddedRedis) -> None:
    """start() may be called at any time."""
    pid = pid_of(server)
    server.start()
    assert pid == pid_of(server)


def test_the_last_user_stops_it(server: EmbeddedRedis) -> None:
    """The starter leaves a server running that another process's object still uses."""
    other = EmbeddedRedis(server.directory)
    other.start()
    pid = pid_of(server)
    assert pid == pid_of(other)
    server.stop()
    assert pid == pid_of(other)
    other.stop()
    assert not runs(pid)


def test_stop_without_start_and_twice_is_harmless(tmp_path: Path) -> None:
    """stop() on what is not started does nothing."""
    embedded = EmbeddedRedis(tmp_path)
    embedded.stop()
    embedded.start()
    embedded.stop()
    embedded.stop()


def test_a_server_whose_users_were_killed_is_adopted(tmp_path: Path) -> None:
    """After kill -9 of its only user the server goes on; the next user attaches to it and stops it at its end."""
    code = (
        "import sys, pathlib; from workers.embedded.embedded import EmbeddedRedis\n"
        "print(EmbeddedRedis(pathlib.Path(sys.argv[1])).start(), flush=True); sys.stdin.read()"
    )
    owner = start_python(code, str(tmp_path))
    assert owner.stdout is not None
    url = owner.stdout.readline().strip()
    with redis.Redis.from_url(url) as client:
        client.set("kept", "yes")
        pid = int(client.info("server")["process_id"])
    end(owner)
    assert runs(pid)
    heir = EmbeddedRedis(tmp_path)
    assert url == heir.start()
    assert pid == pid_of(heir)
    heir.stop()
    assert eventually(lambda: not runs(pid))


def test_it_does_not_hear_ctrl_c(server: EmbeddedRedis) -> None:
    """It is in a session of its own, so that workers can drain before it goes."""
    assert os.getsid(0) != os.getsid(pid_of(server))


def test_it_starts_beside_the_remains_of_a_killed_one(tmp_path: Path) -> None:
    """A socket file that nobody listens on does not hinder the start."""
    code = (
        "import os, sys, pathlib, redis; from workers.embedded.embedded import EmbeddedRedis\n"
        "url = EmbeddedRedis(pathlib.Path(sys.argv[1])).start()\n"
        "os.kill(redis.Redis.from_url(url).info('server')['process_id'], 9); os.kill(os.getpid(), 9)"
    )
    process = start_python(code, str(tmp_path))
    process.wait(20)
    end(process)
    assert (tmp_path / "redis.sock").exists()
    with EmbeddedRedis(tmp_path) as url, redis.Redis.from_url(url) as client:
        assert client.ping()


def test_many_that_start_at_once_get_one_server(tmp_path: Path) -> None:
    """Whoever comes first starts it, the others attach."""
    users = [EmbeddedRedis(tmp_path) for _ in range(6)]
    threads = [threading.Thread(target=user.start) for user in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    pids = {pid_of(user) for user in users}
    assert len(pids) == 1
    for user in users:
        user.stop()
    assert not runs(pids.pop())


def test_a_path_too_long_for_a_socket_gets_a_short_one(tmp_path: Path) -> None:
    """The socket then lies in a private temporary directory; the data stays where it belongs."""
    directory = tmp_path / ("d" * 120)
    with EmbeddedRedis(directory) as url:
        socket = Path(url.removeprefix("unix://"))
        assert len(os.fsencode(socket)) < 104
        assert stat.S_IMODE(socket.parent.stat().st_mode) == 0o700
    assert (directory / "appendonlydir").is_dir()
    socket.parent.rmdir()


def test_the_short_directory_must_be_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A link that somebody else laid where our directory should be is not followed."""
    directory = tmp_path / ("d" * 120)
    short = socket_path(directory).parent
    short.rmdir()
    short.symlink_to(tmp_path)
    try:
        with pytest.raises(ServiceError, match="is not a directory of this user"):
            EmbeddedRedis(directory).start()
    finally:
        short.unlink()


def test_blanks_and_letters_of_any_kind_may_stand_in_the_path(tmp_path: Path) -> None:
    """The address is quoted as an URL must be."""
    with EmbeddedRedis(tmp_path / "héron & co") as url, redis.Redis.from_url(url) as client:
        assert client.ping()


def test_a_server_that_cannot_start_is_quoted(tmp_path: Path) -> None:
    """The error holds the end of the server's log, and a start after the repair works."""
    with EmbeddedRedis(tmp_path) as url, redis.Redis.from_url(url) as client:
        client.set("kept", "yes")
    manifest = tmp_path / "appendonlydir" / "appendonly.aof.manifest"
    good = manifest.read_bytes()
    manifest.write_text("rubbish\n")
    embedded = EmbeddedRedis(tmp_path)
    with pytest.raises(ServiceError, match=r"(?s)the server ended at its start.*AOF"):
        embedded.start()
    manifest.write_bytes(good)
    embedded.start()
    embedded.stop()


def test_a_program_that_cannot_run_is_named(tmp_path: Path) -> None:
    """A file that is no program gives an error with its path."""
    program = tmp_path / "redis-server"
    program.write_text("")
    with pytest.raises(ServiceError, match=r"cannot run .*redis-server"):
        EmbeddedRedis(tmp_path / "data", program=program).start()


def test_a_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    """A file in the way gives an error with its path."""
    (tmp_path / "file").write_text("")
    with pytest.raises(ServiceError, match=r"cannot use the directory .*file"):
        EmbeddedRedis(tmp_path / "file" / "redis").start()


def test_a_program_on_path_comes_first_unless_it_is_too_old(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """redis-server 6 is passed over for valkey-server 8, and that is preferred to the wheel's."""
    for name, version in (("redis-server", "Redis server v=6.0.16 sha=0"), ("valkey-server", "Valkey server v=8.1.0")):
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{version}'\n")
        program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
    assert tmp_path / "valkey-server" == find_program()
    (tmp_path / "valkey-server").unlink()
    assert tmp_path not in find_program().parents
