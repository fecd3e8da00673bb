"""Jobs in Redis: their articles, leases on batches of them, results and progress.

A job is four keys: facts (a hash), articles and results (hashes by place in the job) and leases (a
hash by the first place of each batch: until when, and whose). Each step is one script, so a worker
that dies between two of them leaves nothing half done; a result is written once and stays. Facts
count how often a batch was taken, and which article was at hand where a worker did not come back;
they tell the key of the name that the job has, too, which lives as long as they do.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import redis
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from cache.codec import Undecodable, decode, encode
from cache.protocols import JSON, Batch, JobFacts, JobsAway

Result = TypeVar("Result")

TIMEOUT_SECONDS = 2.0
# An upload that is not heard of for this long has been broken off.
UPLOAD_SECONDS = 120
# Above this share of Redis' memory no job is taken in: workers need room for their results.
ROOM = 0.8

_KEEP = """
local function keep(seconds)
  for i = 1, 4 do redis.call('EXPIRE', KEYS[i], seconds) end
  local name = redis.call('HGET', KEYS[1], 'name')
  if name then redis.call('EXPIRE', name, seconds) end
end
"""
_APPEND = f"""{_KEEP}
if redis.call('HGET', KEYS[1], 'status') ~= 'open' then return 0 end
for i = 2, #ARGV, 2 do redis.call('HSET', KEYS[2], ARGV[i], ARGV[i + 1]) end
keep(ARGV[1])
return 1
"""
# A job that is sealed already was so by the same call, whose answer was lost.
_SEAL = f"""{_KEEP}
local state = redis.call('HGET', KEYS[1], 'status')
if state ~= 'open' then return state and 1 or 0 end
local lease = (redis.call('TIME')[1] + ARGV[3]) .. ' '
for i = 4, #ARGV, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
local facts = redis.call('HMGET', KEYS[1], 'total', 'batch_size')
for first = 0, facts[1] - 1, tonumber(facts[2]) do redis.call('HSET', KEYS[4], first, lease) end
redis.call('SADD', KEYS[5], ARGV[1])
keep(ARGV[2])
return 1
"""
# The name may be another job's by now.
_REMOVE = """
redis.call('DEL', unpack(KEYS, 1, 4))
if KEYS[5] and redis.call('GET', KEYS[5]) == ARGV[1] then redis.call('DEL', KEYS[5]) end
"""
_TAKE = """
local state = redis.call('HGET', KEYS[1], 'status')
local lease = redis.call('HGET', KEYS[2], ARGV[1])
if (state ~= 'queued' and state ~= 'running') or not lease then return 0 end
local now = tonumber(redis.call('TIME')[1])
local till, owner = string.match(lease, '^(%d+) (.*)$')
if owner ~= '' and owner ~= ARGV[2] and tonumber(till) > now then return 0 end
redis.call('HSET', KEYS[2], ARGV[1], (now + ARGV[3]) .. ' ' .. ARGV[2])
if state == 'queued' then redis.call('HSET', KEYS[1], 'status', 'running', 'started', now) end
local at = redis.call('HGET', KEYS[1], 'at:' .. ARGV[1])
if at then
  redis.call('HINCRBY', KEYS[1], 'blamed:' .. at, 1)
  redis.call('HDEL', KEYS[1], 'at:' .. ARGV[1])
end
return redis.call('HINCRBY', KEYS[1], 'taken:' .. ARGV[1], 1)
"""
# A job that is gone must not leave a key without an end.
_NOTE = """
if redis.call('EXISTS', KEYS[1]) == 1 then
  redis.call('HSET', KEYS[1], 'at:' .. ARGV[1], ARGV[2])
