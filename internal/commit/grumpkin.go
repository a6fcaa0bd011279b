package commit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"unsafe"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"
	scalar "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold/internal/commit/msm/grumpkin"
	"fold/internal/commit/msm/partition"
	"fold/internal/kernel"
)

// GrumpkinKey commits to vectors over Grumpkin's scalar field, Pedersen's way:
// C = Σ_i w_i G_i + b H with generators that are all hashed to the curve. There is
// nothing to trust: anyone computes the same ones.
type GrumpkinKey struct {
	points []curve.G1Affine
	h      curve.G1Affine
	file   io.Closer
}

// grumpkinDST separates the generators of this key from all other points.
const grumpkinDST = "fold/commit/v1/grumpkin"

// grumpkinPoint returns generator i. H has an index that no generator has.
func grumpkinPoint(i uint64) (curve.G1Affine, error) {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], i)
	return curve.HashToG1(b[:], []byte(grumpkinDST))
}

const blindingIndex = ^uint64(0)

// NewGrumpkinKey computes the first n generators and H, about 20 µs each.
func NewGrumpkinKey(n int) (*GrumpkinKey, error) {
	if n < 1 || n > maxPoints {
		return nil, fmt.Errorf("%w: %d points asked for, a key has 1 to %d", ErrTooShort, n, maxPoints)
	}
	k := &GrumpkinKey{points: make([]curve.G1Affine, n)}
	var err error
	if k.h, err = grumpkinPoint(blindingIndex); err != nil {
		return nil, fmt.Errorf("blinding base: %w", err)
	}
	const grain = 1 << 8
	failed := make([]error, (n+grain-1)/grain)
	kernel.For(n, grain, func(lo, hi int) {
		for i := lo; i < hi && failed[lo/grain] == nil; i++ {
			k.points[i], failed[lo/grain] = grumpkinPoint(uint64(i))
		}
	})
	return k, errors.Join(failed...)
}

// OpenGrumpkinKey returns a key of n points from the file at path, and makes the file
// if there is none, or one that is too short. As a reader cannot recompute what the
// file is there to save, it compares its digests and a random sample of generators:
// whoever can write the file must be trusted.
func OpenGrumpkinKey(path string, n int) (*GrumpkinKey, error) {
	k, err := openGrumpkin(path, n)
	if !errors.Is(err, os.ErrNotExist) && !errors.Is(err, ErrTooShort) {
		return k, err
	}
	if k, err = NewGrumpkinKey(max(n, 2)); err != nil {
		return nil, err
	}
	if err := k.save(path); err != nil {
		return nil, err
	}
	return openGrumpkin(path, n)
}

func (k *GrumpkinKey) save(path string) error {
	w, err := createFile(path)
	if err != nil {
		return err
	}
	defer w.abandon()
	if err := w.write(rawGrumpkin(k.points)); err != nil {
		return err
	}
	return w.finish(&header{
		Info: Info{Curve: Grumpkin, Kind: Transparent, Name: grumpkinName, ID: k.ID()},
		h:    rawGrumpkin([]curve.G1Affine{k.h})[0],
	})
}

const grumpkinName = "hashed to the curve, no ceremony needed"

// sampled is the number of generators that opening a file recomputes.
const sampled = 32

func openGrumpkin(path string, n int) (*GrumpkinKey, error) {
	f, err := openFile(path, max(n, 2), Grumpkin, checkGrumpkin)
	if err != nil {
		return nil, err
	}
	k := &GrumpkinKey{points: grumpkinPoints(f.points)[:n:n], file: f}
	if err := k.sample(f); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// sample compares H, the ID, and some generators with what they should be.
func (k *GrumpkinKey) sample(f *keyFile) (err error) {
	if k.h, err = grumpkinPoint(blindingIndex); err != nil {
		return err
	}
	if f.ID != k.ID() || f.h != rawGrumpkin([]curve.G1Affine{k.h})[0] {
		return fmt.Errorf("%w: the ID or the blinding base is another one", ErrCorrupt)
	}
	for range min(sampled, len(k.points)) {
		i := rand.IntN(len(k.points))
		want, err := grumpkinPoint(uint64(i))
		if err != nil {
			return err
		}
		if !want.Equal(&k.points[i]) {
			return fmt.Errorf("%w: point %d is not the one that its index hashes to", ErrCorrupt, i)
		}
	}
	return nil
}

// Len returns the number of generators.
func (k *GrumpkinKey) Len() int { return len(k.points) }

// Points returns the generators, which the caller must not change. They are valid
// until Close.
func (k *GrumpkinKey) Points() []curve.G1Affine { return k.points }

// BlindingBase returns H.
func (k *GrumpkinKey) BlindingBase() curve.G1Affine { return k.h }

// ID returns the digest of how the generators are made; it is the same for all n.
func (k *GrumpkinKey) ID() (id ID) {
	d := sha256.New()
	h := k.h.Bytes()
	d.Write(bytes.Join([][]byte{[]byte(grumpkinDST), h[:]}, []byte{0}))
	d.Sum(id[:0])
	return
}

// Truncate returns a view of the first n generators.
func (k *GrumpkinKey) Truncate(n int) (*GrumpkinKey, error) {
	if n < 1 || n > len(k.points) {
		return nil, fmt.Errorf("%w: %d points asked for, it has %d", ErrTooShort, n, len(k.points))
	}
	return &GrumpkinKey{points: k.points[:n:n], h: k.h}, nil
}

// Commit returns Σ_i w_i G_i + b H. Zeros are free, and ones, minus ones and other
// small scalars, of which witnesses have many, cost what small integers cost.
func (k *GrumpkinKey) Commit(w scalar.Vector, b *scalar.Element) (c curve.G1Affine, err error) {
	if len(w) > len(k.points) {
		return c, fmt.Errorf("%w: %d values, %d points", ErrTooShort, len(w), len(k.points))
	}
	sum := grumpkin.Full(k.points[:len(w)], w)
	blind := grumpkin.Full([]curve.G1Affine{k.h}, []scalar.Element{*b})
	sum.AddAssign(&blind)
	return *c.FromJacobian(&sum), nil
}

// Close releases the file that an opened key is mapped from.
func (k *GrumpkinKey) Close() error {
	if k.file == nil {
		return nil
	}
	f := k.file
	k.file, k.points = nil, nil
	return f.Close()
}

// grumpkinPrime is the modulus of Grumpkin's coordinates, which is r.
var grumpkinPrime = limbsOfModulus(fr.Modulus())

// checkGrumpkin says whether limbs are a finite point of Grumpkin.
func checkGrumpkin(p *partition.Point) error {
	if !below(p[0], grumpkinPrime) || !below(p[1], grumpkinPrime) {
		return fmt.Errorf("a coordinate is not below the field's modulus")
	}
	q := grumpkinPoints([]partition.Point{*p})[0]
	if q.IsInfinity() || !q.IsOnCurve() {
		return fmt.Errorf("it is not a finite point of the curve")
	}
	return nil
}

func grumpkinPoints(p []partition.Point) []curve.G1Affine {
	return unsafe.Slice((*curve.G1Affine)(unsafe.Pointer(unsafe.SliceData(p))), len(p))
}

func rawGrumpkin(p []curve.G1Affine) []partition.Point {
	return unsafe.Slice((*partition.Point)(unsafe.Pointer(unsafe.SliceData(p))), len(p))
}
