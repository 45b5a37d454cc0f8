/** What a runner serves over HTTP: health, metrics, status, the map's entries, live changes, and its side of verify. */
package localcdc.common.http;
