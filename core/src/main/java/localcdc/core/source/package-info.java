/** What a path is: something that delivers changes, oldest first. */
package localcdc.core.source;
