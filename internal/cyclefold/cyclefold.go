package cyclefold

import (
	"bytes"
	"compress/gzip"
	_ "embed"
	"fmt"
	"io"
	"sync"

	fq "github.com/consensys/gnark-crypto/ecc/grumpkin/fr"

	"fold.example/fold/folding/spartan"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/wire"
	"fold.example/fold/internal/wire/elements"
	"fold.example/fold/r1cs"
)

//go:embed cyclefold.r1cs.gz
var file []byte

// Limits of the file format: columns, coefficient indices and lengths of rows are stored in
// two bytes each.
const (
	maxRows  = 1 << 16
	maxShort = 1<<16 - 1
)

// Relation is the relation as stored in the file: rows, the numbers of public and private
// variables, and the number of private variables that each phase commits to.
type Relation struct {
	Public, Private int // numbers of variables
	Parts           []int
	Rows            []r1cs.Constraint[fq.Element]
}

// Code visits the relation: "foldcycl"; version, a byte; public and private variables, four
// bytes each; the parts and the coefficients, each after their number; and the three
// expressions of each row. A term of an expression is a column and the index of a
// coefficient.
func (r *Relation) Code(c *wire.Coder) {
	c.Magic("foldcycl")
	c.Version("version", 1, 1)
	c.Int("public variables", &r.Public, 4, 0, maxShort)
	c.Int("private variables", &r.Private, 4, 0, maxShort)
	n := len(r.Parts)
	if c.Count("parts", &n, 1, 8, 4); c.Reading() {
		r.Parts = make([]int, n)
	}
	for i := range r.Parts {
		c.Int("variables of a part", &r.Parts[i], 4, 0, maxShort)
	}
	list, index := r.coefficients()
	n = len(list)
	if c.Count("coefficients", &n, 2, maxShort, elements.Size); c.Reading() {
		list = make([]fq.Element, n)
	}
	for i := range list {
		elements.Fq(c, "coefficient", &list[i])
	}
	n = len(r.Rows)
	if c.Count("rows", &n, 4, maxRows, 6); c.Reading() {
		r.Rows = make([]r1cs.Constraint[fq.Element], n)
	}
	for i := range r.Rows {
		row := &r.Rows[i]
		for _, terms := range []*[]r1cs.Term[fq.Element]{&row.A, &row.B, &row.C} {
			codeTerms(c, terms, list, index)
		}
	}
}

// codeTerms visits an expression.
func codeTerms(c *wire.Coder, terms *[]r1cs.Term[fq.Element], list []fq.Element, index map[fq.Element]int) {
	n := len(*terms)
	if c.Count("terms", &n, 2, maxShort, 4); c.Reading() {
		*terms = make([]r1cs.Term[fq.Element], n)
	}
	for i := range *terms {
		t := &(*terms)[i]
		k := index[t.Value]
		c.Int("column", &t.Column, 2, 0, maxShort)
		if c.Int("coefficient", &k, 2, 0, len(list)-1); c.Reading() {
			t.Value = list[k]
		}
	}
}

// coefficients returns the distinct coefficients in order of first use.
func (r *Relation) coefficients() (list []fq.Element, index map[fq.Element]int) {
	index = map[fq.Element]int{}
	for i := range r.Rows {
		row := &r.Rows[i]
		for _, terms := range [][]r1cs.Term[fq.Element]{row.A, row.B, row.C} {
			for _, t := range terms {
				if _, ok := index[t.Value]; !ok {
					index[t.Value] = len(list)
					list = append(list, t.Value)
				}
			}
		}
	}
	return list, index
}

// Compress returns the relation as stored in the file.
func (r *Relation) Compress() ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(wire.Encode(r.Code)); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// read reads a compressed relation.
func read(file []byte) (relation spartan.Relation[fq.Element], err error) {
	z, err := gzip.NewReader(bytes.NewReader(file))
	if err != nil {
		return relation, err
	}
	data, err := io.ReadAll(z)
	if err != nil {
		return relation, err
	}
	r := &Relation{}
	if err := wire.Decode(data, r.Code); err != nil {
		return relation, fmt.Errorf("the relation of the point operations: %w", err)
	}
	shape, err := r1cs.NewShape(r.Public, r.Private, r.Rows)
	return spartan.Relation[fq.Element]{Shape: shape, Parts: r.Parts}, err
}

// Load returns the relation of the point operations and its commitment key, the same for
// all proofs. The first call in a process takes some tenths of a second, because it derives
// the key's points.
func Load() (spartan.Relation[fq.Element], *commit.GrumpkinKey, error) {
	h, err := once()
	return h.relation, h.key, err
}

type half struct {
	relation spartan.Relation[fq.Element]
	key      *commit.GrumpkinKey
}

var once = sync.OnceValues(func() (h half, err error) {
	if h.relation, err = read(file); err != nil {
		return h, err
	}
	h.key, err = commit.NewGrumpkinKey(spartan.CyclePoints(h.relation))
	return h, err
})
