package model

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/keyfile"
	"fold.example/fold/internal/progress"
	"fold.example/fold/llama/embedded"
	"fold.example/fold/llama/tokenizer"
	"fold.example/fold/step/weights"
)

// What was compared of the model that a verifier names with the one that a proof is about.
const (
	ComparedID          = "id"          // its model id
	ComparedDescription = "description" // its description, the tokenizer's digest in it, but no weights
)

// Proven is what a proof says about its model, and the commitment key that the
// verifier has named, "" for none.
type Proven struct {
	ID          string
	Description *weights.Description
	SegmentBits int
	SRS         commit.ID
	Key         string
}

// Tokenizer opens the tokenizer of the model that a verifier names, which must be the
// proven model: of a folder the id of its commitment.bin is compared; of an embedded model
// the id that it has under the verifier's key, or the description alone if no key is named.
// The tokenizer is always the one whose digest the proven model id has in it. The error
// wraps ErrRejected if the model is another.
func (p *Proven) Tokenizer(
	ctx context.Context, ref string, on func(progress.Event),
) (t *tokenizer.Tokenizer, compared string, err error) {
	if embedded.Is(ref) {
		return p.ofEmbedded(ctx, ref, on)
	}
	t, err = p.ofFolder(ref)
	return t, ComparedID, err
}

func (p *Proven) ofFolder(dir string) (*tokenizer.Tokenizer, error) {
	if err := IsFolder(dir); err != nil {
		return nil, err
	}
	c, id, err := ReadCommitment(filepath.Join(dir, CommitmentFile))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: model %s is not committed: it has no %s, "+
			"so that nothing says that it is the proven model",
			fault.ErrFormat, dir, CommitmentFile)
		return nil, fault.With(err, fault.NeedPublicCommitment, CommitmentFile)
	}
	if err != nil {
		return nil, err
	}
	if id != p.ID {
		return nil, fmt.Errorf("%w: model: %s has model id %s, it is about %s", fault.ErrRejected, dir, id, p.ID)
	}
	t, err := OpenTokenizer(dir, c.Description.Config.Vocab)
	if err != nil {
		return nil, err
	}
	return t, checkTokenizer(dir, t, &c.Description)
}

// ofEmbedded imports the model, and computes its id where there is a key: about a second.
func (p *Proven) ofEmbedded(
	ctx context.Context, name string, on func(progress.Event),
) (*tokenizer.Tokenizer, string, error) {
	m, err := importEmbedded(ctx, name, on)
	if err != nil {
		return nil, "", err
	}
	defer m.Close()
	if err := p.isDescribedAs(m); err != nil {
		return nil, "", err
	}
	if p.Key == "" {
		return m.tokenizer, ComparedDescription, nil
	}
	key, err := keyfile.Open(ctx, p.Key, p.SegmentBits, on)
	if err != nil {
		return nil, "", err
	}
	if key.ID() != p.SRS {
		return nil, "", fmt.Errorf("%w: %s is key %s, it is proven under %s", fault.ErrRejected, p.Key, key.ID(), p.SRS)
	}
	_, _, id, err := m.CommitTo(ctx, key, p.SegmentBits, nil, on)
	if err != nil {
		return nil, "", err
	}
	if id != p.ID {
		return nil, "", fmt.Errorf("%w: model: %s has model id %s under this key, it is about %s",
			fault.ErrRejected, name, id, p.ID)
	}
	return m.tokenizer, ComparedID, nil
}

// isDescribedAs compares a model's description with that of the proven one.
func (p *Proven) isDescribedAs(m *Model) error {
	d, err := m.Describe()
	if err != nil {
		return err
	}
	if d.Tokenizer != p.Description.Tokenizer {
		return fmt.Errorf("%w: model: %s has a tokenizer of digest %s, it is about a model with digest %s",
			fault.ErrRejected, m.name, d.Tokenizer, p.Description.Tokenizer)
	}
	have, err := json.Marshal(d)
	if err != nil {
		return err
	}
	want, err := json.Marshal(p.Description)
	if err != nil {
		return err
	}
	if string(have) != string(want) {
		return fmt.Errorf("%w: model: %s has configuration and scales %s, it is about %s",
			fault.ErrRejected, m.name, have, want)
	}
	return nil
}
