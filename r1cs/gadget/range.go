package gadget

import (
	"math/big"
	"slices"

	"github.com/consensys/gnark/frontend"
)

// AssertAtMost constrains b to be the bits, lowest first, of an integer of at most top. It has
// one row for each bit, and one more for each 1 of top above the trailing ones of top. The
// name of the check is not used.
func (c *Circuit) AssertAtMost(b []frontend.Variable, top *big.Int, _ string) {
	c.assertAtMost(slices.Clone(b), top)
}
