/** {@code lab demo}: the platform at work, watched in the terminal. */
package localcdc.lab.demo;
