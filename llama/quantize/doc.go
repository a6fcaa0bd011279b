// Package quantize makes the integer model: it merges the norms' gains into the
// weights, chooses exponents by running the float model on a text, and rounds
// the weights, to 16 bits, to bytes in groups (with GPTQ) or to ternary digits.
//
// # Notation
//
// A tensor with exponent e holds integer = real * 2^e: er of the residual and
// the embedding, en of a norm's output, eg and es around SiLU, eq, ek and ev of
// queries, keys and values of each layer, ew of a matrix. The limits on ew keep
// every shift of a rescale within what the relation can prove. d is the width, hd
// the width of a head.
//
// # The rules (normative)
//
//  1. Gains are merged in float64: Wq, Wk, Wv by that of attention, Wgate and Wup
//     by that of the feed-forward part, Whead by the final one. A ternary matrix
//     must stay ternary, so there the gain is a vector of 16 bits of its own, with
//     exponent floor(log2(32767/max|gain|)).
//  2. Pairs that RoPE turns are neighbours, rows 2i and 2i+1 of a head.
//  3. The scores' 1/sqrt(hd): if it is 2^-j, the exponent of queries counts j more;
//     otherwise it is multiplied into Wq.
//  4. The float model runs on at least 4,096 tokens in windows that start at
//     position 0, and the largest absolute values decide:
//     eq, ek, ev = floor(log2(32767/(2 max))) in each layer, at most 60, eq and ek lowered
//     until eq + ek - t <= 16, ev until ev < en + floor(log2(32767/max|Wv|)), for w8
//     127*1023 instead of 32767; en = floor(log2(32768/sqrt(d)));
//     eg = es = floor(log2(32767/max g)) over all layers; er the largest with
//     8 max|residual| 2^er < 2^31 and max|embedding| 2^er <= 32767; t = 8;
//     epsI = floor(eps d 2^(2er) + 1/2), at least 1; K = 32 up to 256 positions, 48 above.
//  5. Embedding: floor(e 2^er + 1/2).
//  6. Weights, with a limit on ew: v, gate: 16 + e_out - en; o: 16 + er - ev;
//     q: 18 + eq' - en (eq' before rule 3), k: 18 + ek - en; down:
//     32 + er - es - en - ew_up; head: none; up: see below.
//     w16: ew = min(floor(log2(32767/max|w|)), limit), M = floor(w 2^ew + 1/2).
//     w8: groups of 32 columns, ew = min(floor(log2(127*1023/max|w|)), limit),
//     m = max(1, ceil(max_group |w| 2^ew / 127)), W in [-127, 127] by GPTQ or
//     rounding, M = m W. Ternary: digits times one multiplier, as w16.
//  7. The tables of package llama.
//
// Two rules differ from the design that was measured first. The gate has no
// headroom above the largest value seen, where 1.25 was asked for: g saturates by
// rule, SiLU is the identity up there, so that a value beyond the range loses
// only its excess, while a power of two more costs every value a bit. On
// SmolLM2-135M eg = 8 instead of 9 is the difference between 99.5 % and 99.8 % of
// choices, and with the factor it hung on which words begin a calibration window.
//
// And up gives way to down. The shift after the down projection is at most 32, so
// exponents of up and down share a budget; with no limit for up, down starves in
// models with small activations: of bard's weights 7 bits remained and top-1 fell
// to 99.2 %, against 99.9 % (see upLimit).
//
// # What is guaranteed
//
// An import that succeeds gave the sink a model that satisfies
// llama.Layer.Validate in every layer. What is identified, committed and proven is
// the model folder that it wrote.
//
// # Reproducibility
//
// The result is a function of the source, the options and the platform, bit for
// bit; it does not depend on the number of threads, since all floating-point sums
// have a fixed order. A platform is an architecture with its GOAMD64 or like
// setting, a version of Go and of gonum, and on amd64 whether the processor has
// fused multiply-add, which math.Exp uses there. In detail:
//
//   - Given the exponents of rule 4, rules 1 to 3, 5 and 6 without GPTQ give the
//     same integers on every platform: a weight takes products, one division and one
//     rounding in float64, no sum but that with 1/2, and no function of a library.
//   - The float model and the sums of GPTQ round product and sum apart: explicit
//     conversions keep compilers from fusing them (the Go language lets them, and they
//     do on arm64, ppc64, riscv64, s390x and with GOAMD64=v3). The assembly of
//     llama/float gives the bits of its portable twin, which a test compares.
//   - math.Exp, math.Sincos and math.Pow have several implementations, and the
//     compiler may fuse their operations. Their last bits can change an entry of a
//     table by one unit, where the value is next to the middle of two integers, and an
//     exponent of rule 4, where the largest value seen is next to a power of two.
//   - GPTQ also inverts a Hessian by gonum's Cholesky decomposition in float64, whose
//     kernels on amd64 add in another order than the portable ones. What is left of
//     that after the inverse is rounded to float32 can turn the rounding of a weight,
//     and by it those of weights that come after it in its row.
//
// So an import elsewhere is usually the same and need not be. On amd64 bard is, in
// every scheme, with and without fused multiply-add in math.Exp, with gonum's
// assembly and with its portable kernels (build tag noasm); architectures have not
// been compared.
//
// # What a check means
//
// [Check] compares a model with a source. Without windows it takes the exponents of
// rule 4 from the model and repeats the rest. That the result is equal means:
//
//   - The configuration is the source's.
//   - The exponents that follow from the configuration or from others are the ones of
//     the rules, epsI too; the calibrated ones (er, eg, eq, ek, ev) are in the ranges
//     of rule 4. Which of these values calibration gives is not checked: a model with
//     needlessly small exponents is less exact than it could be, and equal.
//   - Embedding, w16 and ternary weights, gains, multipliers, and the exponents of
//     all matrices are those of the rules, every integer of them; w8 weights too if
//     they were rounded plainly.
//   - Every entry of a table is its rule's value, rounded to an integer that is no
//     more than 1/2 + 2^-16 away: one of the two next to the value.
//
// W8 weights that GPTQ rounded have no such rule. In GPTQ the distance of a weight
// from the source's is sum_{i<=j} e_i u_ij over the columns before it, with e_i up to
// half a step divided by u_ii: how large that is depends on the inputs that were
// calibrated on, and no bound follows from the weights alone. So bounds are stated
// that honest imports keep with room to spare: each byte is within [MaxSteps] steps
// of plain rounding, and in each matrix the mean of the squares of these distances
// is at most [MaxMeanSquare]. The largest distance in bard, stories260K and
// SmolLM2-135M is 5, 2 and 14 steps, the largest mean square 0.46, 0.22 and 0.50.
//
// This means that the matrix is the source's up to a root mean square error of
// about one step, 1/127 of the largest weight in a group of 32. It does not mean
// that GPTQ made it: a change within these bounds, chosen with care, passes.
// Exponents and multipliers are exact in any case.
//
// With windows everything is imported anew and compared to the bit: scales, tables
// and GPTQ. Equal then means that this is the import; that some bits differ may mean
// another platform.
//
// # Memory
//
// One block as float32 during calibration, one block as integers afterwards,
// the head as integers, and the residual of the calibration tokens: below 3 GiB
// for a LLaMA-3-8B without GPTQ. GPTQ adds a Hessian of Hidden^2 float64 and its
// inverse.
package quantize
