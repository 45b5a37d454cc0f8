/** The command {@code verify}: its two sides, a runner over HTTP and Postgres over JDBC, and how its result is told. */
package localcdc.common.verify;
