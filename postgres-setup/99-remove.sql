-- Takes back what 01 to 04 have made in this database and on this server. Run as a superuser, by psql, through `remove`.
-- What others have made stays: slots with other names, a role cdc that is not ours, other values of the server's settings.
\set ON_ERROR_STOP on
\pset tuples_only on
\pset format unaligned

-- A slot in use means that a capture runs: better stopped by its owner than cut.
SELECT EXISTS (
    SELECT FROM pg_replication_slots
    WHERE slot_name LIKE 'localcdc\_%' AND database = current_database() AND active
) AS in_use \gset
\if :in_use
    SELECT format('Slot %s is in use by process %s. Stop the program that reads it, then run remove again. Nothing was removed.',
        slot_name, active_pid)
    FROM pg_replication_slots
    WHERE slot_name LIKE 'localcdc\_%' AND database = current_database() AND active;
    DO $$ BEGIN RAISE EXCEPTION 'a replication slot is in use'; END $$;
\endif

SELECT format('Dropped slot %s%s', slot_name, pg_drop_replication_slot(slot_name))
FROM pg_replication_slots
WHERE slot_name LIKE 'localcdc\_%' AND database = current_database();

SET client_min_messages = 'warning';
BEGIN;
SELECT format('DROP PUBLICATION %I', pubname)
FROM pg_publication
WHERE pubname LIKE 'localcdc\_%'
\gexec
DROP SCHEMA IF EXISTS inventory CASCADE;
DROP TABLE IF EXISTS public.sample_table;

-- The role is shared by all databases of the server; another one may still use it.
DO $$
BEGIN
    IF EXISTS (
        SELECT FROM pg_roles
        WHERE rolname = 'cdc' AND shobj_description(oid, 'pg_authid') LIKE '%(postgres-setup)'
    ) THEN
        DROP OWNED BY cdc;
        BEGIN
            DROP ROLE cdc;
        EXCEPTION WHEN dependent_objects_still_exist THEN
            RAISE WARNING 'role cdc stays: it has rights in another database; run remove there too';
        END;
    END IF;
END
$$;
COMMIT;

-- Only values that 01 sets are reset. wal_level stays while a logical slot of somebody else is there:
-- with such a slot Postgres would not start again.
SELECT format('ALTER SYSTEM RESET %I', f.name)
FROM pg_file_settings f
JOIN (VALUES
    ('wal_level', 'logical'),
    ('max_wal_senders', '10'),
    ('max_replication_slots', '10'),
    ('max_slot_wal_keep_size', '4GB'),
    ('wal_sender_timeout', '60s')) AS ours (name, setting) USING (name, setting)
WHERE f.sourcefile LIKE '%postgresql.auto.conf'
    AND (f.name NOT IN ('wal_level', 'max_wal_senders', 'max_replication_slots')
        OR NOT EXISTS (SELECT FROM pg_replication_slots))
\gexec
SELECT format('wal_level, max_wal_senders and max_replication_slots stay: slot %s is not ours and needs them.',
    string_agg(slot_name, ', '))
FROM pg_replication_slots
HAVING count(*) > 0;
SELECT pg_reload_conf() \gset
