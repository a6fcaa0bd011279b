package step

import (
	"bufio"
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/kernel"
	"fold.example/fold/step/argument"
)

// A snapshot has the running polynomials: by size class, then the cache's. The parameters
// determine their sizes. Each polynomial is cut into rows of 2^snapshotRow coefficients, and
// is encoded as
//
//   - one bit for each row, 1 if the row has a nonzero coefficient;
//   - for each such row, one bit for each coefficient, 1 if it is nonzero, and then the
//     nonzero coefficients in 32 bytes each.
//
// Bits fill each byte from the lowest bit on; zeros pad the last byte. The padding of tensors
// is zero in every step: about half of a small model's coefficients. The blinding factors are
// in the ReplayData of the steps.
const snapshotRow = 10

// polynomials returns the running polynomials in the order of a snapshot.
func (q *RunProver) polynomials() (all []*argument.Polynomial) {
	for i := range q.running {
		all = append(all, &q.running[i])
	}
	return append(all, &q.cache)
}

// snapshotRows cuts a polynomial into rows.
func snapshotRows(v fr.Vector) []fr.Vector {
	rowBits := min(snapshotRow, bitlen.Ceil(len(v)))
	rows := make([]fr.Vector, len(v)>>rowBits)
	for i := range rows {
		rows[i] = v[i<<rowBits:][:1<<rowBits]
	}
	return rows
}

// nonzero returns the number of nonzero coefficients of each row.
func nonzero(rows []fr.Vector) []int {
	count := make([]int, len(rows))
	kernel.For(len(rows), 64, func(lo, hi int) {
		for t := lo; t < hi; t++ {
			for i := range rows[t] {
				if !rows[t][i].IsZero() {
					count[t]++
				}
			}
		}
	})
	return count
}

// flagList returns n bits.
func flagList(n int, set func(i int) bool) []byte {
	b := make([]byte, (n+7)/8)
	for i := range n {
		if set(i) {
			b[i/8] |= 1 << (i % 8)
		}
	}
	return b
}

// flagged reports whether bit i is set.
func flagged(b []byte, i int) bool { return b[i/8]>>(i%8)&1 == 1 }

// SnapshotSize returns the length in bytes of a snapshot of the present polynomials.
func (q *RunProver) SnapshotSize() (size int64) {
	for _, p := range q.polynomials() {
		rows := snapshotRows(p.Values)
		size += int64(len(rows)+7) / 8
		for i, n := range nonzero(rows) {
			if n > 0 {
				size += int64(len(rows[i])+7)/8 + int64(n)*argument.ElementSize
			}
		}
	}
	return size
}

// WriteSnapshot writes the running polynomials.
func (q *RunProver) WriteSnapshot(to io.Writer) error {
	w := bufio.NewWriterSize(to, 1<<16)
	for _, p := range q.polynomials() {
		rows := snapshotRows(p.Values)
		count := nonzero(rows)
		// A bufio.Writer keeps its first error for Flush.
		w.Write(flagList(len(rows), func(i int) bool { return count[i] > 0 }))
		for t, row := range rows {
			if count[t] == 0 {
				continue
			}
			w.Write(flagList(len(row), func(i int) bool { return !row[i].IsZero() }))
			for i := range row {
				if !row[i].IsZero() {
					b := row[i].Bytes()
					w.Write(b[:])
				}
			}
		}
	}
	return w.Flush()
}

// ReadSnapshot sets the running polynomials. It accepts only output of WriteSnapshot for the
// same parameters. The error wraps ErrEncoding.
func (q *RunProver) ReadSnapshot(from io.Reader) error {
	r := bufio.NewReaderSize(from, 1<<16)
	for i, p := range q.polynomials() {
		if err := readRows(r, p.Values); err != nil {
			return fmt.Errorf("%w: snapshot: polynomial %d: %w", argument.ErrEncoding, i, err)
		}
	}
	switch _, err := r.ReadByte(); err {
	case io.EOF:
		return nil
	case nil:
		return fmt.Errorf("%w: snapshot: bytes after its end", argument.ErrEncoding)
	default:
		return fmt.Errorf("%w: snapshot: %w", argument.ErrEncoding, err)
	}
}

func readRows(r io.Reader, v fr.Vector) error {
	rows := snapshotRows(v)
	live, err := readFlags(r, len(rows))
	if err != nil {
		return err
	}
	clear(v)
	room := make([]byte, argument.ElementSize*len(rows[0]))
	for t, row := range rows {
		if !flagged(live, t) {
			continue
		}
		if err := readRow(r, row, room); err != nil {
			return fmt.Errorf("row %d: %w", t, err)
		}
	}
	return nil
}

// readFlags reads n bits. Padding bits must be zero.
func readFlags(r io.Reader, n int) ([]byte, error) {
	b := make([]byte, (n+7)/8)
	if _, err := io.ReadFull(r, b); err != nil {
		return nil, err
	}
	if rest := n % 8; rest > 0 && b[len(b)-1]>>rest != 0 {
		return nil, fmt.Errorf("a bit beyond the last of %d", n)
	}
	return b, nil
}

// readRow reads a row into row, which must be zero. room is a buffer for the bytes of a row.
func readRow(r io.Reader, row fr.Vector, room []byte) error {
	set, err := readFlags(r, len(row))
	if err != nil {
		return err
	}
	n := 0
	for i := range row {
		if flagged(set, i) {
			n++
		}
	}
	if n == 0 {
		return fmt.Errorf("only zeros, in a row that is said to have others")
	}
	b := room[:n*argument.ElementSize]
	if _, err := io.ReadFull(r, b); err != nil {
		return err
	}
	for i := range row {
		if !flagged(set, i) {
			continue
		}
		if err := row[i].SetBytesCanonical(b[:argument.ElementSize]); err != nil {
			return fmt.Errorf("coefficient %d: %w", i, err)
		}
		if b = b[argument.ElementSize:]; row[i].IsZero() {
			return fmt.Errorf("coefficient %d: zero, and said to be another", i)
		}
	}
	return nil
}
