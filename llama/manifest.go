package llama

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"fold.example/fold/internal/fault"
	"fold.example/fold/internal/kernel"
)

var (
	// ErrFormat is wrapped when a folder holds no model, or a model of another version.
	ErrFormat = fault.New(fault.ErrFormat, "not a model folder of this version")

	// ErrCorrupt is wrapped when a model's files contradict each other or their
	// digests, or change while the model is open.
	ErrCorrupt = fault.New(fault.ErrCorrupt, "model folder is corrupt")
)

const (
	manifestName = "model.json"
	weightsName  = "weights.bin"
	formatVer    = 1

	maxManifest = 4 << 20 // bytes; 1024 layers take 1 MiB
)

// hash is a SHA-256 digest, hexadecimal in JSON.
type hash [sha256.Size]byte

// MarshalText returns the digest in hexadecimal.
func (h hash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// UnmarshalText is the inverse of MarshalText.
func (h *hash) UnmarshalText(text []byte) error {
	if len(text) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("digest of %d characters, expected %d", len(text), hex.EncodedLen(len(h)))
	}
	_, err := hex.Decode(h[:], text)
	return err
}

// manifest is the content of model.json: everything of a model except its arrays, and
// the digests of the arrays.
type manifest struct {
	Format      string `json:"format"`
	Version     int    `json:"version"`
	Fingerprint hash   `json:"fingerprint"`
	Config      Config `json:"config"`
	// Architecture is the name of an architecture other than a LLaMA's.
	Architecture string          `json:"architecture,omitempty"`
	Scheme       Scheme          `json:"scheme"`
	Scales       Scales          `json:"scales"`
	Tables       hash            `json:"tables_sha256"`
	Embedding    hash            `json:"embedding_sha256"`
	Head         manifestLinear  `json:"head"`
	HeadSum      hash            `json:"head_sha256"`
	Layers       []manifestLayer `json:"layers"`
}

type manifestLayer struct {
	ExpQ        int              `json:"exp_q"`
	ExpK        int              `json:"exp_k"`
	ExpV        int              `json:"exp_v"`
	AttnGainExp int              `json:"attn_gain_exp,omitempty"`
	FFNGainExp  int              `json:"ffn_gain_exp,omitempty"`
	Linears     []manifestLinear `json:"linears"` // in the order of Layer.Linears
	Sum         hash             `json:"sha256"`
}

type manifestLinear struct {
	Name string `json:"name"`
	Exp  int    `json:"exp"`
	Mul  int32  `json:"mul,omitempty"` // of a ternary matrix
}

func newManifestLinear(name string, l Linear) manifestLinear {
	m := manifestLinear{Name: name, Exp: l.Exp}
	if t, ok := l.Matrix.(*kernel.Ternary); ok {
		m.Mul = t.Mul
	}
	return m
}

func newManifestLayer(l *Layer, sum hash) manifestLayer {
	ml := manifestLayer{
		ExpQ: l.ExpQ, ExpK: l.ExpK, ExpV: l.ExpV,
		AttnGainExp: l.AttnGainExp, FFNGainExp: l.FFNGainExp, Sum: sum,
	}
	for _, n := range l.Linears() {
		ml.Linears = append(ml.Linears, newManifestLinear(n.Name, *n.Linear))
	}
	return ml
}

// manifest returns the manifest of a model in memory. It reads all weights.
func (m *Model) manifest() *manifest {
	f := &manifest{
		Architecture: m.Config.architectureName(),
		Format:       ManifestFormat, Version: formatVer, Config: m.Config, Scheme: m.Scheme, Scales: m.Scales,
		Head: newManifestLinear(Head.String(), m.Head),
	}
	for i := range m.Layers {
		f.Layers = append(f.Layers, newManifestLayer(&m.Layers[i], digest(m.Layers[i].parts(m.Config))))
	}
	f.Tables = digest(m.Tables.parts(m.Config))
	f.Embedding = digest([]part{{&m.Embedding, len(m.Embedding)}})
	f.HeadSum = digest(matrixParts(m.Head.Matrix))
	f.Fingerprint = f.seal()
	return f
}

// seal returns the digest of the manifest in its canonical form: compact JSON in
// the order of the fields, without the fingerprint itself.
func (f *manifest) seal() hash {
	open := *f
	open.Fingerprint = hash{}
	data, err := json.Marshal(open)
	if err != nil {
		panic(err) // impossible: a validated configuration has no infinities
	}
	return sha256.Sum256(data)
}

