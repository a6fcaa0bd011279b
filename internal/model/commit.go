package model

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"time"

	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/host"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/prf"
	"fold.example/fold/internal/progress"
	"fold.example/fold/llama"
	"fold.example/fold/llama/tokenizer"
	"fold.example/fold/step/weights"
)

// CommitOptions say how a model is committed to.
type CommitOptions struct {
	// Key is the key file.
	Key string
	// Public leaves the blinds out: the commitment then hides nothing, and whoever
	// has the model and the key computes the same model id. It is for published
	// weights. Otherwise the blinds are drawn from weights.seed in the model folder,
	// which is drawn there first if there is none.
	Public bool
	// SegmentBits is log2 of the cells of a segment, the unit of commitment; it
	// stands in the model id. 0: as large as the largest matrix, 24 and the key allow.
	SegmentBits int
}

// CommitSummary says what a model was committed to.
type CommitSummary struct {
	Model       string  `json:"model"`
	ModelID     string  `json:"model_id"`
	SRS         string  `json:"srs"`         // of the key
	Ceremony    string  `json:"ceremony"`    // the key's, see SetupSummary
	Development bool    `json:"development"` // the key convinces nobody else
	Hiding      bool    `json:"hiding"`
	SegmentBits int     `json:"segment_bits"`
	Segments    int     `json:"segments"`
	Bytes       int64   `json:"bytes"` // of commitment.bin, 0 for an embedded model
	Seconds     float64 `json:"seconds"`
	PeakRSS     int64   `json:"peak_rss"`
}

// Commit checks the weights, commits to them and writes commitment.bin, and
// weights.seed with what opens it, into the model folder. Of an embedded model,
// whose weights are public, it computes the commitment that proving computes anew.
//
// With the seed that is there the same model, key and segments give the same
// commitment again. weights.seed must be kept, for the proofs, and kept secret.
//
// The error wraps ErrFormat if the key is too small or weights.seed is of another
// model, ErrCorrupt if the weights are not what the folder says.
func (m *Model) Commit(ctx context.Context, opts CommitOptions, on func(progress.Event)) (*CommitSummary, error) {
	start := time.Now()
	info, err := keyfile.Inspect(opts.Key)
	if err != nil {
		return nil, err
	}
	if opts.SegmentBits == 0 {
		opts.SegmentBits = min(m.SegmentBits(), bitlen.Floor(info.Points))
	}
	if least := ColumnBits(m.integers.Config); opts.SegmentBits < least {
		return nil, fmt.Errorf("%w: segments of 2^%d cells with a key of %d points, at least a row of 2^%d is needed",
			fault.ErrFormat, opts.SegmentBits, info.Points, least)
	}
	key, err := keyfile.Open(ctx, opts.Key, opts.SegmentBits, on)
	if err != nil {
		return nil, err
	}
	var seed *WeightSeed
	if m.dir != "" {
		if seed, err = m.makeSeed(opts.Public); err != nil {
			return nil, err
		}
	}
	c, blinds, id, err := m.CommitTo(ctx, key, opts.SegmentBits, seed.Secret(), on)
	if err != nil {
		return nil, err
	}
	s := &CommitSummary{
		Model: m.name, ModelID: id, SRS: key.ID().String(), Ceremony: key.Origin(), Development: key.Development(),
		Hiding:      len(seed.Secret()) > 0,
		SegmentBits: opts.SegmentBits, Segments: countSegments(c),
	}
	if m.dir != "" {
		if s.Bytes, err = m.storeCommitment(c, blinds, id, seed); err != nil {
			return nil, err
		}
	}
	s.Seconds, s.PeakRSS = time.Since(start).Seconds(), host.PeakRSS()
	return s, nil
}

// SegmentBits is log2 of the largest matrix or table, padded, but at most
// weights.DefaultSegmentBits: larger segments would change nothing but the model id.
func (m *Model) SegmentBits() int { return SegmentBits(m.integers.Config) }

// SegmentBits is Model.SegmentBits of a model of a configuration.
func SegmentBits(c llama.Config) int {
	largest := max(bitlen.Ceil(c.Vocab), bitlen.Ceil(c.Hidden), headBits(c)) + bitlen.Ceil(c.Dim)
	return min(weights.DefaultSegmentBits, max(largest, positionBits(c), tableBits))
}

// ColumnBits is log2 of the cells of a row, of the matrix or table in which it is
// least.
func ColumnBits(c llama.Config) int {
	return min(bitlen.Ceil(c.Dim), bitlen.Ceil(c.Hidden), headBits(c), positionBits(c), tableBits)
}

// headBits is log2 of the cells of all heads, each axis padded.
func headBits(c llama.Config) int {
	return bitlen.Ceil(c.KVHeads) + bitlen.Ceil(c.Group()) + bitlen.Ceil(c.HeadDim/2) + 1
}

// positionBits is log2 of the cells of a table of angles.
func positionBits(c llama.Config) int { return bitlen.Ceil(c.Context) + bitlen.Ceil(c.HeadDim/2) }

// tableBits is log2 of the rows of a table of functions.
const tableBits = 16

