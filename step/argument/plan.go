package argument

import (
	"fmt"
	"slices"

	"fold.example/fold/step/relation"
)

// coord is a coordinate of a point: the index of a challenge in the step's list
// of challenges, or a constant.
type coord int

// The constant coordinates.
const (
	coordZero coord = -1 - iota
	coordOne
)

// claim states the value of a tensor's extension at a point; its axes' points
// are concatenated as in its space. The claims of a step are known before any
// data: only the values are messages.
type claim struct {
	tensor relation.TensorID
	at     []coord
}

func (c claim) key() string { return fmt.Sprint(c.tensor, c.at) }

// plan is the order of a step's argument: which claims each stage leaves, and
// where. It follows from the program alone.
type plan struct {
	*relation.Program
	frame      *UniformLayout
	CacheBits  int // variables of the cache polynomial
	challenges int // how many there are so far

	elementwise elementwise
	levels      []level
	window      windows
	claims      []claim // all of them, in the order of their values; padding among them
	deferred    []int   // the claims on weights, in the order of the frame
	oneHots     []oneHot
	byKey       map[string]int
	turned      []bool // by TensorID: some constraint reads it turned
}

// elementwise is the sumcheck over all constraints, lookups and balances.
type elementwise struct {
	vars   int // of the frame, as of levels
	base   int // of its point in the list of challenges
	spaces []spaceSum
	end    int // claims below this are its own
}

// spaceSum is the part over one space: one claim of the batch.
type spaceSum struct {
	space       relation.Space
	constraints []resolved // weighted by eq
	balance     []resolved // as they are
}

// resolved is a sum of terms whose reads are claims.
type resolved struct {
	weight int // which power of the combining challenge
	terms  []resolvedTerm
}

type resolvedTerm struct {
	coef    relation.Coef
	factors [][]reading
}

// reading is a read whose value comes from a claim, from two (of a turned
// tensor: its two parts), or from a formula.
type reading struct {
	coef   relation.Coef
	tensor relation.TensorID
	claims [2]int // the second is -1 for a tensor that is nowhere read turned
	turned bool
	public []coord // where a public tensor is evaluated
}

// oneHot is where a program reads the rows of tokens that it is given, or of those
// that follow them.
type oneHot struct {
	formula      relation.Formula
	token, vocab []coord
}

// level is a batch of contractions.
type level struct {
	vars      int
	degree    int
	base      int
	instances []instance
	end       int
}

// instance resolves one claim on a contraction's output: the sum over vars of
// eq on the shared axes times the factors.
type instance struct {
	contraction int
	claim       int
	vars        relation.Space // shared axes first, then summed ones
	shared      int            // how many of vars are shared
	factors     [][]reading
}

// windows is the check that the pass adds nothing to the cache but its keys and
// values in its own window.
type windows struct {
	base  int // of zeta
	token int // base of the token's coordinates
	local []int
	added int // the claim on what the pass adds, -1 if the program has no windows
	end   int
}

// cacheAdded is the tensor of claims on KV_new, the polynomial that the pass adds to the cache.
// KV_new is no tensor of the program.
const cacheAdded relation.TensorID = -1

// padding is the tensor of what is no claim, but fills the frame's list of values.
const padding relation.TensorID = -2

// newPlan plans a program within a frame, which may be empty: then the plan has the
// program's own sizes.
func newPlan(p *relation.Program, f *UniformLayout) *plan {
	l := &plan{Program: p, frame: f, byKey: map[string]int{}, turned: p.Rotated()}
	l.planElementwise()
	l.planLevels()
	l.planWindows()
	return l
}

// pad fills the values of a stage, which begin at from, up to the frame's number.
func (l *plan) pad(from, values int) (end int) {
	for len(l.claims) < from+values {
		l.claims = append(l.claims, claim{tensor: padding})
	}
	return len(l.claims)
}

// isPadding reports whether a value is of no claim.
func (l *plan) isPadding(claim int) bool { return l.claims[claim].tensor == padding }

