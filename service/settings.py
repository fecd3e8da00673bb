"""Settings: the one place that reads the environment; a table of name, default and help."""

from __future__ import annotations

import os
import re
from ipaddress import ip_address
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from service.keys import read_key, read_key_file

# Nothing waits for longer; endless times and numbers of threads are no settings, but mistakes.
_DAY_SECONDS = 24 * 3600
_MAX_TTL_SECONDS = 10 * 365 * _DAY_SECONDS
_MAX_THREADS = 2000
_ORIGIN = re.compile(r"[a-z][a-z\d+.-]*://(?:[\w.-]+|\[[\da-f:.]+\])(?::\d+)?", re.IGNORECASE)


class SettingsError(Exception):
    """A setting has a value that cannot be used; the message has a line per setting."""


class Settings(BaseModel):
    """Everything an operator can set, read once at start and frozen."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    host: str = Field(
        "127.0.0.1", validation_alias="PRECIS_HOST", description="Address to listen on."
    )
    port: int = Field(
        8000, ge=1, le=65535, validation_alias="PORT", description="Port to listen on."
    )
    redis_url: SecretStr | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="Redis to cache in (`redis://`, `rediss://`, `unix://`); without it an "
        "embedded store on disk is used.",
    )
    redis_answer_seconds: float = Field(
        0.025,
        gt=0,
        le=1,
        validation_alias="PRECIS_REDIS_ANSWER_SECONDS",
        description="Longest that an answer of that Redis may take; one that is farther away is "
        "not used. A request waits for about nine of them.",
    )
    profile: Literal["embedded", "hub"] = Field(
        "embedded",
        validation_alias="PRECIS_PROFILE",
        description="Which models answer: `embedded` (in this repository) or `hub` (larger ones, "
        "from `PRECIS_MODELS_DIRECTORY`).",
    )
    summarisers: tuple[str, ...] = Field(
        (),
        validation_alias="PRECIS_SUMMARISER",
        description="Which models summarise, instead of the profile's, comma-separated: ids on the "
        "hub or directories, as `NAME[@REVISION][:LANGUAGES]`; the first that writes the language "
        "does it, `long` the first that writes more than a sentence.",
    )
    translators: tuple[str, ...] = Field(
        (),
        validation_alias="PRECIS_TRANSLATOR",
        description="Which models translate, instead of the profile's, comma-separated; the first "
        "that has a pair does it, and others are reached over a pivot.",
    )
    engine: Literal["ctranslate2", "transformers"] = Field(
        "ctranslate2",
        validation_alias="PRECIS_ENGINE",
        description="What runs the models; `transformers` needs torch.",
    )
    models_directory: Path = Field(
        Path("var/models"),
        validation_alias="PRECIS_MODELS_DIRECTORY",
        description="Where the models of the `hub` profile lie.",
    )
    device: Literal["auto", "cpu", "cuda"] = Field(
        "auto", validation_alias="PRECIS_DEVICE", description="Where the engine computes."
    )
    threads: int = Field(
        0,
        ge=0,
        validation_alias="PRECIS_THREADS",
        description="Cores for the engine; 0 means all that this process may use.",
    )
    lanes: int = Field(
        0,
        ge=0,
        validation_alias="PRECIS_LANES",
        description="Batches that the engine works on at the same time, each on its share of the "
        "cores; 0 means one per core, on a GPU one.",
    )
    batch_tokens: int = Field(
        0,
        ge=0,
        validation_alias="PRECIS_BATCH_TOKENS",
        description="Most tokens in a batch, padding counted; 0 means 1024, on a GPU 8192.",
    )
    web_threads: int = Field(
        32,
        ge=2,
        le=_MAX_THREADS,
        validation_alias="PRECIS_WEB_THREADS",
        description="Requests worked on at the same time.",
    )
    waiting_requests: int = Field(
        256,
        ge=0,
        le=_MAX_THREADS,
        validation_alias="PRECIS_WAITING_REQUESTS",
        description="Requests that may wait for their turn; beyond that requests get 503.",
    )
    api_keys: tuple[SecretStr, ...] = Field(
        (),
        validation_alias="PRECIS_API_KEYS",
        description="Keys that may call, comma-separated, each as it is or as `sha256:HEX`; none "
        "means that everybody may.",
    )
    api_keys_file: Path | None = Field(
        None,
        validation_alias="PRECIS_API_KEYS_FILE",
        description="File with more keys, one a line; read again when it changes.",
    )
    allow_anonymous: bool = Field(
        False,
        validation_alias="PRECIS_ALLOW_ANONYMOUS",
        description="Serve everybody without a key on a public address; else that is refused.",
    )
    metrics_need_key: bool = Field(
        True,
        validation_alias="PRECIS_METRICS_NEED_KEY",
        description="Where there are keys: whether `/metrics` needs one.",
    )
    docs_need_key: bool = Field(
        False,
        validation_alias="PRECIS_DOCS_NEED_KEY",
        description="Where there are keys: whether the pages and `/openapi.json` need one (in a "
        "browser, as the password).",
    )
    cors_origins: tuple[str, ...] = Field(
        (),
        validation_alias="PRECIS_CORS_ORIGINS",
        description="Origins whose pages may call from a browser, comma-separated, or `*` for all.",
    )
    rate_limit_per_minute: int = Field(
        0,
        ge=0,
        validation_alias="PRECIS_RATE_LIMIT_PER_MINUTE",
        description="Requests a minute per key, or per address without keys; 0 means no limit.",
    )
    daily_characters: int = Field(
        0,
        ge=0,
        validation_alias="PRECIS_DAILY_CHARACTERS",
        description="Characters of text in 24 hours per key, or per address without keys; 0 means "
        "no limit.",
    )
    trusted_proxies: int = Field(
        0,
        ge=0,
        validation_alias="PRECIS_TRUSTED_PROXIES",
        description="How many proxies in front to believe `X-Forwarded-For` from.",
    )
    max_body_bytes: int = Field(
        1_000_000,
        ge=1,
        validation_alias="PRECIS_MAX_BODY_BYTES",
        description="Largest request body.",
    )
    max_document_bytes: int = Field(
        20_000_000,
        ge=1,
        validation_alias="PRECIS_MAX_DOCUMENT_BYTES",
        description="Largest document (HTML, PDF, Word, Markdown, e-mail), forms included.",
    )
    document_seconds: float = Field(
        20,
        gt=0,
        le=_DAY_SECONDS,
        validation_alias="PRECIS_DOCUMENT_SECONDS",
        description="Time for reading one document.",
    )
    document_memory_bytes: int = Field(
        1 << 30,
        ge=1 << 28,
        validation_alias="PRECIS_DOCUMENT_MEMORY_BYTES",
        description="Memory for reading one document; two are read at a time, each in a process of "
        "its own.",
    )
    max_pages: int = Field(
        500, ge=1, validation_alias="PRECIS_MAX_PAGES", description="Most pages of a PDF."
    )
    max_characters: int = Field(
        500_000,
        ge=1,
        validation_alias="PRECIS_MAX_CHARACTERS",
        description="Longest text, in code points.",
    )
    max_sentences: int = Field(
        20_000,
        ge=1,
        validation_alias="PRECIS_MAX_SENTENCES",
        description="Most sentences in the texts of one request.",
    )
    max_targets: int = Field(
        10,
        ge=1,
        validation_alias="PRECIS_MAX_TARGETS",
        description="Most target languages in one request.",
    )
    max_items: int = Field(
        200,
        ge=1,
        validation_alias="PRECIS_MAX_ITEMS",
        description="Most texts in one translation request.",
    )
    fetch_urls: bool = Field(
        False,
        validation_alias="PRECIS_FETCH_URLS",
        description="Whether articles are fetched from a `url`; from public addresses alone.",
    )
    fetch_hosts: tuple[str, ...] = Field(
        (),
        validation_alias="PRECIS_FETCH_HOSTS",
        description="The only hosts to fetch from, comma-separated (`example.org, *.example.com`); "
        "none means all public ones.",
    )
    fetch_seconds: float = Field(
        15,
        gt=0,
        le=_DAY_SECONDS,
        validation_alias="PRECIS_FETCH_SECONDS",
        description="Time for fetching a page.",
    )
    libretranslate: bool = Field(
        True,
        validation_alias="PRECIS_LIBRETRANSLATE",
        description="Whether LibreTranslate's API is answered too (`docs/compatibility.md`).",
    )
    request_timeout_seconds: float = Field(
        120,
        gt=0,
        le=_DAY_SECONDS,
        validation_alias="PRECIS_REQUEST_TIMEOUT_SECONDS",
        description="Time for one request, waiting included; then it is answered with 503.",
    )
    queue_sentences: int = Field(
        20_000,
        ge=1,
        validation_alias="PRECIS_QUEUE_SENTENCES",
        description="Sentences that may wait for an engine; beyond that requests get 503.",
    )
    hang_seconds: float = Field(
        60,
        gt=0,
        le=_DAY_SECONDS,
        validation_alias="PRECIS_HANG_SECONDS",
        description="Time for one batch of an engine; beyond it `/readyz` says that it hangs.",
    )
    cache_directory: Path = Field(
        Path("var/cache"),
        validation_alias="PRECIS_CACHE_DIRECTORY",
        description="Where the embedded store keeps its file.",
    )
    cache_max_bytes: int = Field(
        256 * 1024 * 1024,
        ge=1024 * 1024,
        validation_alias="PRECIS_CACHE_MAX_BYTES",
        description="Bound of the embedded store; the least recently used goes first.",
    )
    cache_ttl_seconds: int = Field(
        7 * 24 * 3600,
        ge=1,
        le=_MAX_TTL_SECONDS,
        validation_alias="PRECIS_CACHE_TTL_SECONDS",
        description="How long results are remembered.",
    )
    jobs_url: SecretStr | None = Field(
        None,
        validation_alias="PRECIS_JOBS_URL",
        description="Redis for jobs, which must not evict keys; default: that of `REDIS_URL`.",
    )
    job_max_articles: int = Field(
        10_000,
        ge=1,
        validation_alias="PRECIS_JOB_MAX_ARTICLES",
        description="Most articles in one job.",
    )
    job_max_bytes: int = Field(
        256 * 1024 * 1024,
        ge=1,
        validation_alias="PRECIS_JOB_MAX_BYTES",
        description="Largest body of a job; each article in it has the limits of a request.",
    )
    job_ttl_seconds: int = Field(
        7 * 24 * 3600,
        ge=60,
        le=_MAX_TTL_SECONDS,
        validation_alias="PRECIS_JOB_TTL_SECONDS",
        description="How long a job and its results are kept after its last article.",
    )
    job_lease_seconds: int = Field(
        45,
        ge=3,
        le=100,
        validation_alias="PRECIS_JOB_LEASE_SECONDS",
        description="How long a worker may be silent before another is given its articles.",
    )
    worker_metrics_port: int = Field(
        0,
        ge=0,
        le=65535,
        validation_alias="PRECIS_WORKER_METRICS_PORT",
        description="Port of a worker's own metrics, on all addresses and without a key; 0 means "
        "none.",
    )
    otlp_endpoint: str = Field(
        "",
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Where traces are sent (OTLP over HTTP), with the `traces` extra; "
        "OpenTelemetry's other variables are heeded too. None are made without it.",
    )
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field(
        "INFO",
        validation_alias="PRECIS_LOG_LEVEL",
        description="Least severe line logged; below warnings, ten times a second.",
    )

    @field_validator(
        "api_keys", "cors_origins", "fetch_hosts", "summarisers", "translators", mode="before"
    )
    @classmethod
    def _split_commas(cls, value: object) -> object:
        if isinstance(value, str):
            return tuple(key.strip() for key in value.split(",") if key.strip())
        return value

    @field_validator("cors_origins")
    @classmethod
    def _check_origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        """Flask-CORS takes what has a star or the like in it for the beginning of a pattern."""
        if not all(origin == "*" or _ORIGIN.fullmatch(origin) for origin in origins):
            raise ValueError("must be origins such as https://example.org:8443, or * for all")
        return origins

    @field_validator("redis_url", "jobs_url")
    @classmethod
    def _check_redis_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is not None:
            from cache.link import check_url  # its library takes a while to import

            check_url(url.get_secret_value())
        return url

    @field_validator("api_keys")
    @classmethod
    def _check_keys(cls, keys: tuple[SecretStr, ...]) -> tuple[SecretStr, ...]:
        for key in keys:
            read_key(key.get_secret_value())
        return keys

    @field_validator("api_keys_file")
    @classmethod
    def _check_keys_file(cls, path: Path | None) -> Path | None:
        try:
            if path is not None:
                read_key_file(path)
        except OSError as error:
            raise ValueError(f"cannot be read: {type(error).__name__}") from None
        return path

    @model_validator(mode="after")
    def _refuse_strangers(self) -> Settings:
        if not (self.needs_keys or self.allow_anonymous) and not _is_loopback(self.host):
            raise ValueError(
                "PRECIS_HOST is a public address and there are no keys: set PRECIS_API_KEYS or "
                "PRECIS_API_KEYS_FILE, or PRECIS_ALLOW_ANONYMOUS=true to serve everybody"
            )
        return self

    @property
    def needs_keys(self) -> bool:
        """Whether callers must give a key."""
        return bool(self.api_keys or self.api_keys_file)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def read_settings() -> Settings:
    """Read the environment; raises `SettingsError`, which names settings but never values.

    What is empty there is not set: so Compose and shells pass on what they have no value for.
    """
    names = [str(field.validation_alias) for field in Settings.model_fields.values()]
    try:
        return Settings.model_validate(
            {name: os.environ[name] for name in names if os.getenv(name)}
        )
    except ValidationError as error:
        lines = [": ".join([*map(str, e["loc"]), e["msg"]]) for e in error.errors()]
        raise SettingsError("\n".join(lines)) from None
