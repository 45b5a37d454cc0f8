-- Server settings for change capture. Run as a superuser, by psql:   psql -X -f 01-wal-level.sql
-- wal_level, max_wal_senders and max_replication_slots take effect after a restart of Postgres.
-- A setting that is good enough already stays as it is, so running this again changes nothing.
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned

-- Without 'logical' the log of changes does not say which row changed.
SELECT 'ALTER SYSTEM SET wal_level = ''logical'''
WHERE current_setting('wal_level') <> 'logical'
\gexec

-- One sender for each running capture, and one to spare for the moment in which a lost connection is replaced.
SELECT 'ALTER SYSTEM SET max_wal_senders = 10'
WHERE current_setting('max_wal_senders')::int < 10
\gexec

-- One slot for each capture.
SELECT 'ALTER SYSTEM SET max_replication_slots = 10'
WHERE current_setting('max_replication_slots')::int < 10
\gexec

-- A slot that nobody reads keeps the log until the disk is full. With a limit, the slot is lost instead of the server.
SELECT 'ALTER SYSTEM SET max_slot_wal_keep_size = ''4GB'''
WHERE current_setting('max_slot_wal_keep_size') = '-1'
\gexec

-- Without a timeout, a reader that vanished (a laptop that sleeps) holds its slot for ever.
SELECT 'ALTER SYSTEM SET wal_sender_timeout = ''60s'''
WHERE current_setting('wal_sender_timeout') = '0'
\gexec

SELECT pg_reload_conf() \gset

SELECT coalesce(
    'Restart Postgres now: ' || string_agg(format('%s is %s and becomes %s', f.name, current_setting(f.name), f.setting), ', ')
        || ' with the restart.',
    'Server settings: nothing waits for a restart.')
FROM (
    SELECT DISTINCT ON (name) name, setting
    FROM pg_file_settings
    WHERE name IN ('wal_level', 'max_wal_senders', 'max_replication_slots')
    ORDER BY name, seqno DESC
) f
WHERE current_setting(f.name) <> f.setting;
