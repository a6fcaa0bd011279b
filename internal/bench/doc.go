// Package bench measures the cost of proving a step, on synthetic blocks of a named shape
// with random weights.
package bench
