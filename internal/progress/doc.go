// Package progress defines what long calls tell while they work: events, which are shown as
// they come and on which nothing depends. Package fold exports them.
package progress
