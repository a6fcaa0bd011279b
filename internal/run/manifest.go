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

// StoreKind is the kind that a run's store states.
const StoreKind = "run"

// manifestVersion is the version of the manifest and of the records of a run. Runs of
// version 1, in which the number is absent, had a salt in every link of the token chains
// and ended with a separate record, the conclusion.
const manifestVersion = 3

// Manifest is the content of fold.json: the request, and everything besides the weights and
// the key from which the store's contents are derived.
type Manifest struct {
	Version     int    `json:"version"`     // manifestVersion
	Model       string `json:"model"`       // last known path
	ModelID     string `json:"model_id"`    // 64 hexadecimal digits
	Fingerprint string `json:"fingerprint"` // of the weights, SHA-256
	Key         string `json:"key"`         // last known path
	SRS         string `json:"srs"`         // id of the commitment key
	PromptIDs   []int  `json:"prompt_ids"`  // tokens of the prompt
	N           []int  `json:"n"`           // numbers of tokens to choose: at first, and after each extension

	Batch        bool  `json:"batch"`               // as in ProveOptions
	PositionBits int   `json:"position_bits"`       // log2 of the room for positions
	Blocks       int   `json:"blocks"`              // per step
	Classes      []int `json:"classes"`             // log2 of the tokens of a pass, by size class
	Generated    []int `json:"generated,omitempty"` // tokens chosen in advance in batch

	Seed       string `json:"seed"`       // seed of the blinding factors
	Commitment []byte `json:"commitment"` // encoded model commitment
}

// newSecret returns 32 random bytes in hexadecimal.
func newSecret() string {
	b := make([]byte, 32)
	rand.Read(b) // never fails
	return hex.EncodeToString(b)
}

// Encode returns the manifest as in fold.json.
func (d *Manifest) Encode() (json.RawMessage, error) { return json.Marshal(d) }

// Run is a run that a manifest defines: the parameters of all its steps.
type Run struct {
	Manifest
	commitment *weights.ModelCommitment
	Protocol   *step.Params // parameters of the step function
	plan       *step.RunPlan
	Secret     prf.Seed // seed of the blinding factors
}

// derive derives a run from its manifest and checks the manifest. The error wraps ErrFormat
// or ErrCorrupt.
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

// checkNames checks that the ids of model and key, which the manifest shows to users, are
// those of its commitment.
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

// Parameters returns the digest of model, key and layout to which the store is bound.
func (r *Run) Parameters() checkpoint.Digest {
	return sha256.Sum256(r.Protocol.EncodeParameters())
}

// Steps returns the number of steps of the run. Each has a record in the store.
func (r *Run) Steps() int { return r.plan.Steps(&r.commitment.Description) }

// tokens returns the number of tokens that the run is to choose.
func (r *Run) tokens() int { return r.N[len(r.N)-1] }

// largest returns log2 of the number of tokens of the largest pass.
func (r *Run) largest() int { return r.Classes[len(r.Classes)-1] }

// KeyBits returns log2 of the number of points that a key needs to commit to the steps,
// their recursion and the weights.
func (r *Run) KeyBits() int {
	return max(r.Protocol.KeyBits(), r.commitment.Layout.SegmentBits, cost.RecursionBits(r.Blocks, len(r.Classes)))
}

// checkVersion rejects a manifest of another version before its other fields are decoded.
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

// Read reads the run from a store's manifest.
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

// checkKey checks by a key file's header that the key is the run's and of the kind in the
// commitment. It returns log2 of the number of points in the file.
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
