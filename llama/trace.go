package llama

import "fold.example/fold/internal/kernel"

// NormTrace holds the integers of one norm over T tokens.
type NormTrace struct {
	V   []kernel.Int128 // [T], sum of squares + epsI, 1 <= V < 2^79
	Inv []int64         // [T], isqrt(floor(C/V)), below 2^47
	N   []int16         // [T][Dim], R(x inv, 32)

	// Gained is R(N gain, 15), [T][Dim]: the input of the matrices in a model with
	// separate gains. It is empty in other models, where N is the input.
	Gained []int16
}

// Out returns the input of the matrices after the norm, [T][Dim]: Gained, or N where
// Gained is empty.
func (n *NormTrace) Out() []int16 {
	if len(n.Gained) > 0 {
		return n.Gained
	}
	return n.N
}

// BlockTrace holds every intermediate integer of one block over a pass of T
// tokens at positions Start .. Start+T-1. All slices are dense and row-major in
// the shapes given; tokens are the slowest axis. The next pass with the same trace reuses
// its memory, about T (40 Dim + 28 (QDim + KVDim + Hidden) + 12 Heads P) bytes.
//
// Cells of Score, D and E at positions after the token's own (masked) are zero.
type BlockTrace struct {
	Layer, Start, Tokens int
	Positions            int // P = Start + Tokens

	In   []int32 // [T][Dim], the residual that comes in
	Attn NormTrace

	QAcc       []int64 // [T][Heads][HeadDim], Mq n
	KAcc, VAcc []int64 // [T][KVHeads][HeadDim], Mk n and Mv n
	QRot       []int64 // [T][Heads][HeadDim], QAcc after RoPE, before the rescale
	KRot       []int64 // [T][KVHeads][HeadDim]
	Q          []int16 // [T][Heads][HeadDim], sat(R(QRot, k))
	K, V       []int16 // [T][KVHeads][HeadDim], this pass's part of the cache

	// The inputs of the tables of q, k and v ([Table.Of]), whose outputs are Q, K and V. Empty
	// for a tensor that has no table.
	QIn, KIn, VIn []int16

	Score []int64  // [T][Heads][P], q_i . k_j
	Max   []int64  // [T][Heads], max of Score over j <= i
	D     []uint16 // [T][Heads][P], min(65535, floor((Max-Score)/2^sh))
	E     []int16  // [T][Heads][P], EXP[D]
	Sum   []int64  // [T][Heads], S = sum of E, 32767 <= S < 2^32
	Inv   []int64  // [T][Heads], floor(2^K/S)
	N     []int64  // [T][Heads][HeadDim], sum of E v
	O     []int16  // [T][Heads][HeadDim], R(N Inv, K)
	OAcc  []int64  // [T][Dim], Mo O
	Mid   []int32  // [T][Dim], the residual between the two parts

	FFN     NormTrace
	GAcc    []int64         // [T][Hidden], Mg n
	G       []int16         // [T][Hidden], sat(R(GAcc, k))
	S       []int16         // [T][Hidden], SILU[G]; G if the gate has no table
	U       []int64         // [T][Hidden], Mu n, exact
	H       []int64         // [T][Hidden], S U, exact
	DownAcc []kernel.Int128 // [T][Dim], Md H

	Out []int32 // [T][Dim], the residual that goes out
}

// HeadTrace holds the integers of the final norm, the logits and the choices for T
// tokens.
type HeadTrace struct {
	Tokens int
	In     []int32 // [T][Dim]
	Norm   NormTrace
	Logits []int64 // [T][Vocab], Mh n, exponent Model.LogitExp
	Argmax []int   // [T], the lowest id among the largest logits
}

// reset gives the trace the shapes of a pass. Rows of scores are kept only when
// the caller asks for the trace: they grow with the position.
func (tr *BlockTrace) reset(c Config, gains bool, layer, start, tokens int, scores bool) {
	tr.Layer, tr.Start, tr.Tokens, tr.Positions = layer, start, tokens, start+tokens
	tr.Attn.reset(c, gains, tokens)
	tr.FFN.reset(c, gains, tokens)
	for _, b := range []*[]int32{&tr.In, &tr.Mid, &tr.Out} {
		resize(b, tokens*c.Dim)
	}
	for _, b := range []*[]int64{&tr.QAcc, &tr.QRot, &tr.N} {
		resize(b, tokens*c.QDim())
	}
	for _, b := range []*[]int64{&tr.KAcc, &tr.KRot, &tr.VAcc} {
		resize(b, tokens*c.KVDim())
	}
	for _, b := range []*[]int64{&tr.Max, &tr.Sum, &tr.Inv} {
		resize(b, tokens*c.Heads)
	}
	for _, b := range []*[]int64{&tr.GAcc, &tr.U, &tr.H} {
		resize(b, tokens*c.Hidden)
	}
	resize(&tr.Q, tokens*c.QDim())
	resize(&tr.O, tokens*c.QDim())
	resize(&tr.K, tokens*c.KVDim())
	resize(&tr.V, tokens*c.KVDim())
	resize(&tr.G, tokens*c.Hidden)
	resize(&tr.S, tokens*c.Hidden)
	resize(&tr.OAcc, tokens*c.Dim)
	resize(&tr.DownAcc, tokens*c.Dim)
	rows := 0
	if scores {
		rows = tokens * c.Heads * tr.Positions
	}
	resize(&tr.Score, rows)
	resize(&tr.D, rows)
	resize(&tr.E, rows)
}

// reset gives the trace the shapes of a head over some tokens.
func (tr *HeadTrace) reset(c Config, tokens int) {
	tr.Tokens = tokens
	tr.Norm.reset(c, false, tokens)
	resize(&tr.In, tokens*c.Dim)
	resize(&tr.Logits, tokens*c.Vocab)
	resize(&tr.Argmax, tokens)
}

// reset gives the trace the shapes of a norm over some tokens.
func (n *NormTrace) reset(c Config, gain bool, tokens int) {
	resize(&n.V, tokens)
	resize(&n.Inv, tokens)
	resize(&n.N, tokens*c.Dim)
	gained := 0
	if gain {
		gained = tokens * c.Dim
	}
	resize(&n.Gained, gained)
}

// resize sets the length of a buffer and reuses its memory if that suffices. The contents
// are arbitrary afterwards.
func resize[T any](b *[]T, n int) {
	if cap(*b) < n {
		*b = make([]T, n)
	}
	*b = (*b)[:n]
}
