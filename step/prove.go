package step

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold/internal/arith"
	"fold/internal/poly"
	"fold/internal/transcript"
)

// Committer commits to a vector: its inner product with a key's points plus
// blind times the key's blinding base.
type Committer interface {
	Commit(w fr.Vector, blind fr.Element) (bn254.G1Affine, error)
}

// Polynomial is a committed polynomial as its prover holds it.
type Polynomial struct {
	Values fr.Vector // padded with zeros to its slot's size
	Blind  fr.Element
}

// Secrets are what the prover of a step knows besides the witness.
type Secrets struct {
	Input   fr.Element    // blind of the commitment to X_in
	Cache   fr.Element    // blind of the commitment to the cache before the pass
	Running [2]Polynomial // the polynomials of the running claims; updated
	// Blind returns the blind of the step's commitment of that name. It must be
	// a pseudo-random function of everything that the commitment hides.
	Blind func(name string) fr.Element
}

// Open is what a step leaves its prover with: the blinds of the commitments that
// the next steps build on.
type Open struct{ Output, Cache fr.Element }

// prover runs the argument. It embeds a verifier to have one text for what is
// drawn and in what order.
type prover struct {
	*verifier[fr.Element]
	a       *Argument
	w       *Witness
	model   Model
	columns []Column // by TensorID, filled as needed
	blinds  struct{ cells, outputs, inverses, output, added fr.Element }
	polys   [numPolys]fr.Vector
}

// Prove proves a step. running is updated to the polynomials of the claims that
// the result leaves.
func (a *Argument) Prove(key Committer, s *Statement, w *Witness, model Model, secrets *Secrets) (*Proof, *Result, *Open, error) {
	if err := a.check(s); err != nil {
		return nil, nil, nil, err
	}
	pass, err := NewPass(a.shape, s.Geometry)
	if err != nil {
		return nil, nil, nil, err
	}
	proof := &Proof{}
	p := &prover{a: a, w: w, model: model, columns: append([]Column{}, w.Columns...)}
	p.verifier = newVerifier(a, transcript.Field{Native: new(arith.Native)}, s.record(), pass, &proof.Messages)
	p.m.Values = make([]fr.Element, len(p.claims))

	for _, stage := range []func() error{
		func() error { return p.commit(key, &proof.Commitments, secrets) },
		func() error { p.begin(s.native(&proof.Commitments)); return nil },
		func() error { return p.commitInverses(key, &proof.Commitments, secrets) },
		p.proveElementwise,
		p.proveLevels,
		p.proveWindow,
	} {
		if err := stage(); err != nil {
			return nil, nil, nil, err
		}
	}
	f, err := p.proveReduction(s, secrets)
	if err != nil {
		return nil, nil, nil, err
	}
	open := p.update(f, secrets)
	return proof, a.result(s, &proof.Commitments, f), open, nil
}

// column returns the values of a tensor, computing those that the witness
// lacks: public tensors and the model's tables.
func (p *prover) column(id TensorID) (*Column, error) {
	c, t := &p.columns[id], p.tensor(id)
	if c.Len() > 0 {
		return c, nil
	}
	switch t.Home {
	case Public:
		c.Ints = p.publicColumn(t)
	case Weights:
		table, err := p.model.Table(t.Name)
		if err != nil {
			return nil, err
		}
		if t.Space[0] == Token { // of positions: the pass's rows
			stride := 1 << p.Extents.Bits(t.Space[1:])
			from := p.w.Geometry.Start * stride
			rows := make([]int16, 1<<p.Extents.Bits(t.Space))
			copy(rows, table[from:from+stride<<p.w.Geometry.Bits])
			table = rows
		}
		c.Signed = table
	default:
		return nil, fmt.Errorf("step: the witness lacks tensor %q", t.Name)
	}
	return c, nil
}

// publicColumn tabulates a formula.
func (p *prover) publicColumn(t *Tensor) []int64 {
	v := make([]int64, 1<<p.Extents.Bits(t.Space))
	var at [numAxes]int
	live := func(a Axis) int { return p.w.Geometry.live(&p.Extents, a) }
	var walk func(s Space, index int)
	walk = func(s Space, index int) {
		if len(s) == 0 {
			v[index] = p.w.Geometry.formula(&p.Extents, t.Public, &at, t.Space)
			return
		}
		for i := range live(s[0]) {
			at[s[0]] = i
			walk(s[1:], index<<p.Extents[s[0]].Bits|i)
		}
	}
	walk(t.Space, 0)
	return v
}

