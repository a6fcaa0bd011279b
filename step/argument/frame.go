package argument

import (
	"errors"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/poly"
	"fold.example/fold/step/relation"
)

// UniformLayout fixes the lengths of messages and the numbers of rounds and challenges that all arguments
// of a protocol share, so that one circuit verifies all of them. A program that needs less is padded:
//
//   - lists of elements with zeros; a proof's encoding omits them;
//   - sumchecks with rounds, which a claim of fewer variables joins late (see package poly), and levels
//     with a batch that has no claims and whose rounds are zero;
//   - challenges: every program draws all of them, including the window's.
//
// The transcripts of all arguments therefore have the same messages of the same lengths and draw the
// same challenges between them. The program's digest in the first message determines what the messages
// mean.
type UniformLayout struct {
	record      int // layer constants of a step (relation.LayerConstants)
	sums        int // claims of the elementwise batch
	weights     int // constraints, lookups and the balance, which one challenge combines
	elementwise poly.Shape
	cells       int // values after the elementwise batch
	levels      []frameLevel
	cacheBits   int // coordinates of the window's challenge, 0 if no program has windows
	window      int // values after it
	reduced     int // claims of the reduction, the running ones included
	polys       []polyID
	slots       AccumulatorSizes
	tokenBits   int

	// Coordinates are the challenges that the points of claims on weights consist of, for all
	// programs, in ascending order. Settled are the claims on weights of each kind of step.
	// Weighed is the largest number of claims on weights that one kind has.
	Coordinates []coord
	Settled     [relation.Head + 1][]settledClaim
	Weighed     int
}

// settledClaim is a claim on weights of a kind of step, as the largest size class makes it. Claims of other
// size classes differ in the token's coordinates only: a smaller class has the last ones of them, and the
// position of a token in a smaller pass depends on no others.
type settledClaim struct {
	Name  string
	space relation.Space
	at    [relation.NumAxes][]coord
}

// frameLevel is a batch of contractions.
type frameLevel struct {
	poly.Shape
	claims int
	values int // after it
}

// Variant is the input from which NewArguments makes an argument: a program, its shape, and the sizes of
// the running polynomials, in variables, each at least AccumulatorSizesOf(Program).
type Variant struct {
	Program *relation.Program
	Shape   relation.Shape
	Slots   AccumulatorSizes
}

