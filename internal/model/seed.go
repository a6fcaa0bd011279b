package model

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/files"
	"fold.example/fold/internal/prf"
)

// WeightSeed is the content of weights.seed: a secret; the seed of the commitment's
// blinding factors, which weights.CommitModel derived from the secret and all committed
// values; and the digests of the weights and of the commitment to which the seeds belong.
// Whoever has the seeds can test whether guessed weights are the committed ones. Nothing
// can be proven about the weights without them.
type WeightSeed struct {
	About       string `json:"about"`
	Format      string `json:"format"`
	Version     int    `json:"version"`
	Fingerprint string `json:"fingerprint"` // of the model
	ModelID     string `json:"model_id"`    // "" until the commitment is complete
	Seed        string `json:"seed"`        // 64 hexadecimal digits; "" for public weights
	Blinds      string `json:"blinds"`      // 128 hexadecimal digits; "" for public weights; set together with ModelID
}

const (
	seedFormat  = "fold weight seed"
	seedVersion = 2
	seedAbout   = "Opens commitment.bin. Keep it, and keep it secret: proofs need it, and nobody else should have it."
	maxSeedFile = 1 << 12
	seedBytes   = 32
	// BlindBytes is the length in bytes of the seed of the blinding factors.
	BlindBytes = 64
)

// Secret returns the secret, or nil for public weights.
func (w *WeightSeed) Secret() prf.Seed {
	if w == nil {
		return nil
	}
	b, _ := hex.DecodeString(w.Seed) // checked by parseSeed
	return b
}

// BlindSeed returns the seed of the complete commitment's blinding factors, or nil for
// public weights.
func (w *WeightSeed) BlindSeed() prf.Seed {
	b, _ := hex.DecodeString(w.Blinds) // checked by parseSeed
	return b
}

// makeSeed returns the seed in the model folder, or creates one. A new seed is durable
// before anything is committed with it. An existing seed is never replaced, not even one
// that another process creates at the same time.
func (m *Model) makeSeed(public bool) (*WeightSeed, error) {
	old, err := m.ReadSeed()
	if err == nil && public == (old.Seed == "") {
		return old, nil
	}
	path := filepath.Join(m.dir, SeedFile)
	if err == nil {
		err := fmt.Errorf("%w: %s is there for %s weights: left as it is", fault.ErrFormat, path,
			visibility(old.Seed == ""))
		return nil, fault.With(err, fault.NeedOwnSeed, path)
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	w := &WeightSeed{About: seedAbout, Format: seedFormat, Version: seedVersion, Fingerprint: m.Fingerprint()}
	if !public {
		secret := make([]byte, seedBytes)
		rand.Read(secret) // never fails
		w.Seed = hex.EncodeToString(secret)
	}
	if err := m.writeSeed(w, files.Create); errors.Is(err, fs.ErrExist) {
		return m.makeSeed(public)
	} else if err != nil {
		return nil, err
	}
	return w, nil
}

func visibility(public bool) string {
	if public {
		return "public"
	}
	return "hidden"
}

func (m *Model) writeSeed(w *WeightSeed, write func(path string, data []byte, mode os.FileMode) error) error {
	data, err := json.MarshalIndent(w, "", "  ")
	if err != nil {
		return err
	}
	return write(filepath.Join(m.dir, SeedFile), append(data, '\n'), 0o600)
}

// ReadSeed reads weights.seed and checks that it belongs to this model.
func (m *Model) ReadSeed() (*WeightSeed, error) {
	path := filepath.Join(m.dir, SeedFile)
	data, err := files.Read(path, maxSeedFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("%s, which opens the commitment to the weights: %w", path, fs.ErrNotExist)
	}
	if err != nil {
		return nil, err
	}
	w, err := parseSeed(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if have := m.Fingerprint(); w.Fingerprint != have {
		err := fmt.Errorf("%w: %s is for %w with fingerprint %.64s, this one has %s", fault.ErrFormat, path, ErrOther,
			w.Fingerprint, have)
		return nil, fault.With(err, fault.NeedSameWeights, m.dir)
	}
	return w, nil
}

// parseSeed decodes and checks the content of weights.seed.
func parseSeed(data []byte) (*WeightSeed, error) {
	w := new(WeightSeed)
	if err := json.Unmarshal(data, w); err != nil {
		return nil, fmt.Errorf("%w: %w", fault.ErrCorrupt, err)
	}
	if w.Format != seedFormat || w.Version != seedVersion {
		return nil, fmt.Errorf("%w: %.40q version %d, expected %q version %d", fault.ErrFormat, w.Format, w.Version,
			seedFormat, seedVersion)
	}
	if b, err := hex.DecodeString(w.Seed); err != nil || len(b) != 0 && len(b) != seedBytes {
		return nil, fmt.Errorf("%w: a seed of %d digits, expected %d hexadecimal ones or none", fault.ErrCorrupt,
			len(w.Seed), 2*seedBytes)
	}
	want := 0
	if w.Seed != "" && w.ModelID != "" {
		want = BlindBytes
	}
	if b, err := hex.DecodeString(w.Blinds); err != nil || len(b) != want {
		return nil, fmt.Errorf("%w: a seed of blinds of %d digits, expected %d hexadecimal ones", fault.ErrCorrupt,
			len(w.Blinds), 2*want)
	}
	return w, nil
}

// Fingerprint returns the model's fingerprint in hexadecimal.
func (m *Model) Fingerprint() string {
	f := m.integers.Fingerprint()
	return hex.EncodeToString(f[:])
}

// ErrOther reports a file that belongs to another model.
var ErrOther = errors.New("another model")
