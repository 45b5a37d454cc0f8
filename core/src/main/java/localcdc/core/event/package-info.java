/** What flows: one committed change, its key, its row, its place in the database's log. */
package localcdc.core.event;
