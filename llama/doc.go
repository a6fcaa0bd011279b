// Package llama is the integer model: one pure function on integers, which fold both
// runs and proves. The package has no cryptography.
//
// The rules below are normative. They determine every integer of a forward pass
// from the model and the tokens, bit for bit, on every platform and with any
// number of cores. [Session] computes the integers, and [BlockTrace] and [HeadTrace] hold
// them. The tests compare both with a second implementation in big integers.
// [Architecture] lists the tensors, the rescales and the tables.
//
// # Notation
//
//	R(a,k)  = floor((a + 2^(k-1)) / 2^k), toward minus infinity; k >= 1
//	sat(a)  = a clamped to [-32768, 32767] (S16)
//	isqrt   = floor of the square root
//	d, hd   = Config.Dim, Config.HeadDim;  L layers;  T tokens of a pass
//	er en eg es t K epsI   the fields of [Scales];  eq ek ev   of [Layer]
//	ew      = Linear.Exp of the matrix at hand, M[y,k] its effective weights
//
// A tensor with exponent e holds integer = real * 2^e. All shifts are constants
// of the model ([Shifts]); k in 1..16, 17..32 and 33..48 take one, two and three
// 16-bit cells in the proof, which is why they have these ranges.
//
// # Model
//
// The residual x is [T][Dim] with exponent er and 32 bits. A run whose residual leaves this
// range is refused ([ErrResidual]). The gains of the norms are merged into the matrices that
// follow, the final gain into the head. Ternary models are the exception: the gains of their
// blocks are separate S16 vectors. RoPE rotates the pairs (2i, 2i+1) of a head; importers
// permute the rows of formats in which the pairs are (i, i + hd/2). The factor 1/sqrt(hd) of
// the scores is merged into the queries ([Layer]). Effective weights are
//
//	w16      M = W                     |M| <= 2^15
//	w8       M = mul[y][k/32] W[y,k]   |W| <= 127, 1 <= mul <= 1023: |M| < 2^17
//	ternary  M = mul W[y,k]            W in {-1,0,1}, 1 <= mul <= 32767
//
// An [Architecture] may add a bias b to the product of a matrix of a block: M x below then
// denotes M x + b, where b has the exponent of the product and |b| <= 2^44. A LLaMA has no
// biases. An architecture may also replace the SILU table of the gate by another one, and add
// tables T for q, k and v: below, q then denotes T[q], where the index q is the rescaled and
// saturated value. T[0] = 0.
//
// Tables are data of the model ([Tables]), computed once in float64 and stored. Running
// or verifying a model computes nothing in floating point, so platforms whose math.Exp
// differ in the last bit agree on the results of a model.
//
// # Embedding
//
//	x = E[token], S16
//
// # Norm
//
//	v   = sum_i x_i^2 + epsI                          1 <= v < 2^79
//	C   = min(d 2^(64+2en), 32767^2 2^64)             < 2^94
//	inv = isqrt(floor(C/v))                           < 2^47
//	n   = R(x inv, 32)                                |n| <= 32767, exponent en
//	n'  = R(n gain, 15)                               only with separate gains,
//	                                                  exponent en + GainExp - 15
//
// n needs no saturation: v > x^2 gives |x inv| <= 32767 2^32. In models with separate
// gains, n below denotes n', and en the exponent of n'.
//
// # Attention
//
//	q = sat(R(rope(Mq n), en+ew+14-eq))               shift 1..32, [T][Heads][hd]
//	k = sat(R(rope(Mk n), en+ew+14-ek))               shift 1..32, [T][KVHeads][hd]
//	v = sat(R(Mv n, en+ew-ev))                        shift 1..16, [T][KVHeads][hd]
//	rope: (a,b) -> (a cos - b sin, a sin + b cos)     cos, sin at the token's position
//
// and for each token i and head, over the positions j <= i, with the key head
// h / (Heads/KVHeads) of query head h:
//
//	acc_j = q . k_j                                   |acc| <= 2^30 hd
//	m     = max_j acc_j
//	D_j   = min(65535, floor((m - acc_j) / 2^sh))     sh = eq+ek-t
//	e_j   = EXP[D_j]                                  0..32767, EXP[0] = 32767, EXP[65535] = 0
//	S     = sum_j e_j                                 32767 <= S < 2^32
//	inv   = floor(2^K / S)                            K is 32 or 48
//	N     = sum_j e_j v_j                             |N| <= 2^15 S
//	o     = R(N inv, K)                               |o| <= max|v|, S16, exponent ev
//
//	x = x + R(Mo o, ev+ew-er)                         shift 1..16
//
// max(1, ceil(log2(hd)) - 1) <= sh <= 16, so that the excess of D over 65535 has 32 bits.
// The importer chooses K = 32 for contexts up to 256 positions and K = 48 above.
//
// # Feed-forward
//
//	g = sat(R(Mg n, en+ew-eg))                        shift 1..16
//	s = SILU[g]                                       S16, exponent es, SILU[0] = 0
//	u = Mu n                                          exact, exponent en+ew_up
//	h = s u                                           exact
//	x = x + R(Md h, es+en+ew_up+ew_down-er)           shift 1..48
//
// # Head
//
//	n by the norm; logits = Mh n, exact, exponent en+ew
//	choice = the lowest id among the largest logits
//
// # Bounds
//
// With the limits of [Config] (d and Heads*hd up to 2^16, Hidden up to 2^17) and
// |M| < 2^17, and because a norm's output has a Euclidean norm of at most
// 32767 + sqrt(d)/2 < 2^15.1 (Cauchy-Schwarz with a row of M below 2^25):
//
//	tensor                                  |value| <    kept in
//	Mq n, Mk n, Mv n, Mg n, Mu n, logits    2^41         int64
//	after RoPE                              2^56         int64
//	acc_j                                   2^40         int64
//	x inv                                   2^47         int64
//	N inv                                   -2^63 ..     int64: N inv <= max|v| 2^K
//	Mo o                                    2^48         int64
//	h = s u                                 2^56         int64
//	Md h                                    2^90         128 bits
//	v, C, floor(C/v)                        2^94         128 bits
//
// These bounds hold for every file that [Open] accepts. Biases raise the bounds of products to
// 2^45, and the bounds after RoPE and of h to 2^60. The relation also needs the excess that a
// saturation cuts off to stay below 2^32. [Model.Validate] checks this from the norms of the
// actual rows.
//
// # Model folder
//
// model.json holds configuration, scales, exponents and digests; weights.bin
// the arrays, little-endian, each at a multiple of 64 bytes:
//
//	header      "foldwgts", version (8 bytes), size of the file (8 bytes),
//	            SHA-256 of scheme and shapes, zeros up to 64 bytes
//	tables      EXP, SILU, cos, sin
//	embedding   [Vocab][Dim]
//	each layer  gains of attention and feed-forward (ternary only), then the matrices
//	            q k v o gate up down: the data, the multipliers (w8 only), and
//	            the bias if the architecture has one (8 bytes an entry)
//	head        as a layer's matrix
//
// The layout follows from model.json alone. A section's digest is the SHA-256 of
// the SHA-256 of its arrays; the fingerprint is the SHA-256 of model.json in
// compact form with the fingerprint itself zero.
package llama
