# The image of web, worker and one-off commands. docker-compose.yml puts it to work.
FROM python:3.11-slim-bookworm AS packages
WORKDIR /app
COPY requirements/ requirements/
RUN python3 requirements/install.py runtime && .venv/bin/python -m pip uninstall --yes --quiet uv pip

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /app --no-create-home --shell /usr/sbin/nologin staircase \
    && install --directory --owner=staircase --mode=0750 /data
WORKDIR /app
COPY --from=packages /app/.venv .venv
COPY . .
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    STAIRCASE_DATA=/data \
    STATIC_ROOT=/app/collected-static
# Settings of development, so that no secret is needed; the key that they make is thrown away.
RUN ENVIRONMENT=development STAIRCASE_DATA=/tmp/build python manage.py build \
    && python -m compileall -q .venv accounts roadmap \
    && rm -r /tmp/build
ENV ENVIRONMENT=production BIND=0.0.0.0 PORT=8000
USER 10001:10001
EXPOSE 8000
VOLUME /data
HEALTHCHECK --interval=15s --timeout=5s --start-period=30s CMD ["python", "deploy/healthcheck.py", "http://127.0.0.1:8000/healthz"]
CMD ["gunicorn", "--config", "deploy/gunicorn.py", "roadmap.wsgi:application"]
