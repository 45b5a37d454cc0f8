/** The map from primary key to latest state, its writer's side and its readers' side. */
package localcdc.core.index;
