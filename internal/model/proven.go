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

// Values of compared: the property in which the verifier's model was compared with the
// proven model.
const (
	ComparedID          = "id"          // the model id
	ComparedDescription = "description" // the description, including the tokenizer's digest, but not the weights
)

// Proven is the model as a proof states it, and the path of the verifier's commitment key,
// or "" if the verifier has named none.
type Proven struct {
	ID          string
	Description *weights.Description
	SegmentBits int
	SRS         commit.ID
	Key         string
}

// Tokenizer opens the tokenizer of the model ref that the verifier names, and checks that
// ref is the proven model. For a folder it compares the id of commitment.bin. For an
// embedded model it compares the id under the verifier's key, or only the description if no
// key is named. The tokenizer always has the digest that the proven model id includes.
// compared is ComparedID or ComparedDescription. The error wraps ErrRejected if ref is
// another model.
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

// ofEmbedded imports the model and, with a key, computes its id. It takes about a second.
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

// isDescribedAs compares m's description with the proven model's.
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
