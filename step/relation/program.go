package relation

import (
	"fmt"
	"math/big"
)

// Program is the relation of a step: tensors, the constraints that hold in every cell, the
// contractions that tie tensors to each other and the lookups that pin cells to tables. A
// program is a function of the model's shape and the size of the pass, never of data, so
// prover, verifier and circuit derive the same one.
type Program struct {
	Kind            Kind
	Extents         Extents
	Tables          []LookupTable // by Table; the same in all programs of a model
	Tensors         []Tensor
	Constraints     []Constraint
	Contractions    []Contraction
	CacheWrites     []CacheWrite
	Lookups         []Constraint // the inverses of cells and rows, see lookups.go
	Balance         []Balance    // the parts of the sum of the inverses, which must be zero
	CellBits        int          // variables of the cell polynomial
	Slots           []string     // names of the constants: the LayerConstants, then those drawn
	RecordConstants int          // number of LayerConstants among Slots
}

// Kind is the kind of a step.
type Kind uint8

// The kinds of the steps of a pass: tokens to residual stream, one or several blocks, and
// residual stream to chosen tokens.
const (
	Embed Kind = iota
	Block
	Head
)

// The kinds of the steps of a settlement: the sumcheck over all claims on weights; the second
// reading of these claims, with one kind for each kind of record; the third reading, which
// folds the commitments; and the masks of the running claims. In the phase Settled there is no
// step.
const (
	Sums Kind = iota + Head + 1
	RereadEmbed
	RereadBlock
	RereadHead
	Weigh
	Mask
	Settled
)

var kindNames = [...]string{
	"embed", "block", "head", "sums",
	"reading of the embedding", "reading of blocks", "reading of the head", "weigh", "mask", "settled",
}

// String returns the kind's name, as error texts have it.
func (k Kind) String() string {
	if int(k) >= len(kindNames) {
		return fmt.Sprintf("kind %d", uint8(k))
	}
	return kindNames[k]
}

// Oracle is the polynomial or other source that binds a tensor's values.
type Oracle uint8

// The oracles of tensors.
const (
	Virtual  Oracle = iota // none: the output of a contraction
	Cells                  // w, the small cells of this step
	Outputs                // S, looked-up outputs, each at its input's index
	Inverses               // the shifted inverses of cells and rows, each at its cell's index
	Input                  // X_in, the residual stream that the step before left
	Output                 // X_out, the residual stream that this step leaves
	Cache                  // KV after this pass: the earlier cache and this pass's CacheWrites
	Weights                // the model's matrices and tables: deferred claims
	Public                 // given by a formula that the verifier evaluates
)

// TensorID numbers the tensors of a program.
type TensorID int

// Tensor is a named array of integers.
type Tensor struct {
	Name   string
	Space  Space
	Oracle Oracle
	Lo, Hi *big.Int // every value lies in [Lo, Hi]: enforced (Cells), or derived
	Table  Table    // the lookup that its cells are inputs of
	Key    TensorID // Outputs and Inverses: the tensor of cells that this belongs to
	Public Formula  // Public: the formula
	Of     Table    // the table whose rows this counts, for multiplicities
	Flag   bool     // with Of: 1 where the row is used, instead of the count
	Offset int      // Cells, Outputs, Inverses: first index in the polynomial, a multiple of the padded size
}

// Table numbers the lookup tables of a program, Program.Tables.
type Table uint8

// The tables of ranges. The tables of pairs of the model's architecture follow: for a LLaMA
// (E, EXP[65535 - E]) and (g, SILU[g]), where row j has g = int16(j). Row 0 of each table is
// all zero, so dead cells need no count. For the tables of pairs, which the model's owner
// commits to, this is a constraint.
const (
	NoTable  Table = iota
	Unsigned       // 0 .. 65535
	Signed         // -32768 .. 32767, row j holds int16(j)
)

// Formula names a multilinear function with a closed form.
type Formula uint8

// The formulas of public tensors.
const (
	NoFormula   Formula = iota
	LiveCells           // 1 in live cells, a product of prefix masks
	Causal              // live, and position <= start + t
	Chooses             // live, and start + t >= P - 1: the head chooses a token here
	BeforeNext          // Chooses, and v < the token at start + t + 1
	OneHot              // Chooses, and v = the token at start + t + 1
	OneHotIn            // live, and v = the token at start + t
	RowUnsigned         // j
	RowSigned           // int16(j)
	RowFirst            // 1 in row 0
)

// Balance is a part of a sum over several spaces that must be zero: the inverses of the cells
// minus the weighted inverses of the rows.
type Balance struct {
	Space Space
	Term  Term
}

// Coef is a constant of a constraint: Int times, where Slot >= 0, the constant
// in that slot. Constants that differ between layers are LayerConstants, so that one
// circuit serves all layers; the constants of lookups are drawn.
type Coef struct {
	Int  *big.Int
	Slot int
}

// Read is a tensor read at a constraint's cell; axes that it lacks are
// broadcast. Rotated reads the tensor rotated by a quarter turn over the Part axis, (a, b) as
// (-b, a), which RoPE needs.
type Read struct {
	Coef    Coef
	Tensor  TensorID
	Rotated bool
}

// Form is a linear form: a sum of reads.
type Form []Read

// Term is a coefficient times one or two forms.
type Term struct {
	Coef    Coef
	Factors []Form
}

// Constraint says that a sum of terms is zero in every cell of a space. In
// each variable its degree is at most two.
type Constraint struct {
	Name  string
	Space Space
	Terms []Term
}

// Contraction says that Out is the sum over all axes that Out lacks of the
// product of one to three forms: a matrix product, a sum of squares, a row sum.
type Contraction struct {
	Name    string
	Out     TensorID
	Factors []Form
}

// CacheWrite says that the pass writes the cells of Local, keys or values of the pass's
// tokens, to the tensor Cache, each at its token's position, and writes nothing else there.
type CacheWrite struct{ Local, Cache TensorID }

// Tensor returns the tensor with the given id; the pointer refers to the program's tensor.
func (p *Program) Tensor(id TensorID) *Tensor { return &p.Tensors[id] }

// TableOf returns the number of the lookup table of the given name, NoTable if there is none.
func (p *Program) TableOf(name string) Table {
	for i := range p.Tables {
		if p.Tables[i].Name == name {
			return Table(i)
		}
	}
	return NoTable
}

// Find returns the tensor of the given name, and false if there is none.
func (p *Program) Find(name string) (TensorID, bool) {
	for i := range p.Tensors {
		if p.Tensors[i].Name == name {
			return TensorID(i), true
		}
	}
	return 0, false
}

// Rotated reports for each TensorID whether some constraint reads the tensor rotated. Claims on
// such a tensor are claims on its two parts, and the parts determine both readings.
func (p *Program) Rotated() []bool {
	rotated := make([]bool, len(p.Tensors))
	for i := range p.Constraints {
		for _, t := range p.Constraints[i].Terms {
			for _, f := range t.Factors {
				for _, r := range f {
					rotated[r.Tensor] = rotated[r.Tensor] || r.Rotated
				}
			}
		}
	}
	return rotated
}
