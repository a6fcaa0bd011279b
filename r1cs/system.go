package r1cs

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
)

// gnark tells what it compiles and solves on the standard output, which belongs to
// the program that runs.
func init() { logger.Disable() }

// ErrCommitment marks a circuit that calls api.Commit, itself or by a library.
// In a folded instance that challenge binds nothing.
var ErrCommitment = errors.New("the circuit uses api.Commit")

// System is a compiled circuit: its shape, and how a witness is found.
type System[E Element] struct {
	Shape *Shape[E]
	cs    constraint.ConstraintSystem
}

// Compile compiles a circuit over the field of E and extracts its R1CS. It fails
// with ErrCommitment on a circuit that commits.
func Compile[E Element](circuit frontend.Circuit, opts ...frontend.CompileOption) (*System[E], error) {
	cs, err := frontend.Compile(operationsOf[E]().modulus, gnark.NewBuilder, circuit, opts...)
	if err != nil {
		return nil, fmt.Errorf("compiling a circuit over %s: %w", operationsOf[E]().name, err)
	}
	if n := len(cs.GetCommitments().CommitmentIndexes()); n > 0 {
		return nil, fmt.Errorf("%w: %d times", ErrCommitment, n)
	}
	s := &System[E]{cs: cs}
	switch cs := cs.(type) {
	case *csfr.R1CS:
		s.Shape, err = extract(cs, any(cs.Coefficients).([]E))
	case *csfq.R1CS:
		s.Shape, err = extract(cs, any(cs.Coefficients).([]E))
	default:
		return nil, fmt.Errorf("%w: gnark compiled to %T", ErrShape, cs)
	}
	return s, err
}

// extract reads gnark's rows. Its iterator gives the same memory for every row,
// and its variables are (1, public, secret, internal), the public ones counted
// with the 1.
func extract[E Element](cs constraint.R1CS[constraint.U64], coefficients []E) (*Shape[E], error) {
	b, err := newBuilder[E](cs.GetNbPublicVariables()-1, cs.GetNbSecretVariables()+cs.GetNbInternalVariables())
	if err != nil {
		return nil, err
	}
	rows := cs.GetR1CIterator()
	for r := rows.Next(); r != nil; r = rows.Next() {
		row := Constraint[E]{terms(r.L, coefficients), terms(r.R, coefficients), terms(r.O, coefficients)}
		if err := b.add(row); err != nil {
			return nil, err
		}
	}
	if n := cs.GetNbConstraints(); b.shape.Rows() != n {
		return nil, fmt.Errorf("%w: gnark listed %d rows of %d", ErrShape, b.shape.Rows(), n)
	}
	return b.finish()
}

// terms reads an expression. gnark may keep terms whose coefficient became zero.
func terms[E Element](expression constraint.LinearExpression, coefficients []E) []Term[E] {
	out := make([]Term[E], 0, len(expression))
	for _, t := range expression {
		if t.CID != constraint.CoeffIdZero {
			out = append(out, Term[E]{int(t.VID), coefficients[t.CID]})
		}
	}
	return out
}

// Solution is an assignment that satisfies a system, with its products.
type Solution[E Element] struct {
	X, W     []E
	Products Products[E]
}

// Inputs returns the number of private inputs, from which all other private variables
// follow. They are the first values of a solution's W.
func (s *System[E]) Inputs() int { return s.cs.GetNbSecretVariables() }

// Solve finds the assignment for given inputs. gnark's solver checks each row as
// it goes, and fails on the first that cannot hold.
func (s *System[E]) Solve(inputs frontend.Circuit, opts ...solver.Option) (*Solution[E], error) {
	w, err := frontend.NewWitness(inputs, operationsOf[E]().modulus)
	if err != nil {
		return nil, fmt.Errorf("reading the inputs of a circuit: %w", err)
	}
	return s.solve(w, opts...)
}

// Resolve is Solve for the public inputs and the private ones as values: those of a
// solution give the same solution again.
func (s *System[E]) Resolve(public, private []E) (*Solution[E], error) {
	if err := checkLength("public inputs", len(public), s.Shape.public); err != nil {
		return nil, err
	}
	if err := checkLength("private inputs", len(private), s.Inputs()); err != nil {
		return nil, err
	}
	w, err := witness.New(operationsOf[E]().modulus)
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

func (s *System[E]) solve(w witness.Witness, opts ...solver.Option) (*Solution[E], error) {
	solved, err := s.cs.Solve(w, opts...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrUnsatisfied, err)
	}
	var z []E
	var p Products[E]
	switch v := solved.(type) {
	case *csfr.R1CSSolution:
		z, p = any([]fr.Element(v.W)).([]E), productsOf[E](v.A, v.B, v.C)
	case *csfq.R1CSSolution:
		z, p = any([]fq.Element(v.W)).([]E), productsOf[E](v.A, v.B, v.C)
	default:
		return nil, fmt.Errorf("%w: gnark solved to %T", ErrShape, solved)
	}
	if err := checkLength("variables", len(z), s.Shape.Columns()); err != nil {
		return nil, err
	}
	cut := 1 + s.Shape.public
	return &Solution[E]{X: z[1:cut:cut], W: z[cut:], Products: p}, nil
}

// productsOf takes gnark's vectors over, which are of the field of E.
func productsOf[E Element, V fr.Vector | fq.Vector](a, b, c V) Products[E] {
	plain := func(v V) []E {
		switch v := any(v).(type) {
		case fr.Vector:
			return any([]fr.Element(v)).([]E)
		default:
			return any([]fq.Element(v.(fq.Vector))).([]E)
		}
	}
	return Products[E]{plain(a), plain(b), plain(c)}
}
