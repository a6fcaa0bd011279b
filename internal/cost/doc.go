// Package cost estimates the resources for proving a run: core time, memory, disk and the
// size of the commitment key. [Plan] divides a run into passes and steps at the least cost.
//
// The constants are nanoseconds of core time and bytes, fitted on one machine, the
// reference machine. [Speed] compares the current machine with it in about a second. Costs
// never decide what is proven, and no proof depends on them.
package cost
