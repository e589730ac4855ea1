# syntax=docker/dockerfile:1
# Three steps: the front end, the Python packages, and what runs. Nothing that builds is in what runs.

FROM node:20-bookworm-slim AS front
WORKDIR /build/frontend
COPY frontend/package.json frontend/package-lock.json frontend/.npmrc ./
RUN npm ci --ignore-scripts --no-progress
COPY frontend/ ./
RUN node build.mjs && rm -rf node_modules

FROM python:3.11-slim-bookworm AS packages
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/minga
COPY requirements.lock ./
RUN /opt/minga/bin/pip install --require-hashes --only-binary :all: -r requirements.lock \
 && /opt/minga/bin/python -m pip uninstall --yes --quiet setuptools pip
COPY app/ /srv/minga/app/
RUN python -m compileall -q /srv/minga/app

FROM python:3.11-slim-bookworm
LABEL org.opencontainers.image.title="Minga" \
      org.opencontainers.image.licenses="AGPL-3.0-or-later"
RUN groupadd --system --gid 10001 minga \
 && useradd --system --uid 10001 --gid minga --home-dir /data --no-create-home --shell /usr/sbin/nologin minga \
 && install -d -o minga -g minga -m 0750 /data
ENV PATH=/opt/minga/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    PYTHONPATH=/srv/minga \
    MINGA_VAR=/data \
    MINGA_DATABASE_URL=sqlite:////data/minga.db \
    MINGA_LOG_FORMAT=json
# Owned by root and read-only for the program: it can change nothing but /data.
COPY --from=packages /opt/minga /opt/minga
COPY --from=packages /srv/minga /srv/minga
COPY --from=front /build/frontend /srv/minga/frontend
COPY alembic.ini LICENSE /srv/minga/
COPY migrations/ /srv/minga/migrations/
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["python", "-m", "app"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
