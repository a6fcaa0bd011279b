package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
	"fold.example/fold/step/argument"
	"fold.example/fold/step/relation"
)

// Encodings of this package use package wire: numbers have four bytes, elements and compressed
// points 32 bytes, all big-endian. The length of a list is known to the reader or precedes the
// list.

// codeNumber codes a number from 0 to limit.
func codeNumber(c *wire.Coder, what string, x *int, limit int) { c.Int(what, x, 4, 0, limit) }

// codeElements codes the elements of a list whose length is known.
func codeElements(c *wire.Coder, what string, v []fr.Element) {
	for i := range v {
		elements.Fr(c, what, &v[i])
	}
}

// codeTokens codes the length of a list of tokens, at most limit, and the tokens, each below
// vocab. A reader returns nil for an empty list.
func codeTokens(c *wire.Coder, what string, v *[]int, limit, vocab int) {
	n := len(*v)
	c.Count("number of "+what, &n, 4, limit, 4)
	if !c.Writing() {
		if *v = nil; !c.Reading() || n == 0 {
			return
		}
		*v = make([]int, n)
	}
	for i := range *v {
		codeNumber(c, what, &(*v)[i], vocab-1)
	}
}

// codeClaim codes a claim. The reader must have set the length of the claim's point.
func codeClaim(c *wire.Coder, what string, o *argument.CommittedClaim) {
	elements.G1(c, what, &o.Commitment)
	codeElements(c, what, o.Point)
	elements.Fr(c, what, &o.Value)
}

// codeKind codes the kind of a step.
func codeKind(c *wire.Coder, k *relation.Kind) {
	n := int(*k)
	codeNumber(c, "kind of step", &n, int(relation.Settled))
	*k = relation.Kind(n)
}

// decode decodes all of b. The error wraps ErrEncoding.
func decode(what string, b []byte, visit func(*wire.Coder)) error {
	if err := wire.Decode(b, visit); err != nil {
		return fmt.Errorf("%w: %s: %w", argument.ErrEncoding, what, err)
	}
	return nil
}
