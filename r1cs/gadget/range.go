package gadget

import (
	"math/big"
	"slices"

	"github.com/consensys/gnark/frontend"
)

// AssertAtMost constrains b to be the bits, lowest first, of an integer that is
// at most top: a row a bit, and one more for each 1 of top above its trailing
// ones. A circuit has no place for the name of the check.
func (c *Circuit) AssertAtMost(b []frontend.Variable, top *big.Int, _ string) {
	c.assertAtMost(slices.Clone(b), top)
}
