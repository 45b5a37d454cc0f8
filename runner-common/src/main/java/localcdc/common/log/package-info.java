/** Logging, configured in code: everything to stderr, as text or as JSON lines. */
package localcdc.common.log;
