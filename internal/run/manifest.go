package run

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"

	"fold.example/fold/checkpoint"
	"fold.example/fold/internal/bitlen"
	"fold.example/fold/internal/commit"
	"fold.example/fold/internal/cost"
	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/model"
	"fold.example/fold/internal/prf"
	"fold.example/fold/step"
	"fold.example/fold/step/weights"
)

// StoreKind is what a run's store says that it is.
const StoreKind = "run"

// manifestVersion is that of the manifest and of all that the records of a run hold. A run of
// version 1, which had no number, had a salt in every link of the token chains, and ended
// with a record of its own, a conclusion.
const manifestVersion = 2

// Manifest is what fold.json holds of a run: what was asked for, and what everything
// in the store is derived from besides the weights and the key.
type Manifest struct {
	Version     int    `json:"version"`
	Model       string `json:"model"` // where it was
	ModelID     string `json:"model_id"`
	Fingerprint string `json:"fingerprint"`
	Key         string `json:"key"` // where it was
	SRS         string `json:"srs"`
	PromptIDs   []int  `json:"prompt_ids"`
	N           []int  `json:"n"` // tokens to choose: at first, and what that was extended to

	Batch        bool  `json:"batch"`
	PositionBits int   `json:"position_bits"`
	Blocks       int   `json:"blocks"`
	Classes      []int `json:"classes"` // log2 of the tokens of a pass, by size class
	Generated    []int `json:"generated,omitempty"`

	Seed       string `json:"seed"` // of the blinds
	Commitment []byte `json:"commitment"`
}

// newSecret returns 32 random bytes in hexadecimal.
func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Encode writes the manifest as fold.json holds it.
func (d *Manifest) Encode() (json.RawMessage, error) { return json.Marshal(d) }

// Run is a store's run as its manifest says it: what all of its steps rest on.
type Run struct {
	Manifest
	commitment *weights.ModelCommitment
	Protocol   *step.Params
	plan       *step.RunPlan
	Secret     prf.Seed
}

// derive derives a run from its manifest, and checks all of them. Errors wrap
// ErrFormat or ErrCorrupt.
func derive(d Manifest) (*Run, error) {
	r := &Run{Manifest: d}
	var err error
	if r.commitment, err = weights.DecodeModelCommitment(d.Commitment); err != nil {
		return nil, err
	}
	description := &r.commitment.Description
	r.plan, err = step.Replan(description, len(d.PromptIDs), d.N, d.Batch, d.PositionBits, d.Blocks, d.Classes)
	if err != nil {
		return nil, err
	}
	if r.Protocol, err = step.NewParams(r.commitment, d.PositionBits, d.Blocks, d.Classes); err != nil {
		return nil, fmt.Errorf("%w: %w", fault.ErrFormat, err)
	}
	for _, id := range append(append([]int{}, d.PromptIDs...), d.Generated...) {
		if id < 0 || id >= description.Config.Vocab {
			return nil, fmt.Errorf("%w: token %d, the model has %d", fault.ErrCorrupt, id, description.Config.Vocab)
		}
	}
	if r.Secret, err = hex.DecodeString(d.Seed); err != nil || len(r.Secret) != 32 {
		return nil, fmt.Errorf("%w: a seed of %d digits, expected 64 hexadecimal ones", fault.ErrCorrupt, len(d.Seed))
	}
	return r, r.checkNames()
}

// checkNames checks that the run is about one model and one key: what is written
// down for people against what it names.
func (r *Run) checkNames() error {
	id, err := model.IDOf(r.commitment)
	if err != nil {
		return err
	}
	if id != r.ModelID {
		return fmt.Errorf("%w: the commitment is of model id %s, the store says %.64s", fault.ErrCorrupt, id, r.ModelID)
	}
	if srs := r.commitment.Key.String(); srs != r.SRS {
		return fmt.Errorf("%w: the commitment is under key %s, the store says %.64s", fault.ErrCorrupt, srs, r.SRS)
	}
	return nil
}

// Parameters is what the steps rest on, as the store binds them: model, key and
// layout.
func (r *Run) Parameters() checkpoint.Digest {
	return sha256.Sum256(r.Protocol.EncodeParameters())
}

// Steps is how many steps the run has, each with a record in the store.
func (r *Run) Steps() int { return r.plan.Steps(&r.commitment.Description) }

// tokens is how many tokens the run is to choose.
func (r *Run) tokens() int { return r.N[len(r.N)-1] }

// largest is log2 of the tokens of the largest pass.
func (r *Run) largest() int { return r.Classes[len(r.Classes)-1] }

// KeyBits is log2 of the points of a key that commits to the steps, their recursion and
// the weights.
func (r *Run) KeyBits() int {
	return max(r.Protocol.KeyBits(), r.commitment.Layout.SegmentBits, cost.RecursionBits(r.Blocks, len(r.Classes)))
}

// checkVersion refuses details of another version before anything else is read of them.
func checkVersion(text json.RawMessage) error {
	d := struct{ Version int }{1}
	if err := json.Unmarshal(text, &d); err != nil {
		return fmt.Errorf("%w: fold.json: details: %w", fault.ErrCorrupt, err)
	}
	if d.Version == manifestVersion {
		return nil
	}
	err := fmt.Errorf("%w: a run of version %d, expected %d", fault.ErrFormat, d.Version, manifestVersion)
	return fault.With(err, fault.NeedOtherVersion, "")
}

// Read reads the details of a store.
func Read(m checkpoint.Meta) (*Run, error) {
	if m.Kind != StoreKind {
		return nil, fmt.Errorf("%w: a store of kind %q, expected %q", fault.ErrFormat, m.Kind, StoreKind)
	}
	if err := checkVersion(m.Details); err != nil {
		return nil, err
	}
	var d Manifest
	read := json.NewDecoder(bytes.NewReader(m.Details))
	read.DisallowUnknownFields()
	if err := read.Decode(&d); err != nil {
		return nil, fmt.Errorf("%w: fold.json: details: %w", fault.ErrCorrupt, err)
	}
	r, err := derive(d)
	if err != nil {
		return nil, fmt.Errorf("fold.json: %w", err)
	}
	if err := m.Check(StoreKind, r.Parameters()); err != nil {
		return nil, err
	}
	return r, nil
}

// checkKey checks by its header that a key is the run's, of the kind that the commitment
// says, and returns log2 of its points.
func (r *Run) checkKey(path string) (bits int, err error) {
	info, err := commit.Inspect(path)
	if err != nil {
		return 0, err
	}
	if info.ID != r.commitment.Key {
		return 0, fmt.Errorf("%w: %s is key %s, the run is proven with %w %s", fault.ErrFormat, path, info.ID,
			errOtherKey, r.commitment.Key)
	}
	if development := info.Kind == commit.Development; development != r.commitment.Development {
		return 0, fmt.Errorf("%w: %s is of kind %s, the run is proven with %w of another kind",
			fault.ErrFormat, path, info.Kind, errOtherKey)
	}
	return bitlen.Floor(info.Points), nil
}

var errOtherKey = errors.New("another key,")
