# One image for every part of a deployment: web, engine workers, task workers, beat. See compose.yaml.
FROM python:3.12-slim AS packages
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/venv
COPY requirements/base.txt /tmp/base.txt
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/base.txt
# The coding agent of pattern workspaces: docker build --build-arg EXTRAS=claude. Half a gigabyte more.
ARG EXTRAS=
# Signing of live orders at Polymarket, for engine and task workers: EXTRAS=live, or EXTRAS="claude live".
COPY requirements/claude.txt requirements/live.txt /tmp/requirements/
RUN for extra in $EXTRAS; do \
    /opt/venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/requirements/$extra.txt || exit 1; done

FROM python:3.12-slim
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=orchestrator.settings \
    ORCHESTRATOR_DATA_DIR=/data \
    LOG_FORMAT=json
# git keeps the algorithms of pattern workspaces.
RUN apt-get update \
    && apt-get install --yes --no-install-recommends git \
    && rm -rf /var/lib/apt/lists/*
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin orchestrator \
    && install --directory --owner orchestrator --mode 0700 /data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY manage.py ./
COPY orchestrator orchestrator
COPY process process
COPY workspaces workspaces
COPY trading trading
COPY templates templates
COPY static/dist static/dist
RUN python -m compileall -q orchestrator process workspaces trading
USER orchestrator
VOLUME /data
EXPOSE 8000
CMD ["uvicorn", "orchestrator.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-access-log", "--ws-per-message-deflate", "false"]
