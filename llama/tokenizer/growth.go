package tokenizer

// maxGrowth bounds the growth of a text before merging: normalization and pre-tokenization
// turn n bytes into at most maxGrowth n. The tokenizers in use need 7 (a prepended space,
// U+2581 for a space), those that normalize to NFKC about ten times as much.
const maxGrowth = 256

// The largest growth factors of UTF-8 text in the normal forms of Unicode (Unicode Standard
// Annex 15, section 12; the maximum of the two K forms is at U+FDFA, 3 bytes), and the
// length of U+2581, which replaces a space.
const (
	canonicalGrowth     = 3
	compatibilityGrowth = 11
	spaceMarkBytes      = len(spaceMark)
)

// growth is a bound on the length of a text after some steps: perByte bytes for each byte
// of the input, plus inFront bytes for each stretch of text between special tokens. A
// stretch has at least one byte.
type growth struct{ perByte, inFront int }

// checkGrowth refuses steps with which a text may grow more than maxGrowth times. The error
// wraps ErrUnsupported.
func (d *definition) checkGrowth() error {
	g := growth{perByte: 1}
	for _, s := range d.Normalize {
		if g.add(s); g.perByte+g.inFront > maxGrowth {
			break
		}
	}
	for _, s := range d.Pretokenize {
		if g.add(s); g.perByte+g.inFront > maxGrowth {
			break
		}
	}
	if g.perByte+g.inFront > maxGrowth {
		return unsupported("normalizer and pre-tokenizer turn a byte of text into up to %d bytes or more, "+
			"expected at most %d",
			g.perByte+g.inFront, maxGrowth)
	}
	return nil
}

// add multiplies or increases the bound by the effect of a step.
func (g *growth) add(s step) {
	switch s.Type {
	case stepPrepend:
		g.inFront += len(s.Content)
	case stepReplace:
		g.times((len(s.Content) + len(s.Pattern) - 1) / max(1, len(s.Pattern)))
	case stepNFC, stepNFD:
		g.times(canonicalGrowth)
	case stepNFKC, stepNFKD:
		g.times(compatibilityGrowth)
	case stepSpace:
		g.times(2) // a space in front of words of a byte
	case stepMetaspace:
		g.times(1 + spaceMarkBytes) // U+2581 in front of words of a byte
	}
}

// times multiplies the bound by a factor of at least one.
func (g *growth) times(factor int) {
	g.perByte *= max(1, factor)
	g.inFront *= max(1, factor)
}
