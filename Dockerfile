# Précis: the service and its worker, with the embedded weights. No network at run time, no torch, no compiler.
ARG BASE=python:3.11-slim

FROM ${BASE} AS build
COPY requirements/image.txt /build/requirements.txt
RUN python3 -m venv /opt/precis \
 && /opt/precis/bin/python -m pip --disable-pip-version-check install --no-cache-dir --quiet -r /build/requirements.txt \
 && find /opt/precis -name '__pycache__' -prune -exec rm -rf {} +

# Models of the hub, built in: docker build --build-arg MODELS="facebook/m2m100_418M …" .
# HF_ENDPOINT is for a mirror of the hub.
FROM build AS fetch
ARG MODELS=""
ARG HF_ENDPOINT
COPY requirements/fetch.txt /build/fetch.txt
COPY models /build/models
WORKDIR /build
RUN mkdir -p /build/hub \
 && if [ -n "$MODELS" ]; then \
      /opt/precis/bin/python -m pip --disable-pip-version-check install --no-cache-dir --quiet -r fetch.txt \
      && HF_HOME=/tmp/hf /opt/precis/bin/python -m models.fetch --into /build/hub $MODELS \
      && rm -rf /tmp/hf; \
    fi

FROM ${BASE}
ARG VERSION=development
LABEL org.opencontainers.image.title="Précis" \
      org.opencontainers.image.description="Summaries of articles, translated, with their evidence" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT"
RUN useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin precis \
 && install -d -o precis -g precis /var/lib/precis
COPY --from=build /opt/precis /opt/precis
COPY --from=fetch /build/hub /srv/models
WORKDIR /srv/precis
COPY gunicorn.conf.py pyproject.toml ./
COPY models models
COPY cache cache
COPY documents documents
COPY service service
COPY seeds seeds
ENV PATH=/opt/precis/bin:$PATH \
    PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    HF_HUB_OFFLINE=1 \
    GLIBC_TUNABLES=glibc.malloc.tcache_count=0 \
    PRECIS_HOST=0.0.0.0 PORT=8000 \
    PRECIS_CACHE_DIRECTORY=/var/lib/precis \
    PRECIS_MODELS_DIRECTORY=/srv/models
USER 10001
VOLUME /var/lib/precis
EXPOSE 8000
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["python3", "-c", "import os, urllib.request as u; u.urlopen(f\"http://127.0.0.1:{os.environ['PORT']}/readyz\", timeout=2)"]
CMD ["gunicorn"]
