//go:build !linux

package host

// Memory returns 0, which means unknown.
func Memory() int64 { return 0 }

// Resident returns 0, which means unknown.
func Resident() int64 { return 0 }
