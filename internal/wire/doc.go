// Package wire is the binary coder of every format of fold's: files, keys, proofs and states.
//
// One text describes a format for both directions. A function takes a [Coder] and visits the
// fields in their order; with a coder of [NewWriter] the visit writes them, with one of
// [NewReader] it reads them:
//
//	func (h *header) code(c *wire.Coder) {
//		c.Magic("FOLDHEAD")
//		c.Int("bits", &h.bits, 1, 0, 28)
//		c.Raw(h.digest[:])
//	}
//
// Guarantees. A reader accepts what the writer writes for some value and nothing else, as long
// as the visit uses the methods of this package: every number has one encoding and a stated
// range, and [Coder.End] refuses bytes that are left over. A reader never allocates more than a
// constant times the bytes that are there: [Coder.Count] bounds a count before the caller makes
// a slice. The first error is kept (it is sticky); after it a reader changes nothing and all
// values read keep what they had. A Coder never panics on what it reads.
//
// Numbers are big-endian; the methods with LE in their name are little-endian, for the formats
// that began so. Elements of fields and points of curves are in package elements; other items
// of a fixed size are coded with [Item].
package wire
