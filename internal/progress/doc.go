// Package progress defines the events that long calls report. They are for display; nothing
// depends on them. Package fold exports them.
package progress
