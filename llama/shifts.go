package llama

import "math/bits"

// GainShift is the rescale after a norm's separate gain: n' = R(n gain, 15),
// with exponent en + GainExp - 15. At 15 bits n' needs no saturation.
const GainShift = 15

// Shifts are the constants k of a block's rescales R(a,k) = floor((a+2^(k-1))/2^k).
// The relation pins a remainder in one signed 16-bit cell for k in 1..16, in
// two for 17..32 and in three for 33..48.
type Shifts struct {
	Q, K  int // after RoPE, 1..32: en + ew + 14 - e
	V     int // 1..16: en + ew - ev
	O     int // 1..16: ev + ew - er
	Gate  int // 1..16: en + ew - eg
	Down  int // 1..48: es + en + ew_up + ew_down - er
	Score int // sh = eq + ek - t: D = floor((max - acc)/2^sh)
}

// Shifts returns the shifts of a block. In a model with separate gains en is
// the exponent after the gain.
func (m *Model) Shifts(layer int) Shifts { return m.Layers[layer].shifts(m.Scales) }

func (l *Layer) shifts(s Scales) Shifts {
	attn, ffn := l.NormExps(s)
	return Shifts{
		Q:     attn + l.Q.Exp + ropeExp - l.ExpQ,
		K:     attn + l.K.Exp + ropeExp - l.ExpK,
		V:     attn + l.V.Exp - l.ExpV,
		O:     l.ExpV + l.O.Exp - s.Residual,
		Gate:  ffn + l.Gate.Exp - s.Gate,
		Down:  s.Silu + ffn + l.Up.Exp + l.Down.Exp - s.Residual,
		Score: l.ExpQ + l.ExpK - s.Exp,
	}
}

// NormExps returns the exponents of what the matrices after the first and the
// second norm read: en, or en + GainExp - 15 after a separate gain.
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

// validate checks that every shift has a form that the relation can prove.
func (s Shifts) validate(headDim int) error {
	for _, k := range []struct {
		name            string
		value, min, max int
	}{
		{"q", s.Q, 1, 32},
		{"k", s.K, 1, 32},
		{"v", s.V, 1, 16},
		{"o", s.O, 1, 16},
		{"gate", s.Gate, 1, 16},
		{"down", s.Down, 1, 48},
		{"score", s.Score, minScoreShift(headDim), 16},
	} {
		if k.value < k.min || k.value > k.max {
			return invalidf("shift of %s is %d, expected %d to %d", k.name, k.value, k.min, k.max)
		}
	}
	return nil
}

// minScoreShift returns max(1, log2(hd) - 1), rounded up: two scores differ by
// less than 2^31 hd, and what D exceeds 65535 by has 32 bits.
func minScoreShift(headDim int) int { return max(1, bits.Len(uint(headDim-1))-1) }
