/** The map against Postgres, row for row and both ways, at one snapshot of the database: see docs/concepts/verification.md. */
package localcdc.core.verify;