// commit assembles and commits the polynomials that do not depend on
// challenges.
func (p *prover) commit(key Committer, c *Commitments, secrets *Secrets) error {
	p.polys[polyCells] = p.assemble(Cells, p.CellBits)
	p.polys[polyOutputs] = p.assemble(Outputs, p.CellBits)
	for i := range p.Tensors {
		switch t := &p.Tensors[i]; t.Home {
		case Input:
			p.polys[polyInput] = p.dense(TensorID(i))
		case Output:
			p.polys[polyOutput] = p.dense(TensorID(i))
		}
	}
	if len(p.Windows) > 0 {
		p.assembleCache()
	}
	for _, k := range []struct {
		name  string
		poly  polyID
		point *bn254.G1Affine
		blind *fr.Element
	}{
		{"cells", polyCells, &c.Cells, &p.blinds.cells},
		{"outputs", polyOutputs, &c.Outputs, &p.blinds.outputs},
		{"output", polyOutput, &c.Output, &p.blinds.output},
		{"added", polyAdded, &c.Added, &p.blinds.added},
	} {
		if p.polys[k.poly] == nil {
			continue
		}
		var err error
		*k.blind = secrets.Blind(k.name)
		if *k.point, err = key.Commit(p.polys[k.poly], *k.blind); err != nil {
			return err
		}
	}
	return nil
}

// assemble lays the tensors of a home out in one polynomial.
func (p *prover) assemble(home Home, n int) fr.Vector {
	v := make(fr.Vector, 1<<n)
	some := false
	for i := range p.Tensors {
		if t := &p.Tensors[i]; t.Home == home {
			p.columns[i].store(v[t.Offset:])
			some = true
		}
	}
	if !some {
		return nil
	}
	return v
}

func (p *prover) dense(id TensorID) fr.Vector {
	v := make(fr.Vector, p.columns[id].Len())
	p.columns[id].store(v)
	return v
}

// assembleCache lays out the cache after the pass and what the pass adds.
func (p *prover) assembleCache() {
	cache, added := make(fr.Vector, 1<<p.cacheBits), make(fr.Vector, 1<<p.cacheBits)
	for i, w := range p.Windows {
		t := p.tensor(w.Cache)
		size := 1 << p.Extents.Bits(t.Space)
		p.columns[w.Cache].store(cache[i*size:])
		stride := size >> p.Extents[Position].Bits
		from := i*size + p.w.Geometry.Start*stride
		to := from + stride<<p.w.Geometry.Bits
		copy(added[from:to], cache[from:to])
	}
	p.polys[polyCache], p.polys[polyAdded] = cache, added
}

// commitInverses computes the inverses under the drawn poles and commits.
func (p *prover) commitInverses(key Committer, c *Commitments, secrets *Secrets) error {
	if err := p.fillInverses(); err != nil {
		return err
	}
	if p.polys[polyInverses] = p.assemble(Inverses, p.CellBits); p.polys[polyInverses] != nil {
		var err error
		p.blinds.inverses = secrets.Blind("inverses")
		if c.Inverses, err = key.Commit(p.polys[polyInverses], p.blinds.inverses); err != nil {
			return err
		}
	}
	absorbPoints(p.tr, "inverses", limbsOf[fr.Element](transcript.PointLimbs(&c.Inverses)))
	return nil
}

// proveElementwise proves all constraints, lookups and balances.
func (p *prover) proveElementwise() error {
	e := &p.elementwise
	tau, lambda := p.drawElementwise()
	sums := make([]*spaceProver, len(e.spaces))
	ins := make([]poly.Instance, len(e.spaces))
	p.m.Sums = make([]fr.Element, len(e.spaces))
	for i := range e.spaces {
		var err error
		if sums[i], err = p.proveSpace(&e.spaces[i], tau, lambda); err != nil {
			return err
		}
		ins[i], p.m.Sums[i] = sums[i].sum, sums[i].sum.Sum()
	}
	proof, point, err := poly.ProveBatch(p.tr, e.shape(), ins)
	if err != nil {
		return err
	}
	p.m.Elementwise = proof
	p.chal = append(p.chal, point...)
	for _, s := range sums {
		p.values(s)
	}
	p.absorbValues("values of cells", 0, e.end)
	return nil
}

// proveLevels resolves the claims on contractions.
func (p *prover) proveLevels() error {
	from := p.elementwise.end
	for i := range p.levels {
		l := &p.levels[i]
		provers := make([]*spaceProver, len(l.instances))
		ins := make([]poly.Instance, len(l.instances))
		for j := range l.instances {
			var err error
			if provers[j], err = p.proveInstance(&l.instances[j]); err != nil {
				return err
			}
			ins[j] = provers[j].sum
		}
		proof, point, err := poly.ProveBatch(p.tr, l.shape(), ins)
		if err != nil {
			return err
		}
		p.m.Levels = append(p.m.Levels, proof)
		p.chal = append(p.chal, point...)
		for _, s := range provers {
			p.values(s)
		}
		p.absorbValues("values of factors", from, l.end)
		from = l.end
	}
	return nil
}

// proveWindow gives the values at the random point of the cache.
func (p *prover) proveWindow() error {
	w := &p.window
	if w.added < 0 {
		return nil
	}
	inside := p.drawWindow()
	for _, c := range w.local {
		p.m.Values[c] = poly.Eval(p.dense(p.claims[c].tensor), p.point(p.claims[c].at))
	}
	sum := p.windowSum()
	p.m.Values[w.added].Mul(&inside, &sum)
	from := p.elementwise.end
	if n := len(p.levels); n > 0 {
		from = p.levels[n-1].end
	}
	p.absorbValues("values of the window", from, w.end)
	return nil
}
