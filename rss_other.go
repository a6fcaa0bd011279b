//go:build !unix

package fold

import "time"

// peakRSS returns 0, not known, where the system has no getrusage.
func peakRSS() int64 { return 0 }

// cpuTime returns 0 likewise.
func cpuTime() time.Duration { return 0 }
