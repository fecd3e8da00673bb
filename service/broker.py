"""The broker: Celery as the queue between the web service and the workers, a batch a message.

A message names a job and the first place of a batch, nothing more; whether there is anything to do
is settled by the lease in the job store. So a message may be delivered twice, or late, or be lost
and sent anew, and no article is answered twice.
"""

from __future__ import annotations

import logging
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from celery import Celery, signals
from celery.exceptions import CeleryError
from kombu.exceptions import KombuError

from cache.protocols import JobsAway

log = logging.getLogger(__name__)

# Batches that one process has in hand: while the last articles of one are written, the next
# fills the engine.
BATCHES_AT_ONCE = 2
KEY_PREFIX = "precis:queue:"
# Its age tells whether the worker still hears the broker; see deploy/README.md.
PULSE = Path(tempfile.gettempdir()) / "precis-worker.alive"

Work = Callable[[str, int], None]
Overdue = Callable[[str, str], list[tuple[str, str, int]]]


class Broker:
    """Publishes batches, and has them worked on; a queue for each profile.

    What is not acknowledged after `lease_seconds` (Celery's default: an hour) is delivered again;
    a batch that only takes long is then found leased.
    """

    def __init__(self, url: str, lease_seconds: int = 45) -> None:
        self._sweep_seconds = lease_seconds / 3
        self.celery = Celery("precis", broker=url, set_as_current=False)
        self.celery.conf.update(
            task_serializer="json",
            accept_content=["json"],
            task_ignore_result=True,
            task_acks_late=True,
            task_reject_on_worker_lost=True,
            worker_prefetch_multiplier=1,
            worker_hijack_root_logger=False,
            worker_redirect_stdouts=False,
            worker_cancel_long_running_tasks_on_connection_loss=False,
            broker_connection_retry_on_startup=True,
            broker_connection_max_retries=None,
            broker_connection_timeout=2,
            broker_transport_options={
                "visibility_timeout": lease_seconds,
                "unacked_restore_interval": max(1, lease_seconds // 4),
                "unacked_restore_throttle": 1,
                "global_keyprefix": KEY_PREFIX,
                "socket_keepalive": True,
                "socket_connect_timeout": 2,
                "socket_timeout": 10,
            },
        )

    def publish(self, queue: str, job_id: str, firsts: Iterable[int]) -> None:
        """Give batches to the workers of a queue; raises `JobsAway`."""
        retry = {"max_retries": 3, "interval_start": 0, "interval_step": 0.2}
        try:
            with self.celery.producer_or_acquire() as producer:
                for first in firsts:
                    self.celery.send_task(
                        "precis.work",
                        (job_id, first),
                        queue=queue,
                        producer=producer,
                        retry=True,
                        retry_policy=retry,
                    )
        except (CeleryError, KombuError, OSError) as error:
            raise JobsAway(f"The queue is not at hand now ({type(error).__name__}).") from error

    def serve(self, queue: str, work: Work, list_overdue: Overdue) -> None:
        """Work on the batches of a queue until the process is told to end, then finish those."""

        @self.celery.task(name="precis.work")
        def run(job_id: str, first: int) -> None:
            work(job_id, first)

        signals.heartbeat_sent.connect(_note_pulse)
        threading.Thread(target=self._sweep, args=[queue, list_overdue], daemon=True).start()
        # Threads: the models are held once, and the articles of all batches meet in their engine.
        options = ["--pool=threads", f"--concurrency={BATCHES_AT_ONCE}", f"--queues={queue}"]
        self.celery.worker_main(["worker", *options, "--without-gossip", "--without-mingle"])

    def _sweep(self, own: str, list_overdue: Overdue) -> None:
        """Publish anew what nobody is at, for ever: a broker can lose what it just handed out."""
        wait = threading.Event()
        while not wait.wait(self._sweep_seconds):
            try:
                for queue, job_id, first in list_overdue(KEY_PREFIX, own):
                    log.warning("Batch %d of job %s is published anew", first, job_id)
                    self.publish(queue, job_id, [first])
            except JobsAway as error:
                log.warning("No sweep: %s", error)


def _note_pulse(**_facts: Any) -> None:
    PULSE.touch()