end
"""
_RENEW = """
local lease = redis.call('HGET', KEYS[1], ARGV[1])
if not lease or string.match(lease, '^%d+ (.*)$') ~= ARGV[2] then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], (redis.call('TIME')[1] + ARGV[3]) .. ' ' .. ARGV[2])
return 1
"""
_RELEASE = """
local lease = redis.call('HGET', KEYS[1], ARGV[1])
if not lease or string.match(lease, '^%d+ (.*)$') ~= ARGV[2] then return 0 end
redis.call('HDEL', KEYS[2], 'taken:' .. ARGV[1], 'at:' .. ARGV[1])
return redis.call('HDEL', KEYS[1], ARGV[1])
"""
_FINISH = f"""{_KEEP}
local state = redis.call('HGET', KEYS[1], 'status')
if state ~= 'running' or redis.call('HSETNX', KEYS[3], ARGV[1], ARGV[2]) == 0 then return 0 end
redis.call('HDEL', KEYS[2], ARGV[1])
redis.call('HINCRBY', KEYS[1], ARGV[3], 1)
local counts = redis.call('HMGET', KEYS[1], 'done', 'failed', 'total')
if counts[1] + counts[2] >= tonumber(counts[3]) then
  redis.call('HSET', KEYS[1], 'status', 'done', 'finished', redis.call('TIME')[1])
  redis.call('SREM', KEYS[5], ARGV[5])
