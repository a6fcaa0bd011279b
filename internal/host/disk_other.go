//go:build !linux && !darwin

package host

// FreeDisk returns 0, which means unknown.
func FreeDisk(string) int64 { return 0 }
