package weights

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"math/big"

	"github.com/consensys/gnark-crypto/ecc/bn254"
	"github.com/consensys/gnark-crypto/ecc/bn254/fr"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/prf"
	"fold.example/fold/llama"
	"fold.example/fold/step/relation"
)

// CommitOptions are the options of CommitModel.
type CommitOptions struct {
	SegmentBits int      // log2 of a segment's cells; 0 means DefaultSegmentBits
	Seed        prf.Seed // seed of the blinds; empty for public weights
	// Tokenizer is the digest of the model's tokenizer and chat template. The model id covers it.
	Tokenizer TokenizerDigest
	// Progress, if not nil, is called after each tensor with the numbers of committed cells and
	// of all cells.
	Progress func(done, total int64)
}

// CommitModel checks a model and commits to each of its matrices and tables. The key must have
// at least as many points as a segment has cells. CommitModel reads the weights twice: once to
// validate them and once, in pieces, to commit to them. In addition to the key and the model
// it needs the memory of one piece (PieceCells cells of 6 bytes) and of one commitment's
// workspace.
//
// The blinding factors are a pseudo-random function of a derived seed, which CommitModel
// returns. The derived seed is as secret as opt.Seed; a settlement of claims on the weights
// needs it. It depends on opt.Seed and on all committed values, including the unblinded
// commitments and the blinding base H. Two different commitments, for example under two keys,
// therefore share no blinding factor. The derived seed is empty if opt.Seed is empty.
//
// The result is deterministic, including the blinding factors: the same model, key, segment
// size and seed give the same bytes. The error wraps the error of an invalid model or layout,
// or ctx.Err().
func CommitModel(
	ctx context.Context, key *commit.Key, m *llama.Model, opt CommitOptions,
) (*ModelCommitment, prf.Seed, error) {
	if err := m.Validate(); err != nil {
		return nil, nil, err
	}
	if opt.SegmentBits == 0 {
		opt.SegmentBits = DefaultSegmentBits
	}
	d, err := Describe(m, opt.Tokenizer)
	if err != nil {
		return nil, nil, err
	}
	shape, err := d.WholeShape()
	if err != nil {
		return nil, nil, err
	}
	layout, err := NewLayout(shape, opt.SegmentBits)
	if err != nil {
		return nil, nil, err
	}
	c := &ModelCommitment{Description: d, Layout: layout, Key: key.ID(), Development: key.Development()}
	k := &committer{
		ctx: ctx, key: key, m: m, shape: shape, layout: layout, progress: opt.Progress,
		tables: map[string][]bn254.G1Affine{},
	}
	k.countCells()
	for layer := range m.Config.Layers {
		es, err := relation.NewLayerExponents(shape, m, layer)
		if err != nil {
			return nil, nil, err
		}
		c.Exponents = append(c.Exponents, es)
	}
	for i := range RecordCount(m.Config) {
		r, err := k.record(i)
		if err != nil {
			return nil, nil, fmt.Errorf("weights: commit to record %d: %w", i, err)
		}
		c.Records = append(c.Records, *r)
	}
	seed := k.blindSeed(opt.Seed, c)
	k.blind(seed, c)
	return c, seed, nil
}

// committer commits to the records of a model.
type committer struct {
	ctx         context.Context
	key         *commit.Key
	m           *llama.Model
	shape       relation.Shape
	layout      Layout
	tables      map[string][]bn254.G1Affine // commitments to the tables that all blocks share
	progress    func(done, total int64)
	done, total int64
}

func (k *committer) countCells() {
	for record := range RecordCount(k.m.Config) {
		for _, t := range k.layout.TensorsOf(k.shape, record) {
			k.total += 1 << t.Vars()
		}
	}
}

func (k *committer) record(record int) (*ModelRecord, error) {
	r := &ModelRecord{}
	for _, t := range k.layout.TensorsOf(k.shape, record) {
		points, err := k.tensor(record, t)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", t.Name, err)
		}
		r.Commitments = append(r.Commitments, points)
		if k.done += 1 << t.Vars(); k.progress != nil {
			k.progress(k.done, k.total)
		}
	}
	return r, nil
}