end
keep(ARGV[4])
return 1
"""
_CANCEL = """
local state = redis.call('HGET', KEYS[1], 'status')
if state ~= 'queued' and state ~= 'running' then return 0 end
redis.call('HSET', KEYS[1], 'status', 'cancelled', 'finished', redis.call('TIME')[1])
redis.call('DEL', KEYS[2], KEYS[4])
redis.call('SREM', KEYS[5], ARGV[1])
return 1
"""
# Returns the batches that nobody is at any more, and counts them as published anew.
_OVERDUE = f"""{_KEEP}
local now, found = tonumber(redis.call('TIME')[1]), {{}}
local all = redis.call('HGETALL', KEYS[4])
for i = 1, #all, 2 do
  local till, owner = string.match(all[i + 1], '^(%d+) (.*)$')
  if tonumber(till) < now and (owner ~= '' or redis.call('LLEN', KEYS[6]) == 0) then
    redis.call('HSET', KEYS[4], all[i], (now + ARGV[1]) .. ' ')
    found[#found + 1] = all[i]
  end
end
if ARGV[2] then keep(ARGV[2]) end
return found
"""


def _read(value: bytes) -> JSON:
    """Return an article or a result; a damaged one must not keep the others from being read."""
    try:
        return decode(value)
    except Undecodable:
        return "It was damaged where it was kept."


class RedisJobStore:
    """Jobs in the Redis at `url`, which must not evict keys; each call may raise `JobsAway`.

    A worker that is not heard of for `lease_seconds` has lost its batch; and what nobody took for
    as long, though its queue is empty, was lost by the broker.
    """

    def __init__(
        self, url: str, ttl_seconds: int, lease_seconds: int = 45, prefix: str = "precis:job"
    ) -> None:
        self._ttl_seconds = ttl_seconds
        self._lease_seconds = lease_seconds
        self._prefix = prefix
        self._client = redis.Redis.from_url(
            url,
            socket_timeout=TIMEOUT_SECONDS,
            socket_connect_timeout=TIMEOUT_SECONDS,
            socket_keepalive=True,
            health_check_interval=10,
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 3),
        )
        self._append = self._client.register_script(_APPEND)
        self._seal = self._client.register_script(_SEAL)
        self._remove = self._client.register_script(_REMOVE)
        self._take = self._client.register_script(_TAKE)
        self._note = self._client.register_script(_NOTE)
        self._renew = self._client.register_script(_RENEW)
        self._release = self._client.register_script(_RELEASE)
        self._finish = self._client.register_script(_FINISH)
        self._cancel = self._client.register_script(_CANCEL)
        self._overdue = self._client.register_script(_OVERDUE)

    def reserve(self, name: str, job_id: str) -> str | None:
        """Give `name` to the job while it is uploaded, or return the job that has it."""

        def reserve() -> str | None:
            if self._client.set(self._name(name), job_id, nx=True, ex=UPLOAD_SECONDS):
                return None
            known: Any = self._client.get(self._name(name))
            # Its own name, where an answer was lost and the client asked again.
            return known.decode() if known and known.decode() != job_id else None

        return self._try(reserve)

    def open(self, job_id: str, owner: str, name: str | None = None) -> None:
        """Begin a job that articles are appended to; raises `JobsAway` where memory is short."""

        def open_job() -> None:
            memory: Any = self._client.info("memory")
            if memory["maxmemory"] and memory["used_memory"] > ROOM * memory["maxmemory"]:
                raise JobsAway("There is no room for another job now.")
            facts: dict[Any, Any] = {"status": "open", "owner": owner, "created": self._now()}
            if name:
                facts["name"] = self._name(name)
            with self._client.pipeline(transaction=True) as pipeline:
                pipeline.hset(self._key(job_id), mapping=facts)
                pipeline.expire(self._key(job_id), UPLOAD_SECONDS)
                pipeline.execute()

        self._try(open_job)

    def append(self, job_id: str, articles: Mapping[int, JSON]) -> None:
        """Add articles by their place, or none; keeps the upload and its name alive."""
        args: list[Any] = [UPLOAD_SECONDS]
        for place, article in articles.items():
            args += [place, encode(article)]
        self._insist_on_upload(lambda: self._append(keys=self._keys(job_id), args=args))

    def seal(
        self, job_id: str, total: int, options: JSON, batch_size: int, digest: str, queue: str
    ) -> list[int]:
        """End the upload: the job is queued, in batches whose first places are returned."""
        facts: dict[Any, Any] = {
            "status": "queued",
            "total": total,
            "done": 0,
            "failed": 0,
            "options": json.dumps(options),
            "batch_size": batch_size,
            "digest": digest,
            "queue": queue,
        }
        args: list[Any] = [job_id, self._ttl_seconds, self._lease_seconds]
        for fact in facts.items():
            args += fact
        self._insist_on_upload(lambda: self._seal(keys=self._keys(job_id), args=args))
        return list(range(0, total, batch_size))

    def remove(self, job_id: str, name: str | None = None) -> None:
        """Forget a job, and `name` where the job has it."""
        keys = [*self._keys(job_id)[:4], *([self._name(name)] if name else [])]
        self._try(lambda: self._remove(keys=keys, args=[job_id]))

    def describe(self, job_id: str) -> JobFacts | None:
        """Return what is known of a job; `None` where there is none."""
        found: Any = self._try(lambda: self._client.hgetall(self._key(job_id)))
        facts = {key.decode(): value.decode() for key, value in found.items()}
        if "status" not in facts:
            return None

        def count(name: str) -> int:
            return int(facts.get(name, 0))

        return JobFacts(
            facts["owner"],
            facts["status"],
            facts.get("queue", ""),
            facts.get("digest", ""),
            json.loads(facts.get("options", "{}")),
            count("batch_size"),
            count("total"),
            count("done"),
            count("failed"),
            count("created"),
            count("started"),
            count("finished"),
        )

    def read_results(self, job_id: str, places: Sequence[int]) -> list[JSON | None]:
        """Return the results at some places; see `JobStore`."""
        names: Any = list(places)
        found: Any = self._try(lambda: self._client.hmget(self._key(job_id, "results"), names))
        return [value and _read(value) for value in found]

    def cancel(self, job_id: str) -> None:
        """Drop what is not done yet; results that are there stay until they expire."""
        keys = self._keys(job_id)
        self._try(lambda: self._cancel(keys=keys, args=[job_id]))

    def take(self, job_id: str, first: int, worker: str) -> Batch | None:
        """Lease a batch; `None` where it is done, cancelled or with another worker."""
        keys = [self._key(job_id), self._key(job_id, "leases")]
        args: list[Any] = [first, worker, self._lease_seconds]
        takes: Any = self._try(lambda: self._take(keys=keys, args=args))
        facts = self.describe(job_id) if takes else None
        if facts is None:
            return None
        places: Any = list(range(first, min(first + facts.batch_size, facts.total)))
        found: Any = self._try(lambda: self._client.hmget(self._key(job_id, "articles"), places))
        articles = {p: _read(value) for p, value in zip(places, found, strict=True) if value}
        names: Any = [f"blamed:{place}" for place in places]
        counts: Any = self._try(lambda: self._client.hmget(self._key(job_id), names))
        blames = {p: int(count) for p, count in zip(places, counts, strict=True) if count}
        return Batch(facts.options, articles, takes, blames)

    def note(self, job_id: str, first: int, place: int) -> None:
        """Tell which article of a batch is at hand; it is blamed if the worker does not come back.

        `release` takes that back.
        """
        self._try(lambda: self._note(keys=[self._key(job_id)], args=[first, place]))

    def renew(self, job_id: str, first: int, worker: str) -> bool:
        """Keep the lease on a batch; false where it is lost, or the job cancelled."""
        keys = [self._key(job_id, "leases")]
        args: list[Any] = [first, worker, self._lease_seconds]
        return bool(self._try(lambda: self._renew(keys=keys, args=args)))

    def finish(self, job_id: str, place: int, result: JSON, failed: bool) -> None:
        """Write the result at a place, unless one is there; it takes the place of the article."""
        count = "failed" if failed else "done"
        args: list[Any] = [place, encode(result), count, self._ttl_seconds, job_id]
        self._try(lambda: self._finish(keys=self._keys(job_id), args=args))

    def release(self, job_id: str, first: int, worker: str) -> None:
        """End the lease on a batch that is done."""
        keys = [self._key(job_id, "leases"), self._key(job_id)]
        self._try(lambda: self._release(keys=keys, args=[first, worker]))

    def list_overdue(self, prefix: str, queue: str) -> list[tuple[str, str, int]]:
        """Return queue, job and first place of each batch that nobody is at; `prefix` + queue is
        the broker's list. Has the jobs of `queue` live on: there are workers for them.
        """

        def look() -> list[tuple[str, str, int]]:
            found: list[tuple[str, str, int]] = []
            jobs: Any = self._client.smembers(self._active)
            for job_id in (job.decode() for job in jobs):
                value: Any = self._client.hget(self._key(job_id), "queue")
                if value is None:
                    self._client.srem(self._active, job_id)
                    continue
                its = value.decode()
                keys = [*self._keys(job_id), prefix + its]
                args: list[Any] = [self._lease_seconds]
                args += [self._ttl_seconds] if its == queue else []
                batches: Any = self._overdue(keys=keys, args=args)
                found += [(its, job_id, int(first)) for first in batches]
            return found

        return self._try(look)

    def count_waiting(self, queue: str) -> int:
        """Return the length of a broker's list."""
        length: Any = self._try(lambda: self._client.llen(queue))
        return int(length)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    @property
    def _active(self) -> str:
        return f"{self._prefix}s:active"

    def _now(self) -> int:
        now: Any = self._client.time()
        return int(now[0])

    def _name(self, name: str) -> str:
        return f"{self._prefix}:named:{name}"

    def _key(self, job_id: str, part: str = "facts") -> str:
        return f"{self._prefix}:{job_id}:{part}"

    def _keys(self, job_id: str) -> list[str]:
        parts = ("facts", "articles", "results", "leases")
        return [*(self._key(job_id, part) for part in parts), self._active]

    def _insist_on_upload(self, work: Callable[[], Any]) -> None:
        if not self._try(work):
            raise JobsAway("The job was lost while it was uploaded.")

    def _try(self, work: Callable[[], Result]) -> Result:
        try:
            return work()
        except (redis.RedisError, OSError) as error:
            raise JobsAway(f"The jobs are not at hand now ({type(error).__name__}).") from error
