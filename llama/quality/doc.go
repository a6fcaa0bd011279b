// Package quality measures the agreement of an integer model with the float model that it
// was imported from.
//
// Both models run on the same windows of tokens, each from position 0. At every position
// the package compares the chosen tokens (top-1), the distributions p (float) and q
// (integer) by the Kullback-Leibler divergence (mean of sum p ln(p/q), in nats), and the
// probabilities of the next token (perplexity, exp of the mean of -ln p). After every
// block it compares the residuals: the error is the root mean square of their difference,
// divided by the root mean square of the float residual.
//
// The integer model runs exactly as it is proven, including saturation. Figures are
// floating-point sums in a fixed order, so they are reproducible on one platform.
package quality