// newUniformLayout returns the smallest layout that fits several variants.
func newUniformLayout(variants []Variant) (*UniformLayout, error) {
	f := &UniformLayout{}
	for _, m := range variants {
		if err := f.cover(newPlan(m.Program, &UniformLayout{}), m); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// cover enlarges the layout until a program fits.
func (f *UniformLayout) cover(l *plan, m Variant) error {
	if f.cacheBits > 0 && l.CacheBits > 0 && f.cacheBits != l.CacheBits {
		return errors.New("step: programs with caches of different sizes in one protocol")
	}
	f.record = max(f.record, l.RecordConstants)
	f.sums = max(f.sums, len(l.elementwise.spaces))
	f.weights = max(f.weights, len(l.Constraints)+len(l.Lookups)+1)
	f.elementwise = largest(f.elementwise, l.elementwise.shape())
	f.cells = max(f.cells, l.elementwise.end)
	end := l.elementwise.end
	for i := range l.levels {
		if i == len(f.levels) {
			f.levels = append(f.levels, frameLevel{})
		}
		v, w := &f.levels[i], &l.levels[i]
		v.Shape = largest(v.Shape, w.shape())
		v.claims = max(v.claims, len(w.instances))
		v.values = max(v.values, w.end-end)
		end = w.end
	}
	f.cacheBits = max(f.cacheBits, l.CacheBits)
	f.window = max(f.window, l.window.end-end)
	f.slots.Cells, f.slots.Cache = max(f.slots.Cells, m.Slots.Cells), max(f.slots.Cache, m.Slots.Cache)
	f.tokenBits = max(f.tokenBits, m.Shape.TokenBits)
	r := l.planReduction(m.Slots)
	f.reduced = max(f.reduced, r.claims())
	f.polys = append(f.polys, r.polys...)
	slices.Sort(f.polys)
	f.polys = slices.Compact(f.polys)
	return nil
}

func largest(a, b poly.Shape) poly.Shape {
	return poly.Shape{Rounds: max(a.Rounds, b.Rounds), Degree: max(a.Degree, b.Degree)}
}

// rounds is the number of rounds of the reduction.
func (f *UniformLayout) rounds() int { return max(f.slots.Cells, f.slots.Cache) }

// values returns the number of values of all claims.
func (f *UniformLayout) values() int {
	n := f.cells + f.window
	for _, l := range f.levels {
		n += l.values
	}
	return n
}

// challenges returns the number of challenges that are coordinates of claims' points.
func (f *UniformLayout) challenges() int {
	n := f.elementwise.Rounds + f.cacheBits
	for _, l := range f.levels {
		n += l.Rounds
	}
	return n
}

// settle fills in Settled, Coordinates and Weighed, and assigns the claims of each plan to the claims of
// the plan's kind.
func (f *UniformLayout) settle(plans []*plan) error {
	for _, l := range plans {
		if own := l.weightClaims(); len(own) >= len(f.Settled[l.Kind]) { // the largest class is the last
			f.Settled[l.Kind] = own
		}
	}
	for _, l := range plans {
		if err := l.matchClaims(f.Settled[l.Kind]); err != nil {
			return err
		}
		f.Weighed = max(f.Weighed, len(l.deferred))
	}
	for _, claims := range f.Settled {
		for _, c := range claims {
			for _, at := range c.at {
				f.Coordinates = append(f.Coordinates, at...)
			}
		}
	}
	slices.Sort(f.Coordinates)
	f.Coordinates = slices.Compact(f.Coordinates)
	f.Coordinates = slices.DeleteFunc(f.Coordinates, func(c coord) bool { return c < 0 })
	if n := len(f.Coordinates); n > 0 && int(f.Coordinates[n-1]) >= f.challenges() {
		return errors.New("step: a claim on weights at coordinates of the window")
	}
	return nil
}

// weightClaims returns the plan's own claims on weights.
func (l *plan) weightClaims() (claims []settledClaim) {
	for _, c := range l.claims {
		if c.tensor >= 0 && l.Tensor(c.tensor).Oracle == relation.Weights {
			t := l.Tensor(c.tensor)
			claims = append(claims, settledClaim{t.Name, t.Space, l.split(t.Space, c.at)})
		}
	}
	return claims
}

// matchClaims finds the plan's own claim for each claim of the kind. Two claims that differ in the token's
// coordinates only may coincide in a smaller size class; the plan's one claim is then assigned to both.
func (l *plan) matchClaims(claims []settledClaim) error {
	var numbers []int
	for i, c := range l.claims {
		if c.tensor >= 0 && l.Tensor(c.tensor).Oracle == relation.Weights {
			numbers = append(numbers, i)
		}
	}
	own, used := l.weightClaims(), map[int]bool{}
	for _, c := range claims {
		i := slices.IndexFunc(own, c.covers)
		if i < 0 {
			return fmt.Errorf("step: %s of 2^%d tokens leaves no claim on %s like that of the largest passes",
				l.Kind, l.Extents[relation.Token].Bits, c.Name)
		}
		l.deferred, used[i] = append(l.deferred, numbers[i]), true
	}
	if len(used) != len(own) {
		return fmt.Errorf("step: %s of 2^%d tokens leaves %d claims, the largest passes leave %d of them",
			l.Kind, l.Extents[relation.Token].Bits, len(own), len(used))
	}
	return nil
}

// covers reports whether a claim of a smaller size class is the claim c.
func (c *settledClaim) covers(own settledClaim) bool {
	for a := range c.at {
		mine, its := c.at[a], own.at[a]
		if relation.Axis(a) == relation.Token && len(its) <= len(mine) {
			mine = mine[len(mine)-len(its):]
		}
		if !slices.Equal(mine, its) {
			return false
		}
	}
	return c.Name == own.Name
}

// elements returns the layout's numbers, which Argument.Digest covers.
func (f *UniformLayout) elements() (m []fr.Element) {
	numbers := []int{
		f.record, f.sums, f.weights, f.elementwise.Rounds, f.elementwise.Degree, f.cells, f.cacheBits, f.window,
		f.reduced, f.slots.Cells, f.slots.Cache, f.tokenBits, f.Weighed, len(f.levels), len(f.polys),
		len(f.Coordinates),
	}
	for _, l := range f.levels {
		numbers = append(numbers, l.Rounds, l.Degree, l.claims, l.values)
	}
	for _, p := range f.polys {
		numbers = append(numbers, int(p))
	}
	for _, c := range f.Coordinates {
		numbers = append(numbers, int(c))
	}
	for _, n := range numbers {
		m = append(m, fr.NewElement(uint64(n)))
	}
	return m
}
