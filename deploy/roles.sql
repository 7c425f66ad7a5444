-- Who may do what in the production database; run once by psql, as superuser, in the new database.
--   app_owner   owns the schema: migrations and content
--   app_web     rows only, and little patience: a page gives up before its reader does
--   app_worker  rows only, with more patience
--   app_ro      reports
--   app_backup  reads everything, for pg_dump
\set ON_ERROR_STOP on
\getenv owner_password OWNER_PASSWORD
\getenv web_password WEB_PASSWORD
\getenv worker_password WORKER_PASSWORD

CREATE ROLE app_owner LOGIN PASSWORD :'owner_password' CONNECTION LIMIT 10;
CREATE ROLE app_web LOGIN PASSWORD :'web_password' CONNECTION LIMIT 40;
CREATE ROLE app_worker LOGIN PASSWORD :'worker_password' CONNECTION LIMIT 15;
CREATE ROLE app_ro NOLOGIN;
CREATE ROLE app_backup NOLOGIN;
GRANT pg_read_all_data TO app_ro, app_backup;

SELECT format('ALTER DATABASE %I OWNER TO app_owner', current_database()) \gexec
SELECT format('REVOKE ALL ON DATABASE %I FROM public', current_database()) \gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO app_web, app_worker, app_ro, app_backup', current_database()) \gexec
REVOKE ALL ON SCHEMA public FROM public;
GRANT ALL ON SCHEMA public TO app_owner;
GRANT USAGE ON SCHEMA public TO app_web, app_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO app_web, app_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE app_owner IN SCHEMA public GRANT USAGE, SELECT, UPDATE ON SEQUENCES TO app_web, app_worker;

ALTER ROLE app_owner SET statement_timeout = '15min';
ALTER ROLE app_owner SET lock_timeout = '2s';
ALTER ROLE app_web SET statement_timeout = '5s';
ALTER ROLE app_web SET lock_timeout = '2s';
ALTER ROLE app_web SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE app_worker SET statement_timeout = '60s';
ALTER ROLE app_worker SET lock_timeout = '5s';
ALTER ROLE app_worker SET idle_in_transaction_session_timeout = '60s';
ALTER ROLE app_owner SET search_path = public;
ALTER ROLE app_web SET search_path = public;
ALTER ROLE app_worker SET search_path = public;
