/** What the {@code doctor} commands have in common: findings, and how they are shown. */
package localcdc.common.doctor;
