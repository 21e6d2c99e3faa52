# wiredesk: one image for every process. `docker compose up` (compose.yaml) starts a whole desk.
FROM python:3.13.9-slim-trixie AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/wiredesk && /opt/wiredesk/bin/pip install --upgrade "pip==26.3"
WORKDIR /src
COPY pyproject.toml README.md LICENSE requirements.lock ./
RUN /opt/wiredesk/bin/pip install --require-hashes --requirement requirements.lock
COPY pipeline pipeline
COPY workers workers
COPY config config
RUN /opt/wiredesk/bin/pip install --no-deps .

FROM python:3.13.9-slim-trixie
RUN useradd --system --uid 10001 --create-home --home-dir /var/lib/wiredesk wiredesk
COPY --from=build /opt/wiredesk /opt/wiredesk
ENV PATH=/opt/wiredesk/bin:$PATH PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 WIREDESK_DATA_DIR=/var/lib/wiredesk/data
USER wiredesk
WORKDIR /var/lib/wiredesk
VOLUME /var/lib/wiredesk/data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s CMD ["wiredesk", "check", "--services"]
ENTRYPOINT ["wiredesk"]
CMD ["run"]
