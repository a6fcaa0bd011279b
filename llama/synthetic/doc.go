// Package synthetic makes models of named shapes with random weights, to measure the cost
// of proofs: the cost depends on the shape and on the distribution of values, and not on
// training. The scales give activations the spread in their 16 bits that trained models
// have, a standard deviation of about 2^12: nothing saturates, and nothing vanishes.
package synthetic
