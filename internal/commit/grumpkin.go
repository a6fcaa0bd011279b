package commit

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"

	curve "github.com/consensys/gnark-crypto/ecc/grumpkin"
	scalar "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/internal/commit/msm/grumpkin"
	"fold.example/fold/internal/kernel"
)

// GrumpkinKey commits to vectors over Grumpkin's scalar field, Pedersen's way:
// C = Σ_i w_i G_i + b H with generators that are all hashed to the curve. There is
// nothing to trust: anyone computes the same ones.
type GrumpkinKey struct {
	points []curve.G1Affine
	h      curve.G1Affine
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

// Len returns the number of generators.
func (k *GrumpkinKey) Len() int { return len(k.points) }

// Points returns the generators, which the caller must not change.
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

// Commit returns Σ_i w_i G_i + b H.
func (k *GrumpkinKey) Commit(w scalar.Vector, b *scalar.Element) (c curve.G1Affine, err error) {
	return k.CommitAt(0, w, *b)
}

// CommitAt returns Σ_i v_i G_(at+i) + blind H, as Committer describes. A zero costs
// nothing. A small scalar, such as one or minus one, costs as much as a small integer;
// witnesses have many of them.
func (k *GrumpkinKey) CommitAt(at int, v []scalar.Element, blind scalar.Element) (c curve.G1Affine, err error) {
	if at < 0 || at > len(k.points) || len(v) > len(k.points)-at {
		return c, fmt.Errorf("%w: %d values from index %d on, %d points", ErrTooShort, len(v), at, len(k.points))
	}
	sum := grumpkin.Full(k.points[at:at+len(v)], v)
	h := grumpkin.Full([]curve.G1Affine{k.h}, []scalar.Element{blind})
	sum.AddAssign(&h)
	return *c.FromJacobian(&sum), nil
}
