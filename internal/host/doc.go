// Package host measures the resources of the machine and their use by this process: memory
// and disk in bytes, core time, and the heap of a call. A figure that the system does not
// provide is 0; no function returns an error. The figures inform decisions and reports, and
// no result of a proof depends on them.
package host
