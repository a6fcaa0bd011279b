// Package synthetic makes models of named shapes with random weights: what a
// proof costs depends on the shape and on how values spread, not on what the
// model knows. Scales are chosen so that activations fill their 16 bits as those
// of trained models do: a standard deviation of about 2^12.
package synthetic
