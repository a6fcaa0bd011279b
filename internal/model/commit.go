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

// CommitOptions are the choices of Commit.
type CommitOptions struct {
	// Key is the path of the commitment key file.
	Key string
	// Public sets all blinding factors to zero: the commitment is not hiding, and whoever has
	// the model and the key computes the same model id. It is for published weights. Otherwise
	// the blinding factors are derived from weights.seed in the model folder, which Commit
	// creates if it is missing.
	Public bool
	// SegmentBits is log2 of the number of cells of a segment, the unit of commitment. The
	// model id depends on it. 0 chooses log2 of the largest matrix, limited to 24 and to the
	// key.
	SegmentBits int
}

// CommitSummary describes a model commitment.
type CommitSummary struct {
	Model       string  `json:"model"`        // name of the model
	ModelID     string  `json:"model_id"`     // 64 hexadecimal digits
	SRS         string  `json:"srs"`          // id of the key
	Ceremony    string  `json:"ceremony"`     // of the key, see SetupSummary
	Development bool    `json:"development"`  // the key is a development key, which convinces nobody else
	Hiding      bool    `json:"hiding"`       // whether the commitment is blinded
	SegmentBits int     `json:"segment_bits"` // log2 of the cells of a segment
	Segments    int     `json:"segments"`     // number of commitments
	Bytes       int64   `json:"bytes"`        // length of commitment.bin; 0 for an embedded model
	Seconds     float64 `json:"seconds"`      // duration of the call
	PeakRSS     int64   `json:"peak_rss"`     // of the process, in bytes; 0: unknown
}

// Commit checks the weights, commits to them, and writes commitment.bin and weights.seed,
// which holds the secrets that open the commitment, into the model folder. For an embedded
// model, whose weights are public, it computes the same commitment that proving computes,
// and writes nothing.
//
// With an existing seed, the same model, key and segment size give the same commitment
// again. weights.seed must be kept for proving, and kept secret.
//
// The error wraps ErrFormat if the key is too small or weights.seed belongs to another
// model, and ErrCorrupt if the weights do not have the digests in the manifest.
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

// SegmentBits returns log2 of the padded size of the largest matrix or table, limited to
// weights.DefaultSegmentBits: larger segments would only change the model id.
func (m *Model) SegmentBits() int { return SegmentBits(m.integers.Config) }

// SegmentBits is Model.SegmentBits for a configuration.
func SegmentBits(c llama.Config) int {
	largest := max(bitlen.Ceil(c.Vocab), bitlen.Ceil(c.Hidden), headBits(c)) + bitlen.Ceil(c.Dim)
	return min(weights.DefaultSegmentBits, max(largest, positionBits(c), tableBits))
}

// ColumnBits returns log2 of the smallest padded row length of the matrices and tables.
func ColumnBits(c llama.Config) int {
	return min(bitlen.Ceil(c.Dim), bitlen.Ceil(c.Hidden), headBits(c), positionBits(c), tableBits)
}

// headBits returns log2 of the number of cells of all heads, with each axis padded.
func headBits(c llama.Config) int {
	return bitlen.Ceil(c.KVHeads) + bitlen.Ceil(c.Group()) + bitlen.Ceil(c.HeadDim/2) + 1
}

// positionBits returns log2 of the number of cells of a table of angles.
func positionBits(c llama.Config) int { return bitlen.Ceil(c.Context) + bitlen.Ceil(c.HeadDim/2) }

// tableBits is log2 of the number of rows of a function table.
const tableBits = 16

// CommitTo computes a commitment, the seed of its blinding factors, and the model id.
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

// IDOf returns the model id as 64 hexadecimal digits.
func IDOf(c *weights.ModelCommitment) (string, error) {
	id, err := c.ID()
	if err != nil {
		return "", err
	}
	b := id.ID.Bytes()
	return hex.EncodeToString(b[:]), nil
}

// countSegments returns the number of segments of all records. Segments that layers share
// are counted once per layer.
func countSegments(c *weights.ModelCommitment) (n int) {
	for _, r := range c.Records {
		for _, t := range r.Commitments {
			n += len(t)
		}
	}
	return n
}

// Commitment returns the model's commitment under a key and the seed of its blinding
// factors. It reads them from the model folder; for an embedded model it computes a public
// commitment.
//
// The error wraps ErrFormat if the model is not committed, is committed under another key,
// or if the commitment is to other weights; and ErrCorrupt if the commitment is damaged or
// includes another tokenizer.
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

// maxCommitment is the maximum length of commitment.bin in bytes.
const maxCommitment = 64 << 20

// ReadCommitment reads a commitment file and computes the model id.
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

// storeCommitment writes the seed first, and then the commitment, which cannot be opened
// without it.
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

// CommittedID returns the model id from the model folder, or "" if the model is not
// committed.
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

// ReadCommitment reads the commitment in the model's folder. The error wraps ErrCorrupt if
// the commitment includes another tokenizer than the folder's.
func (m *Model) ReadCommitment() (*weights.ModelCommitment, string, error) {
	c, id, err := ReadCommitment(filepath.Join(m.dir, CommitmentFile))
	if err == nil {
		err = checkTokenizer(m.name, m.tokenizer, &c.Description)
	}
	return c, id, err
}

// checkTokenizer checks that the model folder's tokenizer has the digest in the
// commitment's description.
func checkTokenizer(dir string, t *tokenizer.Tokenizer, d *weights.Description) error {
	have := weights.TokenizerDigest(t.Digest())
	if have == d.Tokenizer {
		return nil
	}
	err := fmt.Errorf("%w: %s of model %s has digest %s, the model is committed with a tokenizer of digest %s",
		fault.ErrCorrupt, TokenizerFile, dir, have, d.Tokenizer)
	return fault.With(err, fault.NeedSameTokenizer, dir)
}

// Describe returns the description of the model that its commitment includes.
func (m *Model) Describe() (*weights.Description, error) {
	d, err := weights.Describe(m.integers, m.tokenizer.Digest())
	return &d, err
}
