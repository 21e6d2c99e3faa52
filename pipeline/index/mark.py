"""The mark of a whole index: Redis may be lost, restored from an older copy, or restarted, and would not tell."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.index.service import redis_service
from pipeline.models import Value
from pipeline.policies import CopyPolicy

if TYPE_CHECKING:
    from redis import Redis

_MARK = b"{wc}mark"
_MAKER = b"{wc}maker"
#: A maker that says nothing for so long is gone.
_MAKER_S = 600

# KEYS: maker. ARGV: token, its word, seconds. 1 when the token is still the maker's.
_SAY = """
local word = redis.call('GET', KEYS[1])
if not word or string.sub(word, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""
# KEYS: maker, mark. ARGV: token, seq, rules, server. 1 when the mark was set.
_FINISH = """
local word = redis.call('GET', KEYS[1])
if not word or string.sub(word, 1, #ARGV[1]) ~= ARGV[1] then return 0 end
redis.call('DEL', KEYS[1])
redis.call('HSET', KEYS[2], 'seq', ARGV[2], 'rules', ARGV[3], 'server', ARGV[4])
return 1
"""
# KEYS: mark. ARGV: seq. 1 when there is a mark, which was moved.
_MOVE = """
if redis.call('EXISTS', KEYS[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], 'seq', ARGV[1])
return 1
"""


class Mark(Value, frozen=True, kw_only=True):
    """Up to which place of the change feed the index holds every record that it should."""

    seq: int
    #: False where the server was started anew since, and may have lost its last second, or the settings are others.
    same_server: bool
    same_rules: bool


class IndexMark:
    """The mark in one Redis."""

    def __init__(self, client: Redis, policy: CopyPolicy) -> None:
        """`client` must return bytes."""
        self._client = client
        self._rules = f"{policy.shingle_words} {policy.window} {policy.generation_days}".encode()

    def read(self) -> Mark | None:
        """Return the mark; None where there is none. Raises ServiceError."""
        with redis_service(self._client):
            found = self._client.hmget(_MARK, "seq", "rules", "server")
            if found[0] is None or not found[0].isdigit():
                return None
            server = self._server()
        return Mark(seq=int(found[0]), same_rules=found[1] == self._rules, same_server=found[2] == server)

    def move(self, seq: int) -> bool:
        """Note that the index is whole up to here. False where the mark is gone. Raises ServiceError."""
        with redis_service(self._client):
            return bool(self._client.eval(_MOVE, 1, _MARK, seq))

    def begin(self, token: str, words: str) -> None:
        """Become the maker of the index, instead of any other. Raises ServiceError."""
        with redis_service(self._client):
            self._client.set(_MAKER, f"{token} {words}", ex=_MAKER_S)

    def say(self, token: str, words: str) -> bool:
        """Tell how far the making is. False where another makes it, or Redis was lost again. Raises ServiceError."""
        with redis_service(self._client):
            return bool(self._client.eval(_SAY, 1, _MAKER, token, f"{token} {words}", _MAKER_S))

    def finish(self, token: str, seq: int) -> bool:
        """Set the mark. False where another makes the index, or Redis was lost again. Raises ServiceError."""
        with redis_service(self._client):
            return bool(self._client.eval(_FINISH, 2, _MAKER, _MARK, token, seq, self._rules, self._server()))

    def making(self) -> str | None:
        """Return how far the making is, in its maker's words; None where nobody makes it. Raises ServiceError."""
        with redis_service(self._client):
            found = self._client.get(_MAKER)
        return str(found, "utf-8", "replace").partition(" ")[2] if isinstance(found, bytes) else None

    def _server(self) -> bytes:
        """Return the id of the server's run; it is another after each start."""
        return str(self._client.info("server").get("run_id", "")).encode()
