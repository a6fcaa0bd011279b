// Package bench measures what the proof of a step costs, on synthetic blocks of a named shape
// with random weights.
package bench
