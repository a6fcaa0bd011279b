package gadget

import (
	"errors"
	"fmt"
	"slices"

	"github.com/consensys/gnark-crypto/ecc/bn254/fr"
	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"
	"github.com/consensys/gnark/backend/witness"
	"github.com/consensys/gnark/constraint"
	csfr "github.com/consensys/gnark/constraint/bn254"
	csfq "github.com/consensys/gnark/constraint/grumpkin"
	"github.com/consensys/gnark/constraint/solver"
	"github.com/consensys/gnark/frontend"
	gnark "github.com/consensys/gnark/frontend/cs/r1cs"
	"github.com/consensys/gnark/logger"

	"fold.example/fold/internal/curve"
	"fold.example/fold/r1cs"
)

// gnark logs to the standard output, which belongs to the program that links this package.
func init() { logger.Disable() }

// ErrCommitment marks a circuit that calls api.Commit, directly or through a library. In a
// folded instance such a challenge binds nothing.
var ErrCommitment = errors.New("the circuit uses api.Commit")

// System is a compiled circuit: its relation, and gnark's solver for it.
type System[E curve.Element] struct {
	shape *r1cs.Shape[E]
	cs    constraint.ConstraintSystem
}

var _ r1cs.Solver[fr.Element] = (*System[fr.Element])(nil)

// Compile compiles a circuit over the field of E and extracts its R1CS. The error wraps
// ErrCommitment if the circuit calls api.Commit.
func Compile[E curve.Element](circuit frontend.Circuit, opts ...frontend.CompileOption) (*System[E], error) {
	cs, err := frontend.Compile(curve.Modulus[E](), gnark.NewBuilder, circuit, opts...)
	if err != nil {
		return nil, fmt.Errorf("compiling a circuit over %s: %w", curve.FieldOf[E]().Name, err)
	}
	if n := len(cs.GetCommitments().CommitmentIndexes()); n > 0 {
		return nil, fmt.Errorf("%w: %d times", ErrCommitment, n)
	}
	s := &System[E]{cs: cs}
	switch cs := cs.(type) {
	case *csfr.R1CS:
		s.shape, err = extract(cs, any(cs.Coefficients).([]E))
	case *csfq.R1CS:
		s.shape, err = extract(cs, any(cs.Coefficients).([]E))
	default:
		return nil, fmt.Errorf("%w: gnark compiled to %T", r1cs.ErrShape, cs)
	}
	return s, err
}

// extract reads gnark's rows. gnark's iterator returns the same memory for every row. gnark's
// variables are (1, public, secret, internal), and gnark counts the 1 as a public variable.
func extract[E curve.Element](cs constraint.R1CS[constraint.U64], coefficients []E) (*r1cs.Shape[E], error) {
	public, private := cs.GetNbPublicVariables()-1, cs.GetNbSecretVariables()+cs.GetNbInternalVariables()
	b, err := r1cs.NewBuilder[E](public, private)
	if err != nil {
		return nil, err
	}
	rows := cs.GetR1CIterator()
	for r := rows.Next(); r != nil; r = rows.Next() {
		row := r1cs.Constraint[E]{
			A: terms(r.L, coefficients), B: terms(r.R, coefficients), C: terms(r.O, coefficients),
		}
		if err := b.Add(row); err != nil {
			return nil, err
		}
	}
	shape, err := b.Shape()
	if err != nil {
		return nil, err
	}
	if n := cs.GetNbConstraints(); shape.Rows() != n {
		return nil, fmt.Errorf("%w: gnark listed %d rows of %d", r1cs.ErrShape, shape.Rows(), n)
	}
	return shape, nil
}

// terms reads an expression. gnark may keep terms whose coefficient became zero.
func terms[E curve.Element](expression constraint.LinearExpression, coefficients []E) []r1cs.Term[E] {
	out := make([]r1cs.Term[E], 0, len(expression))
	for _, t := range expression {
		if t.CID != constraint.CoeffIdZero {
			out = append(out, r1cs.Term[E]{Column: int(t.VID), Value: coefficients[t.CID]})
		}
	}
	return out
}

// Shape returns the relation of the circuit.
func (s *System[E]) Shape() *r1cs.Shape[E] { return s.shape }

// Inputs returns the number of private inputs, as r1cs.Solver describes.
func (s *System[E]) Inputs() int { return s.cs.GetNbSecretVariables() }

// SolveCircuit is Solve for inputs in the form of an assigned circuit. Tests pass options of
// gnark that replace hints.
func (s *System[E]) SolveCircuit(inputs frontend.Circuit, opts ...solver.Option) (*r1cs.Solution[E], error) {
	w, err := frontend.NewWitness(inputs, curve.Modulus[E]())
	if err != nil {
		return nil, fmt.Errorf("reading the inputs of a circuit: %w", err)
	}
	return s.solve(w, opts...)
}

// Solve returns the assignment for the given inputs, as r1cs.Solver describes. gnark's solver
// checks each row and returns an error at the first row that cannot hold.
func (s *System[E]) Solve(public, private []E) (*r1cs.Solution[E], error) {
	if err := r1cs.CheckLength("public inputs", len(public), s.shape.Public()); err != nil {
		return nil, err
	}
	if err := r1cs.CheckLength("private inputs", len(private), s.Inputs()); err != nil {
		return nil, err
	}
	w, err := witness.New(curve.Modulus[E]())
	if err != nil {
		return nil, fmt.Errorf("inputs of a circuit: %w", err)
	}
	values := make(chan any, len(public)+len(private))
	for _, v := range slices.Concat(public, private) {
		values <- v
	}
	close(values)
	if err := w.Fill(len(public), len(private), values); err != nil {
		return nil, fmt.Errorf("inputs of a circuit: %w", err)
	}
	return s.solve(w)
}

func (s *System[E]) solve(w witness.Witness, opts ...solver.Option) (*r1cs.Solution[E], error) {
	solved, err := s.cs.Solve(w, opts...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", r1cs.ErrUnsatisfied, err)
	}
	var z []E
	var p r1cs.Products[E]
	switch v := solved.(type) {
	case *csfr.R1CSSolution:
		z, p = any([]fr.Element(v.W)).([]E), productsOf[E](v.A, v.B, v.C)
	case *csfq.R1CSSolution:
		z, p = any([]fq.Element(v.W)).([]E), productsOf[E](v.A, v.B, v.C)
	default:
		return nil, fmt.Errorf("%w: gnark solved to %T", r1cs.ErrShape, solved)
	}
	if err := r1cs.CheckLength("variables", len(z), s.shape.Columns()); err != nil {
		return nil, err
	}
	cut := 1 + s.shape.Public()
	return &r1cs.Solution[E]{X: z[1:cut:cut], W: z[cut:], Products: p}, nil
}

// productsOf converts gnark's vectors, which are over the field of E, without a copy.
func productsOf[E curve.Element, V fr.Vector | fq.Vector](a, b, c V) r1cs.Products[E] {
	plain := func(v V) []E {
		switch v := any(v).(type) {
		case fr.Vector:
			return any([]fr.Element(v)).([]E)
		default:
			return any([]fq.Element(v.(fq.Vector))).([]E)
		}
	}
	return r1cs.Products[E]{A: plain(a), B: plain(b), C: plain(c)}
}
