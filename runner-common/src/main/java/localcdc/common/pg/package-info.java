/** How to reach Postgres: the libpq-like flags and variables, the password, one connection, and what can go wrong. */
package localcdc.common.pg;
