package argument

import (
	"fmt"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/poly"
	"fold.example/fold/internal/transcript"
	"fold.example/fold/step/relation"
)

// Polynomial is the opening of a committed polynomial: its values on the cube and the blind.
type Polynomial struct {
	Values fr.Vector // padded with zeros to its slot's size
	Blind  fr.Element
}

// Secrets are the prover's secret inputs besides the witness.
type Secrets struct {
	Input   fr.Element    // blind of the commitment to X_in
	Cache   fr.Element    // blind of the commitment to the cache before the pass
	Running [2]Polynomial // the polynomials of the running claims; updated
	// Blind returns the blind of the step's commitment called name. The argument of identifies the
	// commitment without the blind (commit.Accumulator.Unblinded). Blind must be a pseudo-random
	// function of its argument of and of all values that the commitment hides.
	Blind func(name string, of [32]byte) fr.Element
}

// Open is the prover's secret output of a step: the blinds of the commitments that the next steps take as
// inputs, and the challenges from which Refold computes the folded polynomials again.
type Open struct {
	Output, Cache    fr.Element
	Alpha, Beta, Rho fr.Element
}

// stepProver runs the argument. It embeds a verifier, so that prover and verifier share the text that
// absorbs messages and draws challenges.
type stepProver struct {
	*variantVerifier[fr.Element]
	*Prover
	a        *Argument
	w        *relation.Witness
	model    relation.Model
	columns  []relation.Column // by TensorID, filled as needed
	zero     []bool            // columns of zeros, as saturation's nearly always are: they cost nothing
	gains    []gain            // of the windows
	tables   [][]int16         // by Table: the outputs of the tables of pairs that are looked up
	inverses []fr.Vector       // by Table: of the rows, once the poles are drawn
	rowsOf   map[int]fr.Vector // of claims: the row of the reduction that a sum has ended with
	blinds   struct{ cells, outputs, inverses, output, added fr.Element }
}

// Prove proves a step of statement s with witness w. Prove updates secrets.Running in place to the
// polynomials of the running claims in the result. It returns an error if the statement does not fit the
// argument, if the witness or the model lacks a tensor, or if a table's row meets a pole.
//
// Messages and challenges have the order that method verify of the verifier lists. Method prove of
// stepProver runs one stage for each part of that list.
func (q *Prover) Prove(
	a *Argument, s *Statement, w *relation.Witness, model relation.Model, secrets *Secrets,
) (*Proof, *Result, *Open, error) {
	if err := a.check(s); err != nil {
		return nil, nil, nil, err
	}
	proof := &Proof{}
	p, err := q.prepare(a, s, w, model, &proof.Messages)
	if err != nil {
		return nil, nil, nil, err
	}
	f, open, err := p.prove(s, proof, secrets)
	if err != nil {
		return nil, nil, nil, err
	}
	return proof, a.result(s, &proof.Commitments, f), open, nil
}

// prove runs the stages of a step's proof:
//
//	readTables        nothing is sent
//	commit            computes C_w, C_S, C_out, C_new
//	begin             absorbs digest, statement, constants and these commitments; draws alpha, beta
//	commitInverses    absorbs C_h
//	proveElementwise  draws tau, lambda; absorbs sums; draws weights; rounds; absorbs values of cells
//	proveLevels       each level draws weights; rounds; absorbs values of factors
//	proveWindow       draws zeta; absorbs values of the window
//	proveReduction    draws weights; rounds; absorbs values of the polynomials; draws rho
//	update            nothing is sent: folds the polynomials and blinds with rho
func (p *stepProver) prove(
	s *Statement, proof *Proof, secrets *Secrets,
) (f *Folded[fr.Element], open *Open, err error) {
	for _, stage := range []struct {
		phase Phase
		run   func() error
	}{
		{PhaseCommit, p.readTables},
		{PhaseCommit, func() error { return p.commit(&proof.Commitments, secrets) }},
		{PhaseLookup, func() error { return p.begin(s.native(&proof.Commitments)) }},
		{PhaseLookup, func() error { p.commitInverses(&proof.Commitments, secrets); return nil }},
		{PhaseElementwise, p.proveElementwise},
		{PhaseProducts, p.proveLevels},
		{PhaseProducts, p.proveWindow},
		{PhaseReduce, func() error { f, err = p.proveReduction(s, secrets); return err }},
		{PhaseFold, func() error { open = p.update(f.Rho, secrets); return nil }},
	} {
		if p.Observe != nil {
			p.Observe(stage.phase)
		}
		if err := stage.run(); err != nil {
			return nil, nil, err
		}
	}
	if p.Observe != nil {
		p.Observe(PhaseDone)
	}
	return f, open, nil
}

// begin absorbs what is fixed before the first challenge, draws the lookups' challenges and computes the inverses.
func (p *stepProver) begin(m *message[fr.Element]) error {
	p.absorbStep(m)
	p.drawLookups()
	return p.fillInverses()
}

