package commit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"
	"math/bits"
)

// A key file is
//
//	offset 0     header, 8192 bytes
//	offset 8192  n points of 64 bytes: x and y, each four 64-bit limbs, least
//	             significant first, in Montgomery form: what gnark-crypto has in memory
//	then         a SHA-256 digest for each chunk of 4096 points, the last may be shorter
//
// and the header, all integers little endian:
//
//	0    magic "foldkey\x00"       56    H, 64 bytes
//	8    version, 4 bytes          120   SHA-256 of all chunk digests
//	12   curve, 1                  152   name, 256 bytes
//	13   kind                      408   G2 elements of 128 bytes: x0, x1, y0, y1
//	14   number of G2 elements           [1], [τ], [τ²], [τ⁴], ...
//	15   length of the name        8160  SHA-256 of the 8160 bytes before
//	16   n, 8 bytes                      unused bytes are zero
//	24   ID, 32 bytes
const (
	magic       = "foldkey\x00"
	version     = 1
	headerSize  = 8192
	nameAt      = 152
	maxName     = 255
	g2At        = 408
	g2Size      = 128
	headerSumAt = headerSize - sha256.Size

	pointSize   = 64
	chunkPoints = 4096
)

// curveBN254 is the number of BN254's G1, the only curve that there are key files for.
const curveBN254 = 1

// Info is what the header of a key file says. Nothing of it is true of the points before they
// are checked (Open).
type Info struct {
	Kind   Kind
	Name   string // what the file calls the ceremony
	Points int
	ID     ID
	Origin string // where its element [τ] of G2 comes from, see Key.Origin
}

// header is the header of a key file. Field elements are limbs as in the file.
type header struct {
	Info
	h       [2][4]uint64
	g2      [][4][4]uint64
	digests [sha256.Size]byte // of the table of chunk digests
}

func (h *header) marshal() []byte {
	b := make([]byte, headerSize)
	copy(b, magic)
	binary.LittleEndian.PutUint32(b[8:], version)
	b[12], b[13], b[14], b[15] = curveBN254, byte(h.Kind), byte(len(h.g2)), byte(len(h.Name))
	binary.LittleEndian.PutUint64(b[16:], uint64(h.Points))
	copy(b[24:], h.ID[:])
	for i, e := range h.h {
		putLimbs(b[56+32*i:], e)
	}
	copy(b[120:], h.digests[:])
	copy(b[nameAt:], h.Name)
	for i, q := range h.g2 {
		for j, e := range q {
			putLimbs(b[g2At+g2Size*i+32*j:], e)
		}
	}
	sum := sha256.Sum256(b[:headerSumAt])
	copy(b[headerSumAt:], sum[:])
	return b
}

// parseHeader reads a header. Points are limbs that have not been checked.
func parseHeader(b []byte) (*header, error) {
	if len(b) < headerSize {
		return nil, fmt.Errorf("%w: %d bytes, a key file's header has %d", ErrFormat, len(b), headerSize)
	}
	b = b[:headerSize]
	if string(b[:8]) != magic {
		return nil, fmt.Errorf("%w: it begins with %q, a key file with %q", ErrFormat, b[:8], magic)
	}
	if v := binary.LittleEndian.Uint32(b[8:]); v != version {
		return nil, fmt.Errorf("%w: version %d, this program knows %d", ErrFormat, v, version)
	}
	if sum := sha256.Sum256(b[:headerSumAt]); !bytes.Equal(sum[:], b[headerSumAt:]) {
		return nil, fmt.Errorf("%w: the header does not match its digest", ErrCorrupt)
	}
	h := &header{Info: Info{Kind: Kind(b[13]), ID: ID(b[24:56])}}
	if b[12] != curveBN254 || h.Kind != Ceremony && h.Kind != Development {
		return nil, fmt.Errorf("%w: curve %d and %v, expected curve %d, a ceremony's or a development key",
			ErrFormat, b[12], h.Kind, curveBN254)
	}
	n, elements := binary.LittleEndian.Uint64(b[16:]), int(b[14])
	if n < 2 || n > maxPoints {
		return nil, fmt.Errorf("%w: %d points, a key has 2 to %d", ErrFormat, n, maxPoints)
	}
	h.Points = int(n)
	if want := 1 + openingPowers(h.Points); elements != want {
		return nil, fmt.Errorf("%w: %d elements of G2, a key of %d points has %d", ErrFormat, elements, n, want)
	}
	h.Name = string(b[nameAt : nameAt+int(b[15])])
	h.h = [2][4]uint64{getLimbs(b[56:]), getLimbs(b[88:])}
	copy(h.digests[:], b[120:])
	for i := range elements {
		q := b[g2At+g2Size*i:]
		h.g2 = append(h.g2, [4][4]uint64{getLimbs(q), getLimbs(q[32:]), getLimbs(q[64:]), getLimbs(q[96:])})
	}
	if !bytes.Equal(h.marshal(), b) {
		return nil, fmt.Errorf("%w: the header has content where there must be zeros", ErrFormat)
	}
	tau := g2OfLimbs(h.g2[1])
	h.Origin = origin(h.Kind, &tau, h.ID)
	return h, nil
}

// fileSize returns the size of a file of n points.
func fileSize(n int) int64 {
	return headerSize + pointSize*int64(n) + sha256.Size*int64(chunksOf(n))
}

// checkLength says whether a file of so many bytes is what the header says.
func (h *header) checkLength(size int64) error {
	if want := fileSize(h.Points); size != want {
		return fmt.Errorf("%w: %d bytes, %d points need %d: cut short or of another kind", ErrFormat, size, h.Points,
			want)
	}
	return nil
}

// chunksOf returns the number of chunks that n points are cut into.
func chunksOf(n int) int { return (n + chunkPoints - 1) / chunkPoints }

func putLimbs(b []byte, e [4]uint64) {
	for i, l := range e {
		binary.LittleEndian.PutUint64(b[8*i:], l)
	}
}

func getLimbs(b []byte) (e [4]uint64) {
	for i := range e {
		e[i] = binary.LittleEndian.Uint64(b[8*i:])
	}
	return
}

// below says whether limbs are those of a number below m: coordinates are canonical.
func below(e, m [4]uint64) bool {
	var borrow uint64
	for i := range e {
		_, borrow = bits.Sub64(e[i], m[i], borrow)
	}
	return borrow == 1
}

// limbsOfModulus returns a modulus in limbs.
func limbsOfModulus(m *big.Int) (l [4]uint64) {
	var b [32]byte
	m.FillBytes(b[:])
	for i := range l {
		l[i] = binary.BigEndian.Uint64(b[24-8*i:])
	}
	return
}
