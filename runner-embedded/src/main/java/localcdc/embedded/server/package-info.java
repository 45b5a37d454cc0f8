/**
 * What the runner asks of a PostgreSQL server over plain JDBC: which tables it captures and how they look, whether the
 * server is ready, and the publications and replication slots it makes there.
 */
package localcdc.embedded.server;
