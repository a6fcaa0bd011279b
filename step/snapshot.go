package step

import (
	"bufio"
	"fmt"
	"io"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
)

// A snapshot is the running polynomials: those of the classes in their order, then
// that of the cache, whose sizes follow from the protocol. Of each stand a bit a
// row of 2^snapshotRow coefficients, lowest bit first, whether it has any that is
// not zero, and then these rows, 32 bytes a coefficient. The blinds are in the
// trails of the steps.
const snapshotRow = 10

// polynomials are the running ones in a snapshot's order.
func (q *RunProver) polynomials() (all []*Polynomial) {
	for i := range q.running {
		all = append(all, &q.running[i])
	}
	return append(all, &q.cache)
}

func snapshotRows(v fr.Vector) (rowBits, rows int) {
	rowBits = min(snapshotRow, log2Ceil(len(v)))
	return rowBits, len(v) >> rowBits
}

// SnapshotSize is the length of a snapshot taken now, in bytes.
func (q *RunProver) SnapshotSize() (size int64) {
	for _, p := range q.polynomials() {
		rowBits, rows := snapshotRows(p.Values)
		size += int64(rows+7) / 8
		for _, live := range liveRows(p.Values, rowBits) {
			size += int64(live) * elementSize
		}
	}
	return size
}

// WriteSnapshot writes the running polynomials.
func (q *RunProver) WriteSnapshot(to io.Writer) error {
	w := bufio.NewWriterSize(to, 1<<16)
	for _, p := range q.polynomials() {
		rowBits, rows := snapshotRows(p.Values)
		live, bitmap := liveRows(p.Values, rowBits), make([]byte, (rows+7)/8)
		for i, n := range live {
			if n > 0 {
				bitmap[i/8] |= 1 << (i % 8)
			}
		}
		w.Write(bitmap) // a Writer keeps its first error for Flush
		for i, n := range live {
			for _, e := range p.Values[i<<rowBits:][:n] {
				b := e.Bytes()
				w.Write(b[:])
			}
		}
	}
	return w.Flush()
}

// ReadSnapshot sets the running polynomials. It accepts exactly what WriteSnapshot
// writes for the protocol; errors wrap ErrEncoding, or are those of reading.
func (q *RunProver) ReadSnapshot(from io.Reader) error {
	r := bufio.NewReaderSize(from, 1<<16)
	for i, p := range q.polynomials() {
		if err := readRows(r, p.Values); err != nil {
			return fmt.Errorf("%w: snapshot: polynomial %d: %w", ErrEncoding, i, err)
		}
	}
	switch _, err := r.ReadByte(); err {
	case io.EOF:
		return nil
	case nil:
		return fmt.Errorf("%w: snapshot: bytes after its end", ErrEncoding)
	default:
		return fmt.Errorf("%w: snapshot: %w", ErrEncoding, err)
	}
}

func readRows(r io.Reader, v fr.Vector) error {
	rowBits, rows := snapshotRows(v)
	bitmap := make([]byte, (rows+7)/8)
	if _, err := io.ReadFull(r, bitmap); err != nil {
		return err
	}
	if n := rows % 8; n > 0 && bitmap[len(bitmap)-1]>>n != 0 {
		return fmt.Errorf("rows beyond the last of %d", rows)
	}
	clear(v)
	row := make([]byte, elementSize<<rowBits)
	for i := range rows {
		if bitmap[i/8]>>(i%8)&1 == 0 {
			continue
		}
		if _, err := io.ReadFull(r, row); err != nil {
			return err
		}
		if err := readRow(row, v[i<<rowBits:][:1<<rowBits]); err != nil {
			return fmt.Errorf("row %d: %w", i, err)
		}
	}
	return nil
}

func readRow(b []byte, v fr.Vector) error {
	zero := true
	for i := range v {
		if err := v[i].SetBytesCanonical(b[i*elementSize:][:elementSize]); err != nil {
			return fmt.Errorf("coefficient %d: %w", i, err)
		}
		zero = zero && v[i].IsZero()
	}
	if zero {
		return fmt.Errorf("only zeros, in a row that is said to have others")
	}
	return nil
}
