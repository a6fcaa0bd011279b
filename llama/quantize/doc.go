// Package quantize makes the integer model: it merges the norms' gains into the
// weights, chooses exponents by running the float model on a text, and rounds
// the weights, to 16 bits, to bytes in groups (with GPTQ) or to ternary digits.
// The rules are those of numerics.md, "Import"; their numbers are cited here.
//
// # Notation
//
// A tensor with exponent e holds integer = real * 2^e: er of the residual and
// the embedding, en of a norm's output, eg and es around SiLU, eq, ek and ev of
// queries, keys and values of each layer, ew of a matrix. The limits on ew keep
// every shift of a rescale within what the relation can prove.
//
// One rule is added. The shift after the down projection is at most 32, so
// exponents of up and down share a budget, and rule 6, which leaves up without a
// limit, starves down in models with small activations: of bard's weights 7 bits
// remained and top-1 fell to 99.2 %, against 99.9 % when up gives way (see
// upLimit). In the models that the rules were measured with it changes nothing.
//
// # What is guaranteed
//
// The result is a function of the source, the options and the platform; it does
// not depend on the number of threads, since all floating-point sums have a
// fixed order. Platforms may differ in the last bit of an exponential, which
// can change a calibrated exponent or a rounding of GPTQ, and a table's entry.
// So an import is not something to be repeated elsewhere and compared: what is
// identified, committed and proven is the model folder that it wrote.
//
// An import that succeeds gave the sink a model that satisfies
// llama.Layer.Validate in every layer.
//
// # Memory
//
// One block as float32 during calibration, one block as integers afterwards,
// the head as integers, and the residual of the calibration tokens: below 3 GiB
// for a LLaMA-3-8B without GPTQ. GPTQ adds a Hessian of Hidden^2 float64 and its
// inverse.
package quantize
