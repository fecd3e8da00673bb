"""gunicorn: one worker process, many threads; models load after the fork, in the background.

The application is imported before the fork: a worker that has to be started again is there at once.
"""

import os
import resource
import sys

import service.app
import service.assembly  # noqa: F401  # both are for the workers
from service.allocation import give_memory_back
from service.settings import SettingsError, read_settings
from service.telemetry import configure_logging

try:
    settings = read_settings()
except SettingsError as error:
    raise SystemExit(f"Wrong settings:\n{error}") from None

if settings.profile == "hub" or settings.summarisers or settings.translators:
    from models.protocols import ModelMissing
    from service.assembly import check_models

    try:
        check_models(settings)
    except ModelMissing as error:
        raise SystemExit(f"A model is missing: {error}") from None

wsgi_app = "service.app:create_app()"
bind = f"{settings.host}:{settings.port}"
worker_class = "service.worker.ImpatientWorker"
# One process: the weights are held once, and a micro-batcher sees all requests. Neither preload
# (CTranslate2's threads do not survive a fork) nor max_requests (recycling freezes OpenMP).
workers = 1
# Those that work, those that wait for their turn, and some for clients that send or read slowly:
# a waiting thread costs little, and the gate in the pipeline holds the work to its places.
threads = settings.web_threads + settings.waiting_requests + 256
_, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
files = 4096 if hard == resource.RLIM_INFINITY else min(hard, 4096)
resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
# Beyond these connections wait in the kernel; without file descriptors the worker would end.
worker_connections = min(threads + 512, files - 128)
# What the worker bounds is send(), not the kernel's own copying.
sendfile = False
timeout = 60
graceful_timeout = 30
keepalive = 20
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None
# Nobody steers it but its container; the default socket would be written to the home directory.
control_socket_disable = True
# Serving has no torch on purpose; transformers would warn of that at each start.
raw_env = ["TRANSFORMERS_NO_ADVISORY_WARNINGS=1"]
accesslog = None
errorlog = "-"
loglevel = settings.log_level.lower()


def post_fork(server: object, worker: object) -> None:
    """Log in one form from the worker on."""
    configure_logging(settings.log_level)
    give_memory_back()
    # Among many that work, who only answers /livez must not wait for each of them for 5 ms.
    sys.setswitchinterval(0.001)
