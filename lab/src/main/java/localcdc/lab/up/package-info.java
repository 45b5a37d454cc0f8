/** {@code lab up}: only the platform, until a signal. */
package localcdc.lab.up;
