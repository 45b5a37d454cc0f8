/** {@code lab bench}: repeatable measurements with their baselines in the same run. */
package localcdc.lab.bench;
