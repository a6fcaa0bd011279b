package poly

import "github.com/consensys/gnark-crypto/ecc/bn254/fr"

// scratch is the memory of one worker.
type scratch struct {
	view
	upper []fr.Vector // views of the second row of a pair
	whole view        // the memory of the view, from which cut makes the parts
	tmp   fr.Vector
	itmp  []int64
}

// newScratch allocates memory for rows of width cells of each column; with ints set, for
// the columns' integers too.
func (s *Sum) newScratch(width int, ints bool) *scratch {
	n, arena := len(s.spec.Columns), s.spec.Arena
	sc := &scratch{tmp: arena.elements.get(width), upper: make([]fr.Vector, n)}
	for _, v := range []*[]fr.Vector{&sc.whole.a, &sc.whole.d, &sc.whole.x} {
		*v = make([]fr.Vector, n)
		for c := range *v {
			(*v)[c] = arena.elements.get(width)
		}
	}
	sc.a, sc.d, sc.x = make([]fr.Vector, n), make([]fr.Vector, n), make([]fr.Vector, n)
	if !ints {
		return sc
	}
	sc.itmp = arena.ints.get(width)
	for _, v := range []*[][]int64{&sc.whole.ia, &sc.whole.id, &sc.whole.ix} {
		*v = make([][]int64, n)
		for c := range *v {
			(*v)[c] = arena.ints.get(width)
		}
	}
	sc.ia, sc.id, sc.ix = make([][]int64, n), make([][]int64, n), make([][]int64, n)
	return sc
}

// release returns a worker's memory to the arena.
func (sc *scratch) release(arena *Arena) {
	arena.elements.put(sc.tmp)
	for _, v := range [][]fr.Vector{sc.whole.a, sc.whole.d, sc.whole.x} {
		arena.elements.put(v...)
	}
	if sc.itmp != nil {
		arena.ints.put(sc.itmp)
	}
	for _, v := range [][][]int64{sc.whole.ia, sc.whole.id, sc.whole.ix} {
		arena.ints.put(v...)
	}
}

// cut shortens the view's parts to m cells.
func (sc *scratch) cut(m int) {
	for c := range sc.a {
		sc.a[c], sc.d[c], sc.x[c] = sc.whole.a[c][:m], sc.whole.d[c][:m], sc.whole.x[c][:m]
	}
	for c := range sc.ia {
		sc.ia[c], sc.id[c], sc.ix[c] = sc.whole.ia[c][:m], sc.whole.id[c][:m], sc.whole.ix[c][:m]
	}
}
