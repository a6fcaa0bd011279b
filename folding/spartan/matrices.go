package spartan

import (
	"context"
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/commit/msm"
	"fold.example/fold/internal/commit/msm/partition"
	"fold.example/fold/r1cs"
)

// The two axes of a matrix, and of everything that exists once for each.
const (
	byRow = iota
	byColumn
	axes
)

// The matrices of the main relation are one list of entries j: the index of a row, the
// row number of A, B and C after one another, each filled up to 2^k; the index of a
// column of z; a value. fixed are the commitments to what the list consists of.
const (
	fixedIndex  = 0        // of each axis: each entry's index
	fixedCounts = axes     // of each axis: how many entries an index has
	fixedValues = 2 * axes // each entry's value
	fixedPolys  = 2*axes + 1
)

// matrixKey is what the verifier has of the matrices.
type matrixKey[C any] struct {
	entries int
	fixed   [fixedPolys]C
}

func (k *matrixKey[C]) entryVars() int { return logCeil(max(1, k.entries)) }

// axisVars is the number of variables of a table over an axis' indices.
func (f form) axisVars(axis int) int {
	if axis == byRow {
		return f.rowVars() + 2
	}
	return f.columnVars()
}

// matrixList is the matrices as the prover has them.
type matrixList struct {
	matrixKey[bn254.G1Affine]
	axes         [axes]axis
	values       []uint32 // of each entry, the index of its coefficient
	coefficients fr.Vector
}

// axis is one of the two indices of all entries.
type axis struct {
	vars   int
	index  []uint32
	counts []uint32 // of 2^vars indices
	used   []uint32 // those with entries
	// sums has for each used index the sum of the key's points of its entries: a
	// vector over the entries that is a function of the index is committed to by one
	// multiplication an index.
	sums []bn254.G1Affine
}

// newMatrixList lists the entries of a shape and commits to the list.
func newMatrixList(ctx context.Context, f form, shape *r1cs.Shape[fr.Element], key *commit.Key) (*matrixList, error) {
	l := &matrixList{matrixKey: matrixKey[bn254.G1Affine]{entries: shape.Entries()}}
	if need := 1 << max(l.entryVars(), f.axisVars(byRow)); key.Len() < need {
		return nil, fmt.Errorf("%w: %d points, matrices of %d entries need %d", commit.ErrTooShort, key.Len(),
			l.entries, need)
	}
	for a := range l.axes {
		l.axes[a] = axis{vars: f.axisVars(a), counts: make([]uint32, 1<<f.axisVars(a))}
	}
	numbers := map[fr.Element]uint32{}
	for e := range shape.All() {
		n, ok := numbers[e.Value]
		if !ok {
			n = uint32(len(l.coefficients))
			numbers[e.Value] = n
			l.coefficients = append(l.coefficients, e.Value)
		}
		l.values = append(l.values, n)
		l.axes[byRow].add(e.Matrix<<f.rowVars() | e.Row)
		l.axes[byColumn].add(f.column(e.Column))
	}
	for a := range l.axes {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		l.axes[a].sumPoints(key.Points())
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return l, l.commit(key)
}

func (a *axis) add(index int) {
	a.index = append(a.index, uint32(index))
	a.counts[index]++
}

// sumPoints adds up the points of each index, 2^15 indices at a time.
func (a *axis) sumPoints(points []bn254.G1Affine) {
	const most = 1 << 15
	starts := make([]int32, len(a.counts)+1)
	for i, n := range a.counts {
		starts[i+1] = starts[i] + int32(n)
		if n > 0 {
			a.used = append(a.used, uint32(i))
		}
	}
	sorted, next := make([]int32, len(a.index)), append([]int32{}, starts...)
	for j, i := range a.index {
		sorted[next[i]] = int32(j)
		next[i]++
	}
	for lo := 0; lo < len(a.counts); lo += most {
		hi := min(lo+most, len(a.counts))
		p := &partition.Partition{Start: make([]int32, 1, hi-lo+2), Index: sorted[starts[lo]:starts[hi]]}
		for i := lo; i <= hi; i++ {
			p.Start = append(p.Start, starts[i]-starts[lo])
		}
		var sums msm.Sums
		sums.Of(points, p)
		a.sums = append(a.sums, sums.Points...)
	}
}

// commit fills fixed.
func (l *matrixList) commit(key *commit.Key) (err error) {
	for a := range l.axes {
		if l.fixed[fixedIndex+a], err = commit.Ints(key, l.axes[a].index); err != nil {
			return err
		}
		if l.fixed[fixedCounts+a], err = commit.Ints(key, l.axes[a].counts); err != nil {
			return err
		}
	}
	values := make(fr.Vector, len(l.values))
	for j, n := range l.values {
		values[j] = l.coefficients[n]
	}
	l.fixed[fixedValues], err = key.Commit(values)
	return err
}

// look commits to table[index_j] over the entries j.
func (a *axis) look(table fr.Vector) (c bn254.G1Affine) {
	scalars := make(fr.Vector, len(a.used))
	for k, i := range a.used {
		scalars[k] = table[i]
	}
	sum := msm.Full(a.sums, scalars)
	return *c.FromJacobian(&sum)
}
