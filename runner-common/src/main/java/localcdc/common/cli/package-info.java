/** The command line that the runners share: flags, settings, exit codes, and how an error becomes a sentence. */
package localcdc.common.cli;
