/** The whole platform on one machine without containers: a live demonstration, a platform to try things on, measurements. */
package localcdc.lab;
