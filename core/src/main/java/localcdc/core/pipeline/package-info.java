/** Joins one source to one index and owns state, readiness and latency. */
package localcdc.core.pipeline;
