package r1cs

import (
	"bufio"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"fold.example/fold/internal/curve"
)

// digestDomain separates digests of shapes from all other hashes.
const digestDomain = "fold/r1cs/v1"

// Digest identifies the relation. It is the SHA-256 of the domain, the field's modulus, the
// numbers of public variables, private variables and rows, and the rows: for each of A, B and
// C in turn and each row, the number of entries, then the column and the canonical value of
// each entry. Numbers have 8 bytes, values 32, all big-endian.
func (s *Shape[E]) Digest() [32]byte { return s.digest }

func (s *Shape[E]) computeDigest() (sum [32]byte) {
	f := curve.FieldOf[E]()
	values := make([][32]byte, len(s.coefficients))
	for i, v := range s.coefficients {
		values[i] = f.Encode(v)
	}
	h := sha256.New()
	w := bufio.NewWriterSize(h, 1<<16) // a hash never fails
	var number [8]byte
	put := func(n int) {
		binary.BigEndian.PutUint64(number[:], uint64(n))
		w.Write(number[:])
	}
	put(len(digestDomain))
	w.WriteString(digestDomain)
	w.Write(f.Modulus().FillBytes(make([]byte, 32)))
	put(s.public)
	put(s.private)
	put(s.Rows())
	for i := range s.Rows() {
		for _, m := range s.matrices() {
			row := m.entries[m.start[i]:m.start[i+1]]
			put(len(row))
			for _, e := range row {
				put(int(e.column))
				w.Write(values[e.coefficient][:])
			}
		}
	}
	w.Flush()
	h.Sum(sum[:0])
	return
}

// Export writes the shape and a relaxed assignment as text, for checkers that share no code
// with this package. Numbers are decimal, values in [0, modulus):
//
//	fold-relaxed-r1cs 1
//	modulus <p>
//	rows <n> public <l> private <m>
//	u <value>
//	x <value>                         l lines
//	w <value>                         m lines
//	e <value>                         n lines
//	A <row> <column> <value>          a line an entry; B and C alike, in any order
//	end
//
// Column 0 is u, columns 1 to l are x, the others w.
func (s *Shape[E]) Export(out io.Writer, u E, x, w, e []E) error {
	if err := s.checkAssignment(x, w); err != nil {
		return err
	}
	if err := CheckLength("error terms", len(e), s.Rows()); err != nil {
		return err
	}
	b := bufio.NewWriter(out) // keeps the first error for Flush
	fmt.Fprintf(b, "fold-relaxed-r1cs 1\nmodulus %s\nrows %d public %d private %d\nu %s\n",
		curve.Modulus[E](), s.Rows(), s.public, s.private, curve.Integer(u))
	for k, values := range [3][]E{x, w, e} {
		for _, v := range values {
			fmt.Fprintf(b, "%c %s\n", "xwe"[k], curve.Integer(v))
		}
	}
	for k, m := range s.matrices() {
		for i := range s.Rows() {
			for _, t := range m.entries[m.start[i]:m.start[i+1]] {
				fmt.Fprintf(b, "%c %d %d %s\n", 'A'+k, i, t.column, curve.Integer(s.coefficients[t.coefficient]))
			}
		}
	}
	fmt.Fprintln(b, "end")
	return b.Flush()
}
