/**
 * Postgres' logical replication messages as the plugin {@code pgoutput} writes them: bytes in, calls out. Knows no network
 * and no map.
 */
package localcdc.embedded.pgoutput;
