/** What a runner tells about itself: its status, each event, a report now and then, and one at the end. */
package localcdc.common.report;
