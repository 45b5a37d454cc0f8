/** {@code lab compare}: the same workload through every path. */
package localcdc.lab.compare;
