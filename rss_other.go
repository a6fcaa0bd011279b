//go:build !unix

package fold

// peakRSS returns 0, not known, where the system has no getrusage.
func peakRSS() int64 { return 0 }
