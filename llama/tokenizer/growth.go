package tokenizer

// maxGrowth bounds by how many bytes a byte of text may grow before it is cut into words
// and merged: normalization and pre-tokenization make of n bytes at most maxGrowth n. The
// tokenizers in use need 7 (a space put in front, U+2581 for a space), those that normalize
// to NFKC ten times as much.
const maxGrowth = 256

// Bytes that a byte of UTF-8 text becomes at most in the normal forms of Unicode (Unicode
// Standard Annex 15, section 12; the largest is U+FDFA, 3 bytes, in the two K forms), and
// that U+2581 takes in the place of a space.
const (
	canonicalGrowth     = 3
	compatibilityGrowth = 11
	spaceMarkBytes      = len(spaceMark)
)

// growth is a bound on the length of a text: perByte bytes for each byte of the text that
// is encoded, and inFront more for each stretch of text between special tokens, which has
// at least one byte.
type growth struct{ perByte, inFront int }

// checkGrowth refuses steps by which a text may grow more than maxGrowth times.
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
		return unsupported("normalizer and pre-tokenizer may make a byte of text %d bytes or more, at most %d",
			g.perByte+g.inFront, maxGrowth)
	}
	return nil
}

// add takes a step into account.
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

// times multiplies a length by a factor; a factor below one counts as one.
func (g *growth) times(factor int) {
	g.perByte *= max(1, factor)
	g.inFront *= max(1, factor)
}
