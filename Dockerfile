FROM python:3.11-slim-bookworm AS build
WORKDIR /src
ENV UV_NO_CACHE=1 UV_COMPILE_BYTECODE=1
# Empty, or ray.
ARG EXTRA
COPY requirements/build.txt requirements/ray.txt requirements/server.txt requirements/uv.txt requirements/
RUN python -m pip install --no-cache-dir --require-hashes -r requirements/uv.txt -r requirements/build.txt \
    && uv venv /opt/tonearm \
    && uv pip install --python /opt/tonearm --require-hashes -r requirements/server.txt ${EXTRA:+-r "requirements/$EXTRA.txt"}
COPY pyproject.toml README.md LICENSE ./
COPY docs docs
COPY src src
RUN uv build --wheel --no-build-isolation --python python3 --out-dir /wheels \
    && uv pip install --python /opt/tonearm --no-deps /wheels/*.whl

FROM python:3.11-slim-bookworm
RUN useradd --uid 10001 --no-create-home --home-dir /nonexistent --shell /usr/sbin/nologin tonearm \
    && install --directory --owner=10001 --group=10001 /models /var/cache/tonearm
COPY --from=build /opt/tonearm /opt/tonearm
ENV PATH=/opt/tonearm/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    NUMBA_CACHE_DIR=/var/cache/tonearm \
    TONEARM_HOST=0.0.0.0 \
    TONEARM_MODELS_DIR=/models
USER 10001:10001
# Networks that cannot be had are a line here, and the image answers by signal processing. A worker without a job warms up
# and ends: what numba compiles is then there at the first start.
RUN python -P -m tonearm.networks.free.first_start \
    && python -P -m tonearm.engine.worker_main < /dev/null > /dev/null
VOLUME ["/models", "/var/cache/tonearm"]
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD ["python", "-c", "\
import http.client, os, sys; \
connection = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('TONEARM_PORT', '8000')), timeout=4); \
connection.request('GET', '/readyz'); \
sys.exit(connection.getresponse().status != 200)"]
ENTRYPOINT ["tonearm"]
CMD ["serve"]
