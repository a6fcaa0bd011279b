// Package quality measures how well an integer model keeps to the float model
// that it was made of.
//
// Both run on the same windows of tokens, each from position 0, and are compared
// at every position: whether they choose the same token (top-1), how far their
// distributions p (float) and q (integer) are apart (Kullback-Leibler, the mean
// of sum p ln(p/q), in nats), and how probable they find the token that follows
// (perplexity, exp of the mean of -ln p). After every block the residuals are
// compared as well: the error is the root mean square of their difference
// divided by that of the float residual.
//
// What is measured is the very function that is proven, including saturation.
// Figures are floating-point sums in a fixed order; like those of package
// float they are the same on every run on one platform.
package quality
