package llama

import "math/bits"

// GainShift is the shift of the rescale after a norm's separate gain: n' = R(n gain, 15),
// with exponent en + GainExp - 15. With 15 bits n' needs no saturation.
const GainShift = 15

// Shifts are the constants k of a block's rescales R(a,k) = floor((a+2^(k-1))/2^k).
// The relation keeps the remainder in one 16-bit cell for k in 1..16, in two for 17..32
// and in three for 33..48. [Architecture].Rescales has the ranges and the formulas.
type Shifts struct {
	Q, K  int // after RoPE, 1..32: en + ew + 14 - e
	V     int // 1..16: en + ew - ev
	O     int // 1..16: ev + ew - er
	Gate  int // 1..16: en + ew - eg
	Down  int // 1..48: es + en + ew_up + ew_down - er
	Score int // sh = eq + ek - t: D = floor((max - acc)/2^sh)
}

// Shifts returns the shifts of a block. In a model with separate gains en is the
// exponent after the gain.
func (m *Model) Shifts(layer int) Shifts {
	return m.Layers[layer].shifts(m.Config.Architecture(), m.Scales)
}

// NormExps returns the exponents of the inputs of the matrices after the attention norm
// and after the feed-forward norm: en, or en + GainExp - 15 after a separate gain.
func (l *Layer) NormExps(s Scales) (attn, ffn int) {
	attn, ffn = s.Norm, s.Norm
	if l.AttnGain != nil {
		attn += l.AttnGainExp - GainShift
	}
	if l.FFNGain != nil {
		ffn += l.FFNGainExp - GainShift
	}
	return attn, ffn
}

// MinScoreShift returns the smallest shift of a score with heads of a width hd:
// max(1, ceil(log2(hd)) - 1). Two scores differ by less than 2^31 hd, so with this shift the
// excess of D over 65535 has 32 bits.
func MinScoreShift(headDim int) int { return max(1, bits.Len(uint(headDim-1))-1) }