// prepare returns the prover of a step before its first message, and makes m blank.
func (q *Prover) prepare(
	a *Argument, s *Statement, w *relation.Witness, model relation.Model, m *Messages[fr.Element],
) (*stepProver, error) {
	v, err := a.nativeVerifier(transcript.NewField(), s, m)
	if err != nil {
		return nil, err
	}
	p := &stepProver{
		variantVerifier: v.branches[0], Prover: q, a: a, w: w, model: model,
		columns: append([]relation.Column{}, w.Columns...), rowsOf: map[int]fr.Vector{},
	}
	p.tables, p.inverses = make([][]int16, len(p.Tables)), make([]fr.Vector, len(p.Tables))
	*m = *a.Blank()
	p.zero = make([]bool, len(p.columns))
	for i := range p.columns {
		p.zero[i] = p.columns[i].IsZero()
	}
	for _, w := range p.CacheWrites {
		from, to := p.windowOf(w)
		p.gains = append(p.gains, gain{from, p.columns[w.Cache].Signed[from:to]})
	}
	return p, nil
}

// gain is what a pass adds to a tensor of the cache: cells, from index from on.
type gain struct {
	from  int
	cells []int16
}

// Refold repeats the last part of Prove for a step that has been proven: it folds the step's polynomials into
// secrets.Running, in place. It reads no proof and makes none: the polynomials follow from the witness w and
// the challenges in o, which Prove returned. secrets.Running must have the polynomials before the step.
// Refold does not know the blinds of the step's commitments, so the caller has to set the blinds of the running
// polynomials afterwards. It returns an error if the witness or the model lacks a tensor, or if a table's row
// meets a pole.
func (q *Prover) Refold(
	a *Argument, s *Statement, w *relation.Witness, model relation.Model, o *Open, secrets *Secrets,
) error {
	p, err := q.prepare(a, s, w, model, &Messages[fr.Element]{})
	if err != nil {
		return err
	}
	p.alpha, p.beta = o.Alpha, o.Beta
	p.appendPoles()
	if err := p.readTables(); err != nil {
		return err
	}
	if err := p.fillInverses(); err != nil {
		return err
	}
	p.update(o.Rho, secrets)
	return nil
}

// Phase names a part of a step's proof, for measurement (Prover.Observe).
type Phase string

// The phases, in order.
const (
	PhaseCommit      Phase = "commit"      // cells, outputs, streams
	PhaseLookup      Phase = "lookup"      // inverses
	PhaseElementwise Phase = "elementwise" // the sumcheck of constraints and lookups
	PhaseProducts    Phase = "products"    // the sumchecks of contractions
	PhaseReduce      Phase = "reduce"      // the claim reduction
	PhaseFold        Phase = "fold"        // the update of the running polynomials
	PhaseDone        Phase = "done"
)

// column returns the values of a tensor, computing those that the witness
// lacks: public tensors and the model's tables.
func (p *stepProver) column(id relation.TensorID) (*relation.Column, error) {
	c, t := &p.columns[id], p.Tensor(id)
	if c.Len() > 0 {
		return c, nil
	}
	switch t.Oracle {
	case relation.Public:
		c.Ints = p.publicColumn(t)
	case relation.Weights:
		table, err := p.model.Table(t.Name)
		if err != nil {
			return nil, err
		}
		if t.Space[0] == relation.Token { // of positions: the pass's rows
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
func (p *stepProver) publicColumn(t *relation.Tensor) []int64 {
	v := make([]int64, 1<<p.Extents.Bits(t.Space))
	var at [relation.NumAxes]int
	live := func(a relation.Axis) int { return p.w.Geometry.Live(&p.Extents, a) }
	var walk func(s relation.Space, index int)
	walk = func(s relation.Space, index int) {
		if len(s) == 0 {
			v[index] = p.w.Geometry.Formula(&p.Extents, t.Public, &at, t.Space)
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

// readTables reads the outputs of the tables of pairs.
func (p *stepProver) readTables() (err error) {
	for i := range p.Tensors {
		t := p.Tensors[i].Table
		if p.Tables[t].Pairs && p.tables[t] == nil {
			if p.tables[t], err = p.model.Table(p.Tables[t].Name); err != nil {
				return err
			}
		}
	}
	return nil
}

// proveElementwise proves all constraints, lookups and balances.
func (p *stepProver) proveElementwise() error {
	e := &p.elementwise
	tau, lambda := p.drawElementwise()
	sums := make([]*spaceProver, len(e.spaces))
	ins := make([]poly.Instance, len(e.spaces))
	for i := range e.spaces {
		var err error
		if sums[i], err = p.proveSpace(&e.spaces[i], tau, lambda); err != nil {
			return err
		}
		ins[i], p.m.Sums[i] = sums[i].sum, sums[i].sum.Sum()
	}
	p.absorbSums()
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
func (p *stepProver) proveLevels() error {
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
			ins[j] = capped{provers[j].sum, l.degree}
		}
		proof, point, err := poly.ProveBatch(p.tr, l.shape(), ins)
		if err != nil {
			return err
		}
		p.m.Levels[i] = proof
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
func (p *stepProver) proveWindow() error {
	if p.common.cacheBits == 0 {
		return nil
	}
	p.drawWindow()
	if w := &p.window; w.added >= 0 {
		for _, c := range w.local {
			p.m.Values[c] = poly.Eval(p.columns[p.claims[c].tensor].Dense(), p.point(p.claims[c].at))
		}
		sum := p.windowSum()
		p.m.Values[w.added].Mul(&p.inside, &sum)
	}
	p.absorbWindow()
	return nil
}
