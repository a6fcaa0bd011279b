package msm

import (
	curve "github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fp"

	"fold.example/fold/internal/commit/msm/chord"
	"fold.example/fold/internal/commit/msm/partition"
)

// batch is the number of additions that share an inversion. An adder takes 210 bytes per
// addition (320 portable), which should stay in the L2 cache.
const batch = 2048

// adder adds pairs of points in batches. Pairs are queued by their indices in a source; the
// sums are written to places in a destination.
type adder struct {
	pairs  [2*batch + partition.Ahead]int32
	to     [batch]int32
	queued int

	staged  []curve.G1Affine // pairs that are given as points
	special []special

	lanes   *chord.Work // on machines with the instructions; otherwise:
	vectors *vectors
}

// special is a pair whose sum the chord formula does not give.
type special struct {
	pair int
	sum  curve.G1Affine
}

func newAdder() *adder {
	if chord.Available {
		return &adder{staged: make([]curve.G1Affine, 2*batch), lanes: chord.NewWork(batch)}
	}
	return newPortableAdder()
}

func newPortableAdder() *adder {
	return &adder{staged: make([]curve.G1Affine, 2*batch), vectors: newVectors()}
}

// queue adds src[i] + src[j] to the queue for flush, and reports whether the queue is full.
func (a *adder) queue(i, j, to int32) (full bool) {
	k := a.queued
	a.pairs[2*k], a.pairs[2*k+1], a.to[k] = i, j, to
	a.queued = k + 1
	return a.queued == batch
}

// flush writes the sums of all queued pairs of src to their places in dst.
func (a *adder) flush(dst, src []curve.G1Affine) {
	if a.queued == 0 {
		return
	}
	if a.lanes != nil {
		a.flushLanes(dst, src)
	} else {
		a.flushVectors(dst, src)
	}
	for _, s := range a.special {
		dst[a.to[s.pair]] = s.sum
	}
	a.special = a.special[:0]
	a.queued = 0
}

// queuePair is queue for two points that are not in a source; add flushes them.
func (a *adder) queuePair(p, q *curve.G1Affine, to int32) (full bool) {
	k := int32(2 * a.queued)
	a.staged[k], a.staged[k+1] = *p, *q
	return a.queue(k, k+1, to)
}

func (a *adder) add(dst []curve.G1Affine) { a.flush(dst, a.staged) }

// field holds the constants of the coordinate field.
var field = chord.NewField(fp.Modulus())

// flushLanes implements flush with package chord.
func (a *adder) flushLanes(dst, src []curve.G1Affine) {
	n := a.queued
	padded := (n + chord.Lanes - 1) / chord.Lanes * chord.Lanes
	for i := n; i < padded; i++ { // padding: the first pair
		a.pairs[2*i], a.pairs[2*i+1], a.to[i] = a.pairs[0], a.pairs[1], a.to[0]
	}
	flags := a.lanes.Forward(field, points(src), a.pairs[:], padded)
	for b, f := range flags {
		for l := 0; f != 0; l, f = l+1, f>>1 {
			if pair := chord.Lanes*b + l; f&1 == 1 && pair < n {
				a.addSpecial(pair, &src[a.pairs[2*pair]], &src[a.pairs[2*pair+1]])
			}
		}
	}
	a.lanes.Backward(field, points(dst), a.to[:padded], a.invertProduct())
}

// addSpecial records the sum of a special pair.
func (a *adder) addSpecial(pair int, p, q *curve.G1Affine) {
	s := special{pair: pair}
	s.sum.Add(p, q)
	a.special = append(a.special, s)
}

// invertProduct inverts the product of the remaining differences, with one inversion.
func (a *adder) invertProduct() *[chord.Lanes]partition.Element {
	product := a.lanes.Product(field)
	v := make(fp.Vector, chord.Lanes)
	for l := range v {
		v[l] = product[l]
	}
	factor := fp.NewElement(256)
	for l, e := range fp.BatchInvert(v) {
		product[l] = *e.Mul(&e, &factor)
	}
	return &product
}
