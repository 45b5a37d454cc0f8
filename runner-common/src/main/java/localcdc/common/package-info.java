/** What both runners are made of besides their source: see {@link localcdc.common.PipelineRun}. */
package localcdc.common;