// claimOn returns the number of a claim, adding it if it is new.
func (l *plan) claimOn(c claim) int {
	k := c.key()
	if i, ok := l.byKey[k]; ok {
		return i
	}
	i := len(l.claims)
	l.claims = append(l.claims, c)
	l.byKey[k] = i
	return i
}

// draw reserves n challenges.
func (l *plan) draw(n int) (base int) {
	base = l.challenges
	l.challenges += n
	return base
}

// points gives each axis of a space its coordinates: a run of challenges from
// base on.
func (l *plan) points(s relation.Space, base int) (at [relation.NumAxes][]coord) {
	for _, a := range s {
		for range l.Extents[a].Bits {
			at[a] = append(at[a], coord(base))
			base++
		}
	}
	return at
}

// pointOf concatenates the coordinates of a tensor's axes.
func pointOf(s relation.Space, at *[relation.NumAxes][]coord) (c []coord) {
	for _, a := range s {
		c = append(c, at[a]...)
	}
	return c
}

func (l *plan) planElementwise() {
	e := &l.elementwise
	all := slices.Concat(l.Constraints, l.Lookups)
	e.vars = l.frame.elementwise.Rounds
	for i := range all {
		e.vars = max(e.vars, l.Extents.Bits(all[i].Space))
	}
	e.base = l.draw(e.vars)
	for i := range all {
		s := l.spaceSum(all[i].Space)
		s.constraints = append(s.constraints, l.resolve(i, s.space, all[i].Terms))
	}
	for _, b := range l.Balance {
		s := l.spaceSum(b.Space)
		s.balance = append(s.balance, l.resolve(len(all), s.space, []relation.Term{b.Term}))
	}
	e.end = l.pad(0, l.frame.cells)
}

// spaceSum finds the part of the elementwise sumcheck over a space.
func (l *plan) spaceSum(s relation.Space) *spaceSum {
	e := &l.elementwise
	for i := range e.spaces {
		if slices.Equal(e.spaces[i].space, s) {
			return &e.spaces[i]
		}
	}
	e.spaces = append(e.spaces, spaceSum{space: s})
	return &e.spaces[len(e.spaces)-1]
}

func (l *plan) resolve(weight int, s relation.Space, terms []relation.Term) resolved {
	e := &l.elementwise
	at := l.points(s, e.base+e.vars-l.Extents.Bits(s))
	r := resolved{weight: weight}
	for _, t := range terms {
		rt := resolvedTerm{coef: t.Coef}
		for _, f := range t.Factors {
			rt.factors = append(rt.factors, l.readings(f, &at))
		}
		r.terms = append(r.terms, rt)
	}
	return r
}

// readings turns the reads of a form into claims.
func (l *plan) readings(f relation.Form, at *[relation.NumAxes][]coord) (rs []reading) {
	for _, r := range f {
		t := l.Tensor(r.Tensor)
		q := reading{coef: r.Coef, tensor: r.Tensor, claims: [2]int{-1, -1}, turned: r.Rotated}
		switch {
		case t.Oracle == relation.Public:
			q.public = pointOf(t.Space, at)
			if t.Public == relation.OneHotIn || t.Public == relation.OneHot {
				l.oneHots = append(l.oneHots, oneHot{t.Public, at[relation.Token], at[relation.Vocab]})
			}
		case l.turned[r.Tensor] && len(at[relation.Part]) == 1 && at[relation.Part][0] >= 0:
			for b, c := range []coord{coordZero, coordOne} {
				split := *at
				split[relation.Part] = []coord{c}
				q.claims[b] = l.claimOn(claim{r.Tensor, pointOf(t.Space, &split)})
			}
			q.public = at[relation.Part]
		default:
			q.claims[0] = l.claimOn(claim{r.Tensor, pointOf(t.Space, at)})
		}
		rs = append(rs, q)
	}
	return rs
}