// tensor commits to the segments of a tensor. The tables that all blocks share
// are committed to once.
func (k *committer) tensor(record int, t WeightTensor) ([]bn254.G1Affine, error) {
	if points, ok := k.tables[t.Name]; ok {
		return points, nil
	}
	o, err := OpenOperand(k.m, k.shape, k.layout, record, t)
	if err != nil {
		return nil, err
	}
	points := make([]bn254.G1Affine, t.Segments(k.layout))
	for i := range points {
		if points[i], err = k.segment(o, i); err != nil {
			return nil, err
		}
	}
	if t.Shared {
		k.tables[t.Name] = points
	}
	return points, nil
}

// blindSeed derives the seed of the blinds from the unblinded commitments of c.
func (k *committer) blindSeed(seed prf.Seed, c *ModelCommitment) prf.Seed {
	if len(seed) == 0 {
		return nil
	}
	f, h := k.m.Fingerprint(), sha256.New()
	for i := range c.Records {
		for _, points := range c.Records[i].Commitments {
			for j := range points {
				d := commit.UnblindedDigest(points[j], k.key.BlindingBase())
				h.Write(d[:])
			}
		}
	}
	layout := []byte{byte(k.layout.ColumnBits), byte(k.layout.SegmentBits)}
	out := seed.Bytes("weight blinds v2", f[:], c.Key[:], layout, h.Sum(nil))
	return out[:]
}

// blind adds a blinding factor to the commitment of every segment, including segments of
// zeros. A table that all blocks share keeps one commitment.
func (k *committer) blind(seed prf.Seed, c *ModelCommitment) {
	if len(seed) == 0 {
		return
	}
	c.Salt = seed.Blind("constants", nil)
	shared := map[string][]bn254.G1Affine{}
	for record := range c.Records {
		for i, t := range k.layout.TensorsOf(k.shape, record) {
			points := &c.Records[record].Commitments[i]
			if known, ok := shared[t.Name]; ok {
				*points = known
				continue
			}
			for j := range *points {
				acc, b := k.key.NewAccumulator(), WeightBlind(seed, record, &t, j)
				acc.AddBlind(&b)
				h := acc.Commitment()
				(*points)[j].Add(&(*points)[j], &h)
			}
			if t.Shared {
				shared[t.Name] = *points
			}
		}
	}
}

// PieceCells is the number of cells that CommitModel reads and commits to at a time; a wider
// row of the layout is one piece.
const PieceCells = 1 << 20

// segment commits to the digits of a segment and multiplies the commitment by the scale.
func (k *committer) segment(o *Operand, segment int) (p bn254.G1Affine, err error) {
	c, n := k.layout.ColumnBits, 1<<o.SegmentVars(k.layout)
	acc := k.key.NewAccumulator()
	piece := make([]int32, min(n, max(PieceCells, 1<<c)))
	for at := 0; at < n; at += len(piece) {
		if err := k.ctx.Err(); err != nil {
			return p, err
		}
		o.ReadRows(piece, (segment*n+at)>>c, c)
		if err := addDigits(acc, at, piece, o); err != nil {
			return p, err
		}
	}
	p = acc.Commitment()
	if o.scale != 1 {
		var j bn254.G1Jac
		j.FromAffine(&p)
		var s fr.Element
		s.SetInt64(o.scale)
		j.ScalarMultiplication(&j, s.BigInt(new(big.Int)))
		p.FromJacobian(&j)
	}
	return p, nil
}

// addDigits adds digits to a commitment in the narrowest type that holds them: narrow
// digits cost less.
func addDigits(acc *commit.Accumulator, at int, digits []int32, o *Operand) error {
	switch {
	case o.wide:
		return commit.AddInts(acc, at, digits)
	case o.scale != 1:
		return commit.AddInts(acc, at, narrow[int8](digits))
	}
	return commit.AddInts(acc, at, narrow[int16](digits))
}

func narrow[T int8 | int16](v []int32) []T {
	w := make([]T, len(v))
	for i, x := range v {
		w[i] = T(x)
	}
	return w
}

// WeightBlind returns the blind of a segment of tensor t in the given record, from the
// derived seed s that CommitModel returned. A shared tensor has the blind of the first block.
func WeightBlind(s prf.Seed, record int, t *WeightTensor, segment int) fr.Element {
	if t.Shared {
		record = BlockRecord(0)
	}
	at := binary.LittleEndian.AppendUint32(nil, uint32(record))
	at = binary.LittleEndian.AppendUint32(at, uint32(segment))
	return s.Blind("weights", []byte(t.Name), at)
}
