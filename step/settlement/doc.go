// Package settlement proves claims on a model's weights by sumchecks over the weights.
//
// Tensor m is M_m, with index (block, row, column) in the layout of package weights. y is its
// (block, row) of h_m bits and x its column of c bits. Claim k says that M_m~(u_k, z_k) = v_k
// for m = m_k, where u_k is a point for y and z_k one for x. With rho drawn after the claims
// are fixed, the claims hold, except with a probability of at most their number divided by
// the size of rho's set, if
//
//	sum_k rho^k v_k = sum_m sum_(y,x) M_m(y,x) E_m(y,x),
//	E_m = sum_(k on m) rho^k eq(u_k, y) eq(z_k, x).
//
// A first sumcheck binds the c variables of x at s_x, a second the H >= max h_m variables of y
// at s_y. In the second, a tensor with h_m < H is not scaled and joins late: its sum is
// multiplied by 2^-(H-h_m), and its point is the last h_m coordinates of s_y.
//
// The weights are read three times for any number of claims: for e_k^T M of all claims on a
// matrix (once for every claimsAtOnce of them), for M~(., s_x), and for the combination of
// segments whose commitment is opened. Binding the rows first would need one product of M with
// a vector for the column point of each claim, in addition to one for each row point.
//
// A settlement by steps (package step) uses both sumchecks and the combination. The owner's
// check only compares the two sides of the claims' sum.
package settlement
