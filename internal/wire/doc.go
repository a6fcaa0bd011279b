// Package wire is the binary coder of all of fold's formats: files, keys, proofs and
// states.
//
// A format is described once for both directions. A function takes a [Coder] and visits the
// fields in order. With a coder from [NewWriter] the visit writes the fields; with a coder
// from [NewReader] it reads them:
//
//	func (h *header) code(c *wire.Coder) {
//		c.Magic("FOLDHEAD")
//		c.Int("bits", &h.bits, 1, 0, 28)
//		c.Raw(h.digest[:])
//	}
//
// Guarantees. A reader accepts only bytes that the writer writes for some value, as long as
// the visit uses the methods of this package: every number has one encoding and a stated
// range, and [Coder.End] rejects remaining bytes. A reader never allocates more than a
// constant times the length of the input: [Coder.Count] bounds a count before the caller
// allocates a slice. The first error is kept. After an error a reader leaves all values
// unchanged. A Coder never panics on what it reads.
//
// Numbers are big-endian. The methods with LE in their names are little-endian, for older
// formats. Package elements codes field elements and curve points; [Item] codes other
// values of fixed size.
package wire
