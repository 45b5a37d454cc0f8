-- The role that captures changes, with no right that it does not need. Run as a superuser, by psql, after 03-inventory.sql
-- has made the tables. The password comes from the environment variable CDC_PASSWORD; without it a new role cannot log in
-- until somebody gives it a password (\password cdc), and an existing one keeps its own.
\set ON_ERROR_STOP on
\set cdc_password `printf '%s' "$CDC_PASSWORD"`

-- Neither the server's log nor a weak hash shall keep the password.
SET log_statement = 'none';
SET log_min_duration_statement = -1;
SET log_min_error_statement = 'panic';
SET password_encryption = 'scram-sha-256';

BEGIN;
-- The comment marks it as ours: only such a role is dropped by `remove`.
SELECT 'CREATE ROLE cdc',
    'COMMENT ON ROLE cdc IS ''Reads changes for the local CDC data platform (postgres-setup)'''
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'cdc')
\gexec

-- REPLICATION: make a slot and read from it.
ALTER ROLE cdc LOGIN REPLICATION;
SELECT format('ALTER ROLE cdc PASSWORD %L', :'cdc_password')
WHERE :'cdc_password' <> ''
\gexec

-- Read the tables, never write them. It owns nothing: the publication belongs to whoever ran 04-publication.sql, and
-- reading a publication needs no right.
SELECT format('GRANT CONNECT ON DATABASE %I TO cdc', current_database())
\gexec
GRANT USAGE ON SCHEMA inventory TO cdc;
GRANT SELECT ON ALL TABLES IN SCHEMA inventory TO cdc;
ALTER DEFAULT PRIVILEGES IN SCHEMA inventory GRANT SELECT ON TABLES TO cdc;
GRANT SELECT ON public.sample_table TO cdc;
COMMIT;