// shapeDigest returns the SHA-256 of architecture, scheme and shapes. The header of the
// weights file has the same digest.
func (f *manifest) shapeDigest() hash {
	c := f.Config
	return sha256.Sum256(fmt.Appendf(nil, "%s%s %d %d %d %d %d %d %d %d",
		f.Architecture, f.Scheme, c.Dim, c.Hidden, c.Layers, c.Heads, c.KVHeads, c.HeadDim, c.Vocab, c.Context))
}

// parseManifest decodes model.json and checks its version, architecture, configuration and
// fingerprint. The architecture must be a LLaMA's or one of known.
func parseManifest(data []byte, known []*Architecture) (*manifest, error) {
	var kind struct {
		Format  string `json:"format"`
		Version int    `json:"version"`
	}
	if err := json.Unmarshal(data, &kind); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	if kind.Format != ManifestFormat || kind.Version != formatVer {
		return nil, fmt.Errorf("%w: format %.40q version %d, expected %q version %d",
			ErrFormat, kind.Format, kind.Version, ManifestFormat, formatVer)
	}
	f, dec := new(manifest), json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	if err := dec.Decode(f); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	if f.Architecture != "" {
		a := FindArchitecture(f.Architecture, known...)
		if a == nil {
			return nil, fmt.Errorf("%w: architecture %.40q, expected a LLaMA", ErrFormat, f.Architecture)
		}
		f.Config = f.Config.WithArchitecture(a)
	}
	if err := f.Config.Validate(); err != nil {
		return nil, err
	}
	if got := f.seal(); got != f.Fingerprint {
		return nil, fmt.Errorf("%w: fingerprint %x, expected %x", ErrCorrupt, f.Fingerprint, got)
	}
	return f, nil
}

// skeleton returns the model that the manifest describes, without its arrays.
func (f *manifest) skeleton() (*Model, error) {
	if err := f.Scheme.validate(); err != nil {
		return nil, err
	}
	if len(f.Layers) != f.Config.Layers {
		return nil, invalidf("%d layers, expected %d", len(f.Layers), f.Config.Layers)
	}
	c := f.Config
	m := &Model{Config: c, Scheme: f.Scheme, Scales: f.Scales, Layers: make([]Layer, c.Layers)}
	m.Head = f.Head.linear(f.Scheme.head(), c.Vocab, c.Dim)
	for i, ml := range f.Layers {
		l := &m.Layers[i]
		l.ExpQ, l.ExpK, l.ExpV = ml.ExpQ, ml.ExpK, ml.ExpV
		l.AttnGainExp, l.FFNGainExp = ml.AttnGainExp, ml.FFNGainExp
		if err := ml.matrices(l, f.Scheme, c); err != nil {
			return nil, fmt.Errorf("layer %d: %w", i, err)
		}
	}
	return m, nil
}

// matrices gives a layer its matrices, without their data.
func (ml *manifestLayer) matrices(l *Layer, scheme Scheme, c Config) error {
	weights := slices.Collect(c.Architecture().Matrices())
	same := func(m manifestLinear, w *Weight) bool { return m.Name == w.Name }
	if !slices.EqualFunc(ml.Linears, weights, same) {
		return invalidf("model.json lists %d matrices, expected %v", len(ml.Linears), weights)
	}
	for i, w := range weights {
		rows, cols := w.Shape(c)
		*w.Linear(l) = ml.Linears[i].linear(scheme, rows, cols)
	}
	return nil
}

// linear returns the matrix that the entry describes, without its data.
func (ml manifestLinear) linear(scheme Scheme, rows, cols int) Linear {
	m := newMatrix(scheme, rows, cols)
	if t, ok := m.(*kernel.Ternary); ok {
		t.Mul = ml.Mul
	}
	return Linear{Matrix: m, Exp: ml.Exp}
}

// sum returns the digest that the manifest has for section i of
// Model.sections.
func (f *manifest) sum(i int) hash {
	switch {
	case i == tablesSection:
		return f.Tables
	case i == embeddingSection:
		return f.Embedding
	case i < firstLayerSection+len(f.Layers):
		return f.Layers[i-firstLayerSection].Sum
	}
	return f.HeadSum
}

func layerName(i int) string { return fmt.Sprintf("layer %d", i) }
