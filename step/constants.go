package step

import (
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
	"fold.example/fold/step/weights"
)

// exponentPlan says where the exponents of a step's blocks lie in the model's list of exponents
// (weights.ModelCommitment.PackedExponents). The exponents of block i of group g are those of layer
// g B + i.
type exponentPlan struct {
	bits   []int // [rescale], bits of an exponent
	places int   // layers in one element of the list

	// The elements that a step opens: opened[k][g] is the index of element k in the list if the step
	// has group g. Block i reads opened element of[i], at the place at[i][g].
	opened [][]int
	of     []int
	at     [][]int
}

// planExponents computes the plan of the steps with parameters p.
func (p *Params) planExponents() (err error) {
	shape := p.classes[0].shape
	q := &p.exponents
	q.bits = shape.ExponentBits()
	if q.places, err = weights.Places(shape); err != nil {
		return err
	}
	for i := range p.Blocks {
		var element, place []int
		for g := range p.groups() {
			layer := g*p.Blocks + i
			element, place = append(element, layer/q.places), append(place, layer%q.places)
		}
		k := slices.IndexFunc(q.opened, func(other []int) bool { return slices.Equal(element, other) })
		if k < 0 {
			k = len(q.opened)
			q.opened = append(q.opened, element)
		}
		q.of, q.at = append(q.of, k), append(q.at, place)
	}
	return nil
}

// constantAdvice is the part of the advice about the constants of a step of blocks.
type constantAdvice[E any] struct {
	Packed    []E     // the list of exponents
	Salt      E       // of the list
	Groups    []E     // [group], 1 for the group of the step
	Exponents [][][]E // [opened element][place][bit]
}

func (a *constantAdvice[E]) visit(f func(*E)) {
	visitAll(f, a.Packed, a.Groups)
	f(&a.Salt)
	for _, element := range a.Exponents {
		visitAll(f, element...)
	}
}

func newConstantAdvice[E any](p *Params) (a constantAdvice[E]) {
	q, bits := &p.exponents, 0
	for _, n := range q.bits {
		bits += n
	}
	a.Packed, a.Groups = make([]E, len(p.packed)), make([]E, p.groups())
	for range q.opened {
		element := make([][]E, q.places)
		for place := range element {
			element[place] = make([]E, bits)
		}
		a.Exponents = append(a.Exponents, element)
	}
	return a
}

// setConstants sets the advice about the constants of a step of blocks of a group.
func (p *Params) setConstants(group int, a *constantAdvice[fr.Element]) {
	copy(a.Packed, p.packed)
	a.Salt = p.Model.Salt
	a.Groups[group].SetOne()
	for k, element := range a.Exponents {
		all := transcript.NewField().Bits(p.packed[p.exponents.opened[k][group]])
		for _, bits := range element {
			copy(bits, all)
			all = all[len(bits):]
		}
	}
}

// openConstants opens the list of exponents and selects the exponents of a step of blocks by the flags
// of the groups. The lifts follow from bits alone. Every place of an opened element is bits, so that no
// place can make up for another in the field. In steps of other kinds all flags, exponents and lifts
// are zero.
func (t *transition[E]) openConstants() {
	in, q := &t.in.constantAdvice, &t.p.exponents
	t.when(t.block, weights.ConstantsDigest[E](t, in.Packed, in.Salt), t.z.Constants,
		"the exponents are the model's")
	t.bools(in.Groups, "the flags of the group")
	t.AssertEqual(t.sum(in.Groups...), t.block, "a step of blocks has one group")
	t.AssertEqual(t.position(in.Groups), t.Mul(t.block, t.z.Group), "the group is the state's")
	for k, places := range in.Exponents {
		elements := make([]E, len(in.Groups)) // [group]
		for g, index := range q.opened[k] {
			elements[g] = in.Packed[index]
		}
		element, bits := t.choose(in.Groups, elements), slices.Concat(places...)
		t.bools(bits, "the bits of the exponents")
		t.AssertEqual(t.number(bits), element, "the exponents are those of the layer")
	}
	for i := range t.p.Blocks {
		t.lifts = append(t.lifts, t.liftsOf(t.placeOf(i)))
	}
}

// placeOf returns the bits of the exponents of block i of the step: those of the place that the flags
// of the groups select.
func (t *transition[E]) placeOf(i int) []E {
	in, q := &t.in.constantAdvice, &t.p.exponents
	places, at := in.Exponents[q.of[i]], q.at[i]
	if !slices.ContainsFunc(at, func(place int) bool { return place != at[0] }) {
		return places[at[0]] // the same place in all groups
	}
	flags := transcript.Padded[E](t, nil, q.places) // [place], constants where no group reads
	for g, flag := range in.Groups {
		flags[at[g]] = t.Add(flags[at[g]], flag)
	}
	bits := make([]E, len(places[0]))
	for k := range bits {
		bit := make([]E, q.places)
		for place := range places {
			bit[place] = places[place][k]
		}
		bits[k] = t.choose(flags, bit)
	}
	return bits
}

// liftsOf returns the lifts 2^e of a block from the bits of its exponents, one exponent behind the
// other: products of 1 + b_k (2^(2^k) - 1) over the bits b_k of e. An exponent of 6 bits is below 48.
// The lifts are zero in a step of another kind.
func (t *transition[E]) liftsOf(exponents []E) (lifts []E) {
	for _, n := range t.p.exponents.bits {
		bits := exponents[:n]
		exponents = exponents[n:]
		if n > 5 {
			t.absent(bits[5], bits[4], "an exponent is below 48")
		}
		lift := t.Add(t.block, bits[0]) // the bits are zero in steps of other kinds
		for k := 1; k < len(bits); k++ {
			factor := t.Mul(t.Const(fr.NewElement(1<<(1<<k)-1)), bits[k])
			lift = t.Mul(lift, t.Add(t.int(1), factor))
		}
		lifts = append(lifts, lift)
	}
	return lifts
}

// constantsOf returns the constants of the step in the order of the slots of the program of a step
// of blocks, zero in a step of another kind.
func (t *transition[E]) constantsOf(p *relation.Program) []E {
	c := make([]E, p.RecordConstants)
	for i, slot := range p.Slots[:p.RecordConstants] {
		block, rescale, err := t.p.classes[0].shape.LiftOf(slot)
		if err != nil {
			panic(err) // every constant of a program is the lift of a rescale
		}
		c[i] = t.lifts[block][rescale]
	}
	return c
}
