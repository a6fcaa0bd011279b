package fold

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"

	"fold/internal/commit"
	"fold/internal/files"
	"fold/llama"
	"fold/llama/quality"
	"fold/llama/source"
	"fold/llama/tokenizer"
	"fold/step"
)

// storeFile says what a store is, and storeMagic is how it says so.
const (
	storeFile  = "fold.json"
	storeMagic = "fold-checkpoint"
)

// What the JSON files of a model folder say that they are.
const (
	manifestFormat  = "fold integer model"
	tokenizerFormat = "fold-tokenizer"
)

// maxManifest bounds the size of model.json in bytes.
const maxManifest = 4 << 20

// Inspection says what a file is.
type Inspection struct {
	Kind   string  `json:"kind"`
	Fields []Field `json:"fields"`
}

// Field is something that a file's header says.
type Field struct {
	Name  string `json:"name"`
	Value any    `json:"value"`
}

// Inspect says what a file of fold's, a model folder or a store is from its header.
// Keys, weights and steps are not read whole: that a header is right does not mean
// that what follows it is.
//
// The error wraps ErrFormat if the file is none of ours and ErrCorrupt if its
// header is damaged.
func Inspect(path string) (*Inspection, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if info.IsDir() && exists(filepath.Join(path, storeFile)) {
		return inspectStore(path)
	}
	if info.IsDir() {
		if err := isModelFolder(path); err != nil {
			return nil, err
		}
		return inspectManifest(filepath.Join(path, manifestFile))
	}
	head, err := files.Head(path, 8)
	if err != nil {
		return nil, err
	}
	for _, k := range []struct {
		magic   string
		inspect func(string) (*Inspection, error)
	}{
		{"foldkey\x00", inspectKey},
		{"foldwgts", inspectWeights},
		{"foldmcom", inspectCommitment},
		{proofMagic, inspectProof},
		{keyMagic, inspectVerifierKey},
		{"{", inspectJSON},
	} {
		if bytes.HasPrefix(head, []byte(k.magic)) {
			return k.inspect(path)
		}
	}
	return nil, fmt.Errorf("%w: %s is no file of fold's: it begins with %q", ErrFormat, path, head)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// inspectStore says where the run in a store stands.
func inspectStore(dir string) (*Inspection, error) {
	s, err := ReadStatus(dir)
	if err != nil {
		return nil, err
	}
	return &Inspection{"store of a run", []Field{
		{"id", s.ID}, {"state", s.State}, {"steps", fmt.Sprintf("%d of %d", s.Step, s.Of)},
		{"tokens", fmt.Sprintf("%d of %d", s.Tokens, s.N)}, {"model_id", s.ModelID}, {"srs", s.SRS},
		{"development", s.Development}, {"bytes", s.Bytes},
	}}, nil
}

// unchecked follows what the header of a key says of a ceremony: anybody can write any element
// of G2 there, before points of a τ that they know.
const unchecked = " (so its header says: no point has been compared)"

func inspectKey(path string) (*Inspection, error) {
	k, err := commit.Inspect(path)
	if err != nil {
		return nil, err
	}
	ceremony := k.Origin
	if k.Kind == commit.Ceremony {
		ceremony += unchecked
	}
	return &Inspection{"commitment key", []Field{
		{"kind", k.Kind.String()}, {"ceremony", ceremony}, {"label", k.Name}, {"curve", "BN254 G1"},
		{"points", k.Points}, {"srs", k.ID.String()},
		{"checked", "the header alone: points are checked when they are used"},
	}}, nil
}

// weightsHeader is how many bytes of weights.bin are looked at.
const weightsHeader = 56

// inspectWeights reads the header that package llama documents: magic, version,
// size of the file, SHA-256 of scheme and shapes.
func inspectWeights(path string) (*Inspection, error) {
	head, err := files.Head(path, weightsHeader)
	if err != nil {
		return nil, err
	}
	if len(head) < weightsHeader {
		return nil, fmt.Errorf("%w: %s: a header of %d bytes, expected %d", ErrCorrupt, path, len(head), weightsHeader)
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	version, size := binary.LittleEndian.Uint64(head[8:]), binary.LittleEndian.Uint64(head[16:])
	if uint64(info.Size()) != size {
		return nil, fmt.Errorf("%w: %s has %d bytes, its header says %d", ErrCorrupt, path, info.Size(), size)
	}
	return &Inspection{"model weights", []Field{
		{"version", version}, {"bytes", size}, {"shapes", hex.EncodeToString(head[24:56])},
	}}, nil
}

// inspectCommitment reads a commitment whole: its points are checked.
func inspectCommitment(path string) (*Inspection, error) {
	c, id, err := readCommitment(path)
	if err != nil {
		return nil, err
	}
	return &Inspection{"model commitment", []Field{
		{"model_id", id}, {"srs", c.Key.String()}, {"development", c.Development},
		{"scheme", string(c.Description.Scheme)}, {"layers", c.Description.Config.Layers}, {"dim", c.Description.Config.Dim},
		{"segment_bits", c.Layout.SegmentBits}, {"segments", countSegments(c)}, {"tokenizer", c.Description.Tokenizer.String()},
	}}, nil
}

// inspectSeed keeps the secret to itself.
func inspectSeed(path string, data []byte) (*Inspection, error) {
	w, err := parseSeed(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Inspection{"weight seed: secret", []Field{
		{"version", w.Version}, {"fingerprint", w.Fingerprint}, {"model_id", w.ModelID}, {"weights", visibility(w.Seed == "")},
	}}, nil
}

// inspectJSON tells the files of a model folder apart by what they say they are.
func inspectJSON(path string) (*Inspection, error) {
	data, err := files.Read(path, maxTokenizerFile)
	if err != nil {
		return nil, err
	}
	var head struct {
		Format string `json:"format"`
		Magic  string `json:"magic"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("%w: %s is no file of fold's: %w", ErrFormat, path, err)
	}
	if head.Magic == storeMagic {
		return inspectStore(filepath.Dir(path))
	}
	switch head.Format {
	case manifestFormat:
		return inspectManifest(path)
	case tokenizerFormat:
		return inspectTokenizer(path, data)
	case seedFormat:
		return inspectSeed(path, data)
	}
	card, err := quality.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%w: %s is no file of fold's: JSON of another kind: %w", ErrFormat, path, err)
	}
	return &Inspection{"quality card", []Field{
		{"scheme", card.Scheme}, {"reference", card.Reference}, {"text", card.Text}, {"tokens", card.Tokens},
		{"top1", card.Top1}, {"kl", card.KL}, {"ppl_ratio", card.PerplexityRatio},
	}}, nil
}

// inspectManifest reads what model.json says of the model as a whole.
func inspectManifest(path string) (*Inspection, error) {
	data, err := files.Read(path, maxManifest)
	if err != nil {
		return nil, err
	}
	var head struct {
		Format, Scheme, Fingerprint string
		Version                     int
		Config                      llama.Config
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", ErrFormat, path, err)
	}
	if head.Format != manifestFormat {
		return nil, fmt.Errorf("%w: %s: format %.40q, expected %q", ErrFormat, path, head.Format, manifestFormat)
	}
	c := head.Config
	if err := c.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Inspection{"integer model", []Field{
		{"version", head.Version}, {"scheme", head.Scheme}, {"params", source.Parameters(c)}, {"layers", c.Layers}, {"dim", c.Dim},
		{"vocab", c.Vocab}, {"context", c.Context}, {"fingerprint", head.Fingerprint},
	}}, nil
}

func inspectTokenizer(path string, data []byte) (*Inspection, error) {
	t, err := tokenizer.Unmarshal(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	bos, add := t.BOS()
	return &Inspection{"tokenizer", []Field{
		{"digest", step.TokenizerDigest(t.Digest()).String()},
		{"tokens", t.VocabSize()}, {"begin", bos}, {"begin_added", add}, {"end", t.EOS()}, {"chat", t.ChatTemplate() != ""},
	}}, nil
}

// inspectProof says what a proof states, unverified, and how many bytes its parts have.
func inspectProof(path string) (*Inspection, error) {
	data, err := files.Read(path, maxProof)
	if err != nil {
		return nil, err
	}
	h, _, err := decodeHead(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &Inspection{"compressed proof", []Field{
		{"mode", h.mode.String()}, {"label", h.label}, {"prompt_tokens", h.prompt.n}, {"output_tokens", h.output.n},
		{"prompt_ids", h.prompt.tokens}, {"output_ids", h.output.tokens}, {"srs", h.srs.String()},
		{"development", h.development}, {"verification_key", hex.EncodeToString(h.key[:])},
		{"bytes", len(data)}, {"statement_bytes", h.shownBytes()}, {"proof_bytes", len(data) - h.shownBytes()},
	}}, nil
}

func inspectVerifierKey(path string) (*Inspection, error) {
	k, err := ReadVerifierKey(path)
	if err != nil {
		return nil, err
	}
	o := k.outline
	return &Inspection{"verification key", []Field{
		{"digest", k.Digest()}, {"srs", k.SRS()}, {"ceremony", k.Ceremony()}, {"development", k.Development()}, {"layers", o.Description.Config.Layers},
		{"dim", o.Description.Config.Dim}, {"scheme", string(o.Description.Scheme)}, {"positions", o.Positions()},
		{"blocks", o.Blocks}, {"classes", o.Classes}, {"tokenizer", o.Description.Tokenizer.String()}, {"bytes", len(k.encoded)},
	}}, nil
}