// CommitTo computes a commitment, the seed of its blinds and the model id.
func (m *Model) CommitTo(
	ctx context.Context, key *commit.Key, segmentBits int, seed prf.Seed, on func(progress.Event),
) (*weights.ModelCommitment, prf.Seed, string, error) {
	told := progress.NewMeter(on)
	told.Report("commit", 0, 0)
	var c *weights.ModelCommitment
	var blinds prf.Seed
	err := files.Guard(func() (err error) {
		c, blinds, err = weights.CommitModel(ctx, key, m.integers, weights.CommitOptions{
			SegmentBits: segmentBits, Seed: seed, Tokenizer: m.tokenizer.Digest(),
			Progress: func(done, total int64) { told.Report("commit", int(done), int(total)) },
		})
		return errors.Join(err, m.integers.Unchanged())
	})
	if err != nil {
		return nil, nil, "", err
	}
	id, err := IDOf(c)
	return c, blinds, id, err
}

// IDOf writes a model id as 64 hexadecimal digits.
func IDOf(c *weights.ModelCommitment) (string, error) {
	id, err := c.ID()
	if err != nil {
		return "", err
	}
	b := id.ID.Bytes()
	return hex.EncodeToString(b[:]), nil
}

// countSegments counts those that all layers share once for each.
func countSegments(c *weights.ModelCommitment) (n int) {
	for _, r := range c.Records {
		for _, t := range r.Commitments {
			n += len(t)
		}
	}
	return n
}

// Commitment returns the model's commitment with a key, and the seed of its
// blinds: those in its folder, or, for an embedded model, a public one computed
// here.
//
// The error wraps ErrFormat if the model is not committed, or with another key, or
// if the commitment is that of other weights, and ErrCorrupt if it is damaged or of another
// tokenizer.
func (m *Model) Commitment(
	ctx context.Context, key *commit.Key, on func(progress.Event),
) (*weights.ModelCommitment, prf.Seed, error) {
	if m.dir == "" {
		c, _, _, err := m.CommitTo(ctx, key, m.SegmentBits(), nil, on)
		return c, nil, err
	}
	c, id, err := m.ReadCommitment()
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: model %s is not committed: it has no %s", fault.ErrFormat, m.name, CommitmentFile)
		return nil, nil, fault.With(err, fault.NeedCommitment, m.name)
	}
	if err != nil {
		return nil, nil, err
	}
	if c.Key != key.ID() {
		return nil, nil, fmt.Errorf("%w: model %s is committed with key %s, this is key %s", fault.ErrFormat, m.name,
			c.Key, key.ID())
	}
	if c.Development != key.Development() {
		return nil, nil, fmt.Errorf("%w: %s of model %s says that it is under a key of another kind than %s, "+
			"which this key is",
			fault.ErrCorrupt, CommitmentFile, m.name, key.Kind())
	}
	seed, err := m.ReadSeed()
	if err != nil {
		return nil, nil, err
	}
	if seed.ModelID != id {
		return nil, nil, fmt.Errorf("%w: %s of model %s has model id %s, %s was written for %s",
			fault.ErrCorrupt, CommitmentFile, m.name, id, SeedFile, seed.ModelID)
	}
	return c, seed.BlindSeed(), nil
}

// maxCommitment bounds the size of commitment.bin in bytes.
const maxCommitment = 64 << 20

// ReadCommitment reads a commitment and computes its model id.
func ReadCommitment(path string) (*weights.ModelCommitment, string, error) {
	data, err := files.Read(path, maxCommitment)
	if err != nil {
		return nil, "", err
	}
	c, err := weights.DecodeModelCommitment(data)
	if err != nil {
		return nil, "", fmt.Errorf("%s: %w", path, err)
	}
	id, err := IDOf(c)
	return c, id, err
}

// storeCommitment writes the seed, and then the commitment that needs it.
func (m *Model) storeCommitment(
	c *weights.ModelCommitment, blinds prf.Seed, id string, seed *WeightSeed,
) (int64, error) {
	data, err := c.Encode()
	if err != nil {
		return 0, err
	}
	seed.ModelID, seed.Blinds = id, hex.EncodeToString(blinds)
	if err := m.writeSeed(seed, files.Write); err != nil {
		return 0, err
	}
	return int64(len(data)), files.Write(filepath.Join(m.dir, CommitmentFile), data, 0o644)
}

// CommittedID returns the id in the model's folder, "" if it is not committed.
func (m *Model) CommittedID() (string, error) {
	if m.dir == "" {
		return "", nil
	}
	_, id, err := m.ReadCommitment()
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return id, err
}

// ReadCommitment is readCommitment of the model's folder. The error wraps ErrCorrupt if the
// model is committed with another tokenizer than the one in the folder.
func (m *Model) ReadCommitment() (*weights.ModelCommitment, string, error) {
	c, id, err := ReadCommitment(filepath.Join(m.dir, CommitmentFile))
	if err == nil {
		err = checkTokenizer(m.name, m.tokenizer, &c.Description)
	}
	return c, id, err
}

// checkTokenizer checks that a model folder's tokenizer is the one that its commitment
// describes.
func checkTokenizer(dir string, t *tokenizer.Tokenizer, d *weights.Description) error {
	have := weights.TokenizerDigest(t.Digest())
	if have == d.Tokenizer {
		return nil
	}
	err := fmt.Errorf("%w: %s of model %s has digest %s, the model is committed with a tokenizer of digest %s",
		fault.ErrCorrupt, TokenizerFile, dir, have, d.Tokenizer)
	return fault.With(err, fault.NeedSameTokenizer, dir)
}

// Describe says of the model what its commitment will.
func (m *Model) Describe() (*weights.Description, error) {
	d, err := weights.Describe(m.integers, m.tokenizer.Digest())
	return &d, err
}
