package commit

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
	"slices"

	"github.com/consensys/gnark-crypto/ecc"
	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"

	"fold.example/fold/internal/commit/msm/partition"
)

// ImportPtau reads the first n powers of a snarkjs powers-of-tau file and writes them
// as a key file. It checks every element that it uses: canonical coordinates, on the
// curve, G2 in its subgroup, and that all are powers of one τ, by pairings. Errors
// wrap ErrFormat or ErrCorrupt and name the point that is wrong.
//
// The file's other sections, α, β and the transcript of contributions, are not read:
// that the ceremony was held as its name says is for its participants to attest.
//
// It stops when ctx is done, and tells progress, which may be nil, how many points
// are written. The file is there when all of it is.
func ImportPtau(ctx context.Context, path, name, out string, n int, progress func(points int)) error {
	f, size, err := openRegular(path)
	if err != nil {
		return err
	}
	defer f.Close()
	w, err := newKeyWriter(ctx, out, progress)
	if err != nil {
		return err
	}
	defer w.abandon()
	if err := importPtau(w, f, size, name, n); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

func importPtau(w *keyWriter, r io.ReaderAt, size int64, name string, n int) error {
	p, err := parsePtau(r, size)
	if err != nil {
		return err
	}
	if n < 2 || n > 1<<p.power {
		return fmt.Errorf("%w: %d points asked for, a file of power %d gives 2 to %d", ErrTooShort, n, p.power,
			1<<p.power)
	}
	g2, err := p.g2(w.ctx, n)
	if err != nil {
		return err
	}
	if err := w.begin(g2); err != nil {
		return err
	}
	g1, buffer := p.section(ptauG1), make([]partition.Point, min(n, streamed))
	for first := 0; first < n; first += len(buffer) {
		pts := buffer[:min(len(buffer), n-first)]
		if _, err := io.ReadFull(g1, bytesOf(pts)); err != nil {
			return fmt.Errorf("%w: points %d to %d: %w", ErrFormat, first, first+len(pts)-1, err)
		}
		toNative(pts) // limbs in Montgomery form, as in a key file
		if err := w.write(pts); err != nil {
			return err
		}
	}
	return w.finish(Ceremony, name)
}

// The sections of a .ptau file that matter here.
const (
	ptauHeader = 1
	ptauG1     = 2 // [τ^i]G, i < 2^(power+1) - 1
	ptauG2     = 3 // the same in G2, i < 2^power

	maxSections = 64
	maxPower    = 28
)

// ptau is a .ptau file whose structure has been checked.
type ptau struct {
	r        io.ReaderAt
	power    int
	sections map[uint32]span
}

type span struct{ at, size int64 }

func (p *ptau) section(id uint32) *io.SectionReader {
	s := p.sections[id]
	return io.NewSectionReader(p.r, s.at, s.size)
}

// parsePtau reads the header and the table of sections.
//
//	"ptau", version 1 and number of sections in 4 bytes each; then the sections: id in
//	4 bytes, size in 8, content. All integers are little endian.
func parsePtau(r io.ReaderAt, size int64) (*ptau, error) {
	var b [12]byte
	if err := readAt(r, b[:], 0, "the file's header"); err != nil {
		return nil, err
	}
	if string(b[:4]) != "ptau" {
		return nil, fmt.Errorf("%w: it begins with %q, a powers-of-tau file with \"ptau\"", ErrFormat, b[:4])
	}
	if v := binary.LittleEndian.Uint32(b[4:]); v != 1 {
		return nil, fmt.Errorf("%w: version %d of the ptau format, expected 1", ErrFormat, v)
	}
	n := binary.LittleEndian.Uint32(b[8:])
	if n > maxSections {
		return nil, fmt.Errorf("%w: %d sections, at most %d are expected", ErrFormat, n, maxSections)
	}
	p := &ptau{r: r, sections: map[uint32]span{}}
	at := int64(len(b))
	for i := range n {
		if err := readAt(r, b[:], at, fmt.Sprintf("the head of section %d of %d", i+1, n)); err != nil {
			return nil, err
		}
		id, length := binary.LittleEndian.Uint32(b[:]), binary.LittleEndian.Uint64(b[4:])
		at += int64(len(b))
		if length > uint64(size-at) {
			return nil, fmt.Errorf("%w: section %d has %d bytes, %d are left: cut short", ErrFormat, id, length,
				size-at)
		}
		if _, twice := p.sections[id]; twice {
			return nil, fmt.Errorf("%w: section %d occurs twice", ErrFormat, id)
		}
		p.sections[id] = span{at, int64(length)}
		at += int64(length)
	}
	if at != size {
		return nil, fmt.Errorf("%w: %d bytes after the last section", ErrFormat, size-at)
	}
	return p, p.readHeader()
}

// readHeader reads the field's size and modulus, the power of the file, and that of
// the ceremony it was cut from.
func (p *ptau) readHeader() error {
	if err := p.checkCurve(); err != nil {
		return err
	}
	const length = 4 + fp.Bytes + 4 + 4
	if got := p.sections[ptauHeader].size; got != length {
		return fmt.Errorf("%w: the header section has %d bytes, expected %d", ErrFormat, got, length)
	}
	var b [length]byte
	if err := readAt(p.r, b[:], p.sections[ptauHeader].at, "the header section"); err != nil {
		return err
	}
	power, ceremony := binary.LittleEndian.Uint32(b[36:]), binary.LittleEndian.Uint32(b[40:])
	if power < 1 || power > maxPower || ceremony < power || ceremony > maxPower {
		return fmt.Errorf("%w: power %d of a ceremony of power %d, expected 1 to %d", ErrFormat, power, ceremony,
			maxPower)
	}
	p.power = int(power)
	for id, want := range map[uint32]int64{ptauG1: (2<<power - 1) * pointSize, ptauG2: g2Size << power} {
		if got := p.sections[id].size; got != want {
			return fmt.Errorf("%w: section %d has %d bytes, power %d needs %d", ErrFormat, id, got, power, want)
		}
	}
	return nil
}

// checkCurve compares the field's modulus with BN254's, and names the curve that it is of.
func (p *ptau) checkCurve() error {
	const most = 128 // bytes of a modulus: more than any curve has
	var b [4 + most]byte
	if size := p.sections[ptauHeader].size; size < 4 {
		return fmt.Errorf("%w: a header section of %d bytes, a field's size takes 4", ErrFormat, size)
	}
	if err := readAt(p.r, b[:4], p.sections[ptauHeader].at, "the header section"); err != nil {
		return err
	}
	n := binary.LittleEndian.Uint32(b[:4])
	if n == 0 || n > most || int64(4+n) > p.sections[ptauHeader].size {
		return fmt.Errorf("%w: field elements of %d bytes, BN254's have %d", ErrFormat, n, fp.Bytes)
	}
	if err := readAt(p.r, b[:4+n], p.sections[ptauHeader].at, "the field's modulus"); err != nil {
		return err
	}
	modulus := b[4 : 4+n]
	slices.Reverse(modulus)
	m := new(big.Int).SetBytes(modulus)
	switch {
	case m.Cmp(fp.Modulus()) == 0 && n == fp.Bytes:
		return nil
	case m.Cmp(fp.Modulus()) == 0:
		return fmt.Errorf("%w: field elements of %d bytes, BN254's have %d", ErrFormat, n, fp.Bytes)
	}
	return fmt.Errorf("%w: powers of tau on %s, expected bn254", ErrFormat, curveOf(m))
}

// curveOf names the curve whose coordinates have a modulus.
func curveOf(modulus *big.Int) string {
	pairing := []ecc.ID{ecc.BN254, ecc.BLS12_381, ecc.BLS12_377, ecc.BW6_761, ecc.BW6_633, ecc.BLS24_315, ecc.BLS24_317}
	for _, id := range pairing {
		if id.BaseField().Cmp(modulus) == 0 {
			return "the curve " + id.String()
		}
	}
	return fmt.Sprintf("an unknown curve over a field of %d bits", modulus.BitLen())
}

// g2 reads the elements [1], [τ], [τ²], [τ⁴], ... for n points. The others between
// them only have to lie on the curve. It stops when ctx is done.
func (p *ptau) g2(ctx context.Context, n int) ([]bn254.G2Affine, error) {
	var g2 []bn254.G2Affine
	r, b := p.section(ptauG2), make([]byte, g2Size*streamed/2)
	for first := 0; first < n; first += len(b) / g2Size {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		b = b[:g2Size*min(len(b)/g2Size, n-first)]
		if _, err := io.ReadFull(r, b); err != nil {
			return nil, fmt.Errorf("%w: G2 elements from %d on: %w", ErrFormat, first, err)
		}
		read, err := readG2(b, first)
		if err != nil {
			return nil, err
		}
		g2 = append(g2, read...)
	}
	return g2, nil
}

// readG2 checks the elements in b, which begin at index first, and returns those
// whose index is 0 or a power of two.
func readG2(b []byte, first int) (g2 []bn254.G2Affine, err error) {
	for i := first; i < first+len(b)/g2Size; i++ {
		e := b[g2Size*(i-first):]
		decode := decodeTwist
		if i&(i-1) == 0 {
			decode = decodeG2
		}
		q, err := decode([4][4]uint64{getLimbs(e), getLimbs(e[32:]), getLimbs(e[64:]), getLimbs(e[96:])})
		if err != nil {
			return nil, fmt.Errorf("%w: G2 element %d: %w", ErrCorrupt, i, err)
		}
		if i&(i-1) == 0 {
			g2 = append(g2, q)
		}
	}
	return g2, nil
}

func readAt(r io.ReaderAt, b []byte, at int64, what string) error {
	if n, err := r.ReadAt(b, at); n < len(b) {
		return fmt.Errorf("%w: cut short in %s: %w", ErrFormat, what, err)
	}
	return nil
}
