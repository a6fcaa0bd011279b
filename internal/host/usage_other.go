//go:build !unix

package host

import "time"

// PeakRSS returns 0, which means unknown: the system has no getrusage.
func PeakRSS() int64 { return 0 }

// CPUTime returns 0, which means unknown.
func CPUTime() time.Duration { return 0 }
