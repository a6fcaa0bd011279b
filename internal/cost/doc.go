// Package cost estimates what proving a run takes: core time, memory, disk and the size of the
// commitment key. [Plan] cuts a run into passes and steps so that it costs least.
//
// The constants are nanoseconds of core time and bytes, fitted to one machine; [Speed] compares
// the machine at hand with it in about a second. Costs never decide what is proven, and no proof depends on them.
package cost
